"""The pack of a meeting: what was decided last time and where it stands, what is late, indicators, on-time figures of
agencies and their heads that count what is still owed and late, and who has not reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from langnghe.agencies.models import RoleAssignment
from langnghe.cases import catalogue
from langnghe.plans import rules as plan_rules
from langnghe.plans.models import Indicator, Obstacle, Reading, Share
from langnghe.plans.selectors import figures as plan_figures
from langnghe.plans.selectors import shares as plan_shares
from langnghe.plans.workflow import ACTIVE, DONE
from langnghe.plans.workflow import OPEN_STATES as OPEN_SHARES
from langnghe.reports import sections as parts
from langnghe.reports.filling import DASH, goal_words, plain_number, read_words
from langnghe.reports.models import OPEN_STATES, Conclusion, Meeting, Report
from langnghe.reports.sections import Block, Section
from langnghe.workflow.actor import Actor
from langnghe.worktime import rules as time_rules
from langnghe.worktime.format import short_date
from langnghe.worktime.models import Deadline

MOST_CONCLUSIONS = 300
MOST_INDICATORS = 200
MOST_OBSTACLES = 200
MOST_LATE = 20
NO_OBSTACLES = "Không có vướng mắc nào chờ trả lời."
SPANS = {Meeting.Rhythm.MONTH: 31, Meeting.Rhythm.QUARTER: 92}


@dataclass(slots=True)
class Scope:
    """Of what a pack speaks: the time from the meeting before to this one, of the whole city or of one agency. It
    tells of those obstacles only that `actors`, who asks, may read (None: of all); of however many, if `whole`."""

    meeting: Meeting
    before: Meeting | None
    first: date
    last: date
    at: datetime
    actors: Sequence[Actor] | None = None
    whole: bool = False

    @property
    def agency_id(self) -> int | None:
        """The agency of a meeting within one agency; None for the city's."""
        return None if self.meeting.agency.is_city_office else self.meeting.agency_id


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a conclusion stands. code: done, late, open, noted."""

    conclusion: Conclusion
    code: str
    words: str
    share_id: int | None


def scope_of(
    meeting: Meeting, *, at: datetime, actors: Sequence[Actor] | None = None, whole: bool = False
) -> Scope:  # fmt: skip
    """The time of which a meeting speaks. One query."""
    before = (
        Meeting.objects.filter(agency_id=meeting.agency_id, rhythm=meeting.rhythm, on__lt=meeting.on)
        .order_by("-on")
        .first()
    )
    first = before.on if before is not None else meeting.on - timedelta(days=SPANS[Meeting.Rhythm(meeting.rhythm)])
    end = min(time_rules.local(at), time_rules.end_of_day(meeting.on))
    return Scope(meeting, before, first, max(meeting.on, first), end, actors, whole)


def build(template_sections: Sequence[Mapping[str, str]], scope: Scope) -> list[Section]:
    """The sections of the pack by the template."""
    return [
        {
            "code": one["code"], "title": one["title"], "fill": one["fill"],
            "blocks": _FILLS[one["fill"]](scope) if one["fill"] in _FILLS else [],
        }
        for one in template_sections
    ]  # fmt: skip


def standings(conclusions: Sequence[Conclusion], *, at: datetime) -> list[Standing]:
    """Where each conclusion stands. One query."""
    shares: dict[int, list[Share]] = {}
    tasks = [one.task_id for one in conclusions if one.task_id is not None]
    if tasks:
        living = Share.objects.filter(task_id__in=tasks, lead=True).filter(Q(state__in=OPEN_SHARES) | Q(state=DONE))
        for share in living.order_by("pk"):
            shares.setdefault(share.task_id, []).append(share)
    return [_standing(one, shares.get(one.task_id or 0, []), at) for one in conclusions]


def _standing(one: Conclusion, shares: Sequence[Share], at: datetime) -> Standing:
    if one.task_id is None:
        if one.done_at is not None:
            day = short_date(time_rules.local(one.done_at).date())
            return Standing(one, "done", f"Đã xong ngày {day}. {one.done_note}".strip(), None)
        late = one.due_on is not None and one.due_on < at.date()
        return Standing(one, "late" if late else "noted", "Quá hạn, chưa có kết quả." if late else "Theo dõi.", None)
    key = shares[0].pk if shares else None
    if shares and all(share.state == DONE for share in shares):
        ends = [share.done_at for share in shares if share.done_at is not None]
        day = short_date(time_rules.local(max(ends)).date()) if ends else DASH
        return Standing(one, "done", f"Hoàn thành ngày {day}.", key)
    if not shares:
        return Standing(one, "noted", "Không còn phải làm.", None)
    percent = plan_rules.task_percent([share.percent for share in shares])
    overdue = [
        share.due_at
        for share in shares
        if share.state in OPEN_SHARES and share.due_at is not None and share.due_at < at
    ]
    if overdue:
        days = (at.date() - time_rules.local(min(overdue)).date()).days
        return Standing(one, "late", f"Quá hạn {days} ngày, tiến độ {percent}%.", key)
    return Standing(one, "open", f"Đang thực hiện, tiến độ {percent}%.", key)


def earlier(scope: Scope) -> list[Conclusion]:
    """What was concluded at the meeting before, and what of older ones is not done. One query."""
    rows = Conclusion.objects.filter(meeting__agency_id=scope.meeting.agency_id, meeting__on__lt=scope.meeting.on)
    owed = Share.objects.filter(task=OuterRef("task_id"), state__in=OPEN_SHARES, lead=True)
    rows = rows.filter(Q(meeting=scope.before) | Q(task=None, done_at=None) | Exists(owed))
    return list(rows.select_related("meeting", "agency").order_by("-meeting__on", "order")[:MOST_CONCLUSIONS])


def _conclusions(scope: Scope) -> list[Block]:
    found = standings(earlier(scope), at=scope.at)
    if not found:
        return [parts.text("conclusions", "Kỳ trước không có kết luận phải theo dõi.")]
    done = sum(1 for one in found if one.code == "done")
    late = sum(1 for one in found if one.code == "late")
    doing = sum(1 for one in found if one.code == "open")
    noted = len(found) - done - late - doing
    told = f"{len(found)} kết luận: {done} đã xong, {late} quá hạn, {doing} đang thực hiện"
    told += f", {noted} để theo dõi hoặc không còn phải làm." if noted else "."
    rows = [
        (
            f"conclusion:{one.conclusion.pk}",
            [
                one.conclusion.text, one.conclusion.agency.name if one.conclusion.agency else DASH,
                short_date(one.conclusion.due_on) if one.conclusion.due_on else DASH,
                short_date(one.conclusion.meeting.on), one.words,
            ],
        )
        for one in found
    ]  # fmt: skip
    return [
        parts.text("conclusions", told),
        parts.table("conclusions", "", ["Kết luận", "Cơ quan", "Hạn", "Ngày họp", "Tình hình"], rows),
    ]


def _late(scope: Scope) -> list[Block]:
    found = [row for row in plan_figures.late_by_agency(at=scope.at) if scope.agency_id in (None, row.agency_id)]
    rows = [
        (
            f"agency:{row.agency_id}",
            [
                row.name or "Ngoài các cơ quan của Thành phố", parts.figure(row.late), parts.figure(row.soon),
                short_date(time_rules.local(row.oldest).date()) if row.oldest else DASH,
            ],
        )
        for row in found
    ]  # fmt: skip
    if not rows:
        return [parts.text("late", "Không có nhiệm vụ quá hạn hoặc sắp đến hạn.")]
    total = sum(row.late for row in found)
    return [
        parts.text("late", f"Còn {parts.figure(total)} nhiệm vụ quá hạn ở {sum(1 for r in found if r.late)} cơ quan."),
        parts.table("late", "", ["Cơ quan", "Quá hạn", "Sắp đến hạn", "Hạn lâu nhất"], rows, numbers=[1, 2]),
        *_longest_late(scope),
    ]


def _longest_late(scope: Scope) -> list[Block]:
    """The tasks that are late longest, by name. One query."""
    found = Share.objects.filter(state__in=OPEN_SHARES, due_at__lt=scope.at)
    if scope.agency_id is not None:
        found = found.filter(agency_id=scope.agency_id)
    listed = found.order_by("due_at", "pk").values_list(
        "pk", "task__title", "agency_id", "body_name", "person__full_name", "due_at", "percent"
    )[:MOST_LATE]
    rows = []
    for pk, title, agency_id, body, person, due_at, percent in listed:
        agency = catalogue.agency(agency_id)
        who = agency.short_name if agency is not None else body or DASH
        day = short_date(time_rules.local(due_at).date()) if due_at is not None else DASH
        rows.append((f"share:{pk}", [title, f"{who}, {person}" if person else who, day, f"{percent}%"]))
    if not rows:
        return []
    head = ["Nhiệm vụ", "Cơ quan, người thực hiện", "Hạn", "Tiến độ"]
    return [parts.table("late-longest", "Quá hạn lâu nhất", head, rows, numbers=[3])]


def _on_time(scope: Scope) -> list[Block]:
    blocks: list[Block] = []
    rows = []
    for row in plan_figures.on_time_by_agency(scope.first, scope.last, at=scope.at, agency_id=scope.agency_id):
        figures = row.figures
        rows.append(
            (
                f"agency:{row.agency_id}",
                [
                    row.name or "Ngoài các cơ quan của Thành phố", row.head or DASH, parts.figure(figures.done_on_time),
                    parts.figure(figures.done_late), parts.figure(figures.open_late), parts.figure(figures.lapsed),
                    parts.ratio(figures.done_on_time, figures.judged),
                ],
            )
        )  # fmt: skip
    head = ["Cơ quan", "Thủ trưởng", "Đúng hạn", "Xong sau hạn", "Còn nợ, đã quá hạn", "Tỷ lệ đúng hạn"]
    if rows:
        with_lapsed = [*head[:5], "Quá hạn rồi gia hạn, thôi giao", head[5]]
        title = "Nhiệm vụ đến hạn trong kỳ"
        blocks.append(parts.table("on_time", title, with_lapsed, rows, numbers=[2, 3, 4, 5, 6]))
    for regime, title in (("admin", "Phản ánh về quy định, hành vi hành chính"), ("field", "Phản ánh hiện trường")):
        rows = _answers(scope, regime)
        if rows:
            blocks.append(parts.table(f"answers-{regime}", title, head, rows, numbers=[2, 3, 4, 5]))
    if not blocks:
        return [parts.text("on_time", "Trong kỳ không có việc đến hạn.")]
    note = (
        "Tỷ lệ đúng hạn tính trên cả việc còn nợ đã quá hạn và việc quá hạn rồi mới gia hạn hay thôi giao, không chỉ "
        "việc đã xong."
    )
    return [parts.text("on_time", note), *blocks]


def _answers(scope: Scope, regime: str) -> list[tuple[str, list[str]]]:
    """Answers to feedback by agency: in time, late, still owed and late; what was answered since was owed then. Two
    queries."""
    begin = time_rules.midnight(scope.first)
    answered = Q(state__in=["met", "late"])
    closed = Q(answered, closed_at__lte=scope.at)
    still = Q(state="open") | Q(answered, closed_at__gt=scope.at)
    owed = Deadline.objects.filter(kind="case", step="answer", rule__regime=regime).filter(
        Q(still, due_at__lt=scope.at) | Q(closed, closed_at__gte=begin)
    )
    if scope.agency_id is not None:
        owed = owed.filter(agency_id=scope.agency_id)
    counted = list(
        owed.order_by().values(agency=F("agency_id")).annotate(
            met=Count("id", filter=Q(closed, state="met")), late=Count("id", filter=Q(closed, state="late")),
            open=Count("id", filter=still),
        )
    )  # fmt: skip
    heads = _heads([row["agency"] for row in counted], scope.at.date())
    result = []
    for row in counted:
        agency = catalogue.agency(row["agency"])
        judged = row["met"] + row["late"] + row["open"]
        cells = [
            agency.name if agency else DASH, heads.get(row["agency"], DASH), parts.figure(row["met"]),
            parts.figure(row["late"]), parts.figure(row["open"]), parts.ratio(row["met"], judged),
        ]  # fmt: skip
        result.append((row["met"] / judged if judged else 2, cells[0], f"agency:{row['agency']}", cells))
    return [(key, cells) for _rate, _name, key, cells in sorted(result, key=lambda one: one[:2])]


def _heads(agencies: Sequence[int], on: date) -> dict[int, str]:
    held = RoleAssignment.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=on), role="head", valid_from__lte=on, agency_id__in=agencies
    ).select_related("person")
    return {row.agency_id: row.person.full_name for row in held if row.agency_id is not None}


def _indicators(scope: Scope) -> list[Block]:
    day = scope.at.date()
    counted = Reading.objects.filter(replaced_by=None, on__lte=day).order_by("on", "id")
    found = Indicator.objects.filter(document__state=ACTIVE).exclude(op="")
    if scope.agency_id is not None:
        found = found.filter(Q(agency_id=scope.agency_id) | Q(document__agency_id=scope.agency_id))
    rows = []
    heavy = ("document__text", "document__head", "document__warnings")
    listed = found.select_related("document").defer(*heavy).prefetch_related(Prefetch("readings", counted))
    for row in listed.order_by("document_id", "id")[:MOST_INDICATORS]:
        read = list(row.readings.all())
        last = read[-1:]
        rows.append(
            (
                f"indicator:{row.pk}",
                [
                    row.document.number or row.document.title[:80], row.name, goal_words(row),
                    plain_number(last[0].value) if last else DASH,
                    read_words(row, read, day),
                ],
            )
        )  # fmt: skip
    if not rows:
        return [parts.text("indicators", "Không có chỉ tiêu đang theo dõi.")]
    head = ["Kế hoạch", "Chỉ tiêu", "Phải đạt", "Hiện đạt", "Ngày, nguồn số liệu"]
    return [parts.table("indicators", "", head, rows, numbers=[3])]


def _reporting(scope: Scope) -> list[Block]:
    due = Report.objects.filter(due_at__range=(time_rules.midnight(scope.first), scope.at)).exclude(state="waived")
    if scope.agency_id is not None:
        due = due.filter(Q(to_agency_id=scope.agency_id) | Q(agency_id=scope.agency_id))
    groups: dict[tuple[str, str], list[tuple[str, int]]] = {}
    listed = due.order_by("due_on", "duty__name", "agency__sort_key").values_list(
        "duty__name", "period_name", "state", "agency_id"
    )
    for name, period, state, agency_id in listed[:5000]:
        groups.setdefault((name, period), []).append((state, agency_id))
    rows = []
    for (name, period), members in groups.items():
        owing = [agency_id for state, agency_id in members if state in OPEN_STATES]
        names = [agency.short_name for agency in map(catalogue.agency, owing) if agency is not None]
        told = ", ".join(names[:20]) + (f" và {len(names) - 20} cơ quan khác" if len(names) > 20 else "")
        rows.append(
            (
                f"{name}|{period}",
                [
                    f"{name} {period}", parts.figure(len(members)), parts.figure(len(members) - len(owing)),
                    told or "Đã gửi đủ",
                ],
            )
        )  # fmt: skip
    if not rows:
        return [parts.text("reporting", "Trong kỳ không có báo cáo đến hạn.")]
    return [parts.table("reporting", "", ["Báo cáo", "Phải gửi", "Đã gửi", "Chưa gửi"], rows, numbers=[1, 2])]


def _obstacles(scope: Scope) -> list[Block]:
    """What stands in the way of tasks: what waits for an answer, the oldest first, and what was answered since the
    meeting before. Two queries."""
    found = Obstacle.objects.select_related("share__task").only(
        "text", "answer", "answered_at", "raised_at", "share__agency_id", "share__body_name", "share__task__title"
    )
    waiting = _unanswered(found, scope)
    begin = time_rules.midnight(scope.first)
    answered = _told(found, scope).filter(answered_at__range=(begin, scope.at)).order_by("-answered_at", "pk")
    blocks: list[Block] = []
    for key, title, rows, words in (
        ("waiting", "Đang chờ trả lời", waiting.order_by("raised_at", "pk"), lambda row: _waited(row, scope.at)),
        ("answered", "Đã trả lời trong kỳ", answered, lambda row: row.answer),
    ):
        listed = [
            (
                f"obstacle:{row.pk}",
                [
                    row.share.task.title, _agency_of(row), row.text,
                    short_date(time_rules.local(row.raised_at).date()), words(row),
                ],
            )
            for row in (rows if scope.whole else rows[:MOST_OBSTACLES])
        ]  # fmt: skip
        if listed:
            last = "Trả lời" if key == "answered" else "Đã chờ"
            head = ["Nhiệm vụ", "Cơ quan", "Vướng mắc", "Ngày báo", last]
            blocks.append(parts.table(f"obstacles-{key}", title, head, listed))
    return blocks or [parts.text("obstacles", NO_OBSTACLES)]


def _told(found: QuerySet[Obstacle], scope: Scope) -> QuerySet[Obstacle]:
    """The obstacles of which the pack tells: those raised until then, of its agencies, that the reader may read."""
    found = found.filter(raised_at__lte=scope.at)
    if scope.agency_id is not None:
        found = found.filter(share__agency_id=scope.agency_id)
    if scope.actors is not None and not {actor.role for actor in scope.actors} & plan_shares.CITY_READERS:
        found = found.filter(share__in=plan_shares.visible(scope.actors))
    return found


def _unanswered(found: QuerySet[Obstacle], scope: Scope) -> QuerySet[Obstacle]:
    """Those that waited for an answer at the time of the pack."""
    waits = Q(answered_at=None) | Q(answered_at__gt=scope.at)
    return _told(found, scope).filter(waits, share__state__in=OPEN_SHARES)


def waiting(scope: Scope) -> list[int]:
    """The keys of the obstacles that waited for an answer at the time of the pack. One query."""
    return list(_unanswered(Obstacle.objects.all(), scope).order_by("pk").values_list("pk", flat=True))


def _agency_of(row: Obstacle) -> str:
    agency = catalogue.agency(row.share.agency_id)
    return agency.short_name if agency is not None else row.share.body_name or DASH


def _waited(row: Obstacle, at: datetime) -> str:
    return f"{max(0, (time_rules.local(at).date() - time_rules.local(row.raised_at).date()).days)} ngày"


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure of the pack's first page: its code, out of how many, and the part of the pack that tells of it."""

    code: str
    value: int
    total: int | None
    fill: str


