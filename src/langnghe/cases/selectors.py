"""Every read of cases that pages, jobs and the API need. Each says how many queries it costs."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet

from langnghe.agencies.models import Agency, Person
from langnghe.cases import catalogue, rules
from langnghe.cases.facts import CaseFacts
from langnghe.cases.models import (
    Answer,
    Attachment,
    Case,
    Cooperation,
    Diversion,
    ExtensionRequest,
    InformationRequest,
    Note,
    Rating,
    Sender,
    Urging,
)
from langnghe.cases.search import query as search_query
from langnghe.cases.services.engine import rate_until, reopen_until
from langnghe.cases.workflow import OPEN_STATES, TABLE, WORK_STATES
from langnghe.database import Statement
from langnghe.files.models import StoredFile
from langnghe.outbox import selectors as outbox
from langnghe.texts import CodeError, parse_code
from langnghe.workflow.actor import Actor
from langnghe.workflow.table import Transition
from langnghe.worktime.models import Deadline

AGENCY_ROLES = frozenset({"focal_point", "handler", "approver", "head"})
CITY_READERS = frozenset({"coordinator", "observer"})
PERSONAL_READERS = frozenset({"coordinator", "focal_point", "handler", "approver", "head", "clerk", "protected_reader"})
"""Roles that may open the sender's data of a case they can see; the reading is recorded."""

PAGE = 30


def visible(actors: Sequence[Actor]) -> QuerySet[Case]:
    """The cases that somebody with these roles may open: the city office and the observer all that are not kept for
    the named few; people of an agency its own and those it was asked about; clerks all that are open or that they
    entered; the named few also the restricted ones. No query by itself."""
    wide = Q(pk__in=[])
    roles = {actor.role for actor in actors}
    if roles & CITY_READERS:
        wide |= Q(restricted=False)
    if "protected_reader" in roles:
        wide |= Q(restricted=True)
    if "clerk" in roles:
        wide |= Q(restricted=False, state__in=OPEN_STATES)
        wide |= Q(restricted=False, entered_by_id__in=[actor.person_id for actor in actors])
    agencies = sorted({actor.agency_id for actor in actors if actor.role in AGENCY_ROLES and actor.agency_id})
    if agencies:
        asked = Cooperation.objects.filter(case_id=OuterRef("pk"), agency_id__in=agencies).exclude(
            replied_at__isnull=False, replied_by=None
        )
        wide = wide | Q(restricted=False, agency_id__in=agencies) | Q(Exists(asked), restricted=False)
    return Case.objects.filter(wide)


def case_page(code: str, actors: Sequence[Actor]) -> Case | None:
    """One case with everything that its page shows, or None when it does not exist or may not be seen.

    Four queries: the case, all that belongs to it, the people named in it, its files. Agencies, fields and the like
    come from the catalogues.
    """
    try:
        wanted = parse_code(code)
    except CodeError:
        return None
    case = visible(actors).filter(code=wanted).select_related("merged_into").first()
    if case is not None:
        fill(case)
    return case


_CHILDREN: tuple[tuple[str, type[Model]], ...] = (
    ("questions", InformationRequest),
    ("cooperations", Cooperation),
    ("answers", Answer),
    ("extensions", ExtensionRequest),
    ("ratings", Rating),
    ("attachments", Attachment),
    ("diversions", Diversion),
    ("notes", Note),
    ("urgings", Urging),
)


