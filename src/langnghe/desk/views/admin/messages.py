"""Message templates, the messages that were sent or were not, and the demo's mailbox."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langnghe.desk.access import signed_in
from langnghe.desk.forms.admin import ReasonForm, TemplateForm
from langnghe.desk.views.admin.common import actor_of, admin_only, attempt
from langnghe.desk.views.admin.history import events_of
from langnghe.ledger import services as ledger
from langnghe.outbox import catalogue, rules, selectors, services
from langnghe.outbox.models import Message, MessageTemplate
from langnghe.outbox.workflow import TABLE
from langnghe.texts import excerpt, whole_number
from langnghe.ui import flash
from langnghe.ui.items import Link, Part
from langnghe.worktime import clock

LANGUAGES = ("vi", "en")
PAGE = 50


# --- templates --------------------------------------------------------------------------------------------------------


@admin_only
@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """Every message that the program sends, with its texts. Two queries."""
    texts = {(row.code, row.language): row for row in selectors.list_templates()}
    rows = [
        {"kind": kind, "texts": [(language, texts.get((kind.code, language))) for language in LANGUAGES]}
        for kind in catalogue.kinds()
    ]
    return render(request, "desk/admin/templates.html", {"rows": rows})


@admin_only
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """The text of one message in one language; a preview before it is kept."""
    kind = catalogue.find(code)
    if kind is None or language not in LANGUAGES:
        raise Http404
    row = MessageTemplate.objects.filter(code=code, channel="email", language=language).first()
    start = {"subject": row.subject, "body": row.body} if row is not None else {}
    form = TemplateForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        problems = _problems(form, kind)
        if not problems and request.POST.get("step") != "preview":
            made = attempt(
                form,
                lambda: services.save_template(
                    code=code,
                    language=language,
                    subject=form.cleaned_data["subject"],
                    body=form.cleaned_data["body"],
                    actor=actor_of(request),
                    at=clock.now(),
                ),
            )
            if made is not None:
                flash.done(request, _("Đã lưu mẫu thông báo."))
                return redirect("desk:admin_templates")
    tabs = [
        Link(name, reverse("desk:admin_template", args=[code, key]), active=key == language)
        for key, name in (("vi", _("Tiếng Việt")), ("en", _("Tiếng Anh")))
    ]
    context = {
        "kind": kind,
        "form": form,
        "tabs": tabs,
        "placeholders": sorted(kind.placeholders.items()),
        "row": row,
        "preview": _preview(form, kind),
        "crumbs": [Link(_("Mẫu thông báo"), reverse("desk:admin_templates"))],
        "events": events_of("message_template", row.pk) if row is not None else [],
    }
    return render(request, "desk/admin/template.html", context)


def _problems(form: TemplateForm, kind: catalogue.MessageKind) -> bool:
    """Whether the text uses what the message does not know; said at the field."""
    check = MessageTemplate(
        code=kind.code, channel="email", subject=form.cleaned_data["subject"], body=form.cleaned_data["body"]
    )
    attempt(form, check.clean)
    return bool(form.errors)


def _samples() -> dict[str, str]:
    return {
        "code": "HN-4827-1936-5",
        "title": _("Nắp hố ga vỡ trước số 47"),
        "agency": _("Sở Xây dựng"),
        "due": _("hết ngày thứ Ba, 08/09/2026"),
        "due_explained": _("hết ngày thứ Ba, 08/09/2026"),
        "url": f"{settings.BASE_URL}/theo-doi/HN-4827-1936-5",
        "name": _("Nguyễn Văn An"),
        "reason": _("Đúng thẩm quyền"),
        "guidance": _("Ông/bà gửi đơn đến cơ quan có thẩm quyền."),
        "question": _("Nắp hố ga ở bên nào của đường?"),
        "note": _("Đề nghị xử lý trong ngày."),
        "person": _("Trần Thị Bình"),
        "days": "3",
        "outcome": _("Đã giải quyết"),
        "city": _("Thành phố"),
        "hotline": "1022",
    }


def _preview(form: TemplateForm, kind: catalogue.MessageKind) -> dict[str, str] | None:
    """The text with invented values; None while it cannot be made."""
    values = {name: f"[{name}]" for name in kind.placeholders} | _samples()
    known = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
    try:
        subject, body = (rules.render(str(known.get(name, "")), values) for name in ("subject", "body"))
    except KeyError:
        return None
    return {"subject": subject, "body": body} if subject or body else None


# --- messages ---------------------------------------------------------------------------------------------------------


def masked(address: str) -> str:
    """An address of which only the beginning and the domain are shown: ng•••@vidu.vn."""
    name, at, domain = address.partition("@")
    return f"{name[:2]}•••{at}{domain}" if at else ("•••" if address else "–")


@admin_only
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """Messages of one status, the newest first, by key; addresses masked. Three queries."""
    status = request.GET.get("tt", "")
    status = status if status in Message.Status.values else ""
    key, before = request.GET.get("khoa", "")[:100].strip(), request.GET.get("truoc", "")
    page = selectors.list_messages(status=status, key_prefix=key, before=whole_number(before), limit=PAGE)
    counted = selectors.counts()
    tabs = [Link(_("Tất cả"), reverse("desk:admin_messages"), active=not status)]
    tabs += [
        Link(label, f"?tt={code}", active=code == status, count=counted[code].number)
        for code, label in Message.Status.choices
    ]
    rows = [{"row": row, "to": masked(row.recipient), "subject": excerpt(row.subject, 80)} for row in page.rows]
    keep = "".join(f"&{name}={value}" for name, value in (("tt", status), ("khoa", key)) if value)
    context = {
        "rows": rows,
        "tabs": tabs,
        "older": f"?truoc={page.next}{keep}" if page.next else "",
        "status": status,
        "parts": [
            Part(text=_("Khóa bắt đầu bằng")),
            Part(name="khoa", label=_("Khóa"), value=key, placeholder="case:"),
        ],
        "keep": {"tt": status} if status else {},
    }
    return render(request, "desk/admin/messages.html", context)


def _message(pk: int) -> Message:
    found = Message.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@never_cache
@admin_only
@require_http_methods(["GET", "HEAD", "POST"])
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message: what hinders it, sending it again, cancelling it. A POST of `open` shows address and text; that
    reading is recorded."""
    row = _message(pk)
    shown = request.method == "POST" and request.POST.get("act") == "open"
    if shown:
        ledger.log_read(
            kind="message",
            subject_id=pk,
            actor=actor_of(request),
            fields=["recipient", "subject", "body"],
            purpose=_("xem thông báo không gửi được"),
            at=clock.now(),
        )
    return _message_page(request, row, shown=shown)


