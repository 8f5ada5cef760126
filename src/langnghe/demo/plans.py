"""Plays the demo's plans: entered and confirmed, then carried out, each act at its own time in the past.

The project's own plans are read by the program from their texts, as a city's would be, and their tasks live: some done,
some late, some in the way of an obstacle. Plans of a folder beside the checkout wait for the person who confirms them.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db.models import Q

from langnghe.acts.errors import ActError
from langnghe.agencies.models import Agency
from langnghe.agencies.selectors import city_office
from langnghe.demo.cases import Book
from langnghe.demo.facts import DATA
from langnghe.demo.timeline import Story
from langnghe.plans.models import Indicator, PlanDocument, RegisterItem, Share
from langnghe.plans.models.documents import ItemState
from langnghe.plans.services import documents, indicators, items, shares
from langnghe.workflow.actor import Actor
from langnghe.worktime.rules import ZONE

WRITTEN_FOR = 2026
"""The year for which the texts are written; a demo of another year reads them with their years moved."""

FOLDER = "LANGNGHE_DEMO_PLANS"
"""Names a folder of plan documents to be loaded beside the project's own; by default, shared/plans/documents beside the
checkout."""


@dataclass(frozen=True, slots=True)
class Own:
    """One plan of the project's own writing: its file, whose it is, when it came in, and under which it stands."""

    file: str
    agency: str
    kind: str
    month: int
    day: int
    under: str = ""


OWN = (
    Own("lang-nghe-2026.txt", "vp-ubnd", "plan", 1, 22),
    Own("so-xay-dung-2026.txt", "so-xay-dung", "plan", 2, 6, under="lang-nghe-2026.txt"),
    Own("thoat-nuoc-2026.html", "vp-ubnd", "plan", 3, 4),
    Own("trat-tu-he-pho.txt", "vp-ubnd", "directive", 8, 11),
)

WORDS = {
    "start": "Đã phân công, đang triển khai theo kế hoạch của cơ quan.",
    "half": "Đã xong phần khảo sát và dự thảo; đang lấy ý kiến các đơn vị liên quan.",
    "done": "Đã hoàn thành; kết quả kèm theo văn bản.",
    "accept": "Kết quả đạt yêu cầu.",
    "return": "Chưa có số liệu kèm theo. Bổ sung biểu tổng hợp rồi trình lại.",
    "obstacle": "Kinh phí chưa được bố trí trong dự toán, chưa chọn được đơn vị thi công.",
    "answer": "Sở Tài chính bố trí từ nguồn dự phòng trong tháng; tiếp tục các bước chuẩn bị.",
}


def load(*, at: datetime) -> int:
    """Load plans once, confirmed and given out; what becomes of them is told by `stories`. Returns how many documents
    there are afterwards."""
    if PlanDocument.objects.exists():
        return PlanDocument.objects.count()
    book = Book.read()
    year = at.year if (at.month, at.day) > (8, 31) else at.year - 1
    made: dict[str, PlanDocument] = {}
    for own in OWN:
        made[own.file] = _enter(own, book, made, year)
    for path in folder():
        _offer(path, at, book)
    return PlanDocument.objects.count()


def folder() -> Iterator[Path]:
    """Plan documents that lie beside the checkout, in the order of their names."""
    default = Path(__file__).resolve().parents[4] / "shared" / "plans" / "documents"
    found = Path(os.environ.get(FOLDER, "") or default)
    if found.is_dir():
        yield from sorted(path for path in found.iterdir() if path.suffix in (".txt", ".html", ".docx", ".pdf"))


def _moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=ZONE)


def _text(file: str, year: int) -> bytes:
    text = (DATA / "plans" / file).read_text("utf-8")
    for written in (2027, 2026, 2025) if year > WRITTEN_FOR else (2025, 2026, 2027):
        text = text.replace(str(written), str(written + year - WRITTEN_FOR))
    return text.encode()


def _enter(own: Own, book: Book, made: dict[str, PlanDocument], year: int) -> PlanDocument:
    agency = book.agencies[own.agency]
    writer = _writer(agency, book)
    at = _moment(date(year, own.month, own.day))
    document = documents.enter(
        agency_id=agency.pk, actor=writer, at=at, content=_text(own.file, year), name=own.file, kind=own.kind,
        parent_id=made[own.under].pk if own.under else None, values={"ends_on": date(year, 12, 31)}, later=False,
    )  # fmt: skip
    items.reject_repeats(document_id=document.pk, actor=writer, at=at)
    items.accept_sure(document_id=document.pk, actor=writer, at=at)
    for item in RegisterItem.objects.filter(document=document, state=ItemState.FOUND).order_by("pk"):
        items.accept(item_id=item.pk, actor=writer, at=at)
    return documents.confirm(document_id=document.pk, actor=writer, at=at + timedelta(hours=2))


def _writer(agency: Agency, book: Book) -> Actor:
    if agency.is_city_office:
        return book.actor("coordinator", None)
    return book.actor("focal_point", agency.pk)


