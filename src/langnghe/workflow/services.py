"""Writes of the room `workflow`: the registered tables become rows that the database's guard reads."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, transaction

from langnghe.workflow import table
from langnghe.workflow.models import WorkflowEdge

__all__ = ["sync"]


def sync(*, using: str = DEFAULT_DB_ALIAS) -> tuple[int, int]:
    """Make the edges in the database those of the registered tables. Returns how many were added and removed.

    Runs after each migration. Edges of a kind without a table go too: what no table allows, nothing may do.
    """
    wanted = {(entry.kind, *edge) for entry in table.tables() for edge in entry.edges()}
    with transaction.atomic(using=using):
        rows = WorkflowEdge.objects.using(using)
        present = {
            (kind, source, act, target): pk
            for pk, kind, source, act, target in rows.values_list("pk", "kind", "source", "act", "target")
        }
        stale = [pk for edge, pk in present.items() if edge not in wanted]
        fresh = [
            WorkflowEdge(kind=kind, source=source, act=act, target=target)
            for kind, source, act, target in sorted(wanted - present.keys())
        ]
        if stale:
            rows.filter(pk__in=stale).delete()
        rows.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh), len(stale)
