"""Servers, workers and PostgreSQL are killed (-9) at random under load, again and again: no case that somebody was
given a receipt for is lost, no message goes out twice, and the ledger is whole."""

from __future__ import annotations

import json
import os
import random
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from langnghe.bench import load
from langnghe.cases import rules
from langnghe.cli.embedded import EmbeddedPostgres
from tests.long import harness

pytestmark = pytest.mark.long

KILLS = int(os.environ.get("LANGNGHE_KILLS", "500"))
"""How often something is killed."""
SERVERS, WORKERS, CLIENTS = 3, 2, 6
YOUNGEST = 1.0
"""Seconds that a process lives at least, so that it is killed while working and not only while starting."""
_CODE = re.compile(rb"\b[A-Z]{2}-\d{4}-\d{4}-\d\b")
_SECRET = re.compile(rb"\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b")


@dataclass
class Known:
    """What the senders were told."""

    keys: dict[str, str] = field(default_factory=dict)
    """Submission key → e-mail address, of every form that was answered with a receipt's address."""
    receipts: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Submission key → code and secret, as the receipt showed them."""
    answers: Counter[str] = field(default_factory=Counter)


class Sender(threading.Thread):
    """A person who sends one form after the other, and presses the button again when there is no answer."""

    def __init__(self, number: int, ports: list[int], known: Known, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.dice = random.Random(number)
        self.ports, self.known, self.stop_now = ports, known, stop
        self.cookies: dict[str, str] = {}
        self.token = ""

    def run(self) -> None:
        """Until told to stop."""
        while not self.stop_now.is_set():
            self._one()
            # A person writes no faster; what the senders bring in, two workers that are killed all the time can send.
            self.stop_now.wait(self.dice.uniform(0.5, 2))

    def _ask(self, request: load.Request, *, tries: int) -> load.Response | None:
        for _try in range(tries):
            if self.stop_now.is_set():
                return None
            client = load.Client("127.0.0.1", self.dice.choice(self.ports), timeout=15)
            try:
                answer = client.ask(request)
            except OSError:
                self.known.answers["no answer"] += 1
            else:
                self.known.answers[str(answer.status)] += 1
                if answer.status < 500:
                    return answer
            finally:
                client.close()
            time.sleep(self.dice.uniform(0.02, 0.2))
        return None

    def _one(self) -> None:
        if not self.token:
            page = self._ask(load.Request("/gui/"), tries=200)
            found = harness.TOKEN.search(page.body) if page is not None else None
            if page is None or found is None:
                return
            self.cookies, self.token = page.cookies, found.group(1).decode()
        key = str(uuid.uuid4())
        address = f"{key}@nguoidan.example"
        form = {
            "about": "field",
            "title": f"Đèn đường tắt {key[:8]}",
            "body": "Ba bóng đèn cuối ngõ tắt đã một tuần, buổi tối rất tối, trẻ em đi học thêm về dễ ngã.",
            "place": "Cuối ngõ 12 phố Thử Nghiệm",
            "name": "Nguyễn Thị Thử",
            "email": address,
            "submission_key": key,
            "csrfmiddlewaretoken": self.token,
        }
        answer = self._ask(load.Request("/gui/", form, self.cookies), tries=100)
        if answer is None:
            return
        assert answer.status == 302, f"status {answer.status}: {answer.body[:2000]!r}"
        self.known.keys[key] = address
        receipt = self._ask(load.Request(answer.headers["location"], cookies=self.cookies), tries=100)
        if receipt is None:
            return
        code, secret = _CODE.search(receipt.body), _SECRET.search(receipt.body)
        assert code is not None and secret is not None, receipt.body[:3000]
        self.known.receipts[key] = (code.group().decode(), secret.group().decode())


@dataclass
class World:
    """Everything that runs."""

    folder: Path
    database: EmbeddedPostgres
    env: dict[str, str]
    sink: harness.MailSink
    programs: list[harness.Program]
    ports: list[int]


@pytest.fixture
def world() -> Iterator[World]:
    """A migrated database with the city's facts, servers, workers and a mail server."""
    folder = harness.open_folder("langnghe-kill-")
    database = EmbeddedPostgres(folder / "postgres", harness.free_port())
    sink = harness.MailSink(delay=0.1)
    programs: list[harness.Program] = []
    try:
        url = database.start()
        env = harness.environment(
            url,
            folder,
            LANGNGHE_MAIL="smtp",
            LANGNGHE_SMTP_HOST="127.0.0.1",
            LANGNGHE_SMTP_PORT=str(sink.port),
            LANGNGHE_SMTP_TLS="none",
            LANGNGHE_OUTBOX_GRACE_SECONDS="5",
        )
        harness.run_command(["migrate"], env)
        harness.run_python(harness.LOAD_FACTS, env)
        sink.start()
        ports = [harness.free_port() for _ in range(SERVERS)]
        for number, port in enumerate(ports):
            arguments = ["serve", "--port", str(port), "--workers", "1"]
            programs.append(harness.Program(f"server {number}", arguments, env, folder / "server.log"))
        programs += [
            harness.Program(f"worker {number}", ["worker"], env, folder / "worker.log") for number in range(WORKERS)
        ]
        for program in programs:
            program.start()
        yield World(folder, database, env, sink, programs, ports)
    finally:
        for program in programs:
            program.kill()
        sink.stop()
        database.stop()
        EmbeddedPostgres(folder / "postgres").remove()
        harness.remove(folder)


