"""The ledger as pages: histories, seals, and who read whose personal data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from langnghe.agencies.models import Agency, Person
from langnghe.cases import catalogue
from langnghe.cases.models import Case
from langnghe.desk.access import allow
from langnghe.desk.forms.admin import LedgerForm
from langnghe.desk.rows import act_words
from langnghe.desk.views.admin.common import admin_only
from langnghe.ledger import selectors
from langnghe.ledger.models import Entry, Seal
from langnghe.texts import CodeError, parse_code, whole_number
from langnghe.ui.items import Event, Part
from langnghe.worktime.models import DeadlineRule

PAGE = 50


def _acts() -> dict[str, str]:
    return {
        "create": _("Thêm mới"),
        "change": _("Sửa"),
        "end": _("Kết thúc"),
        "set": _("Đặt giá trị"),
        "edit": _("Sửa nội dung"),
        "activate": _("Mở tài khoản"),
        "deactivate": _("Khóa tài khoản"),
        "set_password": _("Đặt mật khẩu mới"),
        "change_password": _("Tự đổi mật khẩu"),
        "remove_second_factor": _("Bỏ bước xác nhận thứ hai"),
        "grant_role": _("Giao vai trò"),
        "end_role": _("Thôi giao vai trò"),
        "move_role": _("Chuyển vai trò theo cơ quan"),
        "unlock": _("Bỏ các lần nhập sai"),
        "withdraw": _("Rút lại"),
        "requeue": _("Gửi lại"),
        "cancel": _("Hủy"),
        "set_day": _("Đặt ngày"),
        "clear_day": _("Bỏ ngày"),
        "confirm_year": _("Xác nhận lịch năm"),
        "set_hours": _("Đặt giờ làm việc"),
        "set_rule": _("Đặt quy tắc"),
        "load": _("Nạp dữ liệu"),
    }


def kinds() -> dict[str, str]:
    """What the ledger keeps histories of."""
    return {
        "case": _("Phản ánh"),
        "agency": _("Cơ quan"),
        "person": _("Người dùng"),
        "deadline_rule": _("Quy tắc thời hạn"),
        "calendar": _("Lịch làm việc"),
        "message_template": _("Mẫu thông báo"),
        "message": _("Thông báo"),
        "field": _("Lĩnh vực"),
        "procedure": _("Thủ tục"),
        "channel": _("Kênh"),
        "decline_reason": _("Lý do không tiếp nhận"),
        "canned_text": _("Mẫu câu"),
        "setting": _("Giá trị của thành phố"),
    }


def events_of(kind: str, subject_id: int) -> list[Event]:
    """The history of one subject as a timeline, the newest first. Two queries."""
    entries = selectors.history(kind, subject_id)
    return timeline(entries, people_of(entry.actor_id for entry in entries))


def people_of(keys: Iterable[int | None]) -> dict[int, Person]:
    """Names of people by key. One query, none for no keys."""
    wanted = {key for key in keys if key}
    return Person.objects.in_bulk(wanted) if wanted else {}


def timeline(entries: list[Entry], people: Mapping[int, Person]) -> list[Event]:
    """Entries as events, the newest first."""
    agencies, words = catalogue.agencies(), _acts()
    made = []
    for entry in reversed(entries):
        person, agency = people.get(entry.actor_id or 0), agencies.get(entry.agency_id or 0)
        other = {"sender": _("Người gửi"), "system": _("Hệ thống")}.get(entry.actor_kind, "")
        title = act_words(entry.act) if entry.kind == "case" else words.get(entry.act, entry.act)
        made.append(
            Event(
                title=title,
                at=entry.at,
                person=person.full_name if person else other,
                agency=agency.short_name if agency else "",
                text=_said(entry.data or {}),
                note=_("số %(seq)s") % {"seq": entry.seq},
            )
        )
    return made


def _said(data: Mapping[str, Any]) -> str:
    """What changed, in short: names and values, without personal data (the ledger holds none)."""
    if isinstance(data.get("before"), dict) and isinstance(data.get("after"), dict):
        before, after = data["before"], data["after"]
        return "; ".join(f"{name}: {_short(before.get(name))} → {_short(value)}" for name, value in after.items())
    return "; ".join(f"{name}: {_short(value)}" for name, value in data.items() if value not in (None, "", [], {}))


def _short(value: Any) -> str:
    text = "–" if value in (None, "", []) else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 120 else text[:119] + "…"


@allow("administrator", "observer")
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Seals with the hash to note outside, and the history of one subject. Six queries at most."""
    known = kinds()
    asked = "key" in request.GET
    form = LedgerForm(request.GET if asked else None, kinds=list(known.items()), initial={"kind": "case"})
    events: list[Event] | None = None
    about = ""
    if asked and form.is_valid():
        kind = form.cleaned_data["kind"]
        found = _find(kind, form.cleaned_data["key"])
        if found is None:
            form.add_error("key", _("Không tìm thấy. Hãy xem lại mã, hoặc ghi số của mục."))
        else:
            subject_id, about = found
            events = events_of(kind, subject_id)
    before = request.GET.get("truoc", "")
    seals = selectors.seals(before=whole_number(before))
    context = {
        "form": form,
        "events": events,
        "about": about,
        "state": selectors.seal_state(),
        "seals": [_seal(seal) for seal in seals],
        "older": f"?truoc={seals[-1].pk}" if len(seals) == 30 else "",
    }
    return render(request, "desk/admin/ledger.html", context)


