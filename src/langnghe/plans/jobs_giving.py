"""The worker's part in confirming plans: many shares are handed out here, not while a person waits."""

from __future__ import annotations

from procrastinate.contrib.django import app

from langnghe.plans.models import PlanDocument
from langnghe.worktime import clock


@app.periodic(cron="* * * * * */3")
@app.task(queue="plans", name="plans.give_waiting", queueing_lock="plans.give_waiting")
def give_waiting(timestamp: int) -> None:
    """Every three seconds: hand out the shares of plans that wait for it, the oldest first. No lock of the queue: one
    would outlive a worker that was killed; each plan has one of its own."""
    from langnghe.plans.services import documents

    waiting = PlanDocument.objects.filter(head__giving__state="waiting").order_by("confirmed_at", "pk")
    for pk in list(waiting.values_list("pk", flat=True)[:20]):
        documents.give_waiting(document_id=pk, at=clock.now())
