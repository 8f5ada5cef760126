"""One size from an empty folder to its figures: database, fill, server, load, plain SQL, queries, memory."""

from __future__ import annotations

import os
import random
import re
import socket
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from langnghe.bench import fill, load, plain, rows
from langnghe.bench.words import vocabulary
from langnghe.cli.children import Child

HOST = "127.0.0.1"
_RARE, _COMMON = 0.006, 0.40
"""Shares of texts that hold each of the two words of a pair."""
_PAIRS = 5
_SAMPLE = 2_000
FILLING = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "32GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "max_parallel_maintenance_workers": "2",
}


@dataclass
class Wanted:
    """What to measure, and how."""

    cases: int
    clients: Sequence[int] = (1, 8)
    seconds: float = 4.0
    plain_seconds: float = 2.0
    rounds: int = 5
    only: Sequence[str] = ()
    port: int = 0
    workers: int = 4
    threads: int = 2
    keep: bool = False


@dataclass
class Choices:
    """What the requests ask for, drawn once from the filled database."""

    staff: dict[str, dict[str, str]]
    """Cookies of signed-in staff: `coordinator`, and a focal point for each agency of `agencies` by its key."""
    agencies: list[int]
    deep: list[tuple[int, Any, int]]
    cases: list[tuple[str, int]]
    office_cases: SimpleQueue[tuple[str, int]]
    """Code and version. A client takes one out for as long as it acts on it: two at once would refuse each other."""
    office_keys: list[int]
    tracked: list[tuple[str, dict[str, str]]]
    field_id: int
    rare: list[str]
    common: list[str]
    body: str
    communes: list[str]
    hits: dict[str, int] = field(default_factory=dict)


def prepare_environment(home: Path) -> None:
    """Settings of the measured server: as in production, but without HTTPS, limits and a second factor."""
    os.environ.update(
        LANGNGHE_HOME=str(home),
        LANGNGHE_DEMO="0",
        LANGNGHE_HTTPS="0",
        LANGNGHE_REQUIRE_MFA="0",
        LANGNGHE_SUBMISSIONS_PER_HOUR="0",
        LANGNGHE_LOOKUPS_PER_HOUR="0",
        LANGNGHE_MAIL="mailbox",
        LANGNGHE_LOG_LEVEL="WARNING",
    )


def measure(wanted: Wanted, home: Path, *, say: Callable[[str], None]) -> dict[str, Any]:
    """Everything about one size. The process must not have read the settings yet; one size a process."""
    from langnghe.cli import environment
    from langnghe.cli.embedded import EmbeddedPostgres

    prepare_environment(home)
    folder = home / "postgres"
    EmbeddedPostgres(folder).remove()
    filling = EmbeddedPostgres(folder, settings=FILLING)
    os.environ["DATABASE_URL"] = filling.start()
    port = int(filling.url.rpartition(":")[2].partition("/")[0])
    server = EmbeddedPostgres(folder, port)
    web: Child | None = None
    try:
        environment.setup_django()
        done = _fill(wanted, filling.url, say)
        disconnect()
        filling.stop()
        os.sync()  # what was filled without waiting for the disk must not be written while we measure
        server.start()
        result: dict[str, Any] = {"cases": wanted.cases, "fill_seconds": round(done.seconds, 1)}
        choices = choose(wanted)
        result["hits"] = choices.hits
        result["database_mb"], result["postgres"] = database()
        result["queries"] = count_queries(wanted, choices)
        wanted.port = wanted.port or free_port()
        web = start_server(wanted)
        result["http"] = _http(wanted, choices, say)
        result["memory"] = memory(web.pid or 0)
        web.ask_to_stop()
        web.wait()
        web = None
        say("plain SQL")
        result["plain"] = _plain(wanted, choices, server.url)
        return result
    finally:
        disconnect()
        if web is not None:
            web.ask_to_stop()
            web.wait()
        filling.stop()
        server.stop()
        if not wanted.keep:
            EmbeddedPostgres(folder).remove()


