"""Scans in the product: limits of their own, reading by the worker with the real Tesseract, told page by page."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from PIL import Image

from langnghe.acts.errors import ActError
from langnghe.files import conf
from langnghe.files.handlers import LimitedUploadHandler
from langnghe.plans.models import PlanDocument
from langnghe.plans.reading.formats import scan
from langnghe.plans.services import documents
from tests.cases.city import City
from tests.plans.reading.samples import SAMPLES
from tests.plans.reading.scanning import scan_of
from tests.plans.test_documents import AT

real = pytest.mark.skipif(
    not scan.available(), reason="needs Tesseract with Vietnamese data (tesseract-ocr, tesseract-ocr-vie)"
)


@real
@pytest.mark.django_db
def test_the_worker_reads_a_scan_and_tells_how_far_it_is(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = scan_of((SAMPLES / "district.txt").read_text(encoding="utf-8"), tmp_path)
    plan = documents.enter(
        agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT, content=content, name="ban quet.pdf"
    )
    assert plan.head["reading"]["state"] == "waiting" and not plan.items.exists()
    seen: list[dict[str, Any]] = []
    read_page = scan.read_page

    def watched(*given: Any) -> Any:
        seen.append(PlanDocument.objects.get(pk=plan.pk).head["reading"])
        return read_page(*given)

    monkeypatch.setattr(scan, "ThreadPoolExecutor", InTurn)  # the test's transaction is this thread's alone
    monkeypatch.setattr(scan, "read_page", watched)
    assert documents.read_waiting(document_id=plan.pk, at=AT)
    assert "done" not in seen[0] and (seen[-1]["done"], seen[-1]["pages"]) == (len(seen) - 1, len(seen))
    plan.refresh_from_db()
    assert "reading" not in plan.head and plan.items.filter(kind="task").count() >= 8
    assert sum("ảnh quét" in warning for warning in plan.warnings) == 1
    assert plan.title == "Chuyển đổi số huyện Phú Lộc năm 2023"


class InTurn:
    """Runs one after the other, in this thread."""

    def __init__(self, beside: int) -> None:
        self.beside = beside

    def __enter__(self) -> InTurn:
        return self

    def __exit__(self, *given: object) -> None:
        return None

    def map(self, run: Any, parts: Any) -> Any:
        return map(run, parts)


@pytest.mark.django_db
def test_a_scan_of_500_pages_is_kept_with_the_reason(city: City) -> None:
    writer = pypdf.PdfWriter()
    for _ in range(500):
        writer.add_blank_page(595, 842)
    buffer = io.BytesIO()
    writer.write(buffer)
    actor = city.actor("coordinator")
    plan = documents.enter(agency_id=city.office.pk, actor=actor, at=AT, content=buffer.getvalue(), name="dai.pdf")
    assert not documents.read_waiting(document_id=plan.pk, at=AT)
    plan.refresh_from_db()
    assert plan.state == "review" and plan.file is not None and plan.head["reading"]["state"] == "failed"
    assert "500 trang" in plan.head["reading"]["message"] and "150 trang" in plan.head["reading"]["message"]


@pytest.mark.django_db
def test_documents_have_a_limit_of_their_own(city: City, settings: Any) -> None:
    settings.LANGNGHE_FILES_MAX_BYTES = 1000
    settings.LANGNGHE_FILES_DOCUMENT_BYTES = 3000
    actor = city.actor("coordinator")
    taken = documents.enter(
        agency_id=city.office.pk, actor=actor, at=AT, content=("KẾ HOẠCH\n" * 150).encode(), name="a.txt"
    )
    assert taken.file is not None and taken.file.size > 1000
    with pytest.raises(ActError) as refused:
        documents.enter(agency_id=city.office.pk, actor=actor, at=AT, content=b"a " * 2000, name="b.txt")
    assert refused.value.field == "file" and "MB" in refused.value.message


def received(path: str, size: int) -> int:
    """How many bytes of a file the handler keeps that is sent to a page."""
    request = RequestFactory().post(path)
    handler = LimitedUploadHandler(request)
    handler.new_file("file", "a.pdf", "application/pdf", size, None, None)
    handler.receive_data_chunk(b"x" * size, 0)
    taken = handler.file_complete(size)
    assert taken is not None
    return len(taken.read())


def test_only_pages_for_documents_take_large_files(settings: Any) -> None:
    settings.LANGNGHE_FILES_MAX_BYTES = 1000
    settings.LANGNGHE_FILES_DOCUMENT_BYTES = 3000
    assert conf.document_limits().max_bytes == 3000 and conf.limits().max_bytes == 1000
    assert received(reverse("desk:plan_enter"), 2000) == 2000
    assert received(reverse("desk:plan_act", args=[1, "tep"]), 2000) == 2000
    assert received(reverse("desk:plan_enter"), 4000) == 0
    assert received(reverse("portal:submit"), 2000) == 0
    assert received("/khong-co-trang-nay", 2000) == 0


@pytest.mark.django_db
def test_the_page_of_a_document_that_is_being_read(city: City, sign_in: Callable[[str], Client], settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    picture = io.BytesIO()
    Image.new("L", (300, 300), 255).save(picture, "PNG")
    actor = city.actor("coordinator")
    plan = documents.enter(
        agency_id=city.office.pk, actor=actor, at=AT, content=picture.getvalue(), name="anh.png", later=True
    )
    PlanDocument.objects.filter(pk=plan.pk).update(head={"reading": {"state": "waiting", "done": 3, "pages": 12}})
    page = sign_in("coordinator").get(reverse("desk:plan_review", args=[plan.pk])).content.decode()
    assert '<progress aria-label="Đang đọc" value="3" max="12">' in page and "Đã nhận dạng 3 trên 12 trang." in page
