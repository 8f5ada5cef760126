"""The app of the room `intake`."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Intake of submissions."""

    name = "langnghe.intake"
    label = "intake"
