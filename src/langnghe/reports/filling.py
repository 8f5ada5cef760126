"""What the register and the feedback say for one agency and one period, as sections of a report. Documents are written
in Vietnamese, whatever language the reader's pages have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, F, Q

from langnghe.agencies.models import Agency, AgencyKind
from langnghe.cases.models import Case
from langnghe.plans.models import Indicator, Obstacle, Period, PlanDocument, Progress, Reading, Share
from langnghe.plans.rules_indicators import Course, Point, assess
from langnghe.plans.selectors import indicators as plan_indicators
from langnghe.plans.workflow import ACTIVE, DONE, FINISHED
from langnghe.plans.workflow import OPEN_STATES as OPEN_SHARES
from langnghe.reports import sections as parts
from langnghe.reports.sections import Block, Section
from langnghe.worktime import rules as time_rules
from langnghe.worktime.format import number, short_date
from langnghe.worktime.models import Deadline

DASH = "–"


@dataclass(slots=True)
class Gathered:
    """Everything that a report is filled from. Six queries of the register, two of the feedback. `periods`: when the
    ended periods of recurring shares were due, by share and stated day."""

    agency: Agency
    start: date
    end: date
    cut: datetime
    shares: list[Share] = field(default_factory=list)
    progress: dict[int, list[Progress]] = field(default_factory=dict)
    periods: dict[tuple[int, date], datetime] = field(default_factory=dict)
    obstacles: list[Obstacle] = field(default_factory=list)
    indicators: list[plan_indicators.Measured] = field(default_factory=list)
    feedback: dict[str, dict[str, int]] = field(default_factory=dict)


def gather(*, agency: Agency, document: PlanDocument | None, start: date, end: date, at: datetime) -> Gathered:
    """Read what one agency did on a plan (None: on all that run) in a period, as it stands at `at` or, when that is
    earlier, at the end of the period."""
    cut = min(time_rules.local(at), time_rules.end_of_day(end))
    begin = time_rules.midnight(start)
    found = Gathered(agency, start, end, cut)
    plans = (
        Q(task__document=document) | Q(task__document__parent=document)
        if document is not None
        else Q(task__document__state__in=[ACTIVE, FINISHED])
    )
    carried = Share.objects.filter(plans, agency=agency).filter(
        Q(state__in=OPEN_SHARES) | Q(state=DONE, done_at__range=(begin, cut))
        | Q(progress__decided="accept", progress__decided_at__range=(begin, cut))
    )  # fmt: skip
    found.shares = list(
        carried.select_related("task", "person").order_by("task__document_id", "task__order", "id").distinct()
    )
    keys = [share.pk for share in found.shares]
    for row in Progress.objects.filter(share_id__in=keys, at__lte=cut).order_by("share_id", "-at", "-id"):
        found.progress.setdefault(row.share_id, []).append(row)
    ended = Period.objects.filter(share_id__in=keys, done_at__range=(begin, cut))
    found.periods = {(share, day): due for share, day, due in ended.values_list("share_id", "due_on", "due_at")}
    raised = Obstacle.objects.filter(share_id__in=keys, raised_at__lte=cut).filter(
        Q(answered_at=None) | Q(answered_at__gte=begin)
    )
    found.obstacles = list(raised.order_by("raised_at", "id"))
    if document is not None:
        # What the plan sets for nobody by name, its owner tells of.
        owner = document.agency_id == agency.pk
        found.indicators = [
            one
            for one in plan_indicators.of_plan(document, today=cut.date())
            if one.indicator.agency_id == agency.pk or (owner and one.indicator.agency_id is None)
        ]
    found.feedback = feedback_figures(agency=agency, start=begin, cut=cut)
    return found


def feedback_figures(*, agency: Agency | None, start: datetime, cut: datetime) -> dict[str, dict[str, int]]:
    """Feedback by regime: received, answered on time and late within the time, open now, open and late. What is open
    and late counts like what was answered late. The whole city's for the city office. Two queries."""
    whole = agency is None or agency.is_city_office or agency.kind == AgencyKind.CITY
    owed = Deadline.objects.filter(kind="case", step="answer").filter(
        Q(state__in=["open", "paused"]) | Q(closed_at__range=(start, cut))
    )
    cases = Case.objects.filter(received_at__range=(start, cut), restricted=False)
    if not whole and agency is not None:
        owed = owed.filter(agency_id=agency.pk)
        cases = cases.filter(agency=agency)
    columns = ("received", "met", "late", "open", "open_late")
    result = {regime: dict.fromkeys(columns, 0) for regime in ("admin", "field")}
    counted = owed.values(regime=F("rule__regime")).annotate(
        met=Count("id", filter=Q(state="met")),
        late=Count("id", filter=Q(state="late")),
        open=Count("id", filter=Q(state__in=["open", "paused"])),
        open_late=Count("id", filter=Q(state="open", due_at__lt=cut)),
    )
    for row in counted.order_by():
        if row["regime"] in result:
            result[row["regime"]].update({name: row[name] for name in columns[1:]})
    for regime, count in cases.order_by().values_list("regime").annotate(Count("id")):
        if regime in result:
            result[regime]["received"] = count
    return result


