"""The edges of all transition tables, where the database's guard can see them."""

from __future__ import annotations

from django.db import models


class WorkflowEdge(models.Model):
    """One allowed change of state: `act` leads a subject of this kind from `source` ('' at birth) to `target`.

    A copy of the registered tables, written by `services.sync` after each migration and by nothing else.
    """

    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=40, blank=True)
    act = models.CharField(max_length=40)
    target = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "source", "act", "target"], name="workflow_edge_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.source or '*'} --{self.act}--> {self.target}"
