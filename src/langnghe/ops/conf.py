"""Limits beyond which the program counts as unwell, and who may read its figures."""

from __future__ import annotations

from langnghe.config import env

WORKER_SILENT_SECONDS = env.number(
    "LANGNGHE_WORKER_SILENT_SECONDS", 60, "Seconds without a sign of life from any worker until /healthz fails."
)
QUEUE_LATE_SECONDS = env.number(
    "LANGNGHE_QUEUE_LATE_SECONDS", 600, "Seconds that a job may wait beyond its time until /healthz fails."
)
METRICS_TOKEN = env.text(
    "LANGNGHE_METRICS_TOKEN", "", "When set, /metrics asks for `Authorization: Bearer` with this token."
)
