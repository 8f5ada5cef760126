"""Counter, hotline, post: staff enter a case for somebody else in under a minute, and act in the sender's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import segno
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langnghe.acts.errors import Missing
from langnghe.cases import catalogue, selectors, services
from langnghe.cases import rules as case_rules
from langnghe.cases import settings as city_settings
from langnghe.cases.models import Case
from langnghe.cases.services.receive import key_bytes
from langnghe.desk.access import allow, roles_of_request
from langnghe.desk.forms.counter import EntryForm, ForSenderForm, ProofForm, RateFor, ReopenFor, ReplyFor, WithdrawFor
from langnghe.desk.rows import row_of, soon_until
from langnghe.files import services as files
from langnghe.files.http import Carried, carried
from langnghe.intake import rules
from langnghe.intake import selectors as intake
from langnghe.ui import flash, words
from langnghe.ui.items import Act, Fact, Row
from langnghe.ui.refusals import REFUSED, say
from langnghe.workflow.actor import Actor
from langnghe.worktime import clock
from langnghe.worktime import selectors as worktime

ENTRY_ROLES = ("clerk", "coordinator")
RECEIPT_SECONDS = 3600
PROOF_SECONDS = 1800
NEAR_DAYS = 30
_RECEIPT = "langnghe.desk.receipt"
_PROOF = "langnghe.desk.proof"


def _actor(request: HttpRequest) -> Actor:
    return roles_of_request(request).actor(*ENTRY_ROLES)


def _communes() -> list[tuple[int, str]]:
    return list(intake.catalogue().communes)


# --- entering a case --------------------------------------------------------------------------------------------------


@never_cache
@allow(*ENTRY_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest) -> HttpResponse:
    """GET: the form and what was entered today. POST: make the case, after open ones of the same sender and place were
    shown once."""
    at = clock.now()
    if request.method != "POST":
        start = {"submission_key": uuid4(), "channel": request.GET.get("kenh", request.COOKIES.get("kenh", ""))}
        return _entry_page(request, EntryForm(at=at, communes=_communes(), initial=start), at=at)
    form = EntryForm(request.POST, request.FILES, at=at, communes=_communes())
    sound = form.is_valid()
    kept = carried(request, request.FILES.getlist("files"), at=at)
    for message in kept.errors:
        form.add_error("files", message)
    if not sound or form.errors:
        _mend_key(form)
        return _entry_page(request, form, at=at, uploaded=kept.shown)
    data = form.cleaned_data
    known = _known(data["phone"], data["email"], data["commune_id"], f"{data['title']} {data['body']}", at)
    seen = set(request.POST.get("seen", "").split(","))
    if any(row.value not in seen for row in known):
        return _entry_page(request, form, at=at, uploaded=kept.shown, known=known, asked=True)
    try:
        made = services.receive(
            new=_new_case(data, kept), actor=_actor(request), at=at, received_at=data["received_at"]
        )
    except Missing as missing:
        say(form, missing)
        return _entry_page(request, form, at=at, uploaded=kept.shown)
    token = signing.dumps([made.case.pk, request.user.pk], salt=_RECEIPT)
    answer = redirect("desk:counter_receipt", token)
    answer.set_cookie(
        "kenh", str(data["channel"]), max_age=30 * 86400, samesite="Lax", httponly=True, secure=settings.HTTPS
    )
    return answer


def _new_case(data: Mapping[str, Any], kept: Carried) -> services.NewCase:
    named = any(data[name] for name in ("name", "address", "phone", "email"))
    sender = services.NewSender(
        name=data["name"],
        address=data["address"],
        phone=data["phone"],
        email=data["email"].lower(),
        type="business" if data["business"] else "citizen",
        publish_name=data["publish_name"] and bool(data["name"]),
    )
    return services.NewCase(
        regime=data["regime"],
        subject=data["subject"],
        kind="proposal" if data["proposal"] else "report",
        title=rules.title_of(data["title"], data["body"]),
        body=data["body"],
        channel_id=data["channel"],
        submission_key=data["submission_key"],
        commune_id=data["commune_id"],
        place=data["place"],
        sender=sender if named else None,
        file_ids=tuple(kept.ids),
    )


def _mend_key(form: EntryForm) -> None:
    """A key that was lost on the way is our affair."""
    if "submission_key" in form.errors:
        data: Any = cast(QueryDict, form.data).copy()
        data["submission_key"] = str(uuid4())
        form.data = data
        del form.errors["submission_key"]
        form.add_error(None, _("Hãy xem lại rồi bấm lập phản ánh một lần nữa."))


def _entry_page(
    request: HttpRequest,
    form: EntryForm,
    *,
    at: datetime,
    uploaded: list[dict[str, Any]] | None = None,
    known: list[Row] | None = None,
    asked: bool = False,
) -> HttpResponse:
    actors = roles_of_request(request).actors
    mine = selectors.visible(actors).filter(entered_by_id=request.user.pk, state_since__gte=at - timedelta(days=3))
    soon = soon_until(at)
    recent = [
        row_of(_named(case), at=at, soon=soon)
        for case in mine.defer("body", "search", "secret_digest").order_by("-pk")[:15]
    ]
    context = {
        "form": form,
        "communes": [name for _key, name in form.communes],
        "uploaded": uploaded or [],
        "known": known or [],
        "asked": asked,
        "seen": ",".join(row.value for row in known or []),
        "recent": recent,
    }
    return render(request, "desk/counter/entry.html", context, status=200)


def _named(case: Case) -> Case:
    """Put the names that a row shows on a case, from the catalogues: no query."""
    agencies = catalogue.agencies()
    case.agency = agencies.get(case.agency_id or 0)
    case.commune = agencies.get(case.commune_id or 0)
    case.field = catalogue.field(case.field_id)
    if case.handler_id is not None:
        case.handler = None
    return case


@never_cache
@allow(*ENTRY_ROLES)
@require_POST
def known(request: HttpRequest) -> HttpResponse:
    """While the clerk types: open cases of the same sender and of the same place. Two queries at most."""
    at = clock.now()
    found = rules.match_commune(request.POST.get("commune", "")[:120], _communes())
    text = f"{request.POST.get('title', '')} {request.POST.get('body', '')}"[:4000]
    rows = _known(
        request.POST.get("phone", "")[:40],
        request.POST.get("email", "")[:254],
        found[0] if len(found) == 1 else None,
        text,
        at,
    )
    return render(request, "desk/counter/known.html", {"known": rows, "seen": ",".join(row.value for row in rows)})


def _known(phone: str, email: str, commune_id: int | None, text: str, at: datetime) -> list[Row]:
    soon = soon_until(at)
    rows: dict[int, Row] = {}
    digits = sum(sign.isdigit() for sign in phone)
    if digits >= 8 or "@" in email:
        contact = case_rules.contact_key(key_bytes(), phone=phone if digits >= 8 else "", email=email)
        for case in selectors.of_same_sender(contact, limit=5):
            rows[case.pk] = _known_row(case, _("Cùng người gửi"), at, soon)
    if commune_id is not None and len(text.strip()) >= rules.LEAST_BODY:
        near = [
            case
            for case in selectors.nearby(commune_id=commune_id, since=at - timedelta(days=NEAR_DAYS))
            if case.is_open
        ]
        texts = [(case.pk, f"{case.title} {case.place} {case.body}") for case in near]
        by_key = {case.pk: case for case in near}
        for key in rules.closest(text, texts, least=0.5, most=4):
            if key not in rows:
                rows[key] = _known_row(by_key[key], _("Cùng nơi, gần giống"), at, soon)
    return list(rows.values())


def _known_row(case: Case, why: str, at: datetime, soon: datetime) -> Row:
    row = row_of(_named(case), at=at, soon=soon)
    row.meta = [why, words.moment(case.received_at)]
    return row


# --- the receipt ------------------------------------------------------------------------------------------------------


@never_cache
@allow(*ENTRY_ROLES)
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """What the sender takes home: code, secret, picture, what happens next and by when. For an hour, and only for the
    one who entered the case. Four queries."""
    try:
        case_id, person_id = signing.loads(token, salt=_RECEIPT, max_age=RECEIPT_SECONDS)
    except (signing.BadSignature, TypeError, ValueError):
        return render(request, "desk/counter/receipt_gone.html", status=410)
    case = Case.objects.filter(pk=case_id).select_related("commune", "channel").defer("search").first()
    if case is None or person_id != request.user.pk or case.submission_key is None:
        raise Http404
    address = settings.BASE_URL.rstrip("/") + reverse("portal:case", args=[case.code])
    context = {
        "case": case,
        "secret": case_rules.derive_secret(key_bytes(), str(case.submission_key)),
        "qr": segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=3, dark="#000", light="#fff"),
        "address": address,
        "office": intake.catalogue().office,
        "facts": [
            Fact(_("Nội dung"), case.title),
            Fact(_("Loại"), case.get_regime_display()),
            Fact(
                _("Nơi xảy ra"),
                ", ".join(part for part in (case.place, case.commune.short_name if case.commune else "") if part)
                or _("không ghi"),
            ),
            Fact(_("Kênh tiếp nhận"), case.channel.name),
            Fact(_("Nhận lúc"), words.moment(case.received_at)),
            Fact(_("Cán bộ tiếp nhận"), str(request.user)),
        ],
        "next": _next(case),
        "hotline": city_settings.text("hotline", clock.today()),
    }
    return render(request, "desk/counter/receipt.html", context)


def _next(case: Case) -> list[tuple[str, str]]:
    said = {
        "intake": _("Đọc và phân loại"),
        "transfer": _("Chuyển đến cơ quan có trách nhiệm"),
        "answer": _("Xử lý và trả lời ông/bà"),
    }
    return [
        (said[row.step], worktime.describe_due(row.due_at, language=words.language()))
        for row in worktime.deadlines_of("case", case.pk)
        if row.step in said and row.running
    ]


# --- in the sender's name ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _For:
    """An act in the sender's name: its form, and how it is done."""

    form: type[ForSenderForm]
    run: Callable[[Any, dict[str, Any], dict[str, Any]], Case]


