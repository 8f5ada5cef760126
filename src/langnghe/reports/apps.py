"""The app of the room `reports`."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Periodic reports, and documents in the layout of the state's rules."""

    name = "langnghe.reports"
    label = "reports"

    def ready(self) -> None:
        """Declare the transition table and the messages, so that other processes and pages know them."""
        from langnghe.reports import messages, workflow  # noqa: F401
