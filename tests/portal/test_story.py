"""One citizen without JavaScript: submit, receipt, track, reply, rate, reopen, a second answer."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from langnghe.cases import services
from langnghe.cases.models import Attachment, Case, InformationRequest, Rating
from langnghe.files import services as files
from langnghe.publication import services as publication
from langnghe.worktime import clock
from tests.cases.city import City

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def words(response: Any) -> str:
    """The page as people read it."""
    return html.unescape(response.content.decode())


def fields(page: str, action: str) -> dict[str, str]:
    """The hidden inputs of the form that posts to `action`."""
    form = re.search(rf'<form[^>]*action="[^"]*{re.escape(action)}"[^>]*>(.*?)</form>', page, re.S)
    assert form is not None, action
    found = re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', form.group(1))
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def send(client: Client, given: dict[str, Any]) -> tuple[Case, str]:
    """Submit a form and read the secret from the receipt."""
    page = words(client.get(client.post("/gui/", given)["Location"]))
    secret = re.search(r'name="secret" value="([^"]+)"', page)
    code = re.search(r'name="code" value="([^"]+)"', page)
    assert secret is not None and code is not None
    return Case.objects.get(code=code.group(1)), secret.group(1)


def answer(city: City, case: Case, handler: str, approver: str) -> None:
    """The agency's part, from assigning to the approved answer."""
    at = clock.now()
    proof = files.store(content=io.BytesIO(PDF), name="bien-ban.pdf", at=at)
    services.assign(case_id=case.pk, actor=city.actor("focal"), at=at, handler_id=city.people[handler].pk)
    draft = services.Draft(
        outcome="solved",
        text="Tổ điện đã thay ba bóng đèn ở cuối ngõ và kiểm tra lại toàn tuyến.",
        done_what="Thay ba bóng đèn",
        done_by="Tổ quản lý chiếu sáng",
        done_on=at.date(),
        proof_ids=[proof.pk],
    )
    services.draft(case_id=case.pk, actor=city.actor(handler), at=at, content=draft)
    services.submit(case_id=case.pk, actor=city.actor(handler), at=at)
    services.approve(case_id=case.pk, actor=city.actor(approver), at=at)


def transfer(city: City, case: Case) -> None:
    """The office's part."""
    at, office = clock.now(), city.actor("coordinator")
    services.classify(case_id=case.pk, actor=office, at=at, regime="field", field_id=city.field.pk, urgency="normal")
    services.transfer(case_id=case.pk, actor=office, at=at, agency_id=city.works.pk, reason="Đúng thẩm quyền")
    services.accept(case_id=case.pk, actor=city.actor("focal"), at=at)


