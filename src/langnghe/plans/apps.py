"""The app of the room `plans`."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Plans, their tasks and indicators."""

    name = "langnghe.plans"
    label = "plans"

    def ready(self) -> None:
        """Declare the transition tables and the messages, so that other processes and pages know them."""
        from langnghe.plans import messages, workflow  # noqa: F401
