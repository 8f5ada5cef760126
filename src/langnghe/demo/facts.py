"""Loads the facts of the demo city from `data/`: bodies, people, calendar, rules, catalogues, message texts.

Idempotent: what is there already stays as it is.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from langnghe.agencies.models import CITY_WIDE_ROLES, Agency, Person, RoleAssignment, Succession
from langnghe.cases import settings as city_settings
from langnghe.cases.models import CannedText, Channel, DeclineReason, Field, Procedure, Setting
from langnghe.outbox.models import MessageTemplate
from langnghe.plans.services import bodies
from langnghe.reports.models import ReportTemplate
from langnghe.texts import fold, vietnamese_sort_key
from langnghe.triage.models import TrainingText
from langnghe.worktime import packaged
from langnghe.worktime import services as worktime

DATA = files("langnghe.demo") / "data"
PASSWORD = "lang-nghe-ha-noi"


def read(name: str) -> dict[str, Any]:
    """A JSON file of the demo's data."""
    loaded: dict[str, Any] = json.loads((DATA / name).read_text("utf-8"))
    return loaded


def read_lines(name: str) -> list[dict[str, Any]]:
    """A JSONL file of the demo's data; empty when it is not there."""
    path = DATA / name
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


@cache
def communes() -> list[dict[str, str]]:
    """The communes and wards of the city."""
    return list(csv.DictReader((DATA / "communes.csv").read_text("utf-8").splitlines()))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def load(*, at: datetime) -> None:
    """Everything but cases."""
    with transaction.atomic():
        worktime.load_calendar(packaged.calendar_data(), at)
        worktime.load_rules(packaged.rules_data(), at)
        _settings()
        if not Agency.objects.exists():
            _agencies()
        if not Person.objects.exists():
            _people()
        _catalogues()
        bodies.load_bodies(at=at, rows=read("bodies.json")["bodies"])
        _messages(at)
        _report_templates()
        _training()
    city_settings.forget()


def _settings() -> None:
    for row in read("settings.json")["settings"]:
        Setting.objects.get_or_create(
            code=row["code"],
            valid_from=row["valid_from"],
            defaults={"value": row["value"], "source": row.get("source", ""), "assumed": row.get("assumed", False)},
        )


def _agency(row: dict[str, Any]) -> Agency:
    name, short = row["name"], row.get("short_name") or row["name"]
    return Agency(
        code=row["code"],
        official_code=row.get("official_code", ""),
        kind=row["kind"],
        name=name,
        short_name=short,
        email=row.get("email") or "",
        phone=row.get("phone") or "",
        address=row.get("address") or "",
        duties=(row.get("duties") or "")[:500],
        receives_feedback=row.get("receives_cases", True),
        is_city_office=row.get("is_city_office", False),
        valid_from=row["valid_from"],
        valid_to=row.get("valid_to"),
        sort_key=vietnamese_sort_key(name),
        folded=fold(f"{name} {short} {row.get('official_code', '')}")[:400],
    )


def _agencies() -> None:
    data = read("agencies.json")
    rows = list(data["agencies"])
    default = data["commune_defaults"]
    for commune in communes():
        code = commune["code"]
        name = commune["name"][0].lower() + commune["name"][1:]
        rows.append(
            {
                "code": commune["slug"],
                "official_code": code,
                "kind": default["kind"],
                "short_name": commune["name"],
                "name": default["name_prefix"] + name,
                "parent": default["parent"],
                "valid_from": default["valid_from"],
                "email": default["email"].format(slug=commune["slug"]),
                "phone": default["phone"].format(code_last3=code[-3:]),
            }
        )
    Agency.objects.bulk_create([_agency(row) for row in rows])
    made = {agency.code: agency for agency in Agency.objects.all()}
    for row in rows:
        if row.get("parent"):
            made[row["code"]].parent = made[row["parent"]]
    Agency.objects.bulk_update(made.values(), ["parent"])
    Succession.objects.bulk_create(
        Succession(
            agency=made[old],
            successor=made[new],
            kind=row["kind"],
            on=row["date"],
            main=index == 0,
            note=row.get("note", "")[:300],
        )
        for row in data["successions"]
        for old in row["from"]
        for index, new in enumerate(row["to"])
    )