def fill(template_sections: Sequence[Mapping[str, str]], found: Gathered) -> list[Section]:
    """The sections of a template, each with what was gathered for it."""
    return [
        {
            "code": one["code"],
            "title": one["title"],
            "fill": one["fill"],
            "blocks": _FILLS[one["fill"]](found) if one["fill"] in _FILLS else [],
        }
        for one in template_sections
    ]


# --- one function a kind of section -----------------------------------------------------------------------------------


def _name(share: Share) -> str:
    return share.task.title if share.lead else f"{share.task.title} (phối hợp)"


def _due(share: Share) -> str:
    if share.due_at is not None:
        return short_date(time_rules.local(share.due_at).date())
    return share.task.due_words or {"ongoing": "Thường xuyên", "recurring": "Định kỳ"}.get(share.task.due_kind, DASH)


def _day(at: datetime) -> str:
    return short_date(time_rules.local(at).date())


def _last(found: Gathered, share: Share) -> str:
    rows = found.progress.get(share.pk, [])
    return rows[0].text if rows else ""


@dataclass(frozen=True, slots=True)
class Finished:
    """A share that was accepted: when, by when it was due, and the words of the report that was accepted."""

    share: Share
    when: datetime
    due_at: datetime | None
    words: str

    @property
    def late(self) -> bool:
        """It was accepted after its term."""
        return self.due_at is not None and self.when > self.due_at


def _finished(found: Gathered) -> list[Finished]:
    """Shares that were accepted within the period, each once, with its last report. A recurring one is judged by the
    term of the period that was accepted, not of the one that has begun since; what was taken up again is not done."""
    begin = time_rules.midnight(found.start)
    result = []
    for share in found.shares:
        accepted = next(
            (
                row
                for row in found.progress.get(share.pk, [])
                if row.decided == "accept"
                and row.decided_at is not None
                and begin <= row.decided_at <= found.cut
                and (share.state == DONE or row.period_due != share.period_due)
            ),
            None,
        )
        when = accepted.decided_at if accepted is not None else share.done_at if share.state == DONE else None
        if when is None or not begin <= when <= found.cut:
            continue
        due = share.due_at
        if accepted is not None and accepted.period_due is not None and accepted.period_due != share.period_due:
            due = found.periods.get((share.pk, accepted.period_due))
        result.append(Finished(share, when, due, accepted.text if accepted is not None else _last(found, share)))
    return result


def _open(found: Gathered, *, late: bool) -> list[Share]:
    return [
        share
        for share in found.shares
        if share.state in OPEN_SHARES and (share.due_at is not None and share.due_at < found.cut) == late
    ]


def _done(found: Gathered) -> list[Block]:
    rows = _finished(found)
    if not rows:
        return [parts.text("done", "Trong kỳ chưa có nhiệm vụ hoàn thành.", filler=True)]
    late = sum(one.late for one in rows)
    told = f"Trong kỳ đã hoàn thành {len(rows)} nhiệm vụ" + (f", trong đó {late} nhiệm vụ sau hạn." if late else ".")
    return [
        parts.text("done", told, filler=True),
        parts.table(
            "done", "Nhiệm vụ đã hoàn thành", ["Nhiệm vụ", "Hạn", "Hoàn thành", "Kết quả"],
            [
                (
                    f"share:{one.share.pk}",
                    [
                        _name(one.share), _day(one.due_at) if one.due_at is not None else _due(one.share),
                        _day(one.when), one.words or one.share.task.deliverable,
                    ],
                )
                for one in rows
            ],
        ),
    ]  # fmt: skip


