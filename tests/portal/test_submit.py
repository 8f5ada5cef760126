"""Sending: every wrong input, one case for many clicks, counters, what a lean POST costs."""

from __future__ import annotations

import html
import io
import re
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from langnghe.cases.models import Attachment, Case, Sender
from langnghe.intake.models import Throttle
from tests.cases.city import City
from tests.portal.conftest import ADMIN

pytestmark = pytest.mark.django_db
Form = Callable[..., dict[str, Any]]


def picture(name: str = "anh.jpg") -> SimpleUploadedFile:
    """A real small photo."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#884422").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def words(response: Any) -> str:
    """The page as people read it."""
    return html.unescape(response.content.decode())


def test_field_report_without_a_name_is_one_case(city: City, form: Form) -> None:
    response = Client().post("/gui/", form())
    assert response.status_code == 302
    case = Case.objects.get()
    assert (case.regime, case.subject, case.kind, case.state) == ("field", "", "report", "received")
    assert case.commune == city.commune
    assert case.title == "Ba bóng đèn cuối ngõ tắt đã một tuần, buổi tối rất tối"
    assert not Sender.objects.exists()


def test_feedback_on_conduct_keeps_the_sender_apart(city: City, form: Form) -> None:
    given = form(ADMIN, email="Thu@Example.VN", publish_name="on", proposal="on", business="on")
    assert Client().post("/gui/", given).status_code == 302
    case = Case.objects.get()
    assert (case.regime, case.subject, case.kind) == ("admin", "conduct", "proposal")
    assert (case.sender.name, case.sender.email) == ("Nguyễn Thị Thử", "thu@example.vn")
    assert (case.sender.publish_name, case.sender.type) == (True, "business")


def test_name_is_not_published_unless_asked_for(city: City, form: Form) -> None:
    Client().post("/gui/", form(ADMIN))
    assert Case.objects.get().sender.publish_name is False
    assert 'id="id_publish_name" checked' not in words(Client().get("/gui/"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"body": ""}, "Hãy kể chuyện gì đã xảy ra."),
        ({"body": "ngắn"}, "Nội dung quá ngắn."),
        ({"body": " \u200b\n\t "}, "Hãy kể chuyện gì đã xảy ra."),
        ({"body": "x" * 10_001}, "Dài quá 10000 ký tự"),
        ({"title": "x" * 201}, "Dài quá 200 ký tự"),
        ({"about": ""}, "Hãy chọn một trong ba loại việc."),
        ({"about": "bay"}, "Hãy chọn một trong ba loại việc."),
        ({"commune": "Atlantis"}, "Không tìm thấy xã, phường này."),
        ({"commune": "", "place": ""}, "Hãy chọn xã, phường, hoặc ghi địa điểm"),
        ({"phone": "abc"}, "Số điện thoại chưa đúng."),
        ({"phone": "12"}, "Số điện thoại chưa đúng."),
        ({"email": "khong@phai@thu"}, "Thư điện tử chưa đúng."),
        ({"submission_key": "not-a-key"}, "bấm gửi một lần nữa"),
        ({"submission_key": ""}, "bấm gửi một lần nữa"),
        ({"website": "http://spam.example"}, "Ô này phải để trống"),
    ],
)
def test_wrong_input_is_told_at_the_field_and_kept(
    city: City, form: Form, changes: dict[str, str], message: str
) -> None:
    response = Client().post(
        "/gui/", form(place="Cuối ngõ 12", **changes) if "place" not in changes else form(**changes)
    )
    page = words(response)
    assert response.status_code == 200
    assert message in page
    assert not Case.objects.exists()
    if "body" not in changes:
        assert "Ba bóng đèn cuối ngõ tắt" in page
    if "place" not in changes:
        assert 'value="Cuối ngõ 12"' in page
    key = re.search(r'name="submission_key" value="([^"]+)"', page)
    assert key is not None
    uuid.UUID(key.group(1))


@pytest.mark.parametrize("missing", ["name", "address", "phone"])
def test_feedback_under_the_decree_needs_its_sender(city: City, form: Form, missing: str) -> None:
    response = Client().post("/gui/", form(ADMIN, **{missing: ""}))
    assert response.status_code == 200
    assert f'id="id_{missing}_error"' in words(response)
    assert not Case.objects.exists()


def test_html_control_characters_and_emoji(city: City, form: Form) -> None:
    body = '<script>alert(1)</script> & "ngoặc" \x00\x07 đèn hỏng 😀\r\nDòng hai'
    client = Client()
    preview = client.post("/gui/", form(body=body, step="preview"))
    assert "<script>alert" not in preview.content.decode()
    assert "&lt;script&gt;alert(1)" in preview.content.decode()
    sent = client.post("/gui/", form(body=body))
    case = Case.objects.get()
    assert case.body == '<script>alert(1)</script> & "ngoặc"  đèn hỏng 😀\nDòng hai'
    receipt = client.get(sent["Location"]).content.decode()
    assert "<script>alert" not in receipt


def test_preview_hides_what_is_personal_and_sends_the_whole(city: City, form: Form) -> None:
    client = Client()
    text = "Tôi là Nguyễn Thị Thử, gọi tôi số 0912 345 678. Hồ sơ sang tên quá hẹn 19 ngày."
    preview = client.post("/gui/", form(ADMIN, body=text, step="preview"))
    page = words(preview)
    shown = page.split("Chỉ cơ quan xử lý đọc được")[0]
    assert "Nguyễn Thị Thử" not in shown
    assert "0912 345 678" not in shown
    assert "[số điện thoại]" in shown
    assert not Case.objects.exists()
    carried = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', preview.content.decode()))
    carried = {name: html.unescape(value) for name, value in carried.items() if name != "csrfmiddlewaretoken"}
    back = words(client.post("/gui/", {**carried, "step": "edit"}))
    assert text in back
    assert "Còn 1 chỗ cần sửa" not in back
    assert client.post("/gui/", {**carried, "step": "send"}).status_code == 302
    assert Case.objects.get().body == text


def test_files_survive_a_mistake_and_the_preview(city: City, form: Form) -> None:
    client = Client()
    wrong = client.post("/gui/", {**form(body=""), "files": [picture()]})
    token = re.search(r'name="uploads" value="([^"]+)"', wrong.content.decode())
    assert token is not None
    assert "anh.jpg" in words(wrong)
    preview = client.post("/gui/", form(uploads=token.group(1), step="preview"))
    assert "anh.jpg" in words(preview)
    again = re.search(r'name="uploads" value="([^"]+)"', preview.content.decode())
    assert again is not None
    assert client.post("/gui/", form(uploads=again.group(1))).status_code == 302
    kept = Attachment.objects.get()
    assert kept.role == "report"
    assert kept.file.attached_at is not None


def test_a_forged_or_used_claim_gives_no_file(city: City, form: Form) -> None:
    client = Client()
    preview = client.post("/gui/", {**form(step="preview"), "files": [picture()]})
    token = re.search(r'name="uploads" value="([^"]+)"', preview.content.decode())
    assert token is not None
    assert client.post("/gui/", form(uploads=token.group(1))).status_code == 302
    assert client.post("/gui/", form(uploads=[token.group(1), "forged"])).status_code == 302
    assert Attachment.objects.count() == 1


def test_a_file_that_is_none_is_refused_and_the_text_kept(city: City, form: Form) -> None:
    bad = SimpleUploadedFile("virus.exe", b"MZ" + b"\0" * 500, "image/jpeg")
    response = Client().post("/gui/", {**form(), "files": [bad, picture()]})
    page = words(response)
    assert response.status_code == 200
    assert "virus.exe" in page
    assert "Ba bóng đèn cuối ngõ tắt" in page
    assert 'name="uploads"' in page, "the good file stays"
    assert not Case.objects.exists()


def test_a_file_of_100_megabytes(city: City, form: Form) -> None:
    class Endless(io.BytesIO):
        """100 MB of zeros that are never all in memory."""

        name, content_type, size = "phim.jpg", "image/jpeg", 100 * 1024 * 1024
        left = size

        def read(self, size: int | None = -1) -> bytes:
            take = self.left if size is None or size < 0 else min(size, self.left)
            self.left -= take
            return b"\0" * take

    response = Client().post("/gui/", {**form(), "files": Endless()})
    page = words(response)
    assert response.status_code == 200
    assert "Tệp lớn hơn 20 MB" in page
    assert "Ba bóng đèn cuối ngõ tắt" in page


def test_too_many_files(city: City, form: Form) -> None:
    response = Client().post("/gui/", {**form(), "files": [picture(f"{n}.jpg") for n in range(12)]})
    assert "nhiều nhất 10 tệp" in words(response)
    assert not Case.objects.exists()


def test_a_body_beyond_all_measure_is_refused(city: City, form: Form) -> None:
    response = Client().post("/gui/", form(body="x" * 2_000_000))
    assert response.status_code == 400
    assert "Về trang đầu" in words(response)
    assert not Case.objects.exists()


def test_the_same_form_twice_is_one_case(city: City, form: Form) -> None:
    client, given = Client(), form()
    first, second = client.post("/gui/", given), client.post("/gui/", given)
    assert Case.objects.count() == 1
    one, two = words(client.get(first["Location"])), words(client.get(second["Location"]))
    secret = re.search(r'name="secret" value="([^"]+)"', one)
    assert secret is not None
    assert secret.group(1) in two
    assert "đã được gửi trước đó" in two
    assert "đã được gửi trước đó" not in one


@pytest.mark.django_db(transaction=True)
def test_a_double_click_under_threads_is_one_case(city: City, form: Form) -> None:
    given = form()
    gate = threading.Barrier(6)
    codes: list[int] = []

    def click() -> None:
        gate.wait()
        codes.append(Client().post("/gui/", given).status_code)
        connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [302] * 6
    assert Case.objects.count() == 1


def test_too_many_from_one_address(city: City, form: Form, settings: LazySettings) -> None:
    settings.SUBMISSIONS_PER_HOUR = 2
    client = Client()
    assert [client.post("/gui/", form()).status_code for _ in range(2)] == [302, 302]
    third = client.post("/gui/", form())
    assert third.status_code == 429
    assert "chờ ít phút" in words(third)
    assert "Ba bóng đèn cuối ngõ tắt" in words(third)
    assert client.post("/gui/", form(), REMOTE_ADDR="203.0.113.9").status_code == 302
    assert Case.objects.count() == 3
    assert not Throttle.objects.filter(key__contains="127.0.0.1").exists()


def test_forwarded_addresses_count_only_behind_trusted_proxies(city: City, form: Form, settings: LazySettings) -> None:
    settings.SUBMISSIONS_PER_HOUR = 1
    client = Client()
    assert client.post("/gui/", form(), HTTP_X_FORWARDED_FOR="198.51.100.1").status_code == 302
    assert client.post("/gui/", form(), HTTP_X_FORWARDED_FOR="198.51.100.2").status_code == 429
    settings.TRUSTED_PROXIES = 1
    assert client.post("/gui/", form(), HTTP_X_FORWARDED_FOR="9.9.9.9, 198.51.100.3").status_code == 302


def test_one_post_is_lean(city: City, form: Form) -> None:
    client = Client()
    client.post("/gui/", form())  # the city's facts are known now
    with CaptureQueriesContext(connection) as seen:
        assert client.post("/gui/", form()).status_code == 302
    # A prepared statement with bytes among its parameters is counted, but has no text here.
    said = [one["sql"] or "(prepared)" for one in seen]
    statements = [one for one in said if not one.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    assert len(statements) <= 7, statements
    assert not any("session" in one for one in statements)


def test_suggestions_show_public_things_only(city: City, form: Form) -> None:
    response = Client().post(
        "/gui/goi-y", {"about": "field", "body": "Đèn đường tắt tối quá, xin thay bóng", "title": ""}
    )
    assert response.status_code == 200
    assert Client().get("/gui/goi-y").status_code == 405
    assert Client().post("/gui/goi-y", {"body": "x"}).content.strip() == b""


def test_csrf_is_asked_for(city: City, form: Form, settings: LazySettings) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/gui/", form())
    assert response.status_code == 403
    client.get("/gui/")
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    assert client.post("/gui/", form(csrfmiddlewaretoken=token)).status_code == 302
