"""Reads of agencies, people and roles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from langnghe.agencies.models import Agency, AgencyKind, Person, Role, RoleAssignment, Succession
from langnghe.database import Rows
from langnghe.texts import fold, whole_number
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


_office: dict[date, int] = {}


def office_id(on: date) -> int:
    """The key of the city office of that day. Kept a process: a new office is a new row, from a new day on."""
    if on not in _office:
        if len(_office) > 400:
            _office.clear()
        _office[on] = city_office(on).pk
    return _office[on]


def forget() -> None:
    """Ask for the city office anew (tests)."""
    _office.clear()


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
    rows = _ROLES.rows(person.pk, on)
    for row in rows:
        row.person = person
    return rows


_ROLES = Rows(
    lambda person_id, on: (
        RoleAssignment.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), person=person_id, valid_from__lte=on)
        .select_related("agency")
        .order_by("pk")
    )
)


def people_with(role: str, *, agency_id: int | None, on: date) -> QuerySet[Person]:
    """Active people who hold the role in the agency (None: city-wide) on that day. One query."""
    held = RoleAssignment.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), role=role, valid_from__lte=on)
    held = held.filter(agency=None) if agency_id is None else held.filter(agency_id=agency_id)
    return Person.objects.filter(is_active=True, pk__in=held.values("person_id")).order_by("full_name", "pk")


def holder(person_id: int, roles: Collection[str], *, agency_id: int, on: date) -> Person | None:
    """The person, if active and still in one of the roles in the agency on that day. One query."""
    held = RoleAssignment.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=on), role__in=roles, agency_id=agency_id, valid_from__lte=on
    )
    return Person.objects.filter(pk=person_id, is_active=True, pk__in=held.values("person_id")).first()


def coordinators(on: date) -> QuerySet[Person]:
    """The people of the city office who classify and transfer. One query."""
    held = RoleAssignment.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=on), role=Role.COORDINATOR, valid_from__lte=on
    )
    return Person.objects.filter(is_active=True, pk__in=held.values("person_id")).order_by("full_name", "pk")


def in_charge(role: str, *, agency_id: int, on: date) -> list[Person]:
    """Who holds the role in the agency; its head where nobody does; else the city office, so that nothing is told to
    nobody. One query, unless somebody is missing."""
    found = list(people_with(role, agency_id=agency_id, on=on))
    if not found and role != "head":
        found = list(people_with("head", agency_id=agency_id, on=on))
    return found or list(coordinators(on))


def in_charge_of_each(role: str, *, agency_ids: Collection[int], on: date) -> dict[int, list[Person]]:
    """`in_charge` for many agencies: three queries at most."""
    found: dict[int, list[Person]] = {agency_id: [] for agency_id in agency_ids}
    held = RoleAssignment.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)
    for wanted in dict.fromkeys((role, Role.HEAD)):
        missing = [agency_id for agency_id, people in found.items() if not people]
        rows = held.filter(role=wanted, agency_id__in=missing, person__is_active=True).select_related("person")
        for row in rows.order_by("person__full_name", "person_id") if missing else ():
            assert row.agency_id is not None
            if row.person not in found[row.agency_id]:
                found[row.agency_id].append(row.person)
    if any(not people for people in found.values()):
        office = list(coordinators(on))
        found = {agency_id: people or office for agency_id, people in found.items()}
    return found


def actors_of(person: Person, on: date) -> list[Actor]:
    """The person as actors: one for each role held on that day. One query."""
    return [
        Actor(kind="person", role=held.role, person_id=person.pk, agency_id=held.agency_id)
        for held in roles_of(person, on)
    ]


# --- the administrator's lists ----------------------------------------------------------------------------------------

PAGE = 50


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """One page of agencies in Vietnamese order; `next` is the key of the page after it, '' at the end."""

    rows: list[Agency]
    next: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One page of people by user name, each with the roles held on the day (`held`)."""

    rows: Sequence[Person]
    next: str


def list_agencies(
    *, on: date, text: str = "", kind: str = "", ended: bool = False, after: str = "", size: int = PAGE
) -> AgencyPage:
    """Agencies of the day (or those that have ended), searched with or without diacritics, by key. One query."""
    found = (
        Agency.objects.filter(valid_to__lt=on)
        if ended
        else Agency.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on))
    )
    if kind:
        found = found.filter(kind=kind)
    for word in fold(text).split():
        found = found.filter(folded__contains=word)
    sort_key, _bar, pk = after.rpartition("|")
    last_pk = whole_number(pk)
    if sort_key and last_pk is not None:
        found = found.filter(Q(sort_key__gt=sort_key) | Q(sort_key=sort_key, pk__gt=last_pk))
    rows = list(found.select_related("parent").order_by("sort_key", "pk")[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return AgencyPage(rows[:size], f"{last.sort_key}|{last.pk}" if last is not None else "")


def agency_page(pk: int) -> Agency | None:
    """One agency with what it became, what it came from, and the roles held in it. Four queries."""
    held = RoleAssignment.objects.filter(valid_to=None).select_related("person").order_by("role", "person__full_name")
    return (
        Agency.objects.filter(pk=pk)
        .select_related("parent")
        .prefetch_related(
            Prefetch("successions", Succession.objects.select_related("successor").order_by("-main", "pk")),
            Prefetch("predecessions", Succession.objects.select_related("agency").order_by("on", "pk")),
            Prefetch("roles", held, to_attr="held"),
        )
        .first()
    )


def list_people(
    *, on: date, text: str = "", role: str = "", agency_id: int | None = None, active: bool | None = None,
    after: str = "", size: int = PAGE,
) -> PersonPage:  # fmt: skip
    """People searched with or without diacritics, by key. Two queries."""
    running = RoleAssignment.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)
    found = Person.objects.all()
    if active is not None:
        found = found.filter(is_active=active)
    for word in fold(text).split():
        found = found.filter(folded__contains=word)
    if role or agency_id:
        wanted = running.filter(role=role) if role else running
        found = found.filter(pk__in=(wanted.filter(agency_id=agency_id) if agency_id else wanted).values("person_id"))
    if after:
        found = found.filter(username__gt=after)
    held = running.select_related("agency").order_by("pk")
    rows = list(found.prefetch_related(Prefetch("roles", held, to_attr="held")).order_by("username")[: size + 1])
    return PersonPage(rows[:size], rows[size - 1].username if len(rows) > size else "")


def person_page(pk: int) -> Person | None:
    """One person with all roles of all times. Two queries."""
    roles = RoleAssignment.objects.select_related("agency").order_by("valid_to", "pk")
    return Person.objects.filter(pk=pk).prefetch_related(Prefetch("roles", roles, to_attr="all_roles")).first()