def _reply(form: Any, data: dict[str, Any], common: dict[str, Any]) -> Case:
    kept: list[UUID] = [files.store(content=one, name=one.name or "", at=common["at"]).pk for one in data["files"]]
    return services.reply(text=form.said(data["text"]), file_ids=kept, **common)


def _rate(form: Any, data: dict[str, Any], common: dict[str, Any]) -> Case:
    levels = {"forms": data["forms_"], "ease": data["ease"], "handling": data["handling"], "notice": data["notice"]}
    return services.rate(levels=levels, overall=data["overall"], comment=form.said(data["comment"]), **common)


FOR_SENDER: dict[str, _For] = {
    "sender_reply": _For(ReplyFor, _reply),
    "clarified": _For(ReplyFor, _reply),
    "rate": _For(RateFor, _rate),
    "reopen": _For(ReopenFor, lambda form, data, common: services.reopen(reason=form.said(data["reason"]), **common)),
    "withdraw": _For(
        WithdrawFor, lambda form, data, common: services.withdraw(reason=form.said(data["reason"]), **common)
    ),
}


@never_cache
@allow("clerk")
@require_http_methods(["GET", "HEAD", "POST"])
def for_sender(request: HttpRequest) -> HttpResponse:
    """Whose case it is: code, and the secret or the contact that the sender tells. Two queries."""
    form = ProofForm(request.POST or None, initial={"code": request.GET.get("ma", "")})
    if request.method == "POST" and form.is_valid():
        case = _proven(form.cleaned_data["code"], form.cleaned_data["proof"])
        if case is not None:
            return redirect("desk:counter_acts", signing.dumps([case.pk, request.user.pk], salt=_PROOF))
        form.add_error(None, _("Mã phản ánh và điều người gửi nói không khớp nhau. Hãy hỏi lại từng phần."))
    return render(request, "desk/counter/for_sender.html", {"form": form})


