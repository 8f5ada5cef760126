"""The pack of a meeting as it is read: as it was frozen, or as it stands now. Pages, prints and files ask here only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from langnghe.plans.models import Obstacle
from langnghe.plans.selectors import shares as plan_shares
from langnghe.reports import pack
from langnghe.reports import sections as parts
from langnghe.reports.models import Meeting, MeetingPack, ReportTemplate
from langnghe.reports.pack import Headline
from langnghe.reports.sections import Section
from langnghe.reports.services.templates import MEETING, template_for
from langnghe.workflow.actor import Actor
from langnghe.worktime import rules as time_rules

OBSTACLES = "obstacles_all"


def contents(meeting: Meeting, *, at: datetime) -> dict[str, Any]:
    """What a pack is to keep, for every reader: sections, headlines, which obstacles wait, the period of which it
    speaks, and how it is laid out. About twenty queries."""
    template = template_for(MEETING, meeting.on)
    scope = pack.scope_of(meeting, at=at, whole=True)
    return {
        "first": scope.first.isoformat(),
        "until": scope.at.date().isoformat(),
        "layout": template.layout,
        "sections": parts.clean(pack.build(template.sections, scope)),
        "headlines": [[one.code, one.value, one.total, one.fill] for one in pack.headlines(scope)],
        "waiting": pack.waiting(scope),
    }


def digest_of(kept: Mapping[str, Any]) -> str:
    """A sign of the contents: the same contents, the same sign."""
    words = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(words.encode()).hexdigest()


@dataclass(slots=True)
class Look:
    """The pack of a meeting as one reader sees it. `kept` is the frozen version, None for living figures; `versions`
    are all that were frozen, the newest first, without their contents. `at` is the time of the figures, `first` and
    `until` the days of which they speak."""

    meeting: Meeting
    at: datetime
    first: date
    until: date
    outline: Sequence[Mapping[str, str]]
    layout: Mapping[str, Any]
    actors: Sequence[Actor]
    versions: list[MeetingPack]
    kept: MeetingPack | None = None
    over: bool = False
    _scope: pack.Scope | None = field(default=None)

    @property
    def template(self) -> ReportTemplate:
        """How the pack is laid out as a document."""
        return ReportTemplate(code=MEETING, sections=list(self.outline), layout=self.layout)

    def sections(self, code: str = "") -> list[Section]:
        """The sections, or the one of a code. Of a frozen pack one query at most."""
        if self.kept is None:
            assert self._scope is not None
            return parts.clean(pack.build([one for one in self.outline if code in ("", one["code"])], self._scope))
        found = [one for one in self.kept.contents["sections"] if code in ("", one["code"])]
        return [self._for_reader(one) if one["fill"] == OBSTACLES else one for one in found]

    def headlines(self) -> list[Headline]:
        """The pack in figures. Of a frozen pack one query at most, of a living one seven."""
        if self.kept is None:
            assert self._scope is not None
            return pack.headlines(self._scope)
        found = [Headline(*one) for one in self.kept.contents["headlines"]]
        readable = self._readable(self.kept.contents["waiting"])
        return [
            one if one.fill != OBSTACLES else Headline(one.code, len(readable), one.total, one.fill) for one in found
        ]

    def _readable(self, keys: Sequence[int]) -> set[int]:
        """Of obstacles, those that the reader may read."""
        if not keys or {actor.role for actor in self.actors} & plan_shares.CITY_READERS:
            return set(keys)
        found = Obstacle.objects.filter(pk__in=keys, share__in=plan_shares.visible(self.actors))
        return set(found.values_list("pk", flat=True))

    def _for_reader(self, section: Section) -> Section:
        made = deepcopy(section)
        keyed = [row for block in made["blocks"] for row in block.get("rows", ())]
        readable = self._readable([_key(row) for row in keyed])
        for block in made["blocks"]:
            if "rows" in block:
                block["rows"] = [row for row in block["rows"] if _key(row) in readable][: pack.MOST_OBSTACLES]
        made["blocks"] = [block for block in made["blocks"] if block.get("rows") or block["type"] != "table"]
        if not made["blocks"]:
            made["blocks"] = [parts.text("obstacles", pack.NO_OBSTACLES)]
        return made


def _key(row: Mapping[str, Any]) -> int:
    return int(str(row["key"]).partition(":")[2])


def look(meeting: Meeting, wanted: str = "", *, actors: Sequence[Actor], at: datetime) -> Look:
    """The pack for a reader: the last frozen version, another by its number, or (`nay`, or where none was frozen) as
    it stands now. Frozen: two queries; living: three."""
    versions = list(meeting.packs.defer("contents").select_related("person").order_by("-number"))
    chosen = None
    if versions and wanted != "nay":
        chosen = next((one for one in versions if str(one.number) == wanted), versions[0])
    if chosen is None:
        template = template_for(MEETING, meeting.on)
        scope = pack.scope_of(meeting, at=at, actors=actors)
        return Look(
            meeting, time_rules.local(at), scope.first, scope.at.date(), template.sections, template.layout,
            actors, versions, over=is_over(meeting, at), _scope=scope,
        )  # fmt: skip
    kept = MeetingPack.objects.get(pk=chosen.pk)
    told = kept.contents
    outline = [{name: one[name] for name in ("code", "title", "fill")} for one in told["sections"]]
    return Look(
        meeting, time_rules.local(kept.at), date.fromisoformat(told["first"]), date.fromisoformat(told["until"]),
        outline, told["layout"], actors, versions, kept=kept, over=is_over(meeting, at),
    )  # fmt: skip


def is_over(meeting: Meeting, at: datetime) -> bool:
    """The day of the meeting has passed."""
    return meeting.on < time_rules.local(at).date()
