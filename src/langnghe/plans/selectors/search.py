"""Search over the tasks of all plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import SearchQuery
from django.db.models import Prefetch, QuerySet

from langnghe.plans.models import PlanDocument, Task
from langnghe.plans.selectors.trees import TaskRow, task_rows
from langnghe.texts import words as words_of

PAGE = 30


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One page of tasks found, the newest plans first."""

    rows: list[TaskRow]
    after: str
    before: str


def matching(text: str) -> QuerySet[Task]:
    """The tasks of plans in force or finished that have all the words, the last of them perhaps only begun. No query
    by itself."""
    wanted = words_of(text)[:12]
    if not wanted:
        return Task.objects.none()
    query = " & ".join([*(f"'{word}'" for word in wanted[:-1]), f"'{wanted[-1]}':*"])
    return Task.objects.filter(
        search=SearchQuery(query, config="simple", search_type="raw"), document__state__in=["active", "finished"]
    )


def search(text: str, *, at: datetime, key: str = "", size: int = PAGE) -> TaskPage:
    """Tasks of all plans in force or finished that have all the words, with or without marks; the newest first.
    Four queries: the hits, their tasks and plans, and what their shares come to."""
    pk, backwards = _number_key(key)
    found = matching(text)
    if pk is not None:
        found = found.filter(pk__gt=pk) if backwards else found.filter(pk__lt=pk)
    keys = list(found.order_by("pk" if backwards else "-pk").values_list("pk", flat=True)[: size + 1])
    more = len(keys) > size
    keys = keys[:size]
    if backwards:
        keys.reverse()
    documents = PlanDocument.objects.defer("text", "head", "warnings")
    tasks = Task.objects.filter(pk__in=keys).prefetch_related(Prefetch("document", documents)).order_by("-pk")
    rows = task_rows(tasks, at=at) if keys else []
    after = f"a{keys[-1]}" if keys and (more or backwards) else ""
    before = f"b{keys[0]}" if keys and pk is not None and (more or not backwards) else ""
    return TaskPage(rows, after, before)


def _number_key(key: str) -> tuple[int | None, bool]:
    number = key[1:]
    good = key[:1] in ("a", "b") and number.isascii() and number.isdecimal() and len(number) < 16
    return (int(number), key[0] == "b") if good else (None, False)
