"""The app of the room `workflow`."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class WorkflowConfig(AppConfig):
    """Transition tables: found when Django starts, written to the database after each migration."""

    name = "langnghe.workflow"
    label = "workflow"

    def ready(self) -> None:
        """Import every room's `workflow` module, so that its tables are registered."""
        autodiscover_modules("workflow")
        post_migrate.connect(_sync_edges, sender=self)


def _sync_edges(*, using: str, **_rest: Any) -> None:
    from langnghe.workflow import services

    services.sync(using=using)
