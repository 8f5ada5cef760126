"""The app of the room `agencies`."""

from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    """Agencies, people and their roles."""

    name = "langnghe.agencies"
    label = "agencies"
