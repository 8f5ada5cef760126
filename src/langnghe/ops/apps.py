"""Django's entry for this room. It has no tables of its own: the job queue keeps the workers' heartbeats."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "langnghe.ops"
    label = "ops"