def _commune_people(data: dict[str, Any]) -> Iterable[dict[str, Any]]:
    family, given = data["name_lists"]["family"], data["name_lists"]["given"]
    staffed = set(data["full_staff_communes"])
    for index, commune in enumerate(communes()):
        if commune["slug"] in staffed:
            continue
        for row in data["per_commune"]:
            number = 4 * index + row["offset"]
            username = row["username"].format(prefix=commune["slug"])
            digits = f"{number:04d}"
            yield {
                "username": username,
                "name": f"{family[number % len(family)]} {given[number % len(given)]}",
                "roles": row["roles"],
                "agency": commune["slug"],
                "title": row["title"],
                "email": f"{username}@hanoi.example",
                "phone": f"0900 2{digits[:2]} {digits[2:]}",
            }


def _people() -> None:
    data = read("people.json")
    rows = [*data["people"], *_commune_people(data)]
    # One password for all accounts of the demo: hashed once, or loading would take half a minute.
    hashed = make_password(PASSWORD)
    made = Person.objects.bulk_create(
        Person(
            username=row["username"],
            full_name=row["name"],
            title=row.get("title", ""),
            email=row["email"],
            phone=row["phone"],
            password=hashed,
        )
        for row in rows
    )
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    since = date(2025, 7, 1) - timedelta(days=365)
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            person=person,
            role=role,
            agency=None if role in CITY_WIDE_ROLES else agencies[row["agency"]],
            valid_from=since,
        )
        for person, row in zip(made, rows, strict=True)
        for role in row["roles"]
    )


def _catalogues() -> None:
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    for row in read("fields.json")["fields"]:
        Field.objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "name_en": row.get("name_en", ""),
                "regime": row["regime"],
                "default_agency": agencies[row["agency"]],
                "commune_first": row["commune_likely"],
                "keywords": row["keywords"],
            },
        )
    fields = {field.code: field for field in Field.objects.all()}
    for row in read("procedures.json")["procedures"]:
        Procedure.objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "field": fields.get(row["field"]),
                "level": row["level"],
                "term_days": row["term_days"],
                "assumed": row["term_assumed"],
            },
        )
    for row in read("channels.json")["channels"]:
        Channel.objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "name_en": row.get("name_en", ""),
                "contact": row["contact"],
                "hours": row["hours"],
                "note": row["note"],
                "published": row["published"],
                "staff_entry": row["entered_by_staff"],
            },
        )
    for row in read("decline_reasons.json")["reasons"]:
        DeclineReason.objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "name_en": row.get("name_en", ""),
                "text": row["text"],
                "guidance": row["guidance"],
                "legal_basis": row["legal_basis"] or "",
                "diversion": row["diversion"] or "",
            },
        )
    for row in read("canned_texts.json")["texts"]:
        CannedText.objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["title"],
                "regime": "" if row["regime"] == "both" else row["regime"],
                "field": fields.get(row["field"] or ""),
                "outcome": row["outcome"] or "",
                "text": row["text"],
            },
        )


def message_texts() -> list[dict[str, str]]:
    """The first texts of every message: code, channel, language, subject, body."""
    return [
        {
            "code": row["code"],
            "channel": row["channel"],
            "language": language,
            "subject": row["subject"][language],
            "body": row["body"][language],
        }
        for row in read("message_templates.json")["templates"]
        for language in ("vi", "en")
    ]


def _messages(at: datetime) -> None:
    for row in message_texts():
        key = {name: row[name] for name in ("code", "channel", "language")}
        MessageTemplate.objects.get_or_create(
            **key, defaults={"subject": row["subject"], "body": row["body"], "updated_at": at}
        )


def _report_templates() -> None:
    for row in read("report_templates.json")["templates"]:
        ReportTemplate.objects.get_or_create(
            code=row["code"],
            valid_from=row["valid_from"],
            defaults={name: row[name] for name in ("name", "sections", "layout", "source")},
        )


def _training() -> None:
    if TrainingText.objects.exists():
        return
    fields = {field.code: field for field in Field.objects.all()}
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    TrainingText.objects.bulk_create(
        TrainingText(
            title=row.get("title", "")[:200],
            text=row["text"],
            regime=row["regime"],
            field=fields[row["field"]],
            agency=agencies.get(row.get("agency") or ""),
            urgency=row.get("urgency") or "normal",
            denunciation=row.get("denunciation", False),
            source="demo",
        )
        for row in read_lines("training_texts.jsonl")
    )
