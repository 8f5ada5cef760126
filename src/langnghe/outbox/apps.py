"""Django application of the outbox."""

from importlib import import_module

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    """Registers the transition table, and finds what every room declares about its messages (`<room>/messages.py`)."""

    name = "langnghe.outbox"
    label = "outbox"
    verbose_name = _("Thông báo gửi đi")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from langnghe.outbox import workflow  # noqa: F401

        for config in apps.get_app_configs():
            ours = config.name.startswith("langnghe.") and config.module is not None
            if ours and module_has_submodule(config.module, "messages"):
                import_module(f"{config.name}.messages")
