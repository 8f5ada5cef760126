"""Django application of the attachments."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    """Stored files and uploads."""

    name = "langnghe.files"
    label = "files"
    verbose_name = _("Tệp đính kèm")
    default_auto_field = "django.db.models.BigAutoField"
