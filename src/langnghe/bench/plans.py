"""Many plans: fills a city with plans, tasks and shares, and measures their pages over HTTP.

Texts, terms and progress are drawn; a share of the first plans' size is large (500 tasks). Every share has its first
ledger entry, every open one with a term its deadline with the explanation, half of them reports of progress. The guard
of states rests while shares are copied (`session_replication_role = replica`), as it asks for a ledger row of the same
transaction; constraints and indexes are all there, `VACUUM ANALYZE` follows.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any
from urllib.parse import quote

from langnghe.bench import load, measure
from langnghe.bench.words import vocabulary

TASKS_A_PLAN = 100
SHARES_A_TASK = 3
LARGE = 500
"""Tasks of each of the two largest plans."""
TEXT_PAIRS = 25
MOST_P95 = 40.0
MOST_QUERIES = 12

WORK = {
    "today": "first page of the city office",
    "today_agency": "first page of an agency",
    "tree": "plan tree, 500 tasks",
    "tree_usual": "plan tree, any other plan",
    "share": "task page",
    "mine": "my work",
    "agency": "agency's work, first page",
    "agency_deep": "agency's work, deep page",
    "late": "late by agency",
    "search_rare": "search, rare pair of words",
    "search_common": "search, common pair of words",
    "board": "board of the agency",
    "calendar": "calendar of the agency",
}


@dataclass
class Choices:
    """What the requests ask for."""

    staff: dict[str, dict[str, str]]
    large: list[int]
    plans: list[int]
    shares: list[int]
    deep: list[tuple[str, str]]
    rare: list[str]
    common: list[str]


# --- filling ----------------------------------------------------------------------------------------------------------


def fill(*, plans: int, at: datetime, seed: int = 1, say: Callable[[str], None] = lambda _text: None) -> float:
    """Make so many plans in a city whose facts are loaded. Returns the seconds it took."""
    from django.db import connection, transaction

    from langnghe.agencies.models import Agency, RoleAssignment
    from langnghe.agencies.selectors import active_agencies, city_office
    from langnghe.ledger import services as ledger
    from langnghe.plans.models import PlanDocument
    from langnghe.texts import fold
    from langnghe.workflow.actor import SYSTEM
    from langnghe.worktime import rules, selectors
    from langnghe.worktime.rules import end_of_day

    begun = time.monotonic()
    dice = random.Random(seed)
    known = vocabulary()
    sums = list(accumulate(known.shares.tolist()))
    today = at.date()
    office = city_office(today).pk
    agencies = [agency.pk for agency in active_agencies(today) if agency.kind in ("department", "centre", "commune")]
    departments = set(Agency.objects.filter(kind__in=["department", "centre"]).values_list("pk", flat=True))
    # A department has as much to do as ten communes.
    busy = [10.0 if pk in departments else 1.0 for pk in agencies]
    people: dict[int, list[int]] = {}
    for agency_id, person_id in RoleAssignment.objects.filter(
        role__in=["handler", "focal_point"], agency__isnull=False
    ).values_list("agency_id", "person_id"):
        people.setdefault(agency_id or 0, []).append(person_id)
    calendar = selectors.calendar()
    dues: dict[tuple[date, date], rules.Due] = {}

    def text(pairs: int) -> str:
        return " ".join(dice.choices(known.written, cum_weights=sums, k=pairs))

    sizes = [LARGE if number < 2 else max(5, round(dice.gauss(TASKS_A_PLAN - 8, 30))) for number in range(plans)]
    rows: dict[str, list[Sequence[Any]]] = {name: [] for name in _COLUMNS}
    documents: list[PlanDocument] = []
    share_key = task_key = 0
    for plan_key, size in enumerate(sizes, 1):
        issued = today - timedelta(days=dice.randrange(30, 700))
        title = f"Kế hoạch {text(8)}"
        moment = at - timedelta(days=(today - issued).days)
        documents.append(PlanDocument(
            pk=plan_key, number=f"{plan_key}/KH-UBND", issued_on=issued, issuer="UBND thành phố", title=title,
            agency_id=office, state="active", last_act="confirm", version=1, entered_at=moment, confirmed_at=moment,
        ))  # fmt: skip
        for order in range(1, size + 1):
            task_key += 1
            wording = text(TEXT_PAIRS)
            kind = dice.choices(["date", "none", "ongoing", "recurring"], [60, 15, 15, 10])[0]
            due = today + timedelta(days=dice.randrange(-250, 300)) if kind == "date" else None
            name = f"{wording[:90]}".strip()
            rows["plans_task"].append((
                task_key, plan_key, None, None, order, f"{_ROMAN[order * 5 // (size + 1)]}.{order % 7 + 1}.a", name,
                wording, "", "[]", "[]", "", dice.randrange(1, 5), kind, due, False,
                "FREQ=MONTHLY;BYMONTHDAY=20" if kind == "recurring" else "", "", None, moment,
                fold(f"{name} {wording}")[:1200],
            ))  # fmt: skip
            count = dice.choices([1, 2, 4, 8], [45, 25, 15, 15])[0]
            chosen = list(dict.fromkeys(dice.choices(agencies, busy, k=count)))
            for number, agency in enumerate(chosen):
                share_key += 1
                last = due
                if kind == "recurring":
                    last = (today.replace(day=20) + timedelta(days=dice.choice([0, 0, 0, -31]))).replace(day=20)
                over = last is not None and last < today
                state = dice.choices(
                    ["assigned", "doing", "submitted", "done"], [5, 8, 2, 85] if over else [35, 35, 5, 25]
                )[0]
                percent = {"assigned": 0, "doing": dice.randrange(5, 95), "submitted": 100, "done": 100}[state]
                held = people.get(agency, [])
                person = dice.choice(held) if held and state != "assigned" else None
                end = end_of_day(last) if last is not None else None
                done = None
                if state == "done":
                    done = min(at, (end or at) - timedelta(days=dice.randrange(-10, 60)))
                rows["plans_share"].append((
                    share_key, task_key, agency, "", "", number == 0 or dice.random() < 0.5,
                    dice.choice(["", "Phòng Tổng hợp", "Phòng Nghiệp vụ"]), person, state, _LAST_ACT[state], 1, percent,
                    end, None, 0, last if kind == "recurring" else None, moment, moment, done, None,
                ))  # fmt: skip
                if last is not None and last >= issued:
                    counted = dues.get((last, issued))
                    if counted is None:
                        counted = dues[last, issued] = rules.on_date(last, rules.midnight(issued), calendar)
                    rows["worktime_deadline"].append(_deadline(share_key, counted, agency, person, done))
                if kind == "recurring" and last is not None:
                    for month in range(1, 4):
                        ended = (last - timedelta(days=30 * month)).replace(day=20)
                        before = ended - timedelta(days=dice.randrange(-4, 10))
                        rows["plans_period"].append((
                            share_key, agency, ended, end_of_day(ended), end_of_day(before), False, 0,
                        ))  # fmt: skip
                if percent:
                    for step in range(dice.choice([0, 1, 1, 2, 3])):
                        rows["plans_progress"].append((
                            share_key, "report", min(percent, 99), text(15), "", "", None,
                            at - timedelta(days=10 * step + 1), person, "", None, None, "",
                        ))  # fmt: skip
                if dice.random() < 0.02 and state != "done":
                    rows["plans_obstacle"].append((share_key, text(12), person, at - timedelta(days=3), "", None, None))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        PlanDocument.objects.bulk_create(documents)
        for table, columns in _COLUMNS.items():
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows[table]:
                    copy.write_row(row)
    say(f"{task_key:,} tasks with {share_key:,} shares after {time.monotonic() - begun:.0f} s")
    entries = (
        ledger.Act(kind="share", subject_id=row[0], act="assign", actor=SYSTEM, at=row[16], data={"task": row[1]})
        for row in rows["plans_share"]
    )
    for batch in _batches(entries, 5000):
        with transaction.atomic():
            ledger.record_many(batch)
    with connection.cursor() as cursor:
        for table in ("plans_plandocument", *_COLUMNS):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) + 1 FROM {table}))")
        cursor.execute("VACUUM (ANALYZE)")
    seconds = time.monotonic() - begun
    say(f"filled in {seconds:.0f} s")
    return seconds


_ROMAN = ("I", "II", "III", "IV", "V", "VI")
_LAST_ACT = {"assigned": "assign", "doing": "report", "submitted": "submit", "done": "accept"}
_COLUMNS = {
    "plans_task": 'id, document_id, item_id, under_id, "order", path, title, text, deliverable, lead_names, '
    "partner_names, report_to, weight, due_kind, due_on, due_before, rrule, due_words, indicator_id, created_at, "
    "folded",
    "plans_share": "id, task_id, agency_id, body_name, via, lead, unit, person_id, state, last_act, version, percent, "
    "due_at, urged_at, extensions, period_due, assigned_at, state_since, done_at, carries_on_id",
    "worktime_deadline": "kind, subject_id, step, rule_id, started_at, due_at, due_date, target_at, half_at, "
    "eighty_at, paused_at, pauses, extension, explanation, state, closed_at, agency_id, person_id, remind_from, "
    "next_reminder_at",
    "plans_period": "share_id, agency_id, due_on, due_at, done_at, missed, extensions",
    "plans_progress": "share_id, act, percent, text, document, link, period_due, at, person_id, decided, "
    "decided_by_id, decided_at, decision_note",
    "plans_obstacle": "share_id, text, raised_by_id, raised_at, answer, answered_by_id, answered_at",
}


def _deadline(share: int, due: Any, agency: int, person: int | None, done: datetime | None) -> tuple[Any, ...]:
    state = "open" if done is None else "met" if done <= due.due_at else "late"
    explanation = json.dumps({"term": None, "rule": None, "extension": 0, **due.to_json()})
    return (
        "share", share, "deliver", None, due.start, due.due_at, due.due_date, due.target_at, due.half_at, due.eighty_at,
        None, "[]", 0, explanation, state, done, agency, person, due.start, None,
    )  # fmt: skip


def _batches(rows: Iterable[Any], size: int) -> Iterable[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


# --- measuring --------------------------------------------------------------------------------------------------------


def choose(*, seed: int = 1) -> Choices:
    """Draw what the requests ask for: the two busiest agencies, people with much to do, words. Needs Django."""
    from django.db import connection

    from langnghe.agencies.models import Person, RoleAssignment
    from langnghe.cases.selectors import encode_key
    from langnghe.plans.models import Share

    dice = random.Random(seed)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.agency_id FROM plans_share s WHERE s.state IN ('assigned', 'doing', 'submitted') AND EXISTS "
            "(SELECT FROM agencies_roleassignment r WHERE r.agency_id = s.agency_id AND r.role = 'focal_point') "
            "GROUP BY 1 ORDER BY count(*) DESC LIMIT 2"
        )
        agencies = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT document_id FROM plans_task GROUP BY 1 ORDER BY count(*) DESC, 1")
        plans = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT person_id FROM plans_share WHERE state IN ('assigned', 'doing', 'submitted') "
            "AND person_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        )
        busiest = cursor.fetchone()
    staff = {"coordinator": measure.sign_in(Person.objects.filter(roles__role="coordinator").order_by("pk")[0])}
    for agency in agencies:
        held = RoleAssignment.objects.filter(role="focal_point", agency_id=agency).select_related("person")[0]
        staff[str(agency)] = measure.sign_in(held.person)
    staff["person"] = measure.sign_in(Person.objects.get(pk=busiest[0])) if busiest else staff["coordinator"]
    deep = []
    for agency in agencies:
        found = Share.objects.filter(agency=agency, state__in=["assigned", "doing", "submitted"], due_at__isnull=False)
        marks = list(found.order_by("due_at", "pk").values_list("due_at", "pk"))[31:-31]
        deep += [(str(agency), encode_key(when, pk)) for when, pk in marks if when is not None] or [(str(agency), "")]
    known = vocabulary()
    keys = list(Share.objects.order_by("pk").values_list("pk", flat=True))
    return Choices(
        staff=staff,
        large=plans[:2],
        plans=plans[2:] or plans,
        shares=dice.sample(keys, min(len(keys), 2000)),
        deep=deep,
        rare=[known.pair_near(0.006 * (0.7 + 0.6 * dice.random()), TEXT_PAIRS) for _word in range(5)],
        common=[known.pair_near(0.30 * (0.7 + 0.3 * dice.random()), TEXT_PAIRS) for _word in range(5)],
    )


def requests(choices: Choices) -> dict[str, measure.Make]:
    """How each kind of request is made."""
    coordinator = choices.staff["coordinator"]
    agencies = [name for name in choices.staff if name.isdecimal()]

    def by(path: str, who: Mapping[str, str]) -> measure.Make:
        return lambda _dice: load.Request(path, cookies=dict(who))

    def of_agency(path: str) -> measure.Make:
        return lambda dice: load.Request(path, cookies=choices.staff[dice.choice(agencies)])

    def deep(dice: random.Random) -> load.Request:
        agency, key = dice.choice(choices.deep)
        return load.Request(f"/can-bo/ke-hoach/viec-co-quan/?trang={key}", cookies=choices.staff[agency])

    def search(words: Sequence[str]) -> measure.Make:
        return lambda dice: load.Request(f"/can-bo/ke-hoach/tim/?q={quote(dice.choice(words))}", cookies=coordinator)

    return {
        "today": by("/can-bo/", coordinator),
        "today_agency": of_agency("/can-bo/"),
        "tree": lambda dice: load.Request(f"/can-bo/ke-hoach/{dice.choice(choices.large)}/", cookies=coordinator),
        "tree_usual": lambda dice: load.Request(f"/can-bo/ke-hoach/{dice.choice(choices.plans)}/", cookies=coordinator),
        "share": lambda dice: load.Request(f"/can-bo/nhiem-vu/{dice.choice(choices.shares)}/", cookies=coordinator),
        "mine": by("/can-bo/ke-hoach/viec-cua-toi/", choices.staff["person"]),
        "agency": of_agency("/can-bo/ke-hoach/viec-co-quan/"),
        "agency_deep": deep,
        "late": by("/can-bo/ke-hoach/qua-han/", coordinator),
        "search_rare": search(choices.rare),
        "search_common": search(choices.common),
        "board": of_agency("/can-bo/ke-hoach/bang/"),
        "calendar": of_agency("/can-bo/ke-hoach/lich/"),
    }


def measure_plans(wanted: measure.Wanted, plans: int, home: Path, *, say: Callable[[str], None]) -> dict[str, Any]:
    """Everything about so many plans. The process must not have read the settings yet."""
    import os

    from langnghe.cli import environment
    from langnghe.cli.children import Child
    from langnghe.cli.embedded import EmbeddedPostgres

    measure.prepare_environment(home)
    folder = home / "postgres"
    EmbeddedPostgres(folder).remove()
    filling = EmbeddedPostgres(folder, settings=measure.FILLING)
    os.environ["DATABASE_URL"] = filling.start()
    server = EmbeddedPostgres(folder, int(filling.url.rpartition(":")[2].partition("/")[0]))
    web: Child | None = None
    try:
        environment.setup_django()
        from langnghe.cli.commands.migrate import migrate
        from langnghe.demo import facts
        from langnghe.worktime import clock

        migrate(verbosity=0)
        at = clock.now()
        facts.load(at=at)
        say(f"filling {plans:,} plans")
        seconds = fill(plans=plans, at=at, say=say)
        measure.disconnect()
        filling.stop()
        os.sync()
        server.start()
        result: dict[str, Any] = {"plans": plans, "fill_seconds": round(seconds, 1), **_sizes()}
        choices = choose()
        result["database_mb"], result["postgres"] = measure.database()
        made = requests(choices)
        kept = {name: make for name, make in made.items() if not wanted.only or name in wanted.only}
        result["queries"] = measure.count_queries_of(kept)
        result["processor"] = {name: _processor(make) for name, make in kept.items()}
        wanted.port = wanted.port or measure.free_port()
        web = measure.start_server(wanted)
        result["rounds"], result["paces"] = wanted.rounds, []
        result["http"] = _in_rounds(wanted, kept, result["paces"], say=say)
        result["memory"] = measure.memory(web.pid or 0)
        return result
    finally:
        measure.disconnect()
        if web is not None:
            web.ask_to_stop()
            web.wait()
        filling.stop()
        server.stop()
        if not wanted.keep:
            EmbeddedPostgres(folder).remove()


def _in_rounds(
    wanted: measure.Wanted, kept: Mapping[str, measure.Make], paces: list[float], *, say: Callable[[str], None]
) -> dict[str, dict[str, Any]]:
    """Each page measured in several rounds, one page after the other in each. Of a page the round counts whose p95 is
    the median: a machine that others use too is at times half as fast, for seconds. `least`, `most`: the p95 of the
    best and the worst round."""
    told: dict[tuple[str, int], list[load.Figures]] = {}
    for turn in range(wanted.rounds):
        paces.append(_pace())
        for name, make in kept.items():
            for clients in wanted.clients:
                one = load.http(
                    measure.HOST, wanted.port, make, clients=clients, seconds=wanted.seconds / 2,
                    warm_up=0.2 if turn else 1.0, connections=0 if turn else load.FIRST,
                )  # fmt: skip
                told.setdefault((name, clients), []).append(one)
    made: dict[str, dict[str, Any]] = {}
    for (name, clients), rounds in told.items():
        ranked = sorted(rounds, key=lambda one: one.p95)
        middle = ranked[len(ranked) // 2]
        failed = {wrong: count for one in rounds for wrong, count in one.failed.items()}
        made.setdefault(name, {})[str(clients)] = asdict(middle) | {
            "least": ranked[0].p95, "most": ranked[-1].p95, "failed": failed,
        }  # fmt: skip
        wrong = f", failed: {failed}" if failed else ""
        say(f"{name}, {clients} clients: p50 {middle.p50} ms, p95 {middle.p95} ms{wrong}")
    return made


def _pace() -> float:
    """Milliseconds that this machine takes now for a piece of work that is always the same, the median of nine."""
    taken = []
    for _turn in range(9):
        before = time.perf_counter()
        sum(number * number for number in range(200_000))
        taken.append(time.perf_counter() - before)
    return round(sorted(taken)[4] * 1000, 1)


def _processor(make: measure.Make) -> float:
    """Milliseconds of processor time that this process needs for a request, without the database's: the least of
    eight. Other programs on the machine hardly change it."""
    from django.test import Client

    client = Client()
    taken = []
    for turn in range(8):
        request = make(random.Random(turn))
        client.cookies.clear()
        client.cookies.load(dict(request.cookies))
        before = time.process_time()
        client.get(request.path, HTTP_HOST=measure.HOST)
        taken.append(time.process_time() - before)
    return round(min(taken) * 1000, 1)


def _sizes() -> dict[str, int]:
    from langnghe.plans.models import Share, Task

    return {"tasks": Task.objects.count(), "shares": Share.objects.count()}


# --- the table --------------------------------------------------------------------------------------------------------


def markdown(result: Mapping[str, Any], *, clients: Iterable[int]) -> str:
    """The figures as a table, with what they should be."""
    numbers = [str(number) for number in clients]
    head = ["page", "queries", "processor, ms"]
    for number in numbers:
        head += [f"p50, {number} client{'s' if number != '1' else ''}", "p95", "p95 of the rounds", "a second"]
    lines = [
        f"{result['plans']:,} plans, {result['tasks']:,} tasks, {result['shares']:,} shares; "
        f"{result['database_mb']:,} MB, filled in {result['fill_seconds']:g} s. Each page was measured in "
        f"{result['rounds']} rounds; p50 and p95 are those of the round whose p95 is the median. A piece of work "
        f"that is always the same took {', '.join(f'{one:g}' for one in result['paces'])} ms before each round.",
        "",
        "| " + " | ".join([*head, f"p95 ≤ {MOST_P95:g} ms, queries ≤ {MOST_QUERIES}"]) + " |",
        "|" + "---|" * (len(head) + 1),
    ]
    for name, label in WORK.items():
        if name not in result["http"]:
            continue
        queries = result["queries"].get(name, 0)
        cells = [label, str(queries), f"{result['processor'].get(name, 0):g}"]
        for number in numbers:
            one = result["http"][name][number]
            cells += [f"{one['p50']:g}", f"{one['p95']:g}", f"{one['least']:g}–{one['most']:g}"]
            cells.append(f"{one['per_second']:g}")
        first = result["http"][name][numbers[0]]
        good = queries <= MOST_QUERIES and first["p95"] <= MOST_P95 and not first["failed"]
        lines.append("| " + " | ".join([*cells, "reached" if good else "**missed**"]) + " |")
    return "\n".join(lines) + "\n"


FROM, TO = "<!-- figures of plans -->\n", "<!-- end of figures of plans -->"


def put_into(page: str, figures: str) -> str:
    """A page with the figures between its two marks; the marks are added at the end when it has none."""
    before, begin, rest = page.partition(FROM)
    if not begin:
        return f"{page.rstrip()}\n\n## Plans\n\n{FROM}\n{figures}\n{TO}\n"
    _old, _end, after = rest.partition(TO)
    return f"{before}{begin}\n{figures}\n{TO}{after}"
