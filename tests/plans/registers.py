"""A small plan with what a reader finds in it, for tests of the register."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from langnghe.plans.models import PlanDocument, RegisterItem
from langnghe.plans.services import documents, items
from langnghe.plans.services.bodies import Directory, load_bodies
from langnghe.plans.services.registering import lock
from langnghe.workflow.actor import Actor

TEXT = "\n".join(
    [
        "KẾ HOẠCH",
        "Chiếu sáng các ngõ nhỏ năm 2026",
        "1. Sở Xây dựng rà soát toàn bộ đèn đường trong ngõ; lập danh mục cần thay. Xong trước ngày 30/6/2026.",
        "2. Sở Công Thương chủ trì, phối hợp với Sở Xây dựng kiểm tra an toàn lưới điện định kỳ hằng tháng.",
        "3. UBND các xã, phường tổ chức nhận phản ánh về đèn hỏng.",
        "4. Báo Ngõ Nhỏ đưa tin về kết quả.",
        "5. Tỷ lệ đèn sáng đạt ít nhất 98%.",
    ]
)

NO_TERM = {"type": "none", "value": None, "before": False, "rrule": None, "quote": None}


def known_bodies(at: datetime) -> None:
    """The names of TEXT that are no agency's own."""
    rows: list[dict[str, Any]] = [{"name": "UBND các xã, phường", "kinds": ["commune"]}, {"name": "Báo Ngõ Nhỏ"}]
    load_bodies(at=at, rows=rows)


def task(quote: str, lead: list[str], *, path: str = "", **more: Any) -> dict[str, Any]:
    """A task as the reader writes it."""
    start = TEXT.find(quote)
    return {
        "path": path, "quote": quote, "lead": lead, "cooperate": [], "deadline": NO_TERM, "report_to": None,
        "inherits_deadline_from": None, "doubts": [],
        "place": [start, start + len(quote)] if start >= 0 else None,
        "reasons": {"lead": {"rule": "subject", "words": lead[0] if lead else "", "place": None}},
        "confidence": {"lead": 0.9, "deadline": 0.8}, **more,
    }  # fmt: skip


def register() -> dict[str, Any]:
    """What a reader finds in TEXT."""
    term = {"type": "date", "value": "2026-06-30", "before": True, "rrule": None, "quote": "trước ngày 30/6/2026"}
    monthly = {"type": "recurring", "value": None, "before": False, "rrule": "FREQ=MONTHLY", "quote": "hằng tháng"}
    return {
        "tasks": [
            task(
                "Sở Xây dựng rà soát toàn bộ đèn đường trong ngõ; lập danh mục cần thay. Xong trước ngày 30/6/2026.",
                ["Sở Xây dựng"], path="1", deadline=term,
            ),
            task(
                "Sở Công Thương chủ trì, phối hợp với Sở Xây dựng kiểm tra an toàn lưới điện định kỳ hằng tháng.",
                ["Sở Công Thương"], path="2", cooperate=["Sở Xây dựng"], deadline=monthly,
            ),
            task("UBND các xã, phường tổ chức nhận phản ánh về đèn hỏng.", ["UBND các xã, phường"], path="3"),
            task("Báo Ngõ Nhỏ đưa tin về kết quả.", ["Báo Ngõ Nhỏ"], path="4", doubts=["Chưa chắc là một nhiệm vụ."]),
        ],
        "indicators": [
            {
                "name": "Tỷ lệ đèn sáng", "unit": "%", "baseline": None, "baseline_year": None,
                "target": {"op": ">=", "value": 98.0}, "quote": "Tỷ lệ đèn sáng đạt ít nhất 98%.", "doubts": [],
                "place": None, "reasons": {}, "confidence": {},
            }
        ],
        "recurring_reports": [], "channels": [], "public_disclosures": [],
    }  # fmt: skip


def entered(
    *,
    agency_id: int,
    actor: Actor,
    at: datetime,
    found: dict[str, Any] | None = None,
    issued_on: date | None = date(2026, 2, 20),
    **more: Any,
) -> PlanDocument:
    """A document in review with what a reader found in it."""
    known_bodies(at)
    values = {"title": "Chiếu sáng các ngõ nhỏ", "number": "15/KH-UBND", "issued_on": issued_on}
    document = documents.enter(agency_id=agency_id, actor=actor, at=at, values=values, **more)
    document.text = TEXT
    document.save(update_fields=["text"])
    items.from_register(document, found or register(), Directory(), at)
    documents.link(document, at)
    document.refresh_from_db()
    return document


def item(document: PlanDocument, path: str) -> RegisterItem:
    """The living task with that path."""
    return RegisterItem.objects.get(document=document, kind="task", path=path, extracted__isnull=False)


def settle(document: PlanDocument, *, actor: Actor, at: datetime) -> None:
    """Accept everything, one by one."""
    for row in RegisterItem.objects.filter(document=document, state="found"):
        items.accept(item_id=row.pk, actor=actor, at=at)


__all__ = ["TEXT", "entered", "item", "lock", "register", "settle", "task"]
