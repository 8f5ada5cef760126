"""What components are fed with. Dicts with the same keys do as well; these classes name and default the keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Text = Any
"""A string or a lazy translation."""


@dataclass(slots=True)
class Link:
    """A way to another page: tabs, crumbs, menus, nav items. `count` is shown beside the label when not None."""

    label: Text
    url: str
    icon: str = ""
    active: bool = False
    count: int | None = None
    group: Text = ""


@dataclass(slots=True)
class Badge:
    """A word in a box. kind: neutral, accent, outline, strong, restricted."""

    text: Text
    kind: str = "neutral"
    icon: str = ""


@dataclass(slots=True)
class Row:
    """One case (or task) in a queue.

    `due` is a worktime Deadline, or a datetime or date with `state` and `days` (signed working days left) or `left`
    (free words): what deadline_chip takes.
    """

    url: str
    code: str
    title: str
    value: str = ""
    meta: Sequence[Text] = ()
    badges: Sequence[Badge | Mapping[str, Any]] = ()
    where: str = ""
    person: str = ""
    agency: str = ""
    due: Any = None
    state: str = ""
    days: int | None = None
    left: Text = ""
    new: bool = False


@dataclass(slots=True)
class Event:
    """One entry of a timeline. tone: "now" (where it stands), "later" (still to come) or ""."""

    title: Text
    at: datetime | date | None = None
    person: str = ""
    agency: str = ""
    text: str = ""
    note: Text = ""
    icon: str = "dot"
    tone: str = ""
    files: Sequence[Any] = ()


@dataclass(slots=True)
class Act:
    """Something that the reader may do to a case now; posts to `url` with `act=name`, the form's fields and `hidden`.

    likely: shown first and open. other: shown under "Việc khác". missing: what is to be done before it can be sent
    (the button is then left out). Give each act's form an `auto_id` or prefix of its own, so that ids differ.
    """

    name: str
    label: Text
    url: str
    form: Any = None
    icon: str = ""
    hint: Text = ""
    submit: Text = ""
    confirm: Text = ""
    likely: bool = False
    other: bool = False
    danger: bool = False
    multipart: bool = False
    missing: Sequence[Text] = ()
    hidden: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Shot:
    """An attachment. With `thumb` it is shown as a picture; `alt` says what is seen."""

    url: str
    name: str
    thumb: str = ""
    alt: str = ""
    size: int | None = None
    note: Text = ""


@dataclass(slots=True)
class Fact:
    """A term and its value, with a way to change it (check your answers)."""

    term: Text
    value: Any
    url: str = ""
    change: Text = ""


@dataclass(slots=True)
class Step:
    """One step of several. state: done, now, next."""

    label: Text
    state: str = "next"
    url: str = ""


@dataclass(slots=True)
class Part:
    """A part of a filter sentence: plain `text`, or a choice `name` with `options` [(value, label)], or a text box."""

    text: Text = ""
    name: str = ""
    label: Text = ""
    value: str = ""
    options: Sequence[tuple[str, Text]] = ()
    placeholder: Text = ""


@dataclass(slots=True)
class Span:
    """A stretch of text [start, end) that the scanner found or a person marked. hidden: will be replaced."""

    start: int
    end: int
    label: Text
    hidden: bool = True