def _doing(found: Gathered) -> list[Block]:
    rows = _open(found, late=False)
    if not rows:
        return [parts.text("doing", "Không có nhiệm vụ nào đang thực hiện trong hạn.", filler=True)]
    return [
        parts.text("doing", f"Đang thực hiện {len(rows)} nhiệm vụ trong hạn.", filler=True),
        parts.table(
            "doing", "Nhiệm vụ đang thực hiện", ["Nhiệm vụ", "Hạn", "Tiến độ", "Tình hình thực hiện"],
            [
                (
                    f"share:{share.pk}",
                    [_name(share), _due(share), f"{share.percent}%", _last(found, share) or "Chưa cập nhật tiến độ."],
                )
                for share in rows
            ],
            numbers=[2],
        ),
    ]  # fmt: skip


def _late(found: Gathered) -> list[Block]:
    rows = _open(found, late=True)
    if not rows:
        return [parts.text("late", "Không có nhiệm vụ quá hạn.", filler=True)]
    blocked: dict[int, list[str]] = {}
    for obstacle in found.obstacles:
        if obstacle.answered_at is None or obstacle.answered_at > found.cut:
            blocked.setdefault(obstacle.share_id, []).append(obstacle.text)
    listed = []
    for share in rows:
        assert share.due_at is not None
        days = (found.cut.date() - time_rules.local(share.due_at).date()).days
        why = " ".join(blocked.get(share.pk, [])) or _last(found, share) or "Chưa báo cáo nguyên nhân."
        listed.append((f"share:{share.pk}", [_name(share), _due(share), f"{days} ngày", f"{share.percent}%", why]))
    return [
        parts.text("late", f"Còn {len(rows)} nhiệm vụ quá hạn.", filler=True),
        parts.table(
            "late", "Nhiệm vụ quá hạn", ["Nhiệm vụ", "Hạn", "Quá hạn", "Tiến độ", "Nguyên nhân"], listed, numbers=[2, 3]
        ),
    ]


def plain_number(value: float | None) -> str:
    """A level in Vietnamese figures; a dash where there is none."""
    if value is None:
        return DASH
    return number(value, 0 if float(value).is_integer() else 2)


def goal_words(row: Indicator) -> str:
    """The target of an indicator in words."""
    value, unit = row.value, row.unit
    sign = " điểm phần trăm" if row.increase == "points" else "%"
    told = {
        ">=": "ít nhất {}", ">": "trên {}", "<=": "không quá {}", "<": "dưới {}", "=": "{}",
        "increase_pct": f"tăng {{}}{sign}", "decrease_pct": f"giảm {{}}{sign}", "increase_rank": "tăng bậc",
    }.get(row.op, "{}")  # fmt: skip
    if row.op.startswith("range_") and row.value_high is not None:
        verb = "giảm" if "decrease" in row.op else "tăng"
        return f"{verb} {plain_number(value)} đến {plain_number(row.value_high)}{sign}"
    if value is None:
        return "tăng bậc" if "rank" in row.op else "cao nhất có thể" if row.op else DASH
    words = f"tăng {plain_number(value)} bậc" if "rank" in row.op else told.format(plain_number(value))
    if "_pct" in row.op or "rank" in row.op or "%" in words or not unit:
        return words
    return f"{words}{unit}" if unit.startswith("%") else f"{words} {unit}"


def standing_words(row: Indicator, readings: Sequence[Reading], day: date) -> str:
    """How an indicator stood on a day, where that is settled: reached, reached late, missed; else ''."""
    points = [Point(one.on, one.value) for one in readings if one.on <= day]
    standing = assess(plan_indicators.level_of(row), points, today=day)
    if standing.course is Course.REACHED_LATE and standing.reached_on is not None:
        return f"đã đạt, chậm: ngày {short_date(standing.reached_on)}"
    return {Course.REACHED: "đã đạt", Course.MISSED: "không đạt khi đến hạn"}.get(standing.course, "")


