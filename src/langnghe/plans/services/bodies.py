"""The gazetteer: how plans name bodies, and which agencies of the city they are on a given day."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from langnghe.acts.errors import ActError
from langnghe.agencies.models import Agency, AgencyKind, Succession, SuccessionKind
from langnghe.ledger import services as ledger
from langnghe.plans.doubts import Doubt, doubt
from langnghe.plans.models import Body
from langnghe.plans.reading.gazetteer import Entry, Gazetteer, packaged
from langnghe.texts import clean_input, fold
from langnghe.workflow.actor import Actor

KIND = "body"


class BodyRefused(ActError):
    """A body is not kept; `field` names the input that is meant."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """An agency that carries a task today, and the name of the one that the plan meant when that is another."""

    agency: Agency
    was: str = ""


@dataclass(slots=True)
class Resolved:
    """What a name of a plan stands for.

    members     agencies that it meant on the plan's date
    carriers    who carries it on today; fewer or other agencies after a reorganisation
    collective  it stands for several agencies
    known       the city knows the name
    doubts      for the reviewer, as `plans.doubts` keeps them; an outside body (the Front, a newspaper) is no doubt
    """

    name: str
    members: list[Agency] = field(default_factory=list)
    carriers: list[Carrier] = field(default_factory=list)
    collective: bool = False
    known: bool = True
    doubts: list[Doubt] = field(default_factory=list)


def day_figures(day: date) -> str:
    """A day in figures, as the office writes it."""
    return f"{day:%d/%m/%Y}"


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """The form in which names are compared: without diacritics, "Ủy ban nhân dân" as UBND, signs left out."""
    words = "".join(char if char.isalnum() else " " for char in fold(name)).split()
    return " ".join(words).replace("uy ban nhan dan", "ubnd").replace("hoi dong nhan dan", "hdnd")


class Directory:
    """Bodies, agencies and successions, read once (three queries) and asked as often as one likes."""

    def __init__(self) -> None:
        self.bodies = list(Body.objects.order_by("name", "valid_from"))
        self.agencies = {agency.pk: agency for agency in Agency.objects.order_by("sort_key")}
        self._resolved: dict[tuple[str, date, date], Resolved] = {}
        self._after: dict[int, list[Succession]] = {}
        self._before: dict[int, list[Succession]] = {}
        for step in Succession.objects.order_by("-main", "pk"):
            self._after.setdefault(step.agency_id, []).append(step)
            self._before.setdefault(step.successor_id, []).append(step)

    @cached_property
    def _by_name(self) -> dict[str, list[Body]]:
        found: dict[str, list[Body]] = {}
        for body in self.bodies:
            for name in (body.name, *body.aliases):
                found.setdefault(name_key(name), []).append(body)
        return found

    @cached_property
    def _agency_by_name(self) -> dict[str, list[Agency]]:
        found: dict[str, list[Agency]] = {}
        for agency in self.agencies.values():
            for name in {name_key(agency.name), name_key(agency.short_name)}:
                found.setdefault(name, []).append(agency)
        return found

    @cached_property
    def names(self) -> list[str]:
        """Every name to choose from: bodies, then agencies that are no body of their own."""
        taken = {body.agency_id for body in self.bodies}
        rest = [one.name for one in self.agencies.values() if one.pk not in taken and one.valid_to is None]
        return [*dict.fromkeys(body.name for body in self.bodies), *rest]

    def body(self, name: str, on: date) -> Body | None:
        """The body of that name, or alias, on that day."""
        for body in self._by_name.get(name_key(name), ()):
            if (body.valid_from is None or body.valid_from <= on) and (body.valid_to is None or on <= body.valid_to):
                return body
        return None

    def resolve(self, name: str, *, on: date, today: date) -> Resolved:
        """What the name meant on the plan's date `on`, and who carries it today. Not to be changed by the caller."""
        known = self._resolved.get((name, on, today))
        if known is None:
            known = self._resolved[name, on, today] = self._resolve(name, on=on, today=today)
        return known

    def _resolve(self, name: str, *, on: date, today: date) -> Resolved:
        body = self.body(name, on)
        if body is not None and body.collective:
            return self._collective(body, on=on, today=today)
        # A name without an agency of its own may still be that of an agency, one that was set up later, say.
        known = self.agencies.get(body.agency_id or 0) if body is not None else None
        agency = known or self._agency(name, on) or (self._agency(body.name, on) if body is not None else None)
        if agency is None:
            if body is not None:
                return Resolved(name)
            text = gettext_noop(
                "“%(name)s” chưa có trong danh mục cơ quan; việc này sẽ do người lập kế hoạch tự theo dõi."
            )
            return Resolved(name, known=False, doubts=[doubt(text, name=name)])
        return self._single(name, agency, on=on, today=today)

    def _agency(self, name: str, on: date) -> Agency | None:
        found = self._agency_by_name.get(name_key(name), ())
        return next((one for one in found if one.is_active(on)), next(iter(found), None))

    def _single(self, name: str, agency: Agency, *, on: date, today: date) -> Resolved:
        found = Resolved(name)
        meant = agency
        if agency.valid_from > on:
            meant = self._predecessor(agency, on) or agency
        elif agency.valid_to is not None and agency.valid_to < on:
            found.doubts.append(
                doubt(
                    gettext_noop("“%(name)s” đã kết thúc ngày %(day)s, trước ngày của kế hoạch."),
                    name=name, day=day_figures(agency.valid_to),
                )
            )  # fmt: skip
        found.members = [meant]
        carrier = self._carrier(meant, today)
        if carrier is None:
            found.doubts.append(_ended(name, [meant]))
        else:
            found.carriers = [Carrier(carrier, "" if carrier.pk == agency.pk else meant.name)]
        return found

    def _collective(self, body: Body, *, on: date, today: date) -> Resolved:
        kinds = set(body.member_kinds)
        members = [one for one in self.agencies.values() if one.kind in kinds and one.is_active(on)]
        found = Resolved(body.name, members=members, collective=True)
        if not members:
            text = gettext_noop(
                "“%(name)s” không có cơ quan nào vào ngày %(day)s; hãy chọn cơ quan cụ thể hoặc ai làm tiếp."
            )
            found.doubts.append(doubt(text, name=body.name, day=day_figures(on)))
            return found
        gone = []
        seen: set[int] = set()
        for member in members:
            carrier = self._carrier(member, today)
            if carrier is None:
                gone.append(member)
            elif carrier.pk not in seen:
                seen.add(carrier.pk)
                found.carriers.append(Carrier(carrier, "" if carrier.pk == member.pk else member.name))
        if gone:
            found.doubts.append(_ended(body.name, gone))
        return found

    def _carrier(self, agency: Agency, today: date) -> Agency | None:
        """Who carries on for an agency today; None when it was divided or ended, which a person has to settle."""
        seen = {agency.pk}
        while agency.valid_to is not None and agency.valid_to < today:
            step = next(
                (one for one in self._after.get(agency.pk, ()) if one.main and one.kind != SuccessionKind.SPLIT), None
            )
            if step is None or step.successor_id in seen:
                return None
            agency = self.agencies[step.successor_id]
            seen.add(agency.pk)
        return agency

    def _predecessor(self, agency: Agency, on: date) -> Agency | None:
        """The agency of that day which bore the name; else the first that went into it."""
        before = [self.agencies[step.agency_id] for step in self._before.get(agency.pk, ())]
        living = [one for one in before if one.is_active(on)]
        named = [one for one in living if name_key(one.name).startswith(name_key(agency.name))]
        return next(iter(named or living), None)


