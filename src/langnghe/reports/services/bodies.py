"""From the words of a plan to agencies: who owes a report, and who receives it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from langnghe.agencies.models import Agency, AgencyKind
from langnghe.plans.services.bodies import Directory as Bodies
from langnghe.plans.services.bodies import Resolved

_OFFICERS = re.compile(
    r"\A(thủ trưởng|người đứng đầu|lãnh đạo|giám đốc|chánh văn phòng|chủ tịch|tập thể)\s+", re.IGNORECASE
)


@dataclass(slots=True)
class Found:
    """The agencies behind the words, and the words behind which there is none."""

    agencies: list[Agency]
    unknown: list[str]


class Directory:
    """Bodies and agencies, read once (three queries): what names meant on a plan's date, and who carries on today."""

    def __init__(self, *, on: date, today: date) -> None:
        self.on = on
        self.today = today
        self._bodies = Bodies()

    @property
    def agencies(self) -> list[Agency]:
        """The agencies of today."""
        return [agency for agency in self._bodies.agencies.values() if agency.is_active(self.today)]

    @property
    def office(self) -> Agency | None:
        """The city office of today."""
        return next((agency for agency in self.agencies if agency.is_city_office), None)

    def _resolve(self, name: str) -> Resolved:
        """What a name stands for; an officer stands for the body that the officer heads."""
        found = self._bodies.resolve(name, on=self.on, today=self.today)
        plain = _OFFICERS.sub("", name)
        if not found.carriers and plain != name:
            found = self._bodies.resolve(plain, on=self.on, today=self.today)
        return found

    def owing(self, who: str) -> Found:
        """The agencies behind names joined by ";", each once, in the order in which they are named."""
        agencies: dict[int, Agency] = {}
        unknown = []
        for name in filter(None, (piece.strip() for piece in who.split(";"))):
            carriers = self._resolve(name).carriers
            if not carriers:
                unknown.append(name)
            agencies.update((one.agency.pk, one.agency) for one in carriers)
        return Found(list(agencies.values()), unknown)

    def receiver(self, to: str | None) -> Agency | None:
        """Who receives: the first agency among the names; what goes to the city, or to nobody that is known, the city
        office receives."""
        for name in filter(None, (piece.strip() for piece in re.split(r"[;(]", to or ""))):
            carriers = self._resolve(name).carriers
            if len(carriers) == 1:
                agency = carriers[0].agency
                return self.office if agency.kind == AgencyKind.CITY else agency
        return self.office
