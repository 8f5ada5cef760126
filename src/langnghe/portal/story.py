"""A case in plain words for the one who sent it: what happened, who has it now, by when, and what is next.

Pure: it is given rows that selectors have read, and asks the database for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from langnghe.cases.models import Answer, AnswerState, Attachment, Case
from langnghe.cases.workflow import CLARIFYING, TABLE
from langnghe.ledger.models import Entry
from langnghe.ui.items import Event
from langnghe.worktime import selectors as worktime
from langnghe.worktime.models import Deadline

HIDDEN = frozenset(
    {"restrict", "lift", "note", "draft", "send_back", "request_extension", "refuse_extension", "partner_answer"}
)
"""Acts that are the office's own affair."""


# --- deadlines --------------------------------------------------------------------------------------------------------


def main_deadline(deadlines: Sequence[Deadline], *, step: str = "") -> Deadline | None:
    """The deadline that matters to the sender: the answer's, while it runs or was met last; else what runs now."""
    wanted = [row for row in deadlines if row.step == (step or "answer") and row.state != "cancelled"]
    return wanted[-1] if wanted else None


def running(deadlines: Sequence[Deadline], step: str) -> Deadline | None:
    """The running deadline of a step."""
    return next((row for row in deadlines if row.step == step and row.running), None)


@dataclass(frozen=True, slots=True)
class Chip:
    """What the deadline chip is told."""

    due_at: datetime
    state: str
    days_left: int | None
    text: str
    source: str
    assumed: bool