def _ended(name: str, gone: Sequence[Agency]) -> Doubt:
    last = max((one.valid_to for one in gone if one.valid_to is not None), default=None)
    text = gettext_noop(
        "“%(name)s” đã kết thúc ngày %(day)s (%(n)s cơ quan); hãy chỉ định ai làm tiếp nếu việc chưa xong."
    )
    return doubt(text, name=name, day=day_figures(last) if last else "–", n=len(gone))


def members(name: str, on: date) -> list[Agency]:
    """The agencies that a plan of that day means by this name; [] for outside bodies and empty collectives."""
    return Directory().resolve(name, on=on, today=on).members


def gazetteer() -> Gazetteer:
    """The bodies for the reader: the city's own list laid over the packaged one. Two queries."""
    known = {entry.name: entry for entry in packaged().entries}
    kinds = {agency.pk: agency.kind for agency in Agency.objects.only("pk", "kind")}
    for body in Body.objects.order_by("name"):
        if body.collective:
            continue  # the reader knows collectives by their wording
        entry = known.get(body.name)
        kind = entry.kind if entry is not None else _READER_KINDS.get(kinds.get(body.agency_id or 0, ""), "other")
        aliases = tuple(dict.fromkeys([*(entry.aliases if entry is not None else ()), *body.aliases]))
        known[body.name] = Entry(body.name, aliases, kind)
    return Gazetteer(known.values(), home=packaged().home)


