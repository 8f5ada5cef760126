"""Who gets a part of a task that a register names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from langnghe.plans.models import PlanDocument, RegisterItem
from langnghe.plans.services import items
from langnghe.plans.services.bodies import Directory


@dataclass(frozen=True, slots=True)
class Part:
    """One agency's, or outside body's, part of a task. `via`: the name in the plan that stands for it."""

    agency_id: int | None
    name: str
    lead: bool
    via: str


def parts_of(item: RegisterItem, document: PlanDocument, directory: Directory, today: date) -> list[Part]:
    """Who gets a share of a task: members of collectives on the plan's date, successors today, those whom a person has
    named to carry on; outside bodies by name. An agency has one share of a task, as lead when it is named as one."""
    on = document.issued_on or today
    carried = items.carried_by(item, document)
    found: dict[tuple[int | None, str], Part] = {}
    for lead, names in ((True, item.current.get("lead") or ()), (False, item.current.get("cooperate") or ())):
        for name in map(str, names):
            heirs = [str(one) for one in carried.get(name) or ()]
            for meant in heirs or [name]:
                resolved = directory.resolve(meant, on=today if heirs else on, today=today)
                via = name if resolved.collective or heirs else ""
                if not resolved.carriers:
                    found.setdefault((None, meant), Part(None, meant, lead, via if heirs else ""))
                for carrier in resolved.carriers:
                    key = (carrier.agency.pk, "")
                    found.setdefault(key, Part(carrier.agency.pk, carrier.was, lead, via or carrier.was))
    return list(found.values())
