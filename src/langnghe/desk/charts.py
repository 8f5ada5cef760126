"""Charts drawn on the server: SVG with classes and presentation attributes only (the pages allow no style attribute).

Every chart stands beside its table of figures; it is drawn twice, for a phone and for a desk, and the style sheet
shows the one that fits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from langnghe.plans.rules_indicators import Goal, Point
from langnghe.ui import words

SIZES = {"narrow": (328, 220), "wide": (680, 280)}
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 18, 30
MOST_POINTS = 400


@dataclass(frozen=True, slots=True)
class _Frame:
    width: int
    height: int
    first: date
    days: int
    low: float
    high: float

    def x(self, day: date) -> float:
        inside = self.width - LEFT - RIGHT
        return LEFT + inside * min(max((day - self.first).days, 0), self.days) / self.days

    def y(self, value: float) -> float:
        inside = self.height - TOP - BOTTOM
        return TOP + inside * (1 - (value - self.low) / (self.high - self.low))


def indicator_chart(
    readings: Sequence[Point], *, goal: Goal | None, other: Goal | None, start: Point | None, due: date | None,
    label: str,
) -> SafeString:  # fmt: skip
    """The readings, the target line, and the path from the baseline to the target. '' when there is nothing to draw."""
    points = sorted(readings, key=lambda point: point.on)[-MOST_POINTS:]
    if not points and start is None:
        return mark_safe("")
    days = [point.on for point in points] + [day for day in (start.on if start else None, due) if day is not None]
    levels = [point.value for point in points] + ([start.value] if start else [])
    for one in (goal, other):
        levels += [level for level in (one.low, one.high) if level is not None] if one is not None else []
    first, last = min(days), max(days)
    low, high = min(levels), max(levels)
    pad = (high - low) * 0.12 or abs(high) * 0.1 or 1.0
    drawn = []
    for name, (width, height) in SIZES.items():
        frame = _Frame(width, height, first, max((last - first).days, 1), low - pad, high + pad)
        body = [*_grid(frame, first, last)]
        if goal is not None and goal.high is not None:
            top, bottom = sorted((frame.y(goal.low), frame.y(goal.high)))
            body.append(
                f'<rect class="ch-band" x="{LEFT}" y="{top:.1f}" width="{width - LEFT - RIGHT}" '
                f'height="{max(bottom - top, 1):.1f}"/>'
            )
        if other is not None:
            body.append(_across(frame, other.low, "ch-other", "2 4"))
        if goal is not None:
            body.append(_across(frame, goal.low, "ch-goal", ""))
            # At the other end than the newest figure, which may lie just there.
            left = bool(points) and frame.x(points[-1].on) > width * 0.7
            place, anchor = (LEFT + 4, "start") if left else (width - RIGHT, "end")
            body.append(_text(place, frame.y(goal.low) - 5, words.number(_short(goal.low)), anchor, "ch-strong"))
        if start is not None and goal is not None and due is not None and due > start.on:
            body.append(
                f'<path class="ch-path" fill="none" stroke-dasharray="6 4" '
                f'd="M{frame.x(start.on):.1f} {frame.y(start.value):.1f}L{frame.x(due):.1f} {frame.y(goal.low):.1f}"/>'
            )
        if points:
            line = "L".join(f"{frame.x(point.on):.1f} {frame.y(point.value):.1f}" for point in points)
            body.append(f'<path class="ch-line" fill="none" d="M{line}"/>')
            body += [
                f'<circle class="ch-dot" cx="{frame.x(point.on):.1f}" cy="{frame.y(point.value):.1f}" r="4"/>'
                for point in points
            ]
            newest = points[-1]
            side = "end" if frame.x(newest.on) > width * 0.7 else "start"
            body.append(
                _text(
                    frame.x(newest.on),
                    frame.y(newest.value) - 10,
                    words.number(_short(newest.value)),
                    side,
                    "ch-strong",
                )
            )
        drawn.append(
            f'<svg class="chart chart-{name}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img" aria-label="{conditional_escape(label)}" focusable="false">{"".join(body)}</svg>'
        )
    return mark_safe("".join(drawn))


def _grid(frame: _Frame, first: date, last: date) -> Iterable[str]:
    for level in ticks(frame.low, frame.high):
        yield _across(frame, level, "ch-grid", "")
        yield _text(LEFT - 8, frame.y(level) + 4, words.number(_short(level)), "end", "ch-word")
    base = frame.height - BOTTOM + 18
    yield _text(LEFT, base, words.short_date(first), "start", "ch-word")
    if last - first > timedelta(days=20):
        yield _text(frame.width - RIGHT, base, words.short_date(last), "end", "ch-word")


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round levels within a range, at most `most` and at least one for any range that can be drawn."""
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return []
    step = 10.0 ** math.floor(math.log10(span / most))
    while span / step > most:
        step *= 2 if f"{step:e}"[0] in "15" else 2.5
    count = math.ceil(low / step)
    found: list[float] = []
    while count * step <= high and len(found) < most + 1:
        found.append(round(count * step, 12))
        count += 1
    return found


def _short(value: float) -> str:
    """At most two decimals, none that say nothing."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _across(frame: _Frame, level: float, name: str, dashes: str) -> str:
    y = frame.y(level)
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<line class="{name}"{dash} x1="{LEFT}" y1="{y:.1f}" x2="{frame.width - RIGHT}" y2="{y:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str, name: str) -> str:
    return f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{conditional_escape(text)}</text>'


def sample(name: str, dashes: str = "", *, dot: bool = False) -> SafeString:
    """A stretch of a line, for the words that explain a chart."""
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    mark = '<circle class="ch-dot" cx="14" cy="6" r="4"/>' if dot else ""
    return mark_safe(
        f'<svg class="ch-sample" viewBox="0 0 28 12" width="28" height="12" aria-hidden="true" focusable="false">'
        f'<line class="{name}"{dash} x1="0" y1="6" x2="28" y2="6"/>{mark}</svg>'
    )


def legend(*, goal: Goal | None, other: Goal | None, path: bool, high: bool) -> list[tuple[SafeString, str]]:
    """What the lines of an indicator's chart are."""
    found: list[tuple[SafeString, str]] = [(sample("ch-line", dot=True), _("Số liệu đã đo"))]
    if goal is not None:
        found.append((sample("ch-goal"), _("Mức phải đạt")))
    if other is not None:
        found.append((sample("ch-other", "2 4"), _("Mức theo cách hiểu kia")))
    if path:
        found.append((sample("ch-path", "6 4"), _("Đường từ mức xuất phát đến hạn")))
    if high:
        found.append((mark_safe('<span class="ch-swatch"></span>'), _("Khoảng phấn đấu")))
    return found
