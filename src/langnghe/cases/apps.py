"""The app of the room `cases`."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Feedback cases."""

    name = "langnghe.cases"
    label = "cases"
