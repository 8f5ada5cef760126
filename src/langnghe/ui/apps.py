"""The app of the room `ui`."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Shared templates, template tags and static files; no models."""

    name = "langnghe.ui"
    label = "ui"
