"""The app of the room `desk`."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Staff pages."""

    name = "langnghe.desk"
    label = "desk"