def _indicators(found: Gathered) -> list[Block]:
    if not found.indicators:
        return [parts.text("indicators", "Không có chỉ tiêu giao cho cơ quan trong kỳ.", filler=True)]
    rows = []
    for one in found.indicators:
        row = one.indicator
        read = [reading for reading in one.readings if reading.on <= found.cut.date()]
        last = read[-1] if read else None
        base = plain_number(row.baseline)
        if row.baseline is not None and row.baseline_year:
            base = f"{base} ({row.baseline_year})"
        rows.append(
            (
                f"indicator:{row.pk}",
                [
                    row.name, row.unit, base, goal_words(row), plain_number(last.value) if last else DASH,
                    read_words(row, read, found.cut.date()),
                ],
            )
        )  # fmt: skip
    head = ["Chỉ tiêu", "Đơn vị", "Xuất phát", "Phải đạt", "Hiện đạt", "Ngày, nguồn số liệu"]
    return [parts.table("indicators", "Kết quả thực hiện chỉ tiêu", head, rows, numbers=[2, 4])]


def read_words(row: Indicator, readings: Sequence[Reading], day: date) -> str:
    """The newest reading of an indicator up to a day: when, from where, and whether the target was reached."""
    if not readings:
        return "Chưa có số liệu"
    last = readings[-1]
    return "; ".join(filter(None, (f"{short_date(last.on)}, {last.source}", standing_words(row, readings, day))))


FEEDBACK_ROWS = (
    ("received", "Tiếp nhận trong kỳ"),
    ("met", "Trả lời đúng hạn"),
    ("late", "Trả lời sau hạn"),
    ("open", "Đang xử lý"),
    ("open_late", "Đang xử lý, đã quá hạn"),
)


def _feedback(found: Gathered) -> list[Block]:
    figures = found.feedback
    if not any(value for regime in figures.values() for value in regime.values()):
        return [parts.text("feedback", "Trong kỳ không có phản ánh, kiến nghị được chuyển đến.", filler=True)]
    admin, field_ = figures["admin"], figures["field"]
    rows = [(key, [label, parts.figure(admin[key]), parts.figure(field_[key])]) for key, label in FEEDBACK_ROWS]
    rows.append(
        (
            "on_time",
            [
                "Tỷ lệ đúng hạn, tính cả việc đang quá hạn",
                *(parts.ratio(one["met"], one["met"] + one["late"] + one["open_late"]) for one in (admin, field_)),
            ],
        )
    )
    made = parts.table(
        "feedback", "Phản ánh, kiến nghị của cá nhân, tổ chức",
        ["Nội dung", "Quy định, hành vi hành chính", "Phản ánh hiện trường"], rows, numbers=[1, 2],
        ratios={"on_time": ["met", ["met", "late", "open_late"]]}, total=True,
    )  # fmt: skip
    if found.agency.is_city_office or found.agency.kind == AgencyKind.CITY:
        made["whole"] = True
    return [made]


def _obstacles(found: Gathered) -> list[Block]:
    if not found.obstacles:
        return [parts.text("obstacles", "Không có vướng mắc phải báo cáo.", filler=True)]
    tasks = {share.pk: share for share in found.shares}
    return [
        parts.table(
            "obstacles", "Khó khăn, vướng mắc", ["Nhiệm vụ", "Vướng mắc", "Ngày báo", "Trả lời"],
            [
                (
                    f"obstacle:{row.pk}",
                    [
                        _name(tasks[row.share_id]), row.text, _day(row.raised_at),
                        row.answer or "Chưa có trả lời",
                    ],
                )
                for row in found.obstacles
            ],
        )
    ]  # fmt: skip


def _proposals(found: Gathered) -> list[Block]:
    return [parts.text("proposals", "Không có đề xuất, kiến nghị.", filler=True)]


_FILLS: dict[str, Callable[[Gathered], list[Block]]] = {
    "done": _done,
    "doing": _doing,
    "late": _late,
    "indicators": _indicators,
    "feedback": _feedback,
    "obstacles": _obstacles,
    "proposals": _proposals,
}
