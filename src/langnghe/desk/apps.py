"""The app of the room `desk`."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Staff pages."""

    name = "langnghe.desk"
    label = "desk"

    def ready(self) -> None:
        """Listen to what people change in their own sign-in."""
        from langnghe.desk import signing

        signing.listen()
