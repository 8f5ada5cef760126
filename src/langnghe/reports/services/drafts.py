"""What is being typed into a report, kept while it is typed.

A draft is one person's form of one section. It changes nothing of the report and stands in no ledger: the act is
recorded when the person saves the section, or submits the report, which takes the own drafts in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError, NotAllowed
from langnghe.reports import rules_drafts as rules
from langnghe.reports import sections as parts
from langnghe.reports.facts import ReportFacts
from langnghe.reports.models import Report, ReportDraft
from langnghe.reports.sections import Section
from langnghe.reports.services import writing
from langnghe.reports.services.engine import REPORTS, lock
from langnghe.workflow.actor import Actor


def _own(actor: Actor) -> int:
    if actor.person_id is None:
        raise NotAllowed("role", _("Ông/bà không có quyền làm việc này."))
    return actor.person_id


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft that was kept. `stale`: the section is no longer the one that the person saw. `others`: who else is
    writing in it, the last first."""

    draft: ReportDraft
    stale: bool
    others: list[ReportDraft]


def section_of(report: Report, code: str) -> Section | None:
    """One section of a report, in its known form."""
    return next((one for one in parts.clean(report.sections) if one["code"] == code), None)


def keep(*, report_id: int, code: str, typed: Mapping[str, str], seen: str, actor: Actor, at: datetime) -> Kept:
    """Keep what a person is typing into a section; fields that do not come stay as they were kept before. `seen` is the
    sign of the section that the person saw. NotAllowed where the person may not write now, ActError when the section
    is gone or the draft too long. Kept even when the section has changed since: nothing typed is lost."""
    with transaction.atomic():
        report = lock(report_id)
        REPORTS.allowed_row(report.state, "write", actor, ReportFacts(report, actor))
        section = section_of(report, code)
        if section is None:
            raise ActError(_("Báo cáo không còn mục này."))
        rows = list(ReportDraft.objects.filter(report=report, section=code).select_related("person").order_by("-at"))
        draft = next((one for one in rows if one.person_id == actor.person_id), None)
        others = [one for one in rows if one.person_id != actor.person_id and one.fields]
        if draft is not None and not draft.fields and draft.seen == seen:
            return Kept(draft, stale=False, others=others)  # sent just before the section was saved, arrived after
        if draft is None:
            draft = ReportDraft(report=report, section=code, person_id=_own(actor))
        before = draft.fields if draft.seen == seen else {}
        draft.fields, draft.seen, draft.at = {**before, **rules.fields_of(typed)}, seen[:48], at
        if sum(len(name) + len(words) for name, words in draft.fields.items()) > rules.MOST_LETTERS:
            raise ActError(_("Báo cáo quá dài. Hãy để phần chi tiết vào tệp đính kèm."))
        draft.save()
    return Kept(draft, stale=rules.seen(section) != seen, others=others)


def drop(*, report_id: int, code: str, actor: Actor) -> None:
    """Forget what the person typed into a section. Once more does nothing."""
    ReportDraft.objects.filter(report_id=report_id, section=code, person_id=_own(actor)).delete()


def save_section(
    *, report_id: int, code: str, typed: Mapping[str, str], seen: str, over: bool = False, actor: Actor, at: datetime
) -> Report:
    """Save a section as the person finished it, with what was kept of it on other pages of its tables; the draft has
    done its work. Stale when somebody changed the section since, unless the person says to write `over` it and its
    blocks are still the same ones. Every version stays."""
    with transaction.atomic():
        report = lock(report_id)
        section = section_of(report, code)
        if section is None:
            raise ActError(_("Báo cáo không còn mục này."))
        now = rules.seen(section)
        if now != seen and not (over and rules.same_shape(now, seen)):
            raise REPORTS.stale(report, actor)
        own = ReportDraft.objects.filter(report=report, section=code, person_id=_own(actor)).first()
        fields = {**(own.fields if own is not None and own.seen == seen else {}), **rules.fields_of(typed)}
        report = writing.write_section(
            report_id=report_id, code=code, title=fields.get("title", ""), blocks=rules.blocks_of(section, fields),
            actor=actor, at=at,
        )  # fmt: skip
        drop(report_id=report_id, code=code, actor=actor)
        saved = section_of(report, code)
        if saved is None or rules.seen(saved) != seen:
            # An empty row says that this form is done: what was on its way while it was saved begins no new draft.
            ReportDraft.objects.create(report=report, section=code, person_id=_own(actor), seen=seen, at=at)
    return report


def submit(*, report_id: int, actor: Actor, at: datetime, expected_version: int | None = None) -> Report:
    """Hand the draft to the leaders, with what the person was still typing: each section becomes a version of its own.
    ActError when one of these sections was changed by somebody else meanwhile."""
    with transaction.atomic():
        report = lock(report_id)
        if expected_version is not None and report.version != expected_version:
            raise REPORTS.stale(report, actor)
        for draft in ReportDraft.objects.filter(report=report, person_id=_own(actor)).exclude(fields={}).order_by("at"):
            section = section_of(report, draft.section)
            if section is None:
                continue
            if rules.seen(section) != draft.seen:
                text = _(
                    "Mục “%(title)s” còn phần ông/bà đang viết dở, và mục này đã được sửa sau đó. Hãy mở mục ra xem."
                )
                raise ActError(text % {"title": section["title"]})
            report = save_section(
                report_id=report_id, code=draft.section, typed={}, seen=draft.seen, actor=actor, at=at
            )
        return writing.submit(report_id=report_id, actor=actor, at=at)
