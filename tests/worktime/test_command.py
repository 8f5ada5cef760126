"""`langnghe deadline`, as it is typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from langnghe.workflow.actor import SYSTEM
from langnghe.worktime import packaged, services
from tests.worktime.conftest import at, load


def typed(*words: str, url: str | None = None, code: int = 0) -> tuple[str, str]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if url is not None:
        environment["DATABASE_URL"] = url
    done = subprocess.run(
        [sys.executable, "-m", "langnghe.cli", "deadline", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout, done.stderr


def counted(*words: str) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(typed(*words, "--json")[0])
    return facts


def test_working_days_in_json() -> None:
    facts = counted("--working-days", "10", "--start", "2026-08-21T16:45")
    assert facts["due"] == "2026-09-08T23:59:59+07:00"
    assert facts["due_date"] == "2026-09-08"
    assert facts["rule"] is None
    assert facts["skipped"][0] == {
        "from": "2026-08-23T00:00:00+07:00",
        "to": "2026-08-23T23:59:59+07:00",
        "reason": "Chủ nhật",
    }
    assert facts["counted"] == [{"date": "2026-08-22", "reason": "ngày làm bù"}]


def test_working_hours_with_pauses_in_json() -> None:
    facts = counted(
        "--working-hours", "4", "--start", "2026-08-21T16:45",
        "--pause", "2026-08-21T17:00/2026-08-22T09:00", "--pause", "2026-08-22T02:00:00+00:00/2026-08-22T03:00Z",
    )  # fmt: skip
    assert facts["due"] == facts["target"] == "2026-08-22T15:15:00+07:00"
    assert facts["skipped"] == [
        {"from": "2026-08-21T17:00:00+07:00", "to": "2026-08-22T10:00:00+07:00", "reason": "tạm dừng"}
    ]


def test_a_rule_in_json_and_in_words() -> None:
    facts = counted("--rule", "admin-answer", "--start", "2026-08-14")
    assert facts["due_date"] == "2026-09-08"
    assert (facts["rule"]["code"], facts["rule"]["amount"], facts["rule"]["unit"], facts["rule"]["assumed"]) == (
        "admin-answer", 15, "working_days", False,
    )  # fmt: skip
    said, _ = typed("--rule", "field-answer-complex", "--start", "2026-08-14T09:00", "--pause", "2026-08-18/2026-08-19")
    assert "không tính thời gian tạm dừng 19/8" in said
    assert "(giá trị giả định)" in said


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--working-days", "0", "--start", "2026-08-21"), "“0” không phải"),
        (("--working-days", "-3", "--start", "2026-08-21"), "“-3” không phải"),
        (("--working-days", "9999999", "--start", "2026-08-21"), "không phải"),
        (("--working-hours", "ba", "--start", "2026-08-21"), "“ba” không phải"),
        (("--working-days", "3", "--start", "21/08/2026"), "2026-08-21T16:45"),
        (("--working-days", "3", "--start", "2026-02-30"), "không phải là thời điểm"),
        (("--working-days", "3"), "--start"),
        (("--start", "2026-08-21"), "--working-days"),
        (("--working-days", "3", "--working-hours", "3", "--start", "2026-08-21"), "not allowed"),
        (("--rule", "nope", "--start", "2026-08-21"), "không có quy định “nope”"),
        (("--rule", "admin-answer", "--start", "1999-08-21"), "không có hiệu lực vào ngày 21/08/1999"),
        (("--working-days", "3", "--start", "9999-12-31"), "không tính được"),
        (("--working-days", "3", "--start", "2026-08-21", "--pause", "2026-08-22"), "TỪ/ĐẾN"),
        (("--working-days", "3", "--start", "2026-08-21", "--pause", "2026-08-24/2026-08-22"), "trước khi bắt đầu"),
    ],
)
def test_wrong_input_is_said_clearly(words: tuple[str, ...], part: str) -> None:
    said, complaint = typed(*words, "--json", code=2)
    assert said == ""
    assert part in complaint


def test_an_unreachable_database_is_no_obstacle() -> None:
    said, note = typed(
        "--working-days", "10", "--start", "2026-08-21T16:45", "--json", url="postgres://nobody@127.0.0.1:1/nothing"
    )
    assert json.loads(said)["due_date"] == "2026-09-08"
    assert "lịch đi kèm" in note


@pytest.mark.django_db(transaction=True)
def test_the_city_s_own_calendar_goes_first() -> None:
    from django.db import connection

    # The name and password of the test database, as a URL.
    settings = connection.settings_dict
    host = settings["HOST"].replace("/", "%2F")
    url = f"postgres://{settings['USER']}:{settings['PASSWORD']}@{host}:{settings['PORT']}/{settings['NAME']}"
    words = ("--rule", "admin-publish", "--start", "2026-06-01T09:00", "--json")
    # Nothing loaded: the calendar that comes with the program.
    said, note = typed(*words, url=url)
    assert json.loads(said)["due_date"] == "2026-06-03"
    assert "lịch đi kèm" in note
    typed(*words, "--database", url=url, code=2)
    load()
    day = packaged.rules()[0].valid_from.replace(year=2026, month=6, day=3)
    services.set_day(day=day, kind="off", reason="ngày nghỉ hoán đổi", actor=SYSTEM, at=at("2026-05-01T09:00"))
    for more in ((), ("--database",)):
        said, note = typed(*words, *more, url=url)
        assert json.loads(said)["due_date"] == "2026-06-04"
        assert note == ""
