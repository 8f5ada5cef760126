"""The one gate to the public: prepare a copy with marks, let a person confirm, check once more, show, hide.

Nothing that has not gone through `confirm` or `show` is ever read by a public page (see `selectors`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict, Unpack
from uuid import UUID

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError
from langnghe.cases import catalogue, rules
from langnghe.cases import services as cases
from langnghe.cases.models import Answer, AnswerState, Attachment, Case, Follower, Outcome, Sender
from langnghe.cases.search import vector
from langnghe.ledger.models import Entry
from langnghe.publication.models import PublicCase, PublicFile, PublicState, RedactionMark
from langnghe.publication.scanner import LABELS, Mark, leaks, redact, scan
from langnghe.workflow.actor import Actor
from langnghe.worktime.models import Deadline

TEXTS = ("title", "body", "place", "answer", "done_what", "done_by", "legal_basis")
"""The texts of a public copy that are scanned; each is a column of `PublicCase`."""


class Leak(ActError):
    """A text would still show personal data. `places` lists (text, found)."""

    def __init__(self, places: Sequence[tuple[str, str]]) -> None:
        self.places = list(places)
        super().__init__(
            _("Bản công khai vẫn còn dữ liệu cá nhân của người gửi. Hãy che các chỗ được đánh dấu rồi công khai lại.")
        )


@dataclass(frozen=True, slots=True)
class Extra:
    """A place that a person marked in addition."""

    text: str
    start: int
    end: int
    kind: str = "name"


def sources(case: Case) -> dict[str, str]:
    """The texts that would become public, as they stand in the agency's copy."""
    answer = living_answer(case)
    approved = answer if answer is not None and answer.state == AnswerState.APPROVED else None
    return {
        "title": case.title,
        "body": case.body,
        "place": case.place,
        "answer": approved.text if approved else "",
        "done_what": approved.done_what if approved else "",
        "done_by": approved.done_by if approved else "",
        "legal_basis": approved.legal_basis if approved else "",
    }


def living_answer(case: Case) -> Answer | None:
    """The answer of the present round."""
    return Answer.objects.filter(case=case, round=case.round).exclude(state=AnswerState.REPLACED).first()


