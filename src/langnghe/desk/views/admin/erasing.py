"""Erasing a sender's personal data by law: the administrator sees how much there is, not what it says."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from langnghe.cases import selectors
from langnghe.desk.forms.admin import EraseForm
from langnghe.desk.views.admin.common import actor_of, admin_only, attempt
from langnghe.publication import selectors as publication_selectors
from langnghe.publication import services as publication
from langnghe.texts import CodeError, parse_code
from langnghe.ui import flash
from langnghe.ui.items import Fact, Link
from langnghe.ui.refusals import seen_version
from langnghe.ui.words import long_date
from langnghe.worktime import clock


@admin_only
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Which case: by its code."""
    given, problem = request.GET.get("ma", "")[:60], ""
    if given:
        try:
            code = parse_code(given)
        except CodeError:
            problem = _("Mã không đúng. Hãy xem lại mã trên giấy tiếp nhận.")
        else:
            if selectors.erasable(code) is not None:
                return redirect("desk:erase", code)
            problem = _("Không có phản ánh mang mã này.")
    return render(
        request, "desk/admin/erase_find.html", {"given": given, "problem": problem}, status=422 if problem else 200
    )


@admin_only
def page(request: HttpRequest, code: str) -> HttpResponse:
    """What would go, the reason, and the act. Five queries before the act."""
    found = selectors.erasable(code)
    if found is None:
        raise Http404
    case = found.case
    form = EraseForm(request.POST or None)
    if request.method == "POST" and found.ended and form.is_valid():
        done = attempt(
            form,
            lambda: publication.erase_sender(
                case_id=case.pk,
                reason=form.cleaned_data["reason"],
                actor=actor_of(request),
                at=clock.now(),
                expected_version=seen_version(request),
            ),
        )
        if done is not None:
            flash.done(request, _("Đã xóa dữ liệu cá nhân của người gửi phản ánh %(code)s.") % {"code": case.code})
            return redirect("desk:erase", case.code)
    none = _("không có")
    facts = [
        Fact(_("Tình trạng"), case.get_state_display()),
        Fact(_("Nhận ngày"), long_date(case.received_at)),
        Fact(_("Dữ liệu người gửi"), _("có") if found.has_sender else none),
        Fact(_("Tệp của người gửi"), str(found.files) if found.files else none),
        Fact(_("Thư đã gửi, chờ gửi"), str(found.messages) if found.messages else none),
        Fact(_("Bản công khai"), _("có") if publication_selectors.is_prepared(case.pk) else none),
        Fact(_("Phản ánh khác cùng liên hệ"), ", ".join(found.others) or none),
    ]
    if found.erased_at is not None:
        facts.insert(0, Fact(_("Đã xóa ngày"), long_date(found.erased_at)))
    context = {
        "case": case,
        "found": found,
        "facts": facts,
        "form": form,
        "crumbs": [Link(_("Xóa dữ liệu cá nhân"), reverse("desk:erase_find"))],
    }
    return render(request, "desk/admin/erase.html", context, status=422 if form.errors else 200)
