"""Plays the demo's cases through the services, each at its own time in the last twelve months.

Nothing is written past the services: what the demo shows is what the program does. Times are spread by the key of
each case, so that two loads give the same city.
"""

from __future__ import annotations

import hashlib
import io
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models.functions import Coalesce
from PIL import Image, ImageDraw

from langnghe.agencies.models import Agency, Person, RoleAssignment
from langnghe.cases import services
from langnghe.cases.models import Case, Channel, DeclineReason, Field, Procedure
from langnghe.cases.settings import city
from langnghe.demo.facts import communes, read_lines
from langnghe.files import services as files
from langnghe.outbox.models import Message
from langnghe.publication import services as publication
from langnghe.publication.models import PublicCase
from langnghe.texts import fold
from langnghe.workflow.actor import SENDER, SYSTEM, Actor
from langnghe.worktime import selectors as worktime

REACHED = {
    "received": 0,
    "classified": 1,
    "transferred": 2,
    "accepted": 3,
    "handling": 4,
    "awaiting_sender": 4,
    "awaiting_approval": 6,
    "answered": 7,
    "published": 8,
    "closed": 9,
    "reopened": 9,
}
"""How far along the straight way a state lies."""

ANSWER_SPAN = {"admin": 16.0, "field": 5.0}
"""Calendar days that an answer in time takes at most, roughly; a late one takes twice as long and more."""

URGENT_SPAN = 0.12

RATING_DAYS = 25
"""Days after which no term of the sender runs any more, whatever holidays lie between."""


@dataclass
class Book:
    """Everything that cases refer to, read once."""

    agencies: dict[str, Agency] = field(default_factory=dict)
    communes: dict[str, Agency] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    procedures: dict[str, Procedure] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    reasons: dict[str, DeclineReason] = field(default_factory=dict)
    staff: dict[tuple[int | None, str], list[Person]] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Book:
        """Read the city's facts."""
        agencies = {row.code: row for row in Agency.objects.all()}
        book = cls(
            agencies=agencies,
            communes={row["code"]: agencies[row["slug"]] for row in communes()},
            fields={row.code: row for row in Field.objects.all()},
            procedures={row.code: row for row in Procedure.objects.all()},
            channels={row.code: row for row in Channel.objects.all()},
            reasons={row.code: row for row in DeclineReason.objects.all()},
        )
        for held in RoleAssignment.objects.select_related("person").order_by("pk"):
            book.staff.setdefault((held.agency_id, held.role), []).append(held.person)
        return book

    def actor(self, role: str, agency_id: int | None, pick: int = 0) -> Actor:
        """Somebody who holds the role."""
        people = self.staff[(agency_id, role)]
        person = people[pick % len(people)]
        return Actor("person", role, person.pk, agency_id)

    def approver(self, agency_id: int, pick: int, drafter: int | None) -> Actor:
        """A leader who is not the drafter."""
        people = [person for person in self.staff[(agency_id, "approver")] if person.pk != drafter]
        return Actor("person", "approver", people[pick % len(people)].pk, agency_id)


class Moments:
    """The times of one case's acts: spread over its span, in working hours for staff, never after now."""

    def __init__(self, start: datetime, end: datetime, now: datetime, dice: random.Random) -> None:
        self.last, self.start, self.now = start, start, now
        self.length = max(min(end, now - timedelta(minutes=3)) - start, timedelta(minutes=40))
        self.dice = dice

    def at(self, share: float, *, staff: bool = True) -> datetime:
        """The moment at this share of the span, after the last one."""
        moment = max(self.start + self.length * share, self.last + timedelta(minutes=self.dice.randint(2, 9)))
        if staff:
            opening = worktime.next_opening(moment)
            if opening < self.now:
                moment = opening + timedelta(minutes=self.dice.randint(0, 25)) if opening > moment else moment
        self.last = min(moment, self.now)
        return self.last


def load(*, at: datetime, part: int = 0, of: int = 1) -> int:
    """Play the cases of one part of several (parts can be played side by side). Returns how many were made."""
    book = Book.read()
    rows = [*read_lines("cases_admin.jsonl"), *read_lines("cases_field.jsonl")]
    rows.sort(key=lambda row: -row["days_ago"])
    made: dict[str, Case] = {}
    repeats: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row.get("merged_into"):
            repeats.setdefault(row["merged_into"], []).append(row)
    firsts = [row for row in rows if not row.get("merged_into")]
    for row in firsts[part::of]:
        _play(row, book, made, at, repeats)
    _mark_history_sent(at)
    return len(made)