def _kill_one(world: World, dice: random.Random) -> str:
    """Kill something that has been at work for a while and start it again; what it was, or '' when nothing was old
    enough."""
    lot = dice.random()
    if lot < 0.16:
        if not harness.kill_database(world.database):
            return ""
        world.database.start()
        return "PostgreSQL"
    wanted = "server" if lot < 0.62 else "worker"
    old = [one for one in world.programs if one.name.startswith(wanted) and one.pid and one.age > YOUNGEST + 1]
    if not old:
        return ""
    program = dice.choice(old)
    if wanted == "server" and lot < 0.30:
        return "server process" if program.kill_child() else ""
    if not program.kill():
        return ""
    program.start()
    return wanted


def _calm(world: World, *, seconds: float) -> None:
    """Let the workers finish: nothing waits to be sent, nothing is in doubt without being parked. So many seconds
    without any progress are too many."""
    end, least = time.monotonic() + seconds, 10**9
    while time.monotonic() < end:
        for program in world.programs:
            if program.pid is None:
                program.start()
        try:
            waiting = harness.rows(
                world.database.url,
                "SELECT count(*) FROM outbox_message "
                "WHERE status = 'sending' OR (status = 'queued' AND not_before <= now())",
            )
        except psycopg.Error:
            waiting = [(1,)]
        if waiting == [(0,)]:
            return
        if waiting[0][0] < least:
            end, least = time.monotonic() + seconds, waiting[0][0]
        time.sleep(1)
    messages = harness.rows(
        world.database.url,
        "SELECT status, not_before <= now(), count(*), min(not_before), max(sending_since) FROM outbox_message "
        "GROUP BY 1, 2",
    )
    jobs = harness.rows(
        world.database.url,
        "SELECT task_name, status, count(*), min(scheduled_at) FROM procrastinate_jobs "
        "WHERE status IN ('todo', 'doing') GROUP BY 1, 2",
    )
    pytest.fail(f"messages still wait to be sent or parked: {messages}; jobs: {jobs}")


def test_nothing_acknowledged_is_lost_and_nothing_is_sent_twice(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    dice, known, stop = random.Random(), Known(), threading.Event()
    senders = [Sender(number, world.ports, known, stop) for number in range(CLIENTS)]
    for sender in senders:
        sender.start()
    begin, kills, failed_starts = time.monotonic(), Counter[str](), 0
    while not known.receipts and time.monotonic() - begin < 60:
        time.sleep(0.1)
    assert known.receipts, f"no case was received: {known.answers}"
    while kills.total() < KILLS:
        what = _kill_one(world, dice)
        if what:
            kills[what] += 1
        for program in world.programs:
            if program.pid is None:  # it ended by itself, as a server does whose port is not free yet
                failed_starts += 1
                program.start()
        time.sleep(dice.uniform(0.3, 1.5))
    stormy = time.monotonic() - begin
    stop.set()
    for sender in senders:
        sender.join(60)
    _calm(world, seconds=120)

    url = world.database.url
    found = dict(
        harness.rows(url, "SELECT submission_key::text, code || ' ' || encode(secret_digest, 'hex') FROM cases_case")
    )
    lost = [key for key in known.keys if key not in found]
    wrong = []
    for key, (code, secret) in known.receipts.items():
        have, digest = found.get(key, " ").split(" ")
        if have != code or not digest or not rules.secret_matches(secret, bytes.fromhex(digest)):
            wrong.append(key)
    states: dict[str, int] = dict(harness.rows(url, "SELECT status, count(*) FROM outbox_message GROUP BY 1"))
    twice = [one for one, times in world.sink.taken.items() if times > 1]
    twice += [one for one, times in world.sink.subjects.items() if times > 1]
    said_sent = {row[0] for row in harness.rows(url, "SELECT recipient FROM outbox_message WHERE status = 'sent'")}
    never_taken = said_sent - {recipient for recipient, _id in world.sink.taken}
    # The first row of each case must be in the ledger, as must be a message for each sender.
    silent = harness.rows(
        url,
        "SELECT c.id FROM cases_case c WHERE NOT EXISTS (SELECT FROM ledger_entry e WHERE e.kind = 'case' AND "
        "e.subject_id = c.id AND e.act = 'receive') "
        "OR NOT EXISTS (SELECT FROM outbox_message m WHERE m.subject_id = c.id)",
    )
    harness.run_command(["ledger", "seal"], world.env)
    verified = json.loads(harness.run_command(["ledger", "verify", "--json"], world.env))
    with capsys.disabled():
        print(
            f"\nacknowledged {len(known.keys)} (receipts seen {len(known.receipts)}), found {len(found)}, "
            f"sent {states.get('sent', 0)}, parked {states.get('parked', 0)}, queued {states.get('queued', 0)}, "
            f"taken by the mail server {world.sink.taken.total()}; kills {kills.total()}: {dict(kills)}; "
            f"answers {dict(known.answers)}; starts that failed {failed_starts}; "
            f"{stormy:.0f} s of kills, {time.monotonic() - begin - stormy:.0f} s until all was sent or parked"
        )
    assert lost == []
    assert wrong == []
    assert twice == []
    assert never_taken == set()
    assert silent == []
    assert verified["findings"] == []
    assert kills.total() >= KILLS
    assert set(states) <= {"sent", "parked", "queued"}
    assert len(known.receipts) > KILLS / 10, "hardly anything was received: the load was no load"
