"""The app of the room `triage`."""

from django.apps import AppConfig


class TriageConfig(AppConfig):
    """Suggestions and duplicates."""

    name = "langnghe.triage"
    label = "triage"