def submission_key(key: str) -> uuid.UUID:
    """The submission key of a demo case: the same at every load."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"langnghe-demo:{key}")


def _play(
    row: dict[str, Any], book: Book, made: dict[str, Case], now: datetime, repeats: dict[str, list[dict[str, Any]]]
) -> None:
    dice = random.Random(int.from_bytes(hashlib.sha256(row["key"].encode()).digest()[:8], "big"))
    day = (now - timedelta(days=row["days_ago"])).date()
    start = datetime.combine(day, time(dice.randint(6, 21), dice.randint(0, 59)), tzinfo=now.tzinfo)
    start = min(start, now - timedelta(minutes=dice.randint(20, 90)))
    days = URGENT_SPAN if row["urgency"] == "urgent" and row["regime"] == "field" else ANSWER_SPAN[row["regime"]]
    span = days * (dice.uniform(1.9, 2.6) if row["late"] else dice.uniform(0.35, 0.75))
    moments = Moments(start, start + timedelta(days=span), now, dice)
    case = _receive(row, book, start, dice)
    made[row["key"]] = case
    player = Player(row, book, case, moments, dice, made)

    # Reports of the same thing are merged while the first one is still open.
    def repeat() -> None:
        for other in repeats.get(row["key"], []):
            _play(other, book, made, now, repeats)

    player.repeat = repeat
    player.play()


def _receive(row: dict[str, Any], book: Book, at: datetime, dice: random.Random) -> Case:
    sender = row.get("sender")
    channel = book.channels[row["channel"]]
    actor = book.actor("clerk", None, dice.randint(0, 5)) if channel.staff_entry else SENDER
    photos = [_photo(row["title"], dice, at) for _ in range(min(row.get("photos") or 0, 2))]
    new = services.NewCase(
        regime=row["regime"],
        title=row["title"][:200],
        body=row["body"],
        channel_id=channel.pk,
        submission_key=submission_key(row["key"]),
        kind=row["kind"],
        subject=(row["subject"] or "") if row["regime"] == "admin" else "",
        commune_id=book.communes[row["commune"]].pk if row.get("commune") else None,
        place=row.get("address") or "",
        procedure_id=book.procedures[row["procedure"]].pk if row.get("procedure") else None,
        sender=services.NewSender(
            name=sender["name"],
            address=sender["address"],
            phone=sender["phone"],
            email=sender["email"],
            type=sender["type"],
            publish_name=sender["publish_name"],
        )
        if sender
        else None,
        file_ids=photos,
    )
    return services.receive(new=new, actor=actor, at=at).case


def _photo(title: str, dice: random.Random, at: datetime) -> uuid.UUID:
    """A drawn picture that stands for a photograph."""
    tone = dice.randint(70, 150)
    picture = Image.new("RGB", (480, 320), (tone, tone + 20, tone + 30))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 200, 480, 320), fill=(90, 90, 92))
    for _ in range(5):
        x, y = dice.randint(20, 420), dice.randint(190, 290)
        draw.ellipse((x, y, x + dice.randint(20, 70), y + dice.randint(10, 30)), fill=(60, 55, 50))
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=70)
    content.seek(0)
    return files.store(content=content, name="anh.jpg", at=at).pk


class Player:
    """Takes one case as far as its line says."""

    def __init__(
        self, row: dict[str, Any], book: Book, case: Case, moments: Moments, dice: random.Random, made: dict[str, Case]
    ) -> None:
        self.row, self.book, self.case, self.moments, self.dice, self.made = row, book, case, moments, dice, made
        self.agency = book.agencies[row["agency"]]
        self.pick = dice.randint(0, 7)
        self.office = book.actor("coordinator", None, self.pick)
        self.repeat: Callable[[], object] = lambda: None

    def play(self) -> None:
        """All acts up to the wanted state."""
        state = self.row["state"]
        if state in ("declined", "diverted", "withdrawn", "merged"):
            self._leave(state)
            return
        reached = REACHED[state]
        if reached >= 1:
            self._classify()
        self.repeat()
        if self.row.get("diversion") and reached >= 1:
            self._act(services.restrict, self.office, 0.07, reason="Nội dung có dấu hiệu là đơn khiếu nại, tố cáo.")
            return
        if reached >= 2:
            self._transfer()
        if reached >= 3:
            self._act(services.accept, self._lead(), 0.16)
        if 3 <= reached <= 6 and self.row["regime"] == "field" and not self.row.get("diversion") and self.pick < 5:
            self._show()
        if reached >= 4:
            self._assign()
            self._ask(state)
        if reached >= 6:
            self._submit()
        if reached >= 7:
            self._approve()
        if reached >= 8:
            self._publish()
        if state in ("published", "closed", "reopened"):
            self._rate(state)

    def _act(self, act: Any, actor: Actor, share: float, *, staff: bool = True, **given: Any) -> None:
        self.case = act(case_id=self.case.pk, actor=actor, at=self.moments.at(share, staff=staff), **given)

    def _lead(self) -> Actor:
        return self.book.actor("focal_point", self.agency.pk)

    def _classify(self) -> None:
        row = self.row
        admin = row["regime"] == "admin"
        self._act(
            services.classify,
            self.office,
            0.06,
            regime=row["regime"],
            field_id=self.book.fields[row["field"]].pk,
            urgency=row["urgency"],
            subject=(row["subject"] or "regulation") if admin else "",
            level=(row["class"] or ("b" if row["subject"] == "conduct" else "c")) if admin else "",
            kind=row["kind"],
            procedure_id=self.case.procedure_id,
        )

    def _transfer(self) -> None:
        reason = f"{self.agency.short_name} là cơ quan có trách nhiệm về nội dung này tại địa bàn."
        self._act(services.transfer, self.office, 0.08, agency_id=self.agency.pk, reason=reason)

    def _assign(self, *, avoid: int | None = None, share: float = 0.18) -> None:
        people = [p for p in self.book.staff[(self.agency.pk, "handler")] if p.pk != avoid]
        self.handler = people[self.pick % len(people)]
        self._act(services.assign, self._lead(), share, handler_id=self.handler.pk)
        self.worker = Actor("person", "handler", self.handler.pk, self.agency.pk)

    def _ask(self, state: str) -> None:
        more: dict[str, Any] = self.row.get("more") or {}
        if state != "awaiting_sender" and not more.get("reply"):
            return
        question = more.get("question") or "Ông/bà cho biết thêm vị trí cụ thể và thời gian xảy ra sự việc."
        self._act(services.ask_sender, self.worker, 0.3, question=question)
        if state != "awaiting_sender":
            self._act(services.reply, SENDER, 0.45, staff=False, text=more["reply"])

    def _submit(self, share: float = 0.8) -> None:
        answer = self.row.get("answer") or {}
        today = self.moments.at(share - 0.05)
        proofs = []
        if self.case.regime == "field" and answer.get("outcome") == "solved":
            proofs.append(_photo(self.row["title"], self.dice, today))
        scheduled = answer.get("scheduled_in_days")
        draft = services.Draft(
            outcome=answer.get("outcome") or "explained",
            text=answer.get("text") or "",
            done_what=answer.get("done_what") or "",
            done_by=answer.get("done_by") or self.agency.name,
            done_on=today.date(),
            legal_basis=answer.get("legal_basis")
            or (
                "Nghị định 20/2008/NĐ-CP, Điều 14"
                if self.case.subject == "regulation" or answer.get("outcome") == "collected"
                else ""
            ),
            scheduled_on=today.date() + timedelta(days=scheduled or 20)
            if answer.get("outcome") == "scheduled"
            else None,
            other_body=(answer.get("other_body") or "Cơ quan có thẩm quyền theo quy định")
            if answer.get("outcome") == "outside_power"
            else "",
            proof_ids=proofs,
        )
        self._act(services.draft, self.worker, share, content=draft)
        self._act(services.submit, self.worker, share + 0.02)
        if self.row.get("returned_once"):
            leader = self.book.approver(self.agency.pk, self.pick, self.handler.pk)
            self._act(services.send_back, leader, share + 0.05, note="Ghi rõ hơn việc đã làm và thời gian hoàn thành.")
            self._act(services.submit, self.worker, share + 0.1)

    def _approve(self) -> None:
        self._act(services.approve, self.book.approver(self.agency.pk, self.pick, self.handler.pk), 1.0)

    def _publish(self) -> None:
        at = self.moments.at(1.05)
        public = publication.prepare(case_id=self.case.pk, at=at)
        publication.confirm(
            case_id=self.case.pk, actor=self.office, at=at, keep=self._not_personal(public), file_ids=self._pictures()
        )
        self.case.refresh_from_db()

    def _show(self) -> None:
        """The report is public while it is being handled, so that neighbours can follow it."""
        at = self.moments.at(0.17)
        public = publication.prepare(case_id=self.case.pk, at=at)
        publication.show(
            case_id=self.case.pk, actor=self.office, at=at, keep=self._not_personal(public), file_ids=self._pictures()
        )
        self.case.refresh_from_db()

    def _pictures(self) -> list[uuid.UUID]:
        """The drawn pictures: nobody is to be seen on them."""
        return list(self.case.attachments.exclude(role="reply").values_list("file_id", flat=True))

    def _not_personal(self, public: PublicCase) -> set[int]:
        """The marks that a person would keep: those that are none of the personal data that the line names."""
        texts = publication.sources(self.case)
        sender = self.row.get("sender") or {}
        own = {fold(sender[name]) for name in ("name", "phone", "email") if sender.get(name)}
        own |= {fold(value) for value in self.row.get("personal_data_in_text") or []}
        keep = set()
        for mark in public.marks.all():
            found = fold(texts[mark.text][mark.start : mark.end])
            place_or_name = mark.kind in ("name", "address") and not any(char.isdigit() for char in found)
            if place_or_name and not any(found in value or value in found for value in own):
                keep.add(mark.pk)
        return keep

    def _rate(self, state: str) -> None:
        rating = self.row.get("rating")
        if state == "closed" and (self.row.get("answer") or {}).get("outcome") == "scheduled":
            self._act(services.fulfil, self.worker, 1.15, report="Đã thực hiện xong nội dung hẹn trong trả lời.")
        if rating is None and state == "closed":
            self._close()
            return
        if rating is None:
            return
        levels = dict(
            zip(
                ("forms", "ease", "handling", "notice"),
                (rating["c1"], rating["c2"], rating["c3"], rating["c4"]),
                strict=True,
            )
        )
        overall = rating["overall"]
        if state == "reopened":
            levels["handling"], overall = min(levels["handling"], 2), min(overall, 2)
        self._act(
            services.rate, SENDER, 1.2, staff=False, levels=levels, overall=overall, comment=rating.get("comment") or ""
        )
        if state == "reopened":
            reason = rating.get("comment") or "Việc chưa được giải quyết như trả lời."
            self._act(services.reopen, SENDER, 1.21, staff=False, reason=reason)
        elif state == "closed" and self.case.state != "closed":
            self._close()

    def _close(self) -> None:
        """Closed when the sender's time for rating and reopening is over; a younger case stays open for that."""
        over = self.moments.last + timedelta(days=RATING_DAYS)
        if over < self.moments.now:
            self.case = services.close(case_id=self.case.pk, actor=SYSTEM, at=over)

    def _leave(self, state: str) -> None:
        if state == "declined":
            reason = self.book.reasons[self.row.get("decline_reason") or "khong-ro"]
            self._act(services.decline, self.office, 0.1, decline_reason_id=reason.pk, guidance=reason.guidance)
        elif state == "withdrawn":
            self._act(services.withdraw, SENDER, 0.2, staff=False)
        elif state == "merged":
            into = self.made.get(self.row["merged_into"] or "")
            if into is not None:
                self._merge(into)
        else:
            kind = self.row.get("diversion") or "denunciation"
            few = self.book.actor("protected_reader", None, self.pick)
            self._act(services.restrict, self.office, 0.05, reason="Nội dung có dấu hiệu là đơn khiếu nại, tố cáo.")
            guidance = city(self.case.received_at.date())[f"{kind}_guidance"]
            self._act(services.divert, few, 0.2, diversion=kind, guidance=guidance)

    def _merge(self, into: Case) -> None:
        """Merged when the first report was still open, as it would have happened."""
        target = Case.objects.get(pk=into.pk)
        if target.is_open:
            self._act(services.merge, self.office, 0.1, into_id=target.pk)
        else:
            guidance = f"Ông/bà xem kết quả của phản ánh {target.code} về cùng sự việc."
            reason = self.book.reasons["trung-da-tra-loi"]
            self._act(services.decline, self.office, 0.1, decline_reason_id=reason.pk, guidance=guidance)


def _mark_history_sent(now: datetime) -> None:
    """Messages of the past count as sent: nobody gets a year's mail at the first start."""
    Message.objects.filter(status="queued", created_at__lt=now - timedelta(hours=1)).update(
        status="sent", sent_at=Coalesce("not_before", "created_at"), attempts=1
    )