def _seal(seal: Seal) -> dict[str, Any]:
    """A seal as the page shows it; the hash also in groups that a person can copy by hand."""
    text = bytes(seal.hash).hex()
    parts = [text[at : at + 8] for at in range(0, len(text), 8)]
    return {"id": seal.pk, "at": seal.at, "count": seal.count, "hash": text, "parts": parts}


def _find(kind: str, key: str) -> tuple[int, str] | None:
    """The subject that a person means: its number, and how it is called. One query."""
    row: Any = None
    if kind == "case":
        try:
            row = Case.objects.filter(code=parse_code(key), restricted=False).only("pk", "code", "title").first()
        except CodeError:
            row = None
        return (row.pk, row.code) if row is not None else None
    if kind == "agency":
        row = Agency.objects.filter(code=key).first()
    elif kind == "person":
        row = Person.objects.filter(username=key).first()
    elif kind == "deadline_rule":
        row = DeadlineRule.objects.filter(code=key).order_by("-valid_from").first()
    if row is not None:
        return row.pk, str(row)
    number = whole_number(key)
    return (number, f"{kinds()[kind]} {key}") if number is not None else None


@admin_only
@require_safe
def reads(request: HttpRequest) -> HttpResponse:
    """Who read whose personal data, the latest first, by key. Four queries."""
    before, who = request.GET.get("truoc", ""), request.GET.get("ai", "")[:60]
    reader = Person.objects.filter(username=who).first() if who else None
    rows = selectors.all_reads(
        actor_id=reader.pk if reader else (0 if who else None),
        before=whole_number(before),
        limit=PAGE,
    )
    people = people_of(row.actor_id for row in rows)
    codes = dict(
        Case.objects.filter(pk__in=[row.subject_id for row in rows if row.kind == "case"]).values_list("pk", "code")
    )
    names = kinds()
    shown = [
        {
            "at": row.at,
            "person": str(people.get(row.actor_id or 0, "")),
            "role": row.role,
            "fields": ", ".join(row.fields),
            "purpose": row.purpose,
            "what": names.get(row.kind, row.kind),
            "which": codes.get(row.subject_id, row.subject_id),
        }
        for row in rows
    ]
    older = f"?truoc={rows[-1].pk}{f'&ai={who}' if who else ''}" if len(rows) == PAGE else ""
    parts = [
        Part(text=_("Người đọc")),
        Part(name="ai", label=_("Tên đăng nhập"), value=who, placeholder=_("Tên đăng nhập")),
    ]
    return render(request, "desk/admin/reads.html", {"rows": shown, "older": older, "parts": parts, "who": who})
