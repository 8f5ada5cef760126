"""Pages that show every component in all states."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from langnghe.ui import samples
from langnghe.ui.access import public


def _only_where_built() -> None:
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404


@public
@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The style guide in the dress of the public pages."""
    _only_where_built()
    return render(request, "ui/styleguide.html", samples.public())


@public
@require_safe
def style_desk(request: HttpRequest) -> HttpResponse:
    """The style guide in the dress of the desk."""
    _only_where_built()
    return render(request, "ui/styleguide_desk.html", samples.desk())


@public
@require_safe
def style_case(request: HttpRequest) -> HttpResponse:
    """The style guide of a case's page at the desk."""
    _only_where_built()
    return render(request, "ui/styleguide_case.html", samples.desk())


@public
@require_safe
def style_paper(request: HttpRequest) -> HttpResponse:
    """The papers: a receipt and a letter."""
    _only_where_built()
    return render(request, "ui/styleguide_paper.html", samples.paper())
