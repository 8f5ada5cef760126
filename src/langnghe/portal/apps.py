"""The app of the room `portal`."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Public pages."""

    name = "langnghe.portal"
    label = "portal"
