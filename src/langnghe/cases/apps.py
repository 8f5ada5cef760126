"""The app of the room `cases`."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Feedback cases."""

    name = "langnghe.cases"
    label = "cases"

    def ready(self) -> None:
        """Declare the transition table and the messages, so that other processes and pages know them."""
        from langnghe.cases import messages, workflow  # noqa: F401