def disconnect() -> None:
    """Close this process's connections, those that the pool keeps too."""
    from django.db import connection

    connection.close()
    close_pool: Callable[[], None] = getattr(connection, "close_pool", lambda: None)
    close_pool()


def _fill(wanted: Wanted, url: str, say: Callable[[str], None]) -> fill.Filled:
    from langnghe.cli.commands.migrate import migrate
    from langnghe.demo import facts
    from langnghe.worktime import clock

    migrate(verbosity=0)
    at = clock.now()
    facts.load(at=at)
    say(f"filling {wanted.cases:,} cases")
    done = fill.fill(fill.make_plan(url=url, total=wanted.cases, now=at.astimezone(UTC)), say=say)
    say(f"filled in {done.seconds:.0f} s")
    return done


def database() -> tuple[int, str]:
    """The size of the database in megabytes, and the server's version."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()) / 1000000, current_setting('server_version')")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0]), str(row[1])


# --- what to ask for --------------------------------------------------------------------------------------------------


def sign_in(person: Any) -> dict[str, str]:
    """The cookies of a person who has just signed in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return {settings.SESSION_COOKIE_NAME: str(session.session_key)}


def choose(wanted: Wanted, *, seed: int = 1) -> Choices:
    """Draw what the requests ask for: busy agencies, cases with their whole history, words. Needs Django."""
    from django.db import connection
    from django.http import HttpResponse

    from langnghe.agencies.models import Person, RoleAssignment
    from langnghe.cases.models import Case, Field
    from langnghe.cases.workflow import WORK_STATES
    from langnghe.intake.selectors import catalogue
    from langnghe.portal.views.common import let_in
    from langnghe.texts import words

    dice = random.Random(seed)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT agency_id FROM cases_case WHERE state = ANY(%s) AND agency_id IS NOT NULL "
            "GROUP BY 1 ORDER BY count(*) DESC LIMIT 4",
            [list(WORK_STATES)],
        )
        agencies = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT agency_id, due_at, id FROM cases_case WHERE state = ANY(%s) AND agency_id = ANY(%s) "
            "ORDER BY agency_id, due_at, id",
            [list(WORK_STATES), agencies],
        )
        deep = cursor.fetchall()
        # A whole page has to follow.
        deep = [row for row, later in zip(deep, deep[31:], strict=False) if row[0] == later[0]] or deep[:1]
        newest = max(1, wanted.cases - rows.FULL_HISTORY)
        ids = [dice.randrange(newest, wanted.cases + 1) for _ in range(_SAMPLE)]
        cursor.execute("SELECT code, id FROM cases_case WHERE id = ANY(%s) AND NOT restricted", [ids])
        cases = cursor.fetchall()
        cursor.execute(
            "SELECT code, id, version FROM cases_case WHERE state IN ('received', 'classified') AND NOT restricted "
            "AND regime = 'field' LIMIT %s",
            [_SAMPLE],
        )
        office_cases = cursor.fetchall()
    waiting: SimpleQueue[tuple[str, int]] = SimpleQueue()
    for code, _key, version in office_cases:
        waiting.put((code, version))
    staff = {"coordinator": sign_in(Person.objects.filter(roles__role="coordinator").order_by("pk")[0])}
    for agency in agencies:
        held = RoleAssignment.objects.filter(role="focal_point", agency_id=agency).select_related("person")[0]
        staff[str(agency)] = sign_in(held.person)
    tracked = []
    for case in Case.objects.filter(pk__in=[key for _code, key in cases[:200]]).only("pk", "code", "secret_digest"):
        cookies = let_in(HttpResponse(), case).cookies
        tracked.append((case.code, {name: morsel.value for name, morsel in cookies.items()}))
    known, at = vocabulary(), dice.random
    rare = [known.pair_near(_RARE * (0.7 + 0.6 * at()), rows.PAIRS) for _ in range(_PAIRS)]
    common = [known.pair_near(_COMMON * (0.7 + 0.3 * at()), rows.PAIRS) for _ in range(_PAIRS)]
    hits = {}
    with connection.cursor() as cursor:
        for pair in dict.fromkeys([*rare, *common]):
            query = " & ".join(words(pair))
            cursor.execute("SELECT count(*) FROM cases_case WHERE search @@ to_tsquery('simple', %s)", [query])
            hits[pair] = int((cursor.fetchone() or (0,))[0])
    return Choices(
        staff=staff,
        agencies=agencies,
        deep=deep,
        cases=cases,
        office_cases=waiting,
        office_keys=[key for _code, key, _version in office_cases],
        tracked=tracked,
        field_id=Field.objects.filter(regime="field").order_by("pk")[0].pk,
        rare=rare,
        common=common,
        body=" ".join(dice.choices(known.written, weights=known.shares.tolist(), k=rows.PAIRS)),
        communes=[name for _key, name in catalogue().communes],
        hits=hits,
    )


