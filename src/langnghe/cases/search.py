"""The search column of cases: folded words in the `simple` configuration, so that marks and case do not matter.

Codes are searched by their own column (the parser would split them).
"""

from __future__ import annotations

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Value

from langnghe.cases.rules import search_text
from langnghe.texts import words

TO_VECTOR = "to_tsvector('simple', %s)"
"""The same for a statement of one's own, of what `rules.search_text` gives."""


def vector(*, code: str, title: str, body: str, place: str) -> SearchVector:
    """The expression that fills the column."""
    return SearchVector(Value(search_text(title, place, body, code)), config="simple")


def query(text: str) -> SearchQuery | None:
    """The words of a person's search, all wanted; None when there is no word. At most twelve words count."""
    wanted = words(text)[:12]
    if not wanted:
        return None
    return SearchQuery(" & ".join(f"'{word}'" for word in wanted), config="simple", search_type="raw")
