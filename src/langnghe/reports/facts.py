"""What the guards of the transition table ask about one report and one actor."""

from __future__ import annotations

from langnghe.acts.facts import Asked
from langnghe.agencies.models import AgencyKind
from langnghe.reports.models import Report
from langnghe.workflow.actor import Actor


class ReportFacts(Asked):
    """Facts about a report for an actor. The report comes with both its agencies: no query."""

    def __init__(self, report: Report, actor: Actor) -> None:
        self.report = report
        self.actor = actor
        self._ask = {
            "same_agency": lambda: works_for(actor, report.agency_id, office=report.agency.is_city_office),
            "complete": lambda: any(section.get("blocks") for section in report.sections),
            "not_own_draft": lambda: report.writer_id is None or report.writer_id != actor.person_id,
            "is_receiver": lambda: self.is_receiver,
        }

    @property
    def is_receiver(self) -> bool:
        """The actor works for the agency that the report goes to; what goes to the city, the city office receives."""
        to = self.report.to_agency
        city = to.is_city_office or to.kind == AgencyKind.CITY
        return works_for(self.actor, to.pk, office=city)


def works_for(actor: Actor, agency_id: int, *, office: bool) -> bool:
    """The actor's role is held in the agency; coordinators, whose role is the city's, work for the city office."""
    if actor.agency_id is not None:
        return actor.agency_id == agency_id
    return office and actor.role == "coordinator"