Make = Callable[[random.Random], load.Request]


def requests(choices: Choices, csrf: Mapping[str, str], token: str) -> dict[str, Make]:
    """How each kind of request is made. `csrf` and `token` are the cookie and the form's value against forgery."""
    from urllib.parse import quote

    from langnghe.cases.selectors import encode_key

    coordinator = choices.staff["coordinator"]

    def submit(dice: random.Random) -> load.Request:
        form = {
            "about": "field",
            "title": "Phản ánh để đo tốc độ",
            "body": choices.body,
            "commune": dice.choice(choices.communes),
            "place": f"Số {dice.randrange(1, 300)} phố Thử Nghiệm",
            "submission_key": str(uuid.uuid4()),
            "csrfmiddlewaretoken": token,
        }
        return load.Request("/gui/", form, csrf, expect=302)

    def queue(dice: random.Random) -> load.Request:
        agency = dice.choice(choices.agencies)
        return load.Request("/can-bo/co-quan/", cookies=choices.staff[str(agency)])

    def queue_deep(dice: random.Random) -> load.Request:
        agency, due_at, key = dice.choice(choices.deep)
        return load.Request(f"/can-bo/co-quan/?trang={encode_key(due_at, key)}", cookies=choices.staff[str(agency)])

    def case(dice: random.Random) -> load.Request:
        return load.Request(f"/can-bo/phan-anh/{dice.choice(choices.cases)[0]}/", cookies=coordinator)

    def search(pairs: Sequence[str]) -> Make:
        return lambda dice: load.Request(f"/can-bo/tim/?q={quote(dice.choice(pairs))}", cookies=coordinator)

    def transition(_dice: random.Random) -> load.Request:
        code, version = choices.office_cases.get(timeout=60)
        form = {
            "version": str(version),
            "regime": "field",
            "field": str(choices.field_id),
            "urgency": "normal",
            "csrfmiddlewaretoken": token,
        }
        return load.Request(
            f"/can-bo/phan-anh/{code}/viec/classify/", form, {**coordinator, **csrf}, expect=302,
            after=lambda well: choices.office_cases.put((code, version + well)),
        )  # fmt: skip

    def track(dice: random.Random) -> load.Request:
        code, cookies = dice.choice(choices.tracked)
        return load.Request(f"/theo-doi/{code}", cookies=cookies)

    return {
        "queue": queue,
        "queue_deep": queue_deep,
        "case": case,
        "search_rare": search(choices.rare),
        "search_common": search(choices.common),
        "track": track,
        "transition": transition,
        "submit": submit,
    }


# --- the server -------------------------------------------------------------------------------------------------------


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def start_server(wanted: Wanted, *, seconds: float = 60) -> Child:
    """`langnghe serve` as a child process; returns when it answers."""
    arguments = [
        "serve",
        "--port",
        str(wanted.port),
        "--workers",
        str(wanted.workers),
        "--threads",
        str(wanted.threads),
    ]
    child = Child("web server", arguments)
    child.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if child.pid is None:
            break
        try:
            load.Client(HOST, wanted.port, timeout=10).ask(load.Request("/"))
        except OSError:
            time.sleep(0.2)
        else:
            return child
    child.ask_to_stop()
    child.wait()
    raise RuntimeError("the web server did not start")