def stories(*, at: datetime) -> Iterator[Story]:
    """What became of the shares of the project's own plans, and what was measured, until a moment."""
    book = Book.read()
    rows = Share.objects.filter(task__document__state="active", agency__isnull=False).filter(
        Q(agency__kind__in=["office", "department", "centre"]) | Q(agency__code__in=FULL_STAFF)
    )
    for share in rows.select_related("task", "agency").order_by("task__document_id", "pk"):
        yield Life(share, book, at).play()
    for indicator in Indicator.objects.filter(document__state="active").order_by("pk"):
        yield _measure(indicator, at, book)


FULL_STAFF = ("phuong-hoan-kiem", "phuong-ba-dinh", "phuong-cau-giay", "phuong-ha-dong", "xa-dong-anh")
"""Communes whose shares are played; the others have just been told."""


class Life:
    """What becomes of one share, the same in every load."""

    def __init__(self, share: Share, book: Book, now: datetime) -> None:
        self.share, self.book, self.now = share, book, now
        self.dice = random.Random(f"share {share.task.path} {share.task.title} {share.agency_id}")
        self.begin = share.assigned_at
        self.due = share.due_at or now + timedelta(days=60)

    def actor(self, role: str) -> Actor:
        """Who holds the role in the share's agency."""
        return self.book.actor(role, self.share.agency_id)

    def when(self, part: float) -> datetime:
        """A moment in office hours, at this part of the term, and before now."""
        found = self.begin + (self.due - self.begin) * part
        found = _moment(found.astimezone(ZONE).date(), 8 + self.dice.randint(0, 8), self.dice.randint(0, 59))
        return min(max(found, self.begin + timedelta(minutes=5)), self.now - timedelta(minutes=5))

    def play(self) -> Story:
        """Given to a person; then reported, done, late or waiting, as the dice fall and time allows."""
        fate = self.dice.random()
        passed = (self.now - self.begin) / (self.due - self.begin) if self.due > self.begin else 1.0
        try:
            yield from self._play(fate, passed)
        except (ActError, KeyError):
            return  # an agency without people for a part leaves it as it is

    def _play(self, fate: float, passed: float) -> Story:
        key = self.share.pk
        person = self.book.staff[(self.share.agency_id, "handler")][0]
        if fate < 0.08:
            return
        yield (at := self.when(0.05))
        shares.delegate(share_id=key, person_id=person.pk, actor=self.actor("focal_point"), at=at)
        worker = self.actor("handler")
        yield (at := self.when(0.2))
        shares.report(share_id=key, percent=20, text=WORDS["start"], actor=worker, at=at)
        if passed > 0.5:
            percent = 45 + 5 * self.dice.randint(0, 6)
            yield (at := self.when(0.5))
            shares.report(share_id=key, percent=percent, text=WORDS["half"], actor=worker, at=at)
        if 0.6 < fate < 0.72:
            yield (at := self.when(0.6))
            shares.raise_obstacle(share_id=key, text=WORDS["obstacle"], actor=worker, at=at)
            return
        end = 0.85 if fate < 0.8 else 1.1
        if passed > end and not (fate > 0.9 and self.share.task.rrule == ""):
            yield from self._finish(worker, end)

    def _finish(self, worker: Actor, end: float) -> Story:
        key, number = self.share.pk, f"{self.dice.randint(100, 999)}/BC"
        link = f"https://vanban.hanoi.example/{number.replace('/', '-')}"
        approver = self.actor("approver")
        if self.dice.random() < 0.2:
            yield (at := self.when(end - 0.1))
            shares.submit(share_id=key, text=WORDS["done"], document=number, link=link, actor=worker, at=at)
            yield (at := self.when(end - 0.05))
            shares.return_(share_id=key, note=WORDS["return"], actor=approver, at=at)
        yield (at := self.when(end))
        shares.submit(share_id=key, text=WORDS["done"], document=number, link=link, actor=worker, at=at)
        yield (at := self.when(end) + timedelta(minutes=3))
        shares.accept(share_id=key, note=WORDS["accept"], actor=approver, at=at)


def _measure(indicator: Indicator, now: datetime, book: Book) -> Story:
    """A few readings, so that charts have something to show."""
    office = book.actor("coordinator", None)
    dice = random.Random(f"reading {indicator.name}")
    start = indicator.baseline if indicator.baseline is not None else (indicator.value or 50) * 0.9
    goal = indicator.value if indicator.value is not None and not indicator.op.startswith(("incr", "range")) else None
    aim = goal if goal is not None else start * 1.05
    begun = indicator.document.confirmed_at or now
    for quarter in (1, 2, 3):
        on = (begun + timedelta(days=90 * quarter)).date()
        if on >= now.date():
            break
        value = round(start + (aim - start) * quarter / 4 * dice.uniform(0.7, 1.1), 1)
        yield (at := min(_moment(on + timedelta(days=3)), now))
        indicators.add_reading(
            indicator_id=indicator.pk, on=on, value=value, source="Báo cáo quý của Văn phòng", actor=office, at=at
        )


def _offer(path: Path, at: datetime, book: Book) -> None:
    """A document beside the checkout: entered and read, waiting for the person who confirms it."""
    try:
        documents.enter(
            agency_id=city_office(at.date()).pk, actor=book.actor("coordinator", None), at=at,
            content=path.read_bytes(), name=path.name, later=False,
        )  # fmt: skip
    except ActError as error:
        print(f"{path.name}: {error.message}")
