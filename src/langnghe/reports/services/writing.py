"""Writing a report: filled from the register, edited by people, approved, sent. Every version is kept."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError
from langnghe.acts.reminders import each
from langnghe.files import services as files
from langnghe.files.models import StoredFile
from langnghe.reports import filling
from langnghe.reports import sections as parts
from langnghe.reports.models import OPEN_STATES, Report
from langnghe.reports.sections import Section
from langnghe.reports.services.engine import KIND, Change, lock, perform
from langnghe.reports.services.templates import template_for
from langnghe.reports.workflow import OWED
from langnghe.texts import clean_input
from langnghe.workflow.actor import Actor

MOST_FILES = 30
"""So many files a report may carry."""

MAX_SECTIONS_TEXT = 400_000
"""Most characters that a report may hold: some 200 pages."""


def fill(report: Report, *, at: datetime) -> list[Section]:
    """What the register and the feedback say for the report's agency and period. Nothing is written. Eight queries."""
    template = template_for(report.duty.template.code, report.due_on)
    found = filling.gather(
        agency=report.agency, document=report.duty.document, start=report.period_from, end=report.period_to, at=at
    )
    return filling.fill(template.sections, found)


def prepare(report: Report, *, at: datetime) -> None:
    """Fill a report that nobody has touched yet, as it comes due and each day until somebody begins. Called within a
    transaction."""
    report.sections, report.filled_at = fill(report, at=at), at
    Report.objects.filter(pk=report.pk, state=OWED).update(sections=report.sections, filled_at=at)


def refill(*, report_id: int, actor: Actor, at: datetime, expected_version: int | None = None) -> Report:
    """The newest figures; what a person wrote stays, with the new content beside it."""

    def apply(report: Report) -> Change:
        report.sections = parts.refill(report.sections, fill(report, at=at))
        report.filled_at = at
        report.writer_id = actor.person_id or report.writer_id
        return Change(columns={"sections", "filled_at", "writer"}, data={"refill": True}, keep=True)

    return perform(
        report_id, act="write", actor=actor, at=at, apply=apply, given={"sections": True},
        expected_version=expected_version,
    )  # fmt: skip


def write(
    *, report_id: int, sections: Sequence[Section], actor: Actor, at: datetime, expected_version: int | None = None
) -> Report:
    """Save the whole of what a report says. Saving the same again makes no version. Stale when somebody else saved
    since; ActError when it is too long."""
    cleaned = parts.clean(list(sections))
    _check(cleaned)

    def apply(report: Report) -> Change:
        report.sections = cleaned
        report.writer_id = actor.person_id or report.writer_id
        return Change(columns={"sections", "writer"}, keep=True)

    return perform(
        report_id, act="write", actor=actor, at=at, apply=apply, given={"sections": cleaned},
        expected_version=expected_version,
    )  # fmt: skip


