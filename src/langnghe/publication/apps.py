"""The app of the room `publication`."""

from django.apps import AppConfig


class PublicationConfig(AppConfig):
    """The one gate to the public."""

    name = "langnghe.publication"
    label = "publication"
