"""`GET /healthz` for load balancers and `GET /metrics` for Prometheus. Neither shows anything about any person."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from langnghe.ops import conf, selectors
from langnghe.ui.access import public


@public
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Status 200 when all is well, 503 otherwise; the body says which check failed and why."""
    checks = {"database": _check(_database)}
    if checks["database"]["ok"]:  # otherwise each of the others would wait for a connection in vain
        checks |= {"migrations": _check(_migrations), "worker": _check(_worker), "queue": _check(_queue)}
    well = all(check["ok"] for check in checks.values())
    return JsonResponse({"status": "ok" if well else "failing", "checks": checks}, status=200 if well else 503)


def _check(measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return measure()
    except DatabaseError as error:
        return {"ok": False, "error": type(error).__name__}


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True}


def _migrations() -> dict[str, Any]:
    pending = selectors.pending_migrations()
    return {"ok": not pending, "pending": pending}


def _worker() -> dict[str, Any]:
    silence = selectors.worker_silence()
    ok = silence is not None and silence <= conf.WORKER_SILENT_SECONDS
    return {"ok": ok, "seconds_since_heartbeat": None if silence is None else round(silence, 1)}


def _queue() -> dict[str, Any]:
    oldest = max((queue.oldest_seconds for queue in selectors.queues()), default=0.0)
    return {"ok": oldest <= conf.QUEUE_LATE_SECONDS, "oldest_seconds": round(oldest, 1)}


@public
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures in Prometheus' text format; 401 without the token where one is set."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if conf.METRICS_TOKEN and not hmac.compare_digest(given, conf.METRICS_TOKEN.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    """Reads all figures at the moment of the request; a database that is down is a figure too."""

    def collect(self) -> Iterator[Metric]:
        try:
            figures = list(_figures())
        except DatabaseError:
            figures = []
        up = 1 if figures else 0
        yield GaugeMetricFamily("langnghe_database_up", "Whether the database answers (1) or not (0).", up)
        yield from figures


def _figures() -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "langnghe_migrations_pending", "Migrations not yet applied.", len(selectors.pending_migrations())
    )
    live = selectors.workers(within_seconds=conf.WORKER_SILENT_SECONDS)
    yield GaugeMetricFamily("langnghe_workers", "Workers with a recent sign of life.", live)
    silence = selectors.worker_silence()
    if silence is not None:
        yield GaugeMetricFamily("langnghe_worker_heartbeat_age_seconds", "Since a worker's last sign of life.", silence)
    waiting = GaugeMetricFamily("langnghe_queue_waiting", "Jobs that are due and wait.", labels=["queue"])
    oldest = GaugeMetricFamily("langnghe_queue_oldest_seconds", "How long the first due job waits.", labels=["queue"])
    running = GaugeMetricFamily("langnghe_queue_running", "Jobs that run now.", labels=["queue"])
    failed = GaugeMetricFamily("langnghe_queue_failed", "Jobs that failed for good.", labels=["queue"])
    for queue in selectors.queues():
        waiting.add_metric([queue.name], queue.waiting)
        oldest.add_metric([queue.name], queue.oldest_seconds)
        running.add_metric([queue.name], queue.running)
        failed.add_metric([queue.name], queue.failed)
    yield from (waiting, oldest, running, failed)
    messages = GaugeMetricFamily("langnghe_messages", "Messages by status.", labels=["status"])
    for status, count in sorted(selectors.messages_by_status().items()):
        messages.add_metric([status], count)
    yield messages
