"""Reads of intake: the city's catalogue kept by each process, and the sender's own case."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q

from langnghe.agencies.models import Agency
from langnghe.agencies.selectors import city_office, communes
from langnghe.cases import rules as case_rules
from langnghe.cases.models import Answer, AnswerState, Attachment, Case, Channel, Field, Procedure
from langnghe.files.models import StoredFile
from langnghe.intake import rules
from langnghe.publication import selectors as publication
from langnghe.publication.models import PublicCase
from langnghe.texts import CodeError, parse_code
from langnghe.worktime import clock

FRESH_SECONDS = 30.0
"""For how long a process uses its copy of the catalogue."""

WEB = "web"
"""The code of the channel of the public pages."""


@dataclass(frozen=True, slots=True)
class FieldNames:
    """A field as pages show it."""

    id: int
    code: str
    regime: str
    name: str
    name_en: str
    agency: str
    commune_first: bool

    def said(self, *, english: bool) -> str:
        """Its name in the language of the page."""
        return self.name_en if english and self.name_en else self.name


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What every form needs to know of the city on one day."""

    communes: tuple[tuple[int, str], ...]
    fields: tuple[FieldNames, ...]
    keywords: tuple[rules.Keywords, ...]
    procedures: tuple[tuple[int, str], ...]
    channels: dict[str, int]
    office: str

    def commune(self, pk: int | None) -> str:
        """The name of a commune; '' for none."""
        return next((name for key, name in self.communes if key == pk), "")

    def field(self, pk: int | None) -> FieldNames | None:
        """A field by its key."""
        return next((field for field in self.fields if field.id == pk), None)


_kept: dict[date, tuple[float, Catalogue]] = {}


def catalogue() -> Catalogue:
    """The catalogue of today, read at most every half minute a process. Five queries when it is read."""
    day = clock.today()
    known = _kept.get(day)
    if known is not None and time.monotonic() - known[0] < FRESH_SECONDS:
        return known[1]
    valid = (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_to=None) | Q(valid_to__gte=day))
    fields = list(Field.objects.filter(valid).select_related("default_agency"))
    read = Catalogue(
        communes=tuple(communes(day).order_by("sort_key").values_list("pk", "short_name")),
        fields=tuple(
            FieldNames(
                row.pk, row.code, row.regime, row.name, row.name_en,
                row.default_agency.name if row.default_agency else "", row.commune_first,
            )
            for row in fields
        ),
        keywords=tuple(rules.Keywords(row.pk, row.regime, rules.keywords(row.keywords)) for row in fields),
        procedures=tuple(Procedure.objects.filter(valid).values_list("pk", "name")),
        channels=dict(Channel.objects.filter(valid).values_list("code", "pk")),
        office=city_office(day).name,
    )  # fmt: skip
    _kept.clear()
    _kept[day] = (time.monotonic(), read)
    return read


def forget() -> None:
    """Read the catalogue anew at the next call (after a change, and in tests)."""
    _kept.clear()


# --- the sender's own case ------------------------------------------------------------------------------------------


def sender_case(code: str) -> Case | None:
    """One case with what its sender may see of it. Seven queries. The caller has checked the secret."""
    try:
        wanted = parse_code(code)
    except CodeError:
        return None
    return (
        Case.objects.filter(code=wanted)
        .select_related("field", "commune", "agency", "channel", "merged_into")
        .defer("search")
        .prefetch_related(
            "questions",
            Prefetch("answers", Answer.objects.select_related("other_agency").order_by("round", "pk")),
            "ratings",
            Prefetch("attachments", Attachment.objects.select_related("file").order_by("added_at", "pk")),
            "diversions",
            "extensions",
        )
        .first()
    )


def receipt_case(pk: int) -> Case | None:
    """The case of a receipt. One query."""
    return Case.objects.filter(pk=pk).select_related("commune", "channel").defer("search").first()


def opens(code: str, secret: str) -> Case | None:
    """The case that code and secret open together; None for either being wrong. One query."""
    try:
        wanted = parse_code(code)
    except CodeError:
        return None
    case = Case.objects.filter(code=wanted).only("pk", "code", "secret_digest").first()
    digest = bytes(case.secret_digest) if case is not None else b"\0" * 32
    return case if case_rules.secret_matches(secret, digest) and case is not None else None


def sender_file(case: Case, file_id: object) -> StoredFile | None:
    """A file of the sender, or the proof of an answer that the sender has. No query on a case of `sender_case`."""
    answered = {row.round for row in case.answers.all() if row.state == AnswerState.APPROVED}
    for row in case.attachments.all():
        if row.file_id == file_id and (row.role != Attachment.Role.PROOF or row.round in answered):
            return row.file
    return None


def agency_names(keys: set[int]) -> dict[int, str]:
    """Names of agencies by key. One query, none for no keys."""
    return dict(Agency.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def similar_answers(text: str, *, most: int = 3) -> list[PublicCase]:
    """Published answers to something alike, the closest first. One query."""
    found = [row for row in publication.similar(text) if row.answer]
    by_key = {row.pk: row for row in found}
    wanted = rules.closest(text, [(row.pk, f"{row.title} {row.body[:600]}") for row in found], least=0.08, most=most)
    return [by_key[pk] for pk in wanted]


def open_nearby(text: str, commune_id: int, *, most: int = 3) -> list[PublicCase]:
    """Open public reports of the commune that may be about the same thing, the closest first. One query."""
    from datetime import timedelta

    found = publication.open_nearby(commune_id=commune_id, since=clock.now() - timedelta(days=60))
    by_key = {row.pk: row for row in found}
    wanted = rules.closest(text, [(row.pk, f"{row.title} {row.body[:600]}") for row in found], least=0.06, most=most)
    return [by_key[pk] for pk in wanted]
