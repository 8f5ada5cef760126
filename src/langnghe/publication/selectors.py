"""Reads of what is public. A case that is kept for the named few is never shown, whatever was published before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from langnghe.cases.search import query as search_query
from langnghe.cases.selectors import decode_key, encode_key
from langnghe.publication.models import PublicCase, PublicFile
from langnghe.texts import CodeError, parse_code

PAGE = 20
SHOWN = ("open", "published")


@dataclass(frozen=True, slots=True)
class PublicFilter:
    """What the public list is narrowed to."""

    text: str = ""
    field_id: int | None = None
    agency_id: int | None = None
    commune_id: int | None = None
    regime: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class PublicPage:
    """One page of the public list by key."""

    rows: list[PublicCase]
    after: str
    before: str


ENDED = ("declined", "diverted", "withdrawn", "merged")
"""States of a case in which nobody will answer it: a report that was shown while it was open is shown no more."""


def _alive(case: str = "case", state: str = "state") -> Q:
    return ~Q(**{state: "open", f"{case}__state__in": ENDED})


def is_shown(code: str) -> bool:
    """Whether the public may see the case of this code. One query."""
    return shown().filter(code=code).exists()


def is_hidden(case_id: int) -> bool:
    """Whether there is a public copy of a case that was shown and is hidden now. One query."""
    return PublicCase.objects.filter(case_id=case_id, state="hidden", published_at__isnull=False).exists()


def is_prepared(case_id: int) -> bool:
    """Whether there is a public copy of a case, shown or not. One query."""
    return PublicCase.objects.filter(case_id=case_id).exists()


def shown() -> QuerySet[PublicCase]:
    """What the public may see now. Read from the replica where there is one. No query by itself."""
    using = "replica" if "replica" in settings.DATABASES else "default"
    return PublicCase.objects.using(using).filter(_alive(), state__in=SHOWN, case__restricted=False)


def public_list(wanted: PublicFilter, *, key: str = "", size: int = PAGE) -> PublicPage:
    """Published cases, the newest first. One query."""
    exact = {
        "field_id": wanted.field_id, "agency_id": wanted.agency_id, "commune_id": wanted.commune_id,
        "regime": wanted.regime, "outcome": wanted.outcome,
    }  # fmt: skip
    found = shown().filter(**{name: value for name, value in exact.items() if value})
    if wanted.text.strip():
        try:
            found = found.filter(code=parse_code(wanted.text))
        except CodeError:
            words = search_query(wanted.text)
            found = found.filter(search=words) if words is not None else found.none()
    backwards, mark = decode_key(key)
    if mark is not None:
        when, pk = mark
        side = "gt" if backwards else "lt"
        found = found.filter(Q(**{f"published_at__{side}": when}) | Q(**{"published_at": when, f"id__{side}": pk}))
    sign = "" if backwards else "-"
    rows = list(found.defer("search").order_by(f"{sign}published_at", f"{sign}id")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    after = before = ""
    if rows and rows[-1].published_at is not None and (more or backwards):
        after = encode_key(rows[-1].published_at, rows[-1].pk)
    if rows and rows[0].published_at is not None and mark is not None and (more or not backwards):
        before = encode_key(rows[0].published_at, rows[0].pk, backwards=True)
    return PublicPage(rows, after, before)


def public_case(code: str) -> PublicCase | None:
    """One public case with its files; two queries. None when it is not public."""
    try:
        wanted = parse_code(code)
    except CodeError:
        return None
    return shown().filter(code=wanted).prefetch_related("files__file").first()


def public_file(key: UUID) -> PublicFile | None:
    """A public file, if its case is shown. One query."""
    return (
        PublicFile.objects.filter(
            _alive("public__case", "public__state"), pk=key, public__state__in=SHOWN, public__case__restricted=False
        )
        .select_related("file")
        .first()
    )


def similar(text: str, *, limit: int = 200) -> list[PublicCase]:
    """Candidates for "others asked the same": public cases that share words with the text. One query.

    Any of the longer words counts; the caller ranks them.
    """
    from django.contrib.postgres.search import SearchQuery

    from langnghe.texts import words

    wanted = sorted({word for word in words(text) if len(word) > 2}, key=len, reverse=True)[:10]
    if not wanted:
        return []
    query = SearchQuery(" | ".join(f"'{word}'" for word in wanted), config="simple", search_type="raw")
    return list(shown().filter(search=query).defer("search").order_by("-published_at")[:limit])


def open_nearby(*, commune_id: int, since: datetime, limit: int = 50) -> list[PublicCase]:
    """Open public reports of a commune, to follow instead of repeating. One query."""
    found = shown().filter(state="open", commune_id=commune_id, published_at__gte=since)
    return list(found.defer("search").order_by("-published_at")[:limit])


def agencies_with_cases() -> Sequence[tuple[int, str]]:
    """Agencies that have something public, for the filter. One query."""
    rows = shown().exclude(agency=None).order_by("agency__sort_key").values_list("agency_id", "agency__name").distinct()
    return list(rows[:300])
