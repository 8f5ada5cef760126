"""`langnghe deadline`: when a term ends and why, counted as the whole program counts.

It needs no running database: without one it goes by the calendar and the rules that come with the program. With
DATABASE_URL set, or with --database, it goes by those of the city.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import date, datetime, time
from typing import Any, NamedTuple

from langnghe.worktime.format import explain, term_words
from langnghe.worktime.rules import ZONE, Due, Pause, Term, TermError, Unit, WorkCalendar, compute, local

help = "say when a term ends and which days are not counted (hạn đến khi nào, không tính những ngày nào)"
needs = "nothing"


class Rule(NamedTuple):
    """What the output says of a rule."""

    code: str
    step: str
    term: Term
    source: str
    assumed: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A rule or a length, a start, and pauses."""
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--rule", metavar="CODE", help="a deadline rule, as in force on the day of the start")
    length.add_argument("--working-days", metavar="N", type=_amount, help="a term in working days")
    length.add_argument("--working-hours", metavar="N", type=_amount, help="a term in working hours")
    parser.add_argument(
        "--start", metavar="TIME", type=_moment, required=True, help="when it begins, such as 2026-08-21T16:45 (+07:00)"
    )
    parser.add_argument(
        "--pause",
        metavar="FROM/TO",
        type=_pause,
        action="append",
        default=[],
        help="a time in which the term does not run, such as 2026-08-24T10:00/2026-08-26T16:00; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of sentences")
    parser.add_argument("--database", action="store_true", help="go by the calendar and rules in the city's database")


def run(args: argparse.Namespace) -> int:
    """Count and print; 2 when the input cannot be counted with."""
    try:
        calendar, rule = _read(args)
        if rule is not None:
            term = rule.term
        elif args.working_days is not None:
            term = Term(args.working_days, Unit.WORKING_DAYS)
        else:
            term = Term(args.working_hours, Unit.WORKING_HOURS)
        due = compute(term, args.start, calendar, args.pause)
    except _Refused as refused:
        return _refuse(str(refused))
    except TermError as error:
        return _refuse(f"không tính được thời hạn với các ngày này ({error})")
    print(json.dumps(_facts(due, rule), ensure_ascii=False, indent=2) if args.json else _sentences(due, term, rule))
    return 0


class _Refused(Exception):
    """A clear message for whoever typed the command."""


class _NothingThere(_Refused):
    """The database has no calendar, or cannot be read."""


def _refuse(message: str) -> int:
    print(f"langnghe deadline: {message}", file=sys.stderr)
    return 2


def _facts(due: Due, rule: Rule | None) -> dict[str, Any]:
    facts = due.to_json()
    said = None
    if rule is not None:
        said = {
            "code": rule.code,
            "amount": rule.term.amount,
            "unit": rule.term.unit.value,
            "source": rule.source,
            "assumed": rule.assumed,
        }
    return {
        "due": facts["due"],
        "due_date": facts["due_date"],
        "rule": said,
        "skipped": [{name: item[name] for name in ("from", "to", "reason")} for item in facts["skipped"]],
        "counted": [{"date": item["date"], "reason": item["reason"]} for item in facts["counted"]],
        "start": facts["start"],
        "target": facts["target"],
        "half": facts["half"],
        "eighty": facts["eighty"],
    }


def _sentences(due: Due, term: Term, rule: Rule | None) -> str:
    lines = [explain(due, term, "vi", step="" if rule is None else rule.step)]
    if rule is not None:
        basis = rule.source or "chưa tìm thấy quy định"
        mark = " (giá trị giả định)" if rule.assumed else ""
        lines.append(f"Quy định {rule.code}: {term_words(term.amount, term.unit)}. Căn cứ: {basis}{mark}.")
    return "\n".join(lines)


# --- where calendar and rule come from ------------------------------------------------------------------------------


def _read(args: argparse.Namespace) -> tuple[WorkCalendar, Rule | None]:
    day = args.start.date()
    if args.database:
        return _from_database(args.rule, day)
    if url := os.environ.get("DATABASE_URL"):
        try:
            if _reachable(url):
                return _from_database(args.rule, day)
        except _NothingThere:
            pass
        print("langnghe deadline: không đọc được cơ sở dữ liệu, dùng lịch đi kèm chương trình", file=sys.stderr)
    return _packaged(args.rule, day)


def _packaged(code: str | None, day: date) -> tuple[WorkCalendar, Rule | None]:
    from langnghe.worktime import packaged

    if code is None:
        return packaged.calendar(), None
    for row in packaged.rules():
        if row.code == code and row.applies_on(day):
            return packaged.calendar(), Rule(row.code, row.step, row.term, row.source, row.assumed)
    raise _unknown(code, day, {row.code for row in packaged.rules()})


def _from_database(code: str | None, day: date) -> tuple[WorkCalendar, Rule | None]:
    from langnghe.cli import environment

    environment.provide_database()
    environment.setup_django()
    from django.db import DatabaseError

    from langnghe.worktime import selectors
    from langnghe.worktime.errors import WorktimeError

    try:
        calendar = selectors.calendar()
        if code is None:
            return calendar, None
        row = selectors.rule_by_code(code, day)
        if row is None:
            raise _unknown(code, day, {item.code for item in selectors.all_rules()})
        return calendar, Rule(row.code, row.step, row.term, row.source, row.assumed)
    except WorktimeError as error:
        raise _NothingThere(error.message) from error
    except DatabaseError as error:
        raise _NothingThere(f"không đọc được cơ sở dữ liệu: {error}") from error


def _unknown(code: str, day: date, known: set[str]) -> _Refused:
    if code in known:
        return _Refused(f"quy định “{code}” không có hiệu lực vào ngày {day:%d/%m/%Y}")
    return _Refused(f"không có quy định “{code}”; các mã hiện có: {', '.join(sorted(known)) or 'không có'}")


def _reachable(url: str) -> bool:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True


# --- reading what was typed -----------------------------------------------------------------------------------------


def _amount(text: str) -> int:
    try:
        return Term(int(text), Unit.WORKING_DAYS).amount
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” không phải là số nguyên từ 1 đến 10000") from None


def _moment(text: str, *, end: bool = False) -> datetime:
    """A moment; without a time zone it is Vietnamese time, a date alone is its beginning (or its end)."""
    try:
        at = datetime.fromisoformat(text)
        if len(text) <= 10:
            at = datetime.combine(at.date(), time(23, 59, 59) if end else time.min)
        return local(at if at.tzinfo is not None else at.replace(tzinfo=ZONE))
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"“{text}” không phải là thời điểm; hãy viết như 2026-08-21T16:45") from None


def _pause(text: str) -> Pause:
    first, slash, last = text.partition("/")
    if not slash or not first or not last:
        raise argparse.ArgumentTypeError(f"“{text}” không phải là khoảng tạm dừng; hãy viết TỪ/ĐẾN")
    start, end = _moment(first), _moment(last, end=True)
    if end < start:
        raise argparse.ArgumentTypeError(f"“{text}” kết thúc trước khi bắt đầu")
    return Pause(start, end)
