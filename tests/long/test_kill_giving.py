"""Workers are killed while they hand out a plan of thousands of shares; at the end each share, its ledger entry, its
term and each agency's message is there, once."""

from __future__ import annotations

import json
import random
import time

import pytest

from langnghe.cli.embedded import EmbeddedPostgres
from tests.long import harness

pytestmark = pytest.mark.long
KILLS = 12

CONFIRM = """
import django; django.setup()
from datetime import timedelta
from langnghe.agencies.models import RoleAssignment
from langnghe.agencies.selectors import city_office
from langnghe.plans.models import RegisterItem
from langnghe.plans.services import documents, items
from langnghe.workflow.actor import Actor
from langnghe.worktime import clock
at = clock.now()
held = RoleAssignment.objects.filter(role="coordinator")[0]
actor = Actor("person", "coordinator", held.person_id, held.agency_id)
day = (at + timedelta(days=200)).strftime("%d/%m/%Y")
lines = ["KẾ HOẠCH", "Thử giao việc cho mọi xã, phường", "I. NHIỆM VỤ"]
lines += [f"{n}. UBND các xã, phường rà soát nhóm việc thứ {n}; xong trước ngày {day}." for n in range(1, 41)]
plan = documents.enter(
    agency_id=city_office(at.date()).pk, actor=actor, at=at, text="\\n".join(lines),
    values={"issued_on": at.date(), "number": "1/KH"},
)
items.accept_sure(document_id=plan.pk, actor=actor, at=at)
for item in RegisterItem.objects.filter(document=plan, state="found"):
    items.accept(item_id=item.pk, actor=actor, at=at)
plan = documents.confirm(document_id=plan.pk, actor=actor, at=at, later=True)
print(plan.pk, plan.head["giving"]["total"])
"""


def test_workers_are_killed_while_they_hand_out_a_plan(capsys: pytest.CaptureFixture[str]) -> None:
    dice = random.Random()
    folder = harness.open_folder("langnghe-giving-")
    database = EmbeddedPostgres(folder / "postgres", harness.free_port())
    programs: list[harness.Program] = []
    try:
        url = database.start()
        env = harness.environment(url, folder)
        harness.run_command(["migrate"], env)
        harness.run_python(harness.LOAD_FACTS, env)
        key, total = map(int, harness.run_python(CONFIRM, env).split())
        assert total > 2000

        def giving() -> tuple[str, int]:
            row = harness.rows(
                url, f"SELECT head->'giving'->>'state', (head->'giving'->>'done')::int FROM plans_plandocument "
                f"WHERE id = {key}",
            )  # fmt: skip
            return row[0][0], row[0][1] or 0

        programs += [harness.Program(f"worker {n}", ["worker"], env, folder / "worker.log") for n in range(2)]
        kills, seen, begin = 0, set(), time.monotonic()
        for program in programs:
            program.start()
        while time.monotonic() - begin < 400:
            state, done = giving()
            seen.add(done)
            if state != "waiting":
                break
            old = [one for one in programs if one.pid and one.age > 2.5]
            if kills < KILLS and old and (done or dice.random() < 0.3):
                victim = dice.choice(old)
                kills += victim.kill()
                victim.start()
            time.sleep(dice.uniform(0.02, 0.25))
        assert giving()[0] == "done", f"{giving()} after {kills} kills"
        found = harness.rows(
            url, "SELECT count(*), count(DISTINCT (task_id, agency_id)), "
            "(SELECT count(*) FROM ledger_entry WHERE kind = 'share' AND act = 'assign'), "
            "(SELECT count(DISTINCT subject_id) FROM ledger_entry WHERE kind = 'share' AND act = 'assign'), "
            "(SELECT count(*) FROM worktime_deadline WHERE kind = 'share'), "
            "(SELECT count(*) FROM outbox_message WHERE template = 'task_assigned'), "
            "(SELECT count(DISTINCT recipient) FROM outbox_message WHERE template = 'task_assigned') "
            "FROM plans_share",
        )[0]  # fmt: skip
        harness.run_command(["ledger", "seal"], env)
        verified = json.loads(harness.run_command(["ledger", "verify", "--json"], env))
        with capsys.disabled():
            print(f"\n{total} shares, {kills} kills, seen at {sorted(seen)}; {found}")
        assert found[:5] == (total,) * 5
        assert found[5] == found[6] > 100
        assert verified["findings"] == []
        assert kills
    finally:
        for program in programs:
            program.kill()
        database.stop()
        EmbeddedPostgres(folder / "postgres").remove()
        harness.remove(folder)