def fill(case: Case) -> None:
    """Put what belongs to a case into its prefetched sets: three queries, whatever there is."""
    union = " UNION ALL ".join(
        f"SELECT '{name}' AS name, id, to_jsonb(t) AS row FROM {model._meta.db_table} t WHERE case_id = %(case)s"
        for name, model in _CHILDREN
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name, row::text FROM ({union}) everything ORDER BY name, id", {"case": case.pk})
        found = [(name, json.loads(row)) for name, row in cursor.fetchall()]
    made: dict[str, list[Any]] = {name: [] for name, _model in _CHILDREN}
    models = dict(_CHILDREN)
    people: list[tuple[Any, str, int]] = []
    for name, values in found:
        model = models[name]
        columns = {field.column: field for field in model._meta.concrete_fields}
        instance = model.from_db("default", list(columns), [columns[key].to_python(values[key]) for key in columns])
        for field in model._meta.concrete_fields:
            key = getattr(instance, field.attname)
            if field.related_model is Agency and key is not None:
                setattr(instance, field.name, catalogue.agency(key))
            elif field.related_model is Person and key is not None:
                people.append((instance, field.name, key))
            elif field.related_model is Case:
                setattr(instance, field.name, case)
        made[name].append(instance)
    if case.handler_id is not None:
        people.append((case, "handler", case.handler_id))
    if case.entered_by_id is not None:
        people.append((case, "entered_by", case.entered_by_id))
    named = Person.objects.in_bulk({key for _row, _name, key in people}) if people else {}
    for row, name, key in people:
        setattr(row, name, named.get(key))
    files = StoredFile.objects.in_bulk([row.file_id for row in made["attachments"]]) if made["attachments"] else {}
    for row in made["attachments"]:
        row.file = files[row.file_id]
    case.agency = catalogue.agency(case.agency_id)
    case.commune = catalogue.agency(case.commune_id)
    case.field = catalogue.field(case.field_id)
    cache: dict[str, QuerySet[Any]] = case.__dict__.setdefault("_prefetched_objects_cache", {})
    for name, rows in made.items():
        queryset = models[name]._default_manager.filter(case=case)
        queryset._result_cache = rows
        cache[name] = queryset


@dataclass(frozen=True, slots=True)
class Possible:
    """An act that somebody may do now, and the role to do it in."""

    row: Transition
    actor: Actor


def possible_acts(case: Case, actors: Iterable[Actor], *, at: datetime) -> list[Possible]:
    """What somebody with these roles may do now, the likeliest first, each act once. No query on a case of
    `case_page`."""
    until, rate = reopen_until(case), rate_until(case)
    found: dict[str, Possible] = {}
    for actor in actors:
        facts = CaseFacts(case, actor, at=at, reopen_until=until, rate_until=rate)
        for row in TABLE.allowed(case.state, {actor.role}, facts):
            found.setdefault(row.act, Possible(row, actor))
    return sorted(found.values(), key=lambda possible: -possible.row.weight)


def facts_of(case: Case, actor: Actor, *, at: datetime) -> CaseFacts:
    """The facts that guards ask for."""
    return CaseFacts(case, actor, at=at, reopen_until=reopen_until(case), rate_until=rate_until(case))


def by_code_and_secret(code: str, secret: str) -> Case | None:
    """The sender's own case; None when code or secret is wrong (which of the two is not told). One query."""
    try:
        wanted = parse_code(code)
    except CodeError:
        return None
    case = (
        Case.objects.filter(code=wanted).select_related("field", "commune", "agency", "channel", "merged_into").first()
    )
    digest = bytes(case.secret_digest) if case is not None else b"\0" * 32
    return case if rules.secret_matches(secret, digest) and case is not None else None


# --- queues -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What a queue is narrowed to; everything empty means no narrowing."""

    states: tuple[str, ...] = ()
    regime: str = ""
    field_id: int | None = None
    agency_id: int | None = None
    commune_id: int | None = None
    handler_id: int | None = None
    urgency: str = ""
    late: str = ""  # "late" | "soon"
    waiting: str = ""  # "extension": a leader has to decide | "promise": something was promised for a day
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list by key: rows, and the keys of the next and the previous page ('' at an end)."""

    rows: list[Case]
    after: str
    before: str


Sift = Callable[[list[Case]], list[Case]]
"""Keeps of a page's rows (with their texts) those that the reader may find by the words that were searched."""

SIFTED = 4
"""So many pages of the index are sifted for one page that is shown; what is left comes with the next page."""


def queue(
    actors: Sequence[Actor],
    wanted: QueueFilter,
    *,
    at: datetime,
    soon: datetime,
    key: str = "",
    size: int = PAGE,
    sift: Sift | None = None,
) -> Page:
    """Open cases, what is due first on top. One query; names of agencies and fields come from the catalogues.

    `soon` is the moment until which a case counts as about to be late. `sift`: see `archive`.
    """
    found = _narrow(visible(actors).filter(state__in=wanted.states or OPEN_STATES), wanted)
    if wanted.late == "late":
        found = found.filter(due_at__lt=at)
    elif wanted.late == "soon":
        found = found.filter(due_at__gte=at, due_at__lt=soon)
    if sift is not None and _is_search(wanted):
        return _sifted(found, sift, key=key, size=size, descending=False, column="due_at")
    return _page(found, key=key, size=size, descending=False, column="due_at")


def archive(
    actors: Sequence[Actor], wanted: QueueFilter, *, key: str = "", size: int = PAGE, sift: Sift | None = None
) -> Page:
    """All cases, open and ended, the newest first. One query; three at most when words are searched.

    The words are searched in the agency's copy. For a reader who sees less of it, `sift` drops the rows in which the
    words stand only where that reader sees nothing: up to `SIFTED` queries, and those of `sift`.
    """
    found = visible(actors)
    if wanted.states:
        found = found.filter(state__in=wanted.states)
    found = _narrow(found, wanted)
    if sift is not None and _is_search(wanted):
        return _sifted(found, sift, key=key, size=size, descending=True, column="received_at")
    if _is_search(wanted):
        edge = _edge(key)
        if edge is not None:
            page = _page(found.filter(edge), key=key, size=size, descending=True, column="received_at")
            if len(page.rows) == size:
                return page
    return _page(found, key=key, size=size, descending=True, column="received_at")


SEARCH_DEPTH = 2000
"""So many of the newest cases are looked through before the index of words is asked. A common word fills its page
there; for what does not, the index has few enough hits to sort them all. Either way alone is slow for the other."""


def _is_search(wanted: QueueFilter) -> bool:
    if not wanted.text.strip():
        return False
    try:
        parse_code(wanted.text)
    except CodeError:
        return True
    return False


def _edge(key: str) -> Q | None:
    """The condition for the SEARCH_DEPTH cases next to a page key; None when there are no more than that anyway."""
    backwards, mark = decode_key(key)
    found = Case.objects.order_by("received_at" if backwards else "-received_at")
    if mark is not None:
        found = found.filter(**{"received_at__gte" if backwards else "received_at__lte": mark[0]})
    far = found.values_list("received_at", flat=True)[SEARCH_DEPTH : SEARCH_DEPTH + 1].first()
    if far is None:
        return None
    return Q(received_at__lte=far) if backwards else Q(received_at__gte=far)


def _narrow(found: QuerySet[Case], wanted: QueueFilter) -> QuerySet[Case]:
    exact = {
        "regime": wanted.regime,
        "field_id": wanted.field_id,
        "agency_id": wanted.agency_id,
        "commune_id": wanted.commune_id,
        "handler_id": wanted.handler_id,
        "urgency": wanted.urgency,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if wanted.waiting == "extension":
        found = found.filter(Exists(ExtensionRequest.objects.filter(case_id=OuterRef("pk"), decided_at=None)))
    elif wanted.waiting == "promise":
        promised = Deadline.objects.filter(kind="case", subject_id=OuterRef("pk"), step="promise", state="open")
        found = found.filter(Exists(promised))
    if wanted.text.strip():
        try:
            return found.filter(code=parse_code(wanted.text))
        except CodeError:
            words = search_query(wanted.text)
            return found.filter(search=words) if words is not None else found.none()
    return found


def _sifted(found: QuerySet[Case], sift: Sift, *, key: str, size: int, descending: bool, column: str) -> Page:
    backwards, _mark = decode_key(key)
    rows: list[Case] = []
    before = after = ""
    for turn in range(SIFTED):
        page = _page(found, key=key, size=size, descending=descending, column=column, whole=True)
        kept = sift(page.rows)
        rows = [*kept, *rows] if backwards else [*rows, *kept]
        if turn == 0:
            before, after = page.before, page.after
        key = page.before if backwards else page.after
        before, after = (key, after) if backwards else (before, key)
        if not key or len(rows) >= size:
            break
    if len(rows) > size and backwards:
        rows = rows[-size:]
        before = encode_key(getattr(rows[0], column), rows[0].pk, backwards=True)
    elif len(rows) > size:
        rows = rows[:size]
        after = encode_key(getattr(rows[-1], column), rows[-1].pk)
    return Page(rows, after, before)


def _page(found: QuerySet[Case], *, key: str, size: int, descending: bool, column: str, whole: bool = False) -> Page:
    backwards, mark = decode_key(key)
    flipped = descending != backwards
    if mark is not None:
        when, pk = mark
        side = "lt" if flipped else "gt"
        found = found.filter(Q(**{f"{column}__{side}": when}) | Q(**{column: when, f"id__{side}": pk}))
        found = found.filter(**{f"{column}__{side}e": when})
    sign = "-" if flipped else ""
    rows = list((_whole(found) if whole else _plain(found)).order_by(f"{sign}{column}", f"{sign}id")[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    _name(rows)
    if backwards:
        rows.reverse()
    first, last = (rows[0], rows[-1]) if rows else (None, None)
    after = before = ""
    if last is not None and (more or backwards):
        after = encode_key(getattr(last, column), last.pk)
    if first is not None and mark is not None and (more or not backwards):
        before = encode_key(getattr(first, column), first.pk, backwards=True)
    return Page(rows, after, before)


def _plain(found: QuerySet[Case]) -> QuerySet[Case]:
    """The columns that a row of a list shows, and the handler's name."""
    return found.select_related("handler").defer(
        "body", "search", "secret_digest", "latitude", "longitude", "submission_key", "answered_at", "closed_at",
        "handler__password", "handler__last_login", "handler__email", "handler__phone", "handler__created_at",
        "handler__must_change_password", "handler__session_epoch",
    )  # fmt: skip


def _whole(found: QuerySet[Case]) -> QuerySet[Case]:
    """The same with the texts, and the sender whose data is not to be found."""
    return found.select_related("handler", "sender").defer("search", "secret_digest", "handler__password")


def _name(rows: Iterable[Case]) -> None:
    """Give rows their agency, commune and field out of the catalogues: cheaper than three joins and ninety objects.
    What a catalogue does not have yet is read when it is asked for."""
    agencies = catalogue.agencies()
    for case in rows:
        if case.agency_id is None or case.agency_id in agencies:
            case.agency = agencies.get(case.agency_id or 0)
        if case.commune_id is None or case.commune_id in agencies:
            case.commune = agencies.get(case.commune_id or 0)
        field = catalogue.field(case.field_id)
        if field is not None or case.field_id is None:
            case.field = field


def encode_key(when: datetime, pk: int, *, backwards: bool = False) -> str:
    """The key of a page: a moment and an id, in letters that an address can hold."""
    raw = f"{'b' if backwards else 'a'}|{when.isoformat()}|{pk}"
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def decode_key(key: str) -> tuple[bool, tuple[datetime, int] | None]:
    """The way and the mark of a page key; the first page for anything that is none."""
    try:
        raw = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)).decode()
        way, when, pk = raw.split("|")
        moment = datetime.fromisoformat(when)
        return way == "b", (moment, int(pk)) if moment.tzinfo is not None else None
    except (ValueError, binascii.Error):
        return False, None


def counts(actors: Sequence[Actor], *, agency_id: int | None = None, limit: int = 1000) -> dict[str, int]:
    """How many open cases stand in each state, counted up to `limit` in all (then the counts say "at least").

    One query, bounded: it never counts a table of millions.
    """
    found = visible(actors).filter(state__in=OPEN_STATES)
    if agency_id is not None:
        found = found.filter(agency_id=agency_id)
    tally: dict[str, int] = {}
    for state in found.order_by().values_list("state", flat=True)[:limit]:
        tally[state] = tally.get(state, 0) + 1
    return tally


def today(actors: Sequence[Actor], *, at: datetime, person_id: int, agency_id: int | None) -> dict[str, int]:
    """What waits for somebody, as their queues list it: for the city office what was received, is to be transferred
    (`classified`), to be published (`answered`); of an agency what is new, waits for approval, is late; what the
    person handles. One query over what is open and concerns them."""
    roles = tuple((actor.kind, actor.role) for actor in actors)
    ids = (one for actor in actors for one in (actor.person_id, actor.agency_id))
    rows = _TODAY.rows(roles, at, person_id, agency_id or 0, *ids)
    return dict(zip(_WAITING, rows[0] if rows else [0] * len(_WAITING), strict=True))


_WAITING = ("received", "classified", "answered", "new", "approval", "late", "handling")


def _ask_today(
    roles: Sequence[tuple[Any, str]], at: datetime, person_id: int, agency_id: int, *ids: int | None
) -> None:
    pairs = zip(ids[::2], ids[1::2], strict=True)
    actors = [Actor(kind, role, person, agency) for (kind, role), (person, agency) in zip(roles, pairs, strict=True)]
    own = Q(agency_id=agency_id)
    office = any(actor.role == "coordinator" for actor in actors)
    city = ("received", "classified", "answered") if office else ()
    found = visible(actors).filter(own | Q(state__in=city), state__in=OPEN_STATES)
    conditions = [
        *(Q(state=state) for state in _WAITING[:3]),
        own & Q(state__in=("transferred", "accepted", "reopened")),
        own & Q(state="awaiting_approval"),
        own & Q(state__in=WORK_STATES, due_at__lt=at),
        Q(state="handling", handler_id=person_id),
    ]
    found.aggregate(**{name: Count("pk", filter=one) for name, one in zip(_WAITING, conditions, strict=True)})


_TODAY = Statement(_ask_today)


def late_by_agency(*, at: datetime, soon: datetime) -> list[dict[str, object]]:
    """For each agency with something late or about to be late: how many, and the oldest due. Answers owed, promises
    not kept; what waits for publication is the city office's (no agency). One query over the open cases that are due
    before `soon`."""
    from django.db.models import Min

    rows = (
        Case.objects.filter(state__in=OPEN_STATES, due_at__lt=soon, restricted=False)
        .values(owed_by=_owed("agency_id"), owed_name=_owed("agency__name"))
        .annotate(
            late=Count("id", filter=Q(due_at__lt=at)), soon=Count("id", filter=Q(due_at__gte=at)), oldest=Min("due_at")
        )
        .order_by("-late", "oldest")[:200]
    )
    return [{**row, "agency_id": row["owed_by"], "agency__name": row["owed_name"]} for row in rows]


def _owed(column: str) -> Any:
    """A column of the agency that owes what is open; nothing for answers that the city office has to publish."""
    from django.db.models import Case as Choose
    from django.db.models import F, When

    return Choose(When(state="answered", then=None), default=F(column))


def nearby(*, commune_id: int, since: datetime, exclude_id: int | None = None, limit: int = 200) -> list[Case]:
    """Recent cases of the same commune, for the search for duplicates. One query."""
    found = Case.objects.filter(commune_id=commune_id, received_at__gte=since, restricted=False)
    if exclude_id is not None:
        found = found.exclude(pk=exclude_id)
    return list(found.select_related("field", "agency").order_by("-received_at")[:limit])


def of_same_sender(contact_key: str, *, limit: int = 10) -> list[Case]:
    """Open cases of the same sender (by the digest of the contact). One query."""
    if not contact_key:
        return []
    same = Sender.objects.filter(contact_key=contact_key).values("case_id")
    found = Case.objects.filter(pk__in=same, state__in=OPEN_STATES, restricted=False)
    return list(found.select_related("field", "agency").order_by("-received_at")[:limit])


@dataclass(frozen=True, slots=True)
class Erasable:
    """How much personal data there is of a case's sender; nothing of what it says."""

    case: Case
    ended: bool
    has_sender: bool
    erased_at: datetime | None
    files: int
    messages: int
    others: tuple[str, ...]


def erasable(code: str) -> Erasable | None:
    """What an erasure would take of a case; None when there is no such case. Five queries."""
    try:
        case = Case.objects.filter(code=parse_code(code)).defer("title", "body", "search").first()
    except CodeError:
        return None
    if case is None:
        return None
    sender = Sender.objects.filter(case=case).first()
    others: list[str] = []
    if sender is not None and sender.contact_key:
        same = Sender.objects.filter(contact_key=sender.contact_key).exclude(case=case)
        others = list(same.order_by("case_id").values_list("case__code", flat=True)[:50])
    return Erasable(
        case=case,
        ended=not case.is_open,
        has_sender=sender is not None and sender.erased_at is None,
        erased_at=sender.erased_at if sender is not None else None,
        files=Attachment.objects.filter(case=case).exclude(role=Attachment.Role.PROOF).count(),
        messages=outbox.count_of(kind="case", subject_id=case.pk),
        others=tuple(others),
    )