def chip(deadline: Deadline | None, *, at: datetime, language: str) -> Chip | None:
    """How a deadline stands, with its explanation."""
    if deadline is None:
        return None
    state, days = {"met": "met", "late": "metlate", "paused": "paused"}.get(deadline.state, "intime"), None
    if state == "intime":
        days = worktime.calendar().working_days_between(at.date(), deadline.due_date)
        state = "soon" if at >= deadline.eighty_at else "intime"
        if deadline.overdue(at):
            state, days = "overdue", -max(worktime.working_days_late(deadline, at), 0)
    rule: Mapping[str, Any] = deadline.explanation.get("rule") or {}
    return Chip(
        deadline.due_at, state, days if days is None or days >= 0 or state == "overdue" else None,
        deadline.explain(language), str(rule.get("source") or ""), bool(rule.get("assumed")),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Next:
    """One thing that happens next: who does what, by when, and how that is counted."""

    what: str
    until: str
    how: str


def what_next(deadlines: Sequence[Deadline], office: str, language: str) -> list[Next]:
    """What happens after the receipt, in order."""
    words = {
        "intake": _("%(office)s đọc và phân loại") % {"office": office},
        "transfer": _("%(office)s chuyển đến cơ quan có trách nhiệm") % {"office": office},
        "answer": _("Cơ quan có trách nhiệm xử lý và trả lời ông/bà"),
    }
    found = []
    for step, what in words.items():
        deadline = running(deadlines, step)
        if deadline is not None:
            until = worktime.describe_due(deadline.due_at, language=language)
            found.append(Next(what, until, deadline.explain(language)))
    return found


# --- who has it -------------------------------------------------------------------------------------------------------


def where(case: Case, office: str) -> str:
    """Who has it now, in one sentence; '' when it is over."""
    agency = case.agency.name if case.agency is not None else office
    if case.restricted and not TABLE.states[case.state].final:
        return _("%(office)s đang xem xét nội dung để hướng dẫn ông/bà nơi giải quyết.") % {"office": office}
    sentences = {
        "received": _("%(office)s đang đọc và phân loại.") % {"office": office},
        "clarifying": _("Đang chờ ông/bà làm rõ nội dung."),
        "classified": _("%(office)s đã phân loại, đang chuyển đến cơ quan có trách nhiệm.") % {"office": office},
        "transferred": _("Đã chuyển đến %(agency)s, đang chờ cơ quan nhận.") % {"agency": agency},
        "accepted": _("%(agency)s đã nhận, đang phân công người xử lý.") % {"agency": agency},
        "handling": _("%(agency)s đang xử lý.") % {"agency": agency},
        "awaiting_sender": _("%(agency)s đang chờ ông/bà bổ sung thông tin.") % {"agency": agency},
        "awaiting_approval": _("%(agency)s đã soạn trả lời, đang chờ lãnh đạo duyệt.") % {"agency": agency},
        "reopened": _("%(agency)s xử lý lại lần hai, do người khác thực hiện.") % {"agency": agency},
        "answered": _("%(agency)s đã trả lời.") % {"agency": agency},
        "published": _("%(agency)s đã trả lời; nội dung đã được công khai.") % {"agency": agency},
        "withheld": _("%(agency)s đã trả lời; nội dung không công khai.") % {"agency": agency},
        "closed": _("Đã trả lời và đóng."),
        "declined": _("Không được tiếp nhận; xem lý do và hướng dẫn bên dưới."),
        "diverted": _("Được chuyển sang cách giải quyết khác; xem hướng dẫn bên dưới."),
        "withdrawn": _("Ông/bà đã rút phản ánh này."),
        "merged": _("Được xử lý chung với một phản ánh cùng nội dung."),
    }
    return sentences[case.state]


def is_waiting_for_sender(case: Case) -> bool:
    """Whether the sender has a question to answer."""
    return case.state in (CLARIFYING, "awaiting_sender")


def state_name(case: Case) -> str:
    """The name of the state; a suspicion is not told before it is decided."""
    return str(TABLE.states[case.state].label)


# --- what happened ----------------------------------------------------------------------------------------------------


def agencies_in(history: Sequence[Entry]) -> set[int]:
    """The agencies that the entries name."""
    keys: set[int] = set()
    for entry in history:
        for key in (
            entry.agency_id,
            entry.data.get("agency"),
            entry.data.get("partner"),
            entry.data.get("agency_before"),
        ):
            if isinstance(key, int):
                keys.add(key)
    return keys


def events(case: Case, history: Sequence[Entry], names: Mapping[int, str], office: str) -> list[Event]:
    """What happened, the newest first. No names of staff: the agency answers, not the person."""
    questions = sorted(case.questions.all(), key=lambda row: row.asked_at)
    asked, replied = iter(questions), iter([row for row in questions if row.replied_at is not None])
    found: list[Event] = []
    now_at = case.agency_id
    for entry in history:
        agency = names.get(entry.agency_id or 0, "")
        text, note = "", ""
        if entry.act == "transfer":
            now_at = entry.data.get("agency")
        holder = names.get(now_at or 0, "") or agency
        if entry.act in ("ask_sender", "clarify"):
            question = next(asked, None)
            text = question.question if question is not None else ""
        elif entry.act in ("sender_reply", "clarified"):
            answered = next(replied, None)
            text = answered.reply if answered is not None else ""
        elif entry.act == "grant_extension":
            note = _("Thêm %(days)s ngày làm việc.") % {"days": entry.data.get("days", "")}
        elif entry.act == "merge":
            note = _("Phản ánh cùng nội dung: %(code)s") % {"code": entry.data.get("into_code", "")}
        if entry.act in HIDDEN or entry.act not in _TITLES:
            continue
        title, icon = _TITLES[entry.act]()
        who = "" if entry.role == "sender" else agency or (office if entry.role == "coordinator" else "")
        values = {"agency": holder, "partner": names.get(entry.data.get("partner") or 0, "")}
        said = title % values
        found.append(Event(said, entry.at, agency="" if who and who in said else who, text=text, note=note, icon=icon))
    if found and not TABLE.states[case.state].final:
        found[-1].tone = "now"
    found.reverse()
    return found


_TITLES: dict[str, Callable[[], tuple[str, str]]] = {
    "receive": lambda: (_("Đã nhận phản ánh của ông/bà"), "inbox"),
    "classify": lambda: (_("Đã phân loại"), "tags"),
    "transfer": lambda: (_("Đã chuyển đến %(agency)s"), "arrow-right"),
    "clarify": lambda: (_("Đề nghị ông/bà làm rõ"), "question-circle"),
    "clarified": lambda: (_("Ông/bà đã làm rõ"), "reply"),
    "clarify_lapsed": lambda: (_("Hết thời gian chờ làm rõ; tiếp tục phân loại"), "clock"),
    "decline": lambda: (_("Không tiếp nhận"), "x-lg"),
    "merge": lambda: (_("Xử lý chung với phản ánh cùng nội dung"), "copy"),
    "unmerge": lambda: (_("Tách ra để xử lý riêng"), "arrow-left-right"),
    "urge": lambda: (_("Đã đôn đốc cơ quan xử lý"), "bell"),
    "divert": lambda: (_("Hướng dẫn ông/bà gửi đúng nơi giải quyết"), "arrow-right"),
    "accept": lambda: (_("%(agency)s đã nhận"), "check-circle"),
    "return_to_office": lambda: (_("Cơ quan trả lại để chuyển đúng nơi có trách nhiệm"), "arrow-counterclockwise"),
    "assign": lambda: (_("Đã giao cán bộ xử lý"), "person-check"),
    "ask_partner": lambda: (_("Hỏi ý kiến %(partner)s"), "people"),
    "ask_sender": lambda: (_("Đề nghị ông/bà bổ sung"), "question-circle"),
    "sender_reply": lambda: (_("Ông/bà đã bổ sung"), "reply"),
    "continue_without": lambda: (_("Hết thời gian chờ bổ sung; cơ quan tiếp tục xử lý"), "clock"),
    "grant_extension": lambda: (_("Gia hạn trả lời"), "hourglass-split"),
    "submit": lambda: (_("Đã soạn trả lời, đang chờ lãnh đạo duyệt"), "pencil-square"),
    "approve": lambda: (_("%(agency)s đã trả lời"), "chat-left-text"),
    "redo": lambda: (_("Văn phòng yêu cầu cơ quan trả lời lại cho rõ"), "arrow-counterclockwise"),
    "publish": lambda: (_("Đã công khai trả lời"), "megaphone"),
    "withhold": lambda: (_("Trả lời không công khai"), "eye-slash"),
    "show": lambda: (_("Đã công khai nội dung phản ánh"), "megaphone"),
    "show_again": lambda: (_("Đã công khai lại"), "megaphone"),
    "hide": lambda: (_("Đã gỡ bản công khai"), "eye-slash"),
    "rate": lambda: (_("Ông/bà đã đánh giá"), "star"),
    "reopen": lambda: (_("Mở lại theo đề nghị của ông/bà"), "arrow-counterclockwise"),
    "fulfil": lambda: (_("Cơ quan báo đã thực hiện lời hẹn"), "check2-square"),
    "close": lambda: (_("Đã đóng"), "check-circle"),
    "withdraw": lambda: (_("Ông/bà đã rút phản ánh"), "x-lg"),
    "succeed": lambda: (_("Cơ quan kế thừa tiếp tục xử lý"), "arrow-right"),
    "erase": lambda: (_("Dữ liệu cá nhân đã được xóa"), "shield-lock"),
}


# --- answers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """An answer that the sender has: for the answer card, with its round and proof."""

    round: int
    card: dict[str, Any]
    proofs: tuple[Attachment, ...]
    fulfilled: str


def answers(case: Case, agency: str) -> list[Told]:
    """The approved answers, the newest first. No query on a case of `sender_case`."""
    found = []
    for row in case.answers.all():
        if row.state != AnswerState.APPROVED:
            continue
        proofs = tuple(
            one for one in case.attachments.all() if one.role == Attachment.Role.PROOF and one.round == row.round
        )
        found.append(Told(row.round, _card(row, agency), proofs, row.fulfilment if row.fulfilled_at else ""))
    return found[::-1]


def _card(row: Answer, agency: str) -> dict[str, Any]:
    done = ". ".join(part.rstrip(". ") for part in (row.done_what, row.done_by) if part)
    if done and row.done_on is not None:
        done = f"{done} ({row.done_on:%d/%m/%Y})"
    text = row.text
    body = row.other_agency.name if row.other_agency is not None else row.other_body
    if row.outcome == "outside_power" and body:
        text = f"{text}\n\n{_('Nơi giải quyết: %(body)s') % {'body': body}}"
    return {
        "outcome": row.get_outcome_display(), "text": text, "done": done, "agency": agency, "at": row.decided_at,
        "legal_basis": row.legal_basis, "promised": row.scheduled_on,
    }  # fmt: skip
