"""The app of the room `demo`."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo city."""

    name = "langnghe.demo"
    label = "demo"