_READER_KINDS = {"department": "department", "office": "office", "centre": "office", "front": "front"}


@transaction.atomic
def load_bodies(*, at: datetime, rows: Iterable[Mapping[str, Any]] = ()) -> int:
    """Fill the city's list: its own `rows` ({name, agency, kinds, aliases, valid_to}), then what comes with the
    program and fits this kind of city. What is there stays as it is. Returns how many were added."""
    there = set(Body.objects.values_list("name", flat=True))
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    made = []
    for row in rows:
        if row["name"] in there:
            continue
        there.add(row["name"])
        made.append(
            Body(
                name=row["name"],
                aliases=list(row.get("aliases", ())),
                agency=agencies.get(row.get("agency") or ""),
                member_kinds=list(row.get("kinds", ())),
                valid_from=row.get("valid_from"),
                valid_to=row.get("valid_to"),
                note=row.get("note", ""),
            )
        )
    data = json.loads((files("langnghe.plans") / "data" / "bodies.json").read_text(encoding="utf-8"))
    other = {"Thành phố": "tinh", "Tỉnh": "thanh pho"}.get(data["home"]["unit"], "")
    for entry in data["entries"]:
        if entry["name"] in there or (other and other in name_key(entry["name"])):
            continue
        there.add(entry["name"])
        made.append(Body(name=entry["name"], aliases=entry.get("aliases", [])))
    Body.objects.bulk_create(made)
    return len(made)


def save_body(
    *,
    body: Body | None,
    name: str,
    aliases: Sequence[str],
    agency_id: int | None,
    member_kinds: Sequence[str],
    valid_from: date | None,
    valid_to: date | None,
    note: str,
    actor: Actor,
    at: datetime,
) -> Body:
    """Add a body, or change it. BodyRefused for an empty name, a name that is taken, both an agency and kinds."""
    name = clean_input(name, single_line=True)
    if not name:
        raise BodyRefused(_("Hãy ghi tên cơ quan như trong văn bản."), field="name")
    if agency_id is not None and member_kinds:
        raise BodyRefused(_("Chọn một cơ quan, hoặc các loại cơ quan, không chọn cả hai."), field="member_kinds")
    if valid_from and valid_to and valid_to < valid_from:
        raise BodyRefused(_("Ngày kết thúc phải sau ngày bắt đầu."), field="valid_to")
    unknown = set(member_kinds) - set(AgencyKind.values)
    if unknown:
        raise BodyRefused(_("Loại cơ quan không hợp lệ."), field="member_kinds")
    with transaction.atomic():
        row = Body.objects.select_for_update().get(pk=body.pk) if body is not None else Body()
        taken = Body.objects.filter(name=name, valid_from=valid_from).exclude(pk=row.pk)
        if taken.exists():
            raise BodyRefused(_("Tên này đã có trong danh mục."), field="name")
        row.name, row.agency_id, row.note = name[:200], agency_id, clean_input(note, single_line=True)[:300]
        row.aliases = list(
            dict.fromkeys(alias for alias in (clean_input(a, single_line=True) for a in aliases) if alias)
        )
        row.member_kinds = [kind for kind in AgencyKind.values if kind in set(member_kinds)]
        row.valid_from, row.valid_to = valid_from, valid_to
        row.save()
        ledger.record(
            kind=KIND,
            subject_id=row.pk,
            act="body_saved",
            actor=actor,
            at=at,
            data={"name": row.name, "agency": agency_id, "kinds": row.member_kinds, "aliases": row.aliases},
            lock=True,
        )
    return row