def headlines(scope: Scope) -> list[Headline]:
    """The pack in figures: conclusions done and late, tasks late and soon due, in time in the period, obstacles that
    wait, reports that are missing. Seven queries."""
    stood = [one.code for one in standings(earlier(scope), at=scope.at)]
    late = [row for row in plan_figures.late_by_agency(at=scope.at) if scope.agency_id in (None, row.agency_id)]
    done = plan_figures.on_time(scope.first, scope.last, at=scope.at, agency_id=scope.agency_id)
    waiting = _unanswered(Obstacle.objects.all(), scope)
    missing = Report.objects.filter(state__in=OPEN_STATES, due_at__range=(time_rules.midnight(scope.first), scope.at))
    if scope.agency_id is not None:
        missing = missing.filter(Q(to_agency_id=scope.agency_id) | Q(agency_id=scope.agency_id))
    return [
        Headline("conclusions_done", stood.count("done"), len(stood), "conclusions"),
        Headline("conclusions_late", stood.count("late"), len(stood), "conclusions"),
        Headline("late", sum(row.late for row in late), None, "late_agencies"),
        Headline("soon", sum(row.soon for row in late), None, "late_agencies"),
        Headline("in_time", done.done_on_time, done.judged, "on_time"),
        Headline("obstacles", waiting.count(), None, "obstacles_all"),
        Headline("missing", missing.count(), None, "reporting"),
    ]


_FILLS: dict[str, Callable[[Scope], list[Block]]] = {
    "conclusions": _conclusions,
    "late_agencies": _late,
    "on_time": _on_time,
    "indicators_all": _indicators,
    "reporting": _reporting,
    "obstacles_all": _obstacles,
}