def forgery_token(port: int) -> tuple[dict[str, str], str]:
    """The cookie and the value of the public form against forged requests."""
    answer = load.Client(HOST, port).ask(load.Request("/gui/"))
    found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', answer.body)
    if found is None:
        raise RuntimeError("the form has no token")
    return answer.cookies, found.group(1).decode()


def _http(wanted: Wanted, choices: Choices, say: Callable[[str], None]) -> dict[str, Any]:
    made = requests(choices, *forgery_token(wanted.port))
    result: dict[str, Any] = {}
    for name, make in made.items():
        if wanted.only and name not in wanted.only:
            continue
        for clients in wanted.clients:
            one = load.http(HOST, wanted.port, make, clients=clients, seconds=wanted.seconds)
            result.setdefault(name, {})[str(clients)] = asdict(one)
            wrong = f", failed: {one.failed}" if one.failed else ""
            say(f"{name}, {clients} clients: p50 {one.p50} ms, p95 {one.p95} ms, {one.per_second}/s{wrong}")
    return result


def memory(pid: int) -> list[dict[str, float]]:
    """Memory of the server's processes, the parent first: PSS counts a shared page by its share."""
    pids = [pid]
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if children.is_file():
        pids += [int(child) for child in children.read_text().split()]
    found = []
    for one in pids:
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()[1:]
        except OSError:
            continue
        sizes = {line.split(":")[0]: int(line.split()[1]) / 1000 for line in lines if line.endswith("kB")}
        found.append({"pss_mb": round(sizes["Pss"], 1), "rss_mb": round(sizes["Rss"], 1)})
    return found


# --- queries and plain SQL --------------------------------------------------------------------------------------------


def count_queries(wanted: Wanted, choices: Choices) -> dict[str, int]:
    """Queries of one request of each kind, counted in this process when its caches are warm."""
    made = requests(choices, {}, "")
    return count_queries_of({name: make for name, make in made.items() if not wanted.only or name in wanted.only})


def count_queries_of(made: Mapping[str, Make]) -> dict[str, int]:
    """Queries of one request of each of these kinds: the most of five, when this process's caches are warm."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(enforce_csrf_checks=False)
    counted: dict[str, int] = {}
    for name, make in made.items():
        most = 0
        for turn in range(6):
            request = make(random.Random(turn))
            client.cookies.clear()
            client.cookies.load(dict(request.cookies))
            with CaptureQueriesContext(connection) as queries:
                if request.form is None:
                    answer = client.get(request.path, HTTP_HOST=HOST)
                else:
                    answer = client.post(request.path, request.form, HTTP_HOST=HOST)
            request.after(answer.status_code == request.expect)
            if answer.status_code != request.expect:
                raise RuntimeError(f"{name}: status {answer.status_code} of {request.path}")
            if turn:
                most = max(most, len(queries))
        counted[name] = most
    return counted


def _plain(wanted: Wanted, choices: Choices, url: str) -> dict[str, Any]:
    from langnghe.cases.models import Channel
    from langnghe.intake.selectors import catalogue
    from langnghe.texts import fold, words

    asked = plain.Choices(
        agencies=choices.agencies,
        deep=choices.deep,
        cases=choices.cases,
        office_cases=choices.office_keys,
        rare=[" & ".join(words(pair)) for pair in choices.rare],
        common=[" & ".join(words(pair)) for pair in choices.common],
        body=choices.body,
        folded=fold(choices.body),
        commune=catalogue().communes[0][0],
        channel=Channel.objects.order_by("pk")[0].pk,
    )
    result: dict[str, Any] = {}
    for clients in wanted.clients:
        for name, one in plain.measure(
            url, asked, clients=clients, seconds=wanted.plain_seconds, only=wanted.only
        ).items():
            result.setdefault(name, {})[str(clients)] = asdict(one)
    return result