def digest(texts: dict[str, str]) -> str:
    """A digest of texts: marks belong to the texts on which they were made."""
    return hashlib.sha256(json.dumps(texts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def known_values(case: Case, *, with_name: bool = True) -> list[str]:
    """What is personal for sure: the sender's own data. Without the name where the sender lets it be shown."""
    return known_of(Sender.objects.filter(case=case).first(), with_name=with_name)


def known_of(sender: Sender | None, *, with_name: bool = True) -> list[str]:
    """The same of a sender that was read already. No query."""
    if sender is None:
        return []
    values = [sender.phone, sender.email, *rules.doors(sender.address)]
    return [value for value in ([sender.name, *values] if with_name else values) if value]


def prepare(*, case_id: int, at: datetime) -> PublicCase:
    """Make (or bring up to date) the draft of the public copy and its marks. What is shown now stays as it is."""
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).select_related("agency", "field", "commune").get(pk=case_id)
        texts = sources(case)
        stamp = digest(texts)
        public, made = PublicCase.objects.get_or_create(
            case=case,
            defaults={
                "code": case.code, "regime": case.regime, "kind": case.kind, "title": "", "body": "",
                "received_on": case.received_at.date(), "prepared_from": "",
            },
        )  # fmt: skip
        if not made and public.prepared_from == stamp:
            return public
        public.marks.all().delete()
        known = known_values(case)
        places = [agency.short_name.partition(" ")[2] for agency in catalogue.communes(at.date())]
        RedactionMark.objects.bulk_create(
            RedactionMark(public=public, text=name, start=mark.start, end=mark.end, kind=mark.kind)
            for name, text in texts.items()
            for mark in scan(text, known=known, places=places)
        )
        public.prepared_from = stamp
        public.save(update_fields=["prepared_from"])
    return public


class Gate(TypedDict, total=False):
    """What a person decided at the gate: marks that stay readable, places marked in addition, files that are shown."""

    keep: Collection[int]
    extra: Sequence[Extra]
    file_ids: Collection[UUID]
    expected_version: int | None


def confirm(*, case_id: int, actor: Actor, at: datetime, **gate: Unpack[Gate]) -> PublicCase:
    """A person has looked at every mark: take out what is marked (but for the marks in `keep`) and publish.

    Raises `Leak` when the sender's own data would still show, `ActError` when the texts changed meanwhile.
    """
    with transaction.atomic():
        public, moved = _pass(cases.publish, PublicState.PUBLISHED, case_id=case_id, actor=actor, at=at, **gate)
        cases.tell_followers(case=moved, at=at, words=_told(public))
        cases.tell_merged(case=moved, at=at)
    return public


def _told(public: PublicCase) -> dict[str, str]:
    """What a message to followers says of a public copy."""
    outcome = dict(Outcome.choices).get(public.outcome, "")
    return {"title": public.title, "agency": public.agency_name, "outcome": str(outcome)}


TOLD_WITHIN = timedelta(days=30)
"""Who begins to follow later, or was not reached by then, is told no more."""


def tell_the_rest(*, at: datetime) -> int:
    """Tell followers who have not been told yet of an answer that is public, each batch in its own transaction.
    Returns how many were told."""
    waiting = Follower.objects.filter(
        case=OuterRef("case"), confirmed_at__isnull=False, told_round__lt=OuterRef("round")
    )
    recent = PublicCase.objects.filter(
        Exists(waiting), state=PublicState.PUBLISHED, published_at__gte=at - TOLD_WITHIN, case__restricted=False
    )
    told = 0
    for public in recent.select_related("case").order_by("published_at")[:100]:
        while True:
            with transaction.atomic():
                batch = cases.tell_followers(case=public.case, at=at, words=_told(public), round=public.round)
            told += batch
            if not batch:
                break
    return told


def show(*, case_id: int, actor: Actor, at: datetime, **gate: Unpack[Gate]) -> PublicCase:
    """Show the report while it is being handled, so that others find and follow it. The same gate as `confirm`."""
    return _pass(cases.show, PublicState.OPEN, case_id=case_id, actor=actor, at=at, **gate)[0]


def show_again(*, case_id: int, actor: Actor, at: datetime, **gate: Unpack[Gate]) -> PublicCase:
    """Show a published copy that was hidden once more, through the same gate; the day of publication stays."""
    return _pass(cases.show_again, PublicState.PUBLISHED, case_id=case_id, actor=actor, at=at, again=True, **gate)[0]


@transaction.atomic
def _pass(
    act: Callable[..., Case],
    state: PublicState,
    *,
    case_id: int,
    actor: Actor,
    at: datetime,
    keep: Collection[int] = (),
    extra: Sequence[Extra] = (),
    file_ids: Collection[UUID] = (),
    expected_version: int | None = None,
    again: bool = False,
) -> tuple[PublicCase, Case]:
    """The gate itself: texts without what is marked, the files that were chosen, and the act on record."""
    case, public, shown = _ready(case_id, keep=keep, extra=extra)
    if again and (public.state != PublicState.HIDDEN or public.published_at is None):
        raise ActError(_("Phản ánh này không có bản công khai đang bị ẩn."))
    public.published_at = public.published_at if again else at
    _fill(public, case, shown, actor=actor, state=state)
    _files(public, case, file_ids)
    moved = act(
        case_id=case.pk, actor=actor, at=at, public_id=public.pk, digest=digest(shown),
        expected_version=expected_version,
    )  # fmt: skip
    return public, moved


def hide(*, case_id: int, actor: Actor, at: datetime, reason: str, expected_version: int | None = None) -> PublicCase:
    """Take the public copy down; the case is still tracked (hiding must not be used to avoid work)."""
    with transaction.atomic():
        _lock(case_id)
        public = PublicCase.objects.select_for_update().filter(case_id=case_id).first()
        if public is None or public.state not in (PublicState.OPEN, PublicState.PUBLISHED):
            raise ActError(_("Phản ánh này không có bản công khai."))
        public.state, public.hidden_reason = PublicState.HIDDEN, reason[:500]
        public.save(update_fields=["state", "hidden_reason"])
        cases.hide(case_id=case_id, actor=actor, at=at, reason=reason, expected_version=expected_version)
    return public


def withhold(*, case_id: int, actor: Actor, at: datetime, reason: str, expected_version: int | None = None) -> Case:
    """Answer without publishing: a public copy, if there is one, is taken down."""
    with transaction.atomic():
        _lock(case_id)
        PublicCase.objects.filter(case_id=case_id).update(state=PublicState.HIDDEN, hidden_reason=reason[:500])
        return cases.withhold(case_id=case_id, actor=actor, at=at, reason=reason, expected_version=expected_version)


def erase_sender(*, case_id: int, actor: Actor, at: datetime, reason: str, expected_version: int | None = None) -> Case:
    """Erase the sender's personal data by law, in the case and in its public copy: the name that was shown by consent
    goes, wherever it stands, and so do the sender's own pictures. What else passed the gate stays public."""
    with transaction.atomic():
        _lock(case_id)
        public = PublicCase.objects.select_for_update().filter(case_id=case_id).first()
        if public is not None:
            known = known_values(public.case)
            for name in TEXTS:
                text = rules.blot(getattr(public, name), known)
                setattr(public, name, redact(text, leaks(text, known)).text)
            public.sender_name, public.prepared_from = "", ""
            public.marks.all().delete()
            public.files.filter(role__in=[Attachment.Role.REPORT, Attachment.Role.REPLY]).delete()
            public.search = _vector(public)
            public.save()
        return cases.erase_sender(case_id=case_id, reason=reason, actor=actor, at=at, expected_version=expected_version)


def _lock(case_id: int) -> None:
    """The case before its public copy, everywhere: so that nobody waits in a ring."""
    Case.objects.select_for_update().only("pk").get(pk=case_id)


def preview(text: str, marks: Sequence[Mark]) -> str:
    """A text with its marked places taken out, as the public would see it."""
    return redact(text, marks).text


def _ready(case_id: int, *, keep: Collection[int], extra: Sequence[Extra]) -> tuple[Case, PublicCase, dict[str, str]]:
    case = Case.objects.select_for_update(of=("self",)).select_related("agency", "field", "commune").get(pk=case_id)
    public = PublicCase.objects.select_for_update().filter(case=case).first()
    texts = sources(case)
    if public is None or public.prepared_from != digest(texts):
        raise ActError(_("Nội dung đã thay đổi sau khi chuẩn bị. Hãy xem lại bản công khai."))
    marks = list(public.marks.all())
    for mark in marks:
        mark.removed = mark.pk not in keep
    RedactionMark.objects.bulk_update(marks, ["removed"])
    added = [
        RedactionMark(public=public, text=one.text, start=one.start, end=one.end, kind=one.kind, found_by="person")
        for one in extra
        if one.text in texts and 0 <= one.start < one.end <= len(texts[one.text]) and one.kind in LABELS
    ]
    RedactionMark.objects.bulk_create(added)
    shown = {name: redact(text, _marks(name, [*marks, *added])).text for name, text in texts.items()}
    sender = Sender.objects.filter(case=case).first()
    name_may_show = sender is not None and sender.publish_name
    known = known_values(case, with_name=not name_may_show)
    found = [(name, text[mark.start : mark.end]) for name, text in shown.items() for mark in leaks(text, known)]
    if found:
        raise Leak(found)
    return case, public, shown


def _marks(name: str, rows: Sequence[RedactionMark]) -> list[Mark]:
    return [
        Mark(start=row.start, end=row.end, kind=row.kind, reason="", certainty=1.0)  # type: ignore[arg-type]
        for row in sorted(rows, key=lambda row: (row.start, -row.end))
        if row.text == name and row.removed
    ]


def _fill(public: PublicCase, case: Case, shown: dict[str, str], *, actor: Actor, state: PublicState) -> None:
    answer = living_answer(case)
    approved = answer if answer is not None and answer.state == AnswerState.APPROVED else None
    sender = Sender.objects.filter(case=case).first()
    for name in TEXTS:
        setattr(public, name, shown[name])
    public.title, public.place, public.done_by = public.title[:200], public.place[:300], public.done_by[:200]
    public.state, public.regime, public.kind = state, case.regime, case.kind
    public.outcome = approved.outcome if approved else ""
    public.done_on = approved.done_on if approved else None
    public.legal_basis = public.legal_basis[:500]
    public.scheduled_on = approved.scheduled_on if approved else None
    public.sender_name = sender.name if sender is not None and sender.publish_name else ""
    public.field, public.agency, public.commune = case.field, case.agency, case.commune
    public.field_name = case.field.name if case.field else ""
    public.agency_name = case.agency.name if case.agency else ""
    public.commune_name = case.commune.short_name if case.commune else ""
    public.received_on, public.answered_at, public.round = case.received_at.date(), case.answered_at, case.round
    public.on_time = _on_time(case)
    public.confirmed_by_id, public.hidden_reason = actor.person_id, ""
    public.search = _vector(public)
    public.save()


def _vector(public: PublicCase) -> SearchVector:
    return vector(
        code=public.code, title=public.title, body=f"{public.body} {public.answer}",
        place=f"{public.place} {public.agency_name} {public.commune_name} {public.field_name}",
    )  # fmt: skip


def _on_time(case: Case) -> bool | None:
    """Whether the answer of this round came in time; an answer that had to be done again hides no lateness."""
    closed = Deadline.objects.filter(kind="case", subject_id=case.pk, step="answer", state__in=["met", "late"])
    if case.round > 1:
        reopened = Entry.objects.filter(kind="case", subject_id=case.pk, act="reopen").order_by("-seq")
        began = reopened.values_list("at", flat=True).first()
        if began is not None:
            closed = closed.filter(closed_at__gte=began)
    states = set(closed.values_list("state", flat=True))
    return "late" not in states if states else None


def _files(public: PublicCase, case: Case, file_ids: Collection[UUID]) -> None:
    chosen = set(file_ids)
    attachments = Attachment.objects.filter(case=case, file_id__in=chosen).exclude(role=Attachment.Role.REPLY)
    public.files.exclude(file_id__in=chosen).delete()
    have = set(public.files.values_list("file_id", flat=True))
    PublicFile.objects.bulk_create(
        PublicFile(public=public, file_id=row.file_id, role=row.role) for row in attachments if row.file_id not in have
    )
