"""A case brought quickly to where a test begins."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

from langnghe.cases import services
from langnghe.cases.models import Case
from langnghe.files import services as files
from langnghe.worktime.models import Deadline
from tests.cases.city import City, moment

DAY = "2026-03-02"


def at(clock: str) -> datetime:
    """A time of the first day."""
    return moment(f"{DAY} {clock}")


def pdf() -> Any:
    """A small document."""
    return io.BytesIO(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")


def transferred(city: City, **given: Any) -> Case:
    """With the agency, at 10:05."""
    case = city.receive(at("09:00"), **given).case
    office = city.actor("coordinator")
    services.classify(
        case_id=case.pk, actor=office, at=at("10:00"), regime="field", field_id=city.field.pk, urgency="normal"
    )
    return services.transfer(
        case_id=case.pk, actor=office, at=at("10:05"), agency_id=city.works.pk, reason="Đúng thẩm quyền"
    )


def handling(city: City, **given: Any) -> Case:
    """Given to `handler`, at 10:15."""
    case = transferred(city, **given)
    services.accept(case_id=case.pk, actor=city.actor("focal"), at=at("10:10"))
    return services.assign(
        case_id=case.pk, actor=city.actor("focal"), at=at("10:15"), handler_id=city.people["handler"].pk
    )


def submitted(
    city: City,
    case: Case,
    when: datetime,
    *,
    who: str = "handler",
    outcome: str = "explained",
    scheduled_on: date | None = None,
) -> Case:
    """An answer drafted and sent for approval."""
    draft = services.Draft(
        outcome=outcome, text="Tổ điện đã kiểm tra toàn tuyến và lên lịch thay bóng đèn.", done_what="Kiểm tra tuyến",
        done_by="Tổ quản lý chiếu sáng", done_on=when.date(), scheduled_on=scheduled_on,
    )  # fmt: skip
    services.draft(case_id=case.pk, actor=city.actor(who), at=when, content=draft)
    return services.submit(case_id=case.pk, actor=city.actor(who), at=when)


def answered(city: City, case: Case, when: datetime, *, approver: str = "approver", **given: Any) -> Case:
    """An approved answer."""
    submitted(city, case, when, **given)
    return services.approve(case_id=case.pk, actor=city.actor(approver), at=when)


def running(case: Case, step: str) -> Deadline | None:
    """The deadline of a step that is still owed."""
    return Deadline.objects.filter(kind="case", subject_id=case.pk, step=step, state__in=["open", "paused"]).first()


def rated(case: Case, when: datetime, level: int) -> Case:
    """Rated by the sender with one level everywhere."""
    from langnghe.workflow.actor import SENDER

    levels = dict.fromkeys(("forms", "ease", "handling", "notice"), level)
    return services.rate(case_id=case.pk, actor=SENDER, at=when, levels=levels, overall=level)


__all__ = ["answered", "at", "files", "handling", "pdf", "rated", "running", "submitted", "transferred"]
