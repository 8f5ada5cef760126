"""Reads of agencies, people and roles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from langnghe.agencies.models import Agency, AgencyKind, Person, Role, RoleAssignment, Succession
from langnghe.workflow.actor import Actor


def active_agencies(on: date, *, kinds: Iterable[str] = ()) -> QuerySet[Agency]:
    """Agencies that exist on that day, in Vietnamese order. One query."""
    found = Agency.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)
    return found.filter(kind__in=list(kinds)) if kinds else found


def feedback_agencies(on: date) -> QuerySet[Agency]:
    """Agencies to which a case can be transferred on that day. One query."""
    return active_agencies(on).filter(receives_feedback=True)


def communes(on: date) -> QuerySet[Agency]:
    """The communes and wards of that day. One query."""
    return active_agencies(on, kinds=[AgencyKind.COMMUNE])


def city_office(on: date) -> Agency:
    """The office that receives, classifies, transfers and watches. One query; Agency.DoesNotExist when not set up."""
    return active_agencies(on).get(is_city_office=True)


def successor_of(agency: Agency) -> Agency:
    """Who carries on what the agency had open: follows main successions to the end. A query a step."""
    seen = {agency.pk}
    while True:
        step = Succession.objects.filter(agency=agency, main=True).select_related("successor").first()
        if step is None or step.successor_id in seen:
            return agency
        agency = step.successor
        seen.add(agency.pk)


def roles_of(person: Person, on: date) -> list[RoleAssignment]:
    """The roles a person holds on that day, with their agencies. One query."""
    return list(
        RoleAssignment.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), person=person, valid_from__lte=on)
        .select_related("agency")
        .order_by("pk")
    )


def people_with(role: str, *, agency_id: int | None, on: date) -> QuerySet[Person]:
    """Active people who hold the role in the agency (None: city-wide) on that day. One query."""
    held = RoleAssignment.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=on), role=role, agency_id=agency_id, valid_from__lte=on
    )
    return Person.objects.filter(is_active=True, pk__in=held.values("person_id")).order_by("full_name", "pk")


def coordinators(on: date) -> QuerySet[Person]:
    """The people of the city office who classify and transfer. One query."""
    held = RoleAssignment.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=on), role=Role.COORDINATOR, valid_from__lte=on
    )
    return Person.objects.filter(is_active=True, pk__in=held.values("person_id")).order_by("full_name", "pk")


def actors_of(person: Person, on: date) -> list[Actor]:
    """The person as actors: one for each role held on that day. One query."""
    return [
        Actor(kind="person", role=held.role, person_id=person.pk, agency_id=held.agency_id)
        for held in roles_of(person, on)
    ]