def _proven(code: str, proof: str) -> Case | None:
    opened = selectors.by_code_and_secret(code, proof)
    if opened is not None:
        return opened
    contact = case_rules.contact_key(
        key_bytes(), phone="" if "@" in proof else proof, email=proof if "@" in proof else ""
    )
    case = (
        Case.objects.filter(code=code, restricted=False, sender__contact_key=contact)
        .exclude(sender__contact_key="")
        .first()
    )
    if case is None and "@" in proof:
        case = Case.objects.filter(code=code, restricted=False, sender__email__iexact=proof.strip()).first()
    return case


@never_cache
@allow("clerk")
@require_http_methods(["GET", "HEAD", "POST"])
def acts(request: HttpRequest, token: str) -> HttpResponse:
    """What the sender can do now, done by the clerk in the sender's name; the channel is noted with it."""
    try:
        case_id, person_id = signing.loads(token, salt=_PROOF, max_age=PROOF_SECONDS)
    except (signing.BadSignature, TypeError, ValueError):
        flash.warn(request, _("Đã quá 30 phút kể từ khi đối chiếu. Hãy hỏi lại người gửi."))
        return redirect("desk:counter_for_sender")
    case = Case.objects.filter(pk=case_id).defer("search").first()
    if case is None or person_id != request.user.pk:
        raise Http404
    at = clock.now()
    selectors.fill(case)
    clerk = roles_of_request(request).actor("clerk")
    possible = [one.row for one in selectors.possible_acts(case, [clerk], at=at) if one.row.act in FOR_SENDER]
    failed: dict[str, ForSenderForm] = {}
    if request.method == "POST":
        name = request.POST.get("act", "")
        if name not in {row.act for row in possible}:
            flash.failed(
                request, _("Việc này không làm được ở bước hiện tại. Có thể người khác vừa xử lý phản ánh này.")
            )
            return redirect(request.path)
        form = FOR_SENDER[name].form(request.POST, request.FILES, at=at, auto_id=f"id_{name}_%s")
        if form.is_valid() and _done(form, name, {"case_id": case.pk, "actor": clerk, "at": at}):
            flash.done(request, _("Đã ghi thay người gửi phản ánh %(code)s.") % {"code": case.code})
            return redirect(request.path)
        failed[name] = form
    open_question = next(
        (row for row in case.questions.all() if row.replied_at is None and row.lapsed_at is None), None
    )
    shown = [
        Act(
            name=row.act,
            label=row.label,
            url=request.path,
            multipart="reply" in row.act or row.act == "clarified",
            form=failed.get(row.act) or FOR_SENDER[row.act].form(at=at, auto_id=f"id_{row.act}_%s"),
            danger=row.act == "withdraw",
            other=row.act == "withdraw" and len(possible) > 1,
        )
        for row in possible
    ]
    context = {"case": case, "row": row_of(case, at=at, soon=soon_until(at)), "acts": shown, "question": open_question}
    return render(request, "desk/counter/acts.html", context)


def _done(form: ForSenderForm, name: str, common: dict[str, Any]) -> bool:
    """Do it; what is wrong is said in the form."""
    try:
        with transaction.atomic():
            FOR_SENDER[name].run(form, form.cleaned_data, common)
        return True
    except REFUSED as refused:
        say(form, refused)
        return False
