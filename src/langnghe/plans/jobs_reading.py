"""The worker's part in entering plans: large files and scans are read here, not while a person waits."""

from __future__ import annotations

from procrastinate.contrib.django import app

from langnghe.plans.models import PlanDocument
from langnghe.worktime import clock


@app.periodic(cron="* * * * * */3")
@app.task(queue="plans", name="plans.read_waiting", queueing_lock="plans.read_waiting", lock="plans.read_waiting")
def read_waiting(timestamp: int) -> None:
    """Every three seconds: read the documents that wait for it, the oldest first."""
    from langnghe.plans.services import documents

    waiting = PlanDocument.objects.filter(state="review", head__reading__state="waiting").order_by("pk")
    for pk in list(waiting.values_list("pk", flat=True)[:20]):
        documents.read_waiting(document_id=pk, at=clock.now())
