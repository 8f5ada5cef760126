"""The app of the room `worktime`."""

from django.apps import AppConfig


class WorktimeConfig(AppConfig):
    """Calendar, deadlines, reminders and the clock."""

    name = "langnghe.worktime"
    label = "worktime"