def _message_page(
    request: HttpRequest, row: Message, *, shown: bool = False, form: ReasonForm | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "row": row,
        "shown": shown,
        "to": row.recipient if shown else masked(row.recipient),
        "form": form or ReasonForm(),
        "may_requeue": TABLE.find(row.status, "requeue") is not None and row.erased_at is None,
        "may_cancel": TABLE.find(row.status, "cancel") is not None,
        "events": events_of("message", row.pk),
        "crumbs": [Link(_("Thông báo"), reverse("desk:admin_messages"))],
    }
    return render(request, "desk/admin/message.html", context)


@require_POST
@admin_only
def message_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a parked or failed message again, or cancel it, with a reason."""
    row, act = _message(pk), request.POST.get("act", "")
    if act not in ("requeue", "cancel"):
        raise Http404
    form = ReasonForm(request.POST)
    if form.is_valid():
        run = services.requeue if act == "requeue" else services.cancel
        reason, at = form.cleaned_data["reason"], clock.now()
        if attempt(form, lambda: run(message_id=pk, actor=actor_of(request), at=at, reason=reason)) is not None:
            flash.done(request, _("Đã xếp hàng gửi lại.") if act == "requeue" else _("Đã hủy thông báo."))
            return redirect("desk:admin_message", pk)
    return _message_page(request, row, form=form)


# --- the demo's mailbox -----------------------------------------------------------------------------------------------


@never_cache
@signed_in
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """What would have been sent, for all who play with the demo; 404 where messages are really sent. One query."""
    if settings.LANGNGHE_MAIL != "mailbox" or not settings.DEMO:
        raise Http404
    who, before = request.GET.get("den", "")[:320].strip(), request.GET.get("truoc", "")
    page = selectors.list_caught(recipient=who, before=whole_number(before), limit=30)
    older = f"?truoc={page.next}{f'&den={who}' if who else ''}" if page.next else ""
    parts = [
        Part(text=_("Thư gửi đến")),
        Part(name="den", label=_("Địa chỉ"), value=who, placeholder=_("địa chỉ đầy đủ")),
    ]
    return render(request, "desk/admin/mailbox.html", {"rows": page.rows, "older": older, "parts": parts, "who": who})