def test_the_whole_way_without_javascript(city: City, form: Callable[..., dict[str, Any]]) -> None:
    client = Client()
    case, secret = send(client, form())
    where = f"/theo-doi/{case.code}"

    opened = client.post("/tra-cuu/", {"code": case.code.lower().replace("-", " "), "secret": secret.lower()})
    assert opened["Location"] == where
    cookie = opened.cookies[next(iter(opened.cookies))]
    assert cookie["httponly"] and cookie["path"] == "/theo-doi/" and cookie["max-age"] == 12 * 3600
    page = words(client.get(where))
    assert "Đã nhận phản ánh của ông/bà" in page
    assert "Hạn trả lời" in page
    assert "ngày làm việc kể từ ngày tiếp theo ngày gửi" in page
    assert words(Client().get(where)).count("Mã bí mật") > 0, "without the cookie it asks for the secret"
    assert "Ba bóng đèn" not in words(Client().get(where))

    transfer(city, case)
    at = clock.now()
    services.assign(case_id=case.pk, actor=city.actor("focal"), at=at, handler_id=city.people["handler"].pk)
    services.ask_sender(case_id=case.pk, actor=city.actor("handler"), at=at, question="Cột đèn số mấy?")
    page = words(client.get(where))
    assert "Cột đèn số mấy?" in page
    assert "thời hạn trả lời tạm dừng tính" in page
    assert "Cán bộ handler" not in page, "no names of staff"
    empty = client.post(f"{where}/viec/tra-loi", {**fields(page, "tra-loi"), "text": "  "})
    assert "Hãy viết nội dung bổ sung." in words(empty)
    attached = SimpleUploadedFile("so-do.pdf", PDF, "application/pdf")
    done = client.post(
        f"{where}/viec/tra-loi", {**fields(page, "tra-loi"), "text": "Cột số 7 và 8.", "files": attached}, follow=True
    )
    assert "Đã gửi nội dung bổ sung" in words(done)
    assert InformationRequest.objects.get().reply == "Cột số 7 và 8."
    assert Attachment.objects.get(role="reply").file.name == "so-do.pdf"

    services.draft(
        case_id=case.pk,
        actor=city.actor("handler"),
        at=clock.now(),
        content=services.Draft(
            outcome="explained",
            text="Đã kiểm tra, đèn tắt do mất nguồn và sẽ có điện lại tối nay.",
            done_what="Kiểm tra",
            done_by="Tổ điện",
            done_on=clock.today(),
            proof_ids=[],
        ),
    )
    services.submit(case_id=case.pk, actor=city.actor("handler"), at=clock.now())
    assert "mất nguồn" not in words(client.get(where)), "a draft is nobody's answer"
    services.approve(case_id=case.pk, actor=city.actor("approver"), at=clock.now())
    page = words(client.get(where))
    assert "mất nguồn" in page
    half = client.post(f"{where}/viec/danh-gia", {**fields(page, "danh-gia"), "overall": "2", "comment": "Chưa sáng"})
    assert "Hãy chọn một trong năm mức." in words(half)
    assert "Chưa sáng" in words(half)
    assert not Rating.objects.exists()
    levels = {"overall": "2", "forms": "4", "ease": "4", "handling": "1", "notice": "3", "comment": "Chưa sáng"}
    rated = client.post(f"{where}/viec/danh-gia", {**fields(page, "danh-gia"), **levels}, follow=True)
    page = words(rated)
    assert "Cảm ơn ông/bà đã đánh giá." in page
    reopened = client.post(f"{where}/viec/mo-lai", {**fields(page, "mo-lai"), "reason": "Đèn vẫn tắt."}, follow=True)
    assert "xử lý lại lần hai" in words(reopened)
    case.refresh_from_db()
    assert (case.state, case.round) == ("reopened", 2)

    answer(city, case, "handler2", "approver2")
    page = words(client.get(where))
    assert "Trả lời lần hai" in page
    proof = Attachment.objects.get(role="proof", round=2)
    served = client.get(f"{where}/tep/{proof.file_id}")
    assert served.status_code == 200
    assert served["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in served["Content-Disposition"]
    assert Client().get(f"{where}/tep/{proof.file_id}").status_code == 404
    publication.prepare(case_id=case.pk, at=clock.now())
    publication.confirm(case_id=case.pk, actor=city.actor("coordinator"), at=clock.now())
    levels |= {"overall": "5", "handling": "5"}
    client.post(f"{where}/viec/danh-gia", {**fields(words(client.get(where)), "danh-gia"), **levels})
    case.refresh_from_db()
    assert case.state == "closed"
    page = words(client.get(where))
    assert "viec/mo-lai" not in page
    assert "viec/rut" not in page


def test_withdraw_asks_twice(city: City, form: Callable[..., dict[str, Any]]) -> None:
    client = Client()
    case, secret = send(client, form())
    client.post("/tra-cuu/", {"code": case.code, "secret": secret})
    where = f"/theo-doi/{case.code}"
    page = words(client.get(where))
    unsure = client.post(f"{where}/viec/rut", {**fields(page, "viec/rut"), "reason": "Đã có người sửa"})
    assert "Hãy đánh dấu để xác nhận" in words(unsure)
    assert "Đã có người sửa" in words(unsure)
    client.post(f"{where}/viec/rut", {**fields(page, "viec/rut"), "sure": "on"})
    case.refresh_from_db()
    assert case.state == "withdrawn"
    again = client.post(f"{where}/viec/rut", {"version": "1", "sure": "on"})
    assert again.status_code == 200
    assert "Có thể người khác vừa xử lý" in words(again) or "vừa được người khác xử lý" in words(again)


def test_somebody_acted_meanwhile(city: City, form: Callable[..., dict[str, Any]]) -> None:
    client = Client()
    case, secret = send(client, form())
    client.post("/tra-cuu/", {"code": case.code, "secret": secret})
    where = f"/theo-doi/{case.code}"
    seen = fields(words(client.get(where)), "viec/rut")
    transfer(city, case)
    stale = words(client.post(f"{where}/viec/rut", {**seen, "sure": "on", "reason": "Thôi"}))
    assert "vừa được người khác xử lý" in stale
    assert "Thôi" in stale
    client.post(f"{where}/viec/rut", {**fields(stale, "viec/rut"), "sure": "on"})
    case.refresh_from_db()
    assert case.state == "withdrawn"


def test_what_belongs_elsewhere_is_told_with_the_right_way_in(city: City, form: Callable[..., dict[str, Any]]) -> None:
    client = Client()
    case, secret = send(client, form())
    client.post("/tra-cuu/", {"code": case.code, "secret": secret})
    where, at = f"/theo-doi/{case.code}", clock.now()
    services.restrict(case_id=case.pk, actor=city.actor("coordinator"), at=at, reason="Nghi là tố cáo ông A")
    page = words(client.get(where))
    assert "Nghi là tố cáo" not in page
    assert "đang xem xét nội dung" in page
    services.divert(
        case_id=case.pk,
        actor=city.actor("protected"),
        at=at,
        diversion="denunciation",
        guidance="Gửi đơn có chữ ký đến Thanh tra.",
    )
    page = words(client.get(where))
    assert "Gửi đơn có chữ ký đến Thanh tra." in page
    assert "Hạn trả lời" not in page


def test_declined_says_why_and_where_to_go(city: City, form: Callable[..., dict[str, Any]]) -> None:
    client = Client()
    case, secret = send(client, form())
    client.post("/tra-cuu/", {"code": case.code, "secret": secret})
    services.decline(
        case_id=case.pk,
        actor=city.actor("coordinator"),
        at=clock.now(),
        decline_reason_id=city.reason.pk,
        guidance="Chụp ảnh cột đèn rồi gửi lại.",
    )
    page = words(client.get(f"/theo-doi/{case.code}"))
    assert "Nội dung chưa rõ." in page
    assert "Chụp ảnh cột đèn rồi gửi lại." in page


def test_receipt_ends_and_is_not_indexed(
    city: City, form: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    address = client.post("/gui/", form())["Location"]
    case = Case.objects.get()
    assert case.code not in address
    for path in (address, f"{address}in"):
        shown = client.get(path)
        assert "noindex" in shown["X-Robots-Tag"]
        assert "no-store" in shown["Cache-Control"]
        assert case.code in words(shown)
    assert client.get("/bien-nhan/forged:token/").status_code == 410
    import time

    later = time.time() + timedelta(hours=2).total_seconds()
    monkeypatch.setattr(time, "time", lambda: later)
    gone = client.get(address)
    assert gone.status_code == 410
    assert case.code not in words(gone)
