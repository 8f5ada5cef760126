"""Templates of reports: the city's to change, from a day on."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from langnghe.desk.access import allow, roles_of_request
from langnghe.desk.forms.reports import FILL_LABELS, TemplateForm
from langnghe.desk.views.reports.common import attempt, tabs
from langnghe.reports import selectors
from langnghe.reports.services.templates import save_template, template_for
from langnghe.ui.items import Link
from langnghe.worktime import clock


@allow("coordinator")
def page(request: HttpRequest) -> HttpResponse:
    """Every template, with the one that holds today first. Four queries."""
    today = clock.today()
    groups = []
    for code, rows in groupby(selectors.templates(), key=lambda row: row.code):
        listed = list(rows)
        now = next((row for row in listed if row.valid_from <= today), listed[-1])
        sections = [(one["title"], FILL_LABELS.get(one["fill"], one["fill"])) for one in now.sections]
        groups.append({"code": code, "now": now, "rows": listed, "sections": sections})
    return render(request, "desk/reports/templates.html", {"groups": groups, "tabs": tabs(request, "report_templates")})


@allow("coordinator")
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a template: a new row from a day on. Four queries."""
    today = clock.today()
    known = [row for row in selectors.templates() if row.code == code]
    if not known:
        raise Http404
    template = template_for(code, today)
    form = TemplateForm(request.POST or None, template=template, today=today)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            saved, _refused = attempt(
                form,
                lambda: save_template(
                    code=code, name=form.cleaned_data["name"], sections=form.sections(), layout=form.layout(),
                    valid_from=form.cleaned_data["valid_from"], source=form.cleaned_data["source"],
                    actor=roles_of_request(request).actor("coordinator"), at=clock.now(),
                ),
            )  # fmt: skip
            if saved is not None:
                messages.success(request, _("Đã lưu mẫu; báo cáo đến hạn từ ngày đó lập theo mẫu mới."))
                return redirect("desk:report_templates")
    crumbs = [Link(_("Mẫu báo cáo"), reverse("desk:report_templates"))]
    return render(
        request, "desk/reports/template.html", {"form": form, "template": template, "crumbs": crumbs}, status=status
    )