def write_section(
    *,
    report_id: int,
    code: str,
    title: str,
    blocks: Sequence[dict[str, Any]],
    actor: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Report:
    """Save one section. `blocks` as a form gives them: {"index", "text"}, {"index", "cells": {row: [...]}, "added":
    [[...]]} or {"index", "drop": True} for a block that is there; {"index": None, "text"} for a paragraph that is
    added. A row of which every cell is empty goes."""

    def apply(report: Report) -> Change:
        sections = deepcopy(parts.clean(report.sections))
        section = next((one for one in sections if one["code"] == code), None)
        if section is None:
            raise ActError(_("Báo cáo không còn mục này."))
        section["title"] = clean_input(title, single_line=True)[:200] or section["title"]
        section["blocks"] = _edited(section["blocks"], blocks)
        _check(sections)
        report.sections = sections
        report.writer_id = actor.person_id or report.writer_id
        return Change(columns={"sections", "writer"}, data={"section": code}, keep=True)

    return perform(
        report_id, act="write", actor=actor, at=at, apply=apply, given={"sections": True},
        expected_version=expected_version,
    )  # fmt: skip


def _edited(old: Sequence[dict[str, Any]], given: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    changes = {one["index"]: one for one in given if one.get("index") is not None}
    result = []
    for index, block in enumerate(old):
        change = changes.get(index, {})
        if change.get("drop"):
            continue
        if block["type"] in ("text", "heading") and "text" in change:
            if not change["text"].strip() and block.get("made") is None and block["type"] == "text":
                continue
            block["text"] = clean_input(change["text"])
        elif block["type"] == "table" and "cells" in change:
            rows = []
            for number, row in enumerate(block["rows"]):
                cells = change["cells"].get(number)
                if cells is not None:
                    row["cells"] = (list(map(clean_input, cells)) + row["cells"])[: len(row["cells"])]
                if any(row["cells"]):
                    rows.append(row)
            width = len(block["head"])
            for cells in change.get("added", ()):
                if any(cell.strip() for cell in cells):
                    key = f"own:{len(rows) + 1}:{sum(1 for row in rows if row.get('made') is None) + 1}"
                    rows.append(
                        {"key": key, "cells": (list(map(clean_input, cells)) + [""] * width)[:width], "made": None}
                    )
            block["rows"] = rows
        result.append(block)
    for one in given:
        if one.get("index") is None and one.get("text", "").strip():
            number = 1 + sum(1 for block in result if str(block.get("key", "")).startswith("own:"))
            result.append({"type": "text", "key": f"own:{number}", "text": clean_input(one["text"]), "made": None})
    return result


def _check(sections: Sequence[Section]) -> None:
    if sum(len(line) for section in sections for line in parts.lines(section)) > MAX_SECTIONS_TEXT:
        raise ActError(_("Báo cáo quá dài. Hãy để phần chi tiết vào tệp đính kèm."))


def take_new(
    *, report_id: int, code: str, key: str, actor: Actor, at: datetime, expected_version: int | None = None
) -> Report:
    """The register's newest words in place of a person's, in one paragraph or table."""
    key = clean_input(key, single_line=True)[:200]

    def apply(report: Report) -> Change:
        report.sections = parts.take_new(report.sections, code, key)
        report.writer_id = actor.person_id or report.writer_id
        return Change(columns={"sections", "writer"}, data={"section": code[:60], "taken": key}, keep=True)

    return perform(
        report_id, act="write", actor=actor, at=at, apply=apply, given={"sections": True},
        expected_version=expected_version,
    )  # fmt: skip


def restore(
    *, report_id: int, number: int, actor: Actor, at: datetime, expected_version: int | None = None
) -> Report:  # fmt: skip
    """What an earlier version said becomes what the report says; the versions between stay."""

    def apply(report: Report) -> Change:
        version = report.versions.filter(number=number).first()
        if version is None:
            raise ActError(_("Không có bản này."))
        if parts.parts_in(report.sections) - parts.parts_in(version.sections):
            raise ActError(
                _("Bản này chưa có báo cáo của các cơ quan được tổng hợp sau đó; hãy sửa từng mục thay vì lấy lại.")
            )
        report.sections = version.sections
        report.writer_id = actor.person_id or report.writer_id
        return Change(columns={"sections", "writer"}, data={"restored": number}, keep=True)

    return perform(
        report_id, act="write", actor=actor, at=at, apply=apply, given={"sections": True},
        expected_version=expected_version,
    )  # fmt: skip


def attach(*, report_id: int, file_ids: Sequence[UUID], actor: Actor, at: datetime) -> Report:
    """Add stored files to a report that is being written. FileRejected when one belongs to something else; ActError
    when the report has too many."""

    def apply(report: Report) -> Change:
        there = StoredFile.objects.filter(kind=KIND, subject_id=report.pk, state=StoredFile.State.READY)
        if there.exclude(pk__in=file_ids).count() + len(file_ids) > MOST_FILES:
            text = _("Một báo cáo kèm nhiều nhất %(n)s tệp. Hãy gộp các tệp nhỏ.")
            raise ActError(text % {"n": MOST_FILES}, field="attachment")
        files.attach(file_ids=file_ids, kind=KIND, subject_id=report.pk, at=at)
        if not report.sections:
            report.sections, report.filled_at = fill(report, at=at), at
        return Change(
            columns={"sections", "filled_at"}, data={"files": [str(one) for one in file_ids]}
        )  # fmt: skip

    return perform(report_id, act="write", actor=actor, at=at, apply=apply, given={"sections": file_ids})


def submit(*, report_id: int, actor: Actor, at: datetime, expected_version: int | None = None) -> Report:
    """Hand the draft to the leaders."""
    return perform(
        report_id, act="submit", actor=actor, at=at, apply=lambda report: Change(),
        expected_version=expected_version,
    )  # fmt: skip


def send_back(*, report_id: int, note: str, actor: Actor, at: datetime, expected_version: int | None = None) -> Report:
    """Back to the writer, with what is to be mended."""
    return _noted("send_back", report_id, note, actor, at, expected_version)


def approve(
    *, report_id: int, number: str = "", actor: Actor, at: datetime, expected_version: int | None = None
) -> Report:
    """Approve and send upwards: never one's own draft. `number` is the document's number and sign. What was sent is a
    version of its own."""

    def apply(report: Report) -> Change:
        report.number = number.strip()[:60] or report.number
        report.approver_id = actor.person_id
        report.sent_at = at
        return Change(columns={"number", "approver", "sent_at"}, data={"number": report.number}, keep=True)

    return perform(report_id, act="approve", actor=actor, at=at, apply=apply, expected_version=expected_version)


def withdraw(*, report_id: int, note: str, actor: Actor, at: datetime, expected_version: int | None = None) -> Report:
    """Take a sent report back to mend it, before the receiver has taken it in."""
    return _noted("withdraw", report_id, note, actor, at, expected_version, unsent=True)


def reject(*, report_id: int, note: str, actor: Actor, at: datetime, expected_version: int | None = None) -> Report:
    """The receiver asks for the report again."""
    return _noted("reject", report_id, note, actor, at, expected_version, unsent=True)


def urge(*, report_id: int, note: str = "", actor: Actor, at: datetime, expected_version: int | None = None) -> Report:
    """The receiver urges who owes the report; once a day for a report."""

    def apply(report: Report) -> Change:
        if urged_today(report, at=at):
            raise ActError(_("Hôm nay đã đôn đốc báo cáo này rồi."))
        return Change(words={"note": note}, personal={"note": note} if note else {})

    return perform(report_id, act="urge", actor=actor, at=at, apply=apply, expected_version=expected_version)


def urged_today(report: Report, *, at: datetime) -> bool:
    """Somebody urged this report on the day of `at`. One query."""
    from langnghe.ledger.models import Entry
    from langnghe.worktime.rules import local, midnight

    since = midnight(local(at).date())
    return Entry.objects.filter(kind=KIND, subject_id=report.pk, act="urge", at__gte=since).exists()


def urge_all(*, report_ids: Sequence[int], note: str = "", actor: Actor, at: datetime) -> int:
    """Urge everybody who owes; who was urged today, or has sent meanwhile, is left out. Returns how many were."""
    return each(report_ids, lambda pk: urge(report_id=pk, note=note, actor=actor, at=at))


def waive(*, report_id: int, note: str, actor: Actor, at: datetime, expected_version: int | None = None) -> Report:
    """No report for this period, and why."""
    return _noted("waive", report_id, note, actor, at, expected_version)


def _noted(
    act: str, report_id: int, note: str, actor: Actor, at: datetime, expected: int | None, *, unsent: bool = False
) -> Report:
    def apply(report: Report) -> Change:
        columns: set[str] = set()
        if unsent:
            report.sent_at = None
            columns.add("sent_at")
        # Free words may name people: the ledger keeps a sign of them that can be erased, the version the words.
        return Change(columns=columns, words={"note": note}, personal={"note": note}, keep=True, note=note)

    return perform(report_id, act=act, actor=actor, at=at, apply=apply, given={"note": note}, expected_version=expected)


def refresh_owed(*, at: datetime) -> int:
    """Fill anew what nobody has begun to write, when its figures are of another day. Returns how many."""
    from django.db import transaction

    from langnghe.worktime.rules import local, midnight

    day = midnight(local(at).date())
    stale = Report.objects.filter(state=OWED, period_to__gte=local(at).date()).exclude(filled_at__gte=day)
    done = 0
    for report_id in list(stale.order_by("due_on", "pk").values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            report = lock(report_id)
            if report.state in OPEN_STATES and report.state == OWED:
                prepare(report, at=at)
                done += 1
    return done
