"""The whole story of one case in real pages: from the first word on a phone to the second, rated answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from langnghe.cases.models import Attachment, Case
from langnghe.cases.services import watching
from langnghe.ledger import services as ledger
from langnghe.ledger.models import Entry, ReadLog
from langnghe.outbox import services as outbox
from langnghe.outbox.models import CaughtMail, Message
from langnghe.worktime.clock import Frozen
from langnghe.worktime.models import Deadline
from tests.browser.acts import code_and_secret, do, open_act, photo, rate, track, upload
from tests.cases.city import City, moment

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME, ADDRESS = "Trần Văn Kiểm", "Số 7 ngõ 15 phố Thử Nghiệm"
PHONE, EMAIL = "0912 345 678", "kiem.tran@nguoidan.example"
PLATE, OTHER_PHONE = "29A-123.45", "0987 654 321"
BODY = (
    f"Ba bóng đèn cuối ngõ 12 tắt đã một tuần, buổi tối rất tối. Chiếc xe tải {PLATE} đỗ ngay dưới cột nên càng "
    f"khó đi. Tôi tên là {NAME}, số điện thoại {PHONE}, mong được báo lại khi thay xong."
)
ANSWER = (
    f"Kính gửi ông {NAME}. Tổ điện đã thay ba bóng đèn ở cột số 7, 8 và 9 cuối ngõ 12 và kiểm tra lại toàn tuyến. "
    f"Xe {PLATE} đã được nhắc chuyển chỗ đỗ. Cần hỏi thêm, ông gọi tổ trưởng theo số {OTHER_PHONE}."
)
PHONES = [PHONE, PHONE.replace(" ", ""), OTHER_PHONE, OTHER_PHONE.replace(" ", "")]
PERSONAL = [NAME, "Kiểm", *PHONES, PLATE, EMAIL, "ngõ 15"]


class Town:
    """The clock and the worker of the story: time passes, and the jobs do what they would have done meanwhile."""

    def __init__(self, time: Frozen) -> None:
        self.time = time

    def at(self, when: str) -> None:
        """Move on to a moment, and run its jobs: reminders, the seal, the post (twice, as workers do)."""
        self.time.move_to(moment(when))
        now = self.time.at
        watching.remind(at=now)
        ledger.seal(at=now)
        outbox.deliver(at=now)
        outbox.deliver(at=now)


def _case_page(page: Page, site: str, code: str) -> None:
    page.goto(f"{site}/can-bo/phan-anh/{code}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def _submit(page: Page, site: str) -> tuple[str, str]:
    """On a phone: the form with a photo, the preview, the receipt."""
    page.goto(site)
    page.get_by_role("main").get_by_role("link", name=re.compile("Gửi phản ánh")).first.click()
    page.locator('input[name="about"][value="field"]').check()
    page.get_by_label("Chuyện gì đã xảy ra?").fill(BODY)
    page.get_by_label(re.compile("Tên ngắn")).fill("Đèn đường cuối ngõ 12 hỏng")
    page.get_by_label("Xã, phường nơi xảy ra").fill("Phường Thử")
    page.get_by_label("Địa điểm").fill("Cuối ngõ 12 phố Thử Nghiệm")
    upload(page, "Ảnh, giấy tờ", photo("den-hong.jpg"))
    page.get_by_label("Họ và tên", exact=True).fill(NAME)
    page.get_by_label("Địa chỉ của ông/bà").fill(ADDRESS)
    page.get_by_label("Số điện thoại").fill(PHONE)
    page.get_by_label("Thư điện tử").fill(EMAIL)
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    seen = page.locator(".card", has_text="Mọi người sẽ đọc được")
    expect(seen).to_contain_text("Ba bóng đèn cuối ngõ 12")
    for word in (NAME, PHONE, PLATE):
        expect(seen).not_to_contain_text(word)
    expect(page.get_by_text("den-hong.jpg")).to_be_visible()
    page.get_by_role("button", name="Gửi phản ánh").click()
    page.wait_for_url(lambda address: "/bien-nhan/" in address)
    return code_and_secret(page)


def _draft_and_send(page: Page, at: str, text: str) -> None:
    do(
        page, "draft", outcome="solved", text=text, done_what="Thay ba bóng đèn, kiểm tra lại toàn tuyến",
        done_by="Tổ quản lý chiếu sáng", done_on=at[:10], proof=[photo("sau-khi-thay.jpg", colour="#8a6d1f")],
    )  # fmt: skip
    expect(page.locator("article.answer").last).to_contain_text("sau-khi-thay.jpg")
    do(page, "submit")


def _publish(page: Page, site: str, code: str) -> None:
    """The gate: everything personal is marked beforehand; the person looks, chooses the proof and publishes."""
    _case_page(page, site, code)
    page.get_by_role("link", name="Mở trang công khai").click()
    page.wait_for_url(lambda address: address.endswith("/cong-khai/"))
    marked = page.locator("mark").all_inner_texts()
    for word in (NAME, PHONE, PLATE):
        assert any(word in one for one in marked), f"{word} is not marked among {marked}"
    # "kiểm tra" is no name, although the sender is called Kiểm: nobody has to keep it.
    assert "kiểm" not in marked
    page.get_by_label(re.compile(r"sau-khi-thay\.jpg")).last.check()
    page.get_by_role("button", name="Công khai", exact=True).click()
    expect(page.locator("#flashes")).to_contain_text("Đã công khai")


def _look_in_public(page: Page, site: str, code: str, *, says: str) -> None:
    """What anybody reads, without any cookie: the report and the answer, and nothing personal on any page of it."""
    page.goto(f"{site}/cong-khai/?q=bong+den")
    page.get_by_role("link", name=re.compile("Đèn đường cuối ngõ 12")).click()
    expect(page.get_by_text(says)).to_be_visible()
    everything = page.content()
    picture = page.locator("article.answer img").first
    source = picture.get_attribute("src")
    assert source is not None and page.request.get(site + source).ok
    for path in (f"/cong-khai/{code}/", "/cong-khai/", "/cong-khai/feed.atom", "/"):
        answer = page.request.get(site + path)
        assert answer.ok, path
        everything += answer.text()
    for word in PERSONAL:
        assert word not in everything, f"{word} is public"


def test_a_case_from_the_first_word_to_the_second_rating(
    city: City, site: str, time: Frozen, desk: Callable[[str], Page], new_context: Callable[..., BrowserContext]
) -> None:
    town = Town(time)
    citizen = new_context(phone=True, has_touch=True, is_mobile=True).new_page()
    anybody = new_context(phone=True).new_page()
    office, focal, handler = desk("coordinator"), desk("focal"), desk("handler")

    # Monday: it comes in with a photo, is read, classified, transferred, received and given to one person.
    town.at("2026-03-02 09:00")
    code, secret = _submit(citizen, site)
    case = Case.objects.get()
    assert case.code == code and case.state == "received"
    assert Attachment.objects.get(case=case).role == "report"
    town.at("2026-03-02 09:30")
    office.goto(f"{site}/can-bo/van-phong/")
    office.get_by_role("link", name=re.compile("Đèn đường cuối ngõ 12")).click()
    do(office, "classify", regime="field", field=city.field.pk, urgency="normal")
    do(office, "transfer", agency=city.works.pk, reason="Sở Xây dựng quản lý chiếu sáng công cộng.")
    town.at("2026-03-02 10:00")
    focal.goto(f"{site}/can-bo/co-quan/")
    focal.get_by_role("link", name=re.compile("Đèn đường cuối ngõ 12")).click()
    do(focal, "accept")
    do(focal, "assign", handler=city.people["handler"].pk)

    # The handler reads who sent it (which is recorded) and asks for more: the clock stands still.
    town.at("2026-03-02 10:30")
    _case_page(handler, site, code)
    assert NAME not in handler.locator(".split-aside").inner_text()
    handler.get_by_role("button", name="Xem người gửi").click()
    expect(handler.get_by_text(PHONE)).to_be_visible()
    assert ReadLog.objects.filter(subject_id=case.pk, actor_id=city.people["handler"].pk).count() == 1
    _case_page(handler, site, code)
    before = Deadline.objects.get(kind="case", subject_id=case.pk, step="answer")
    do(handler, "ask_sender", question="Đèn hỏng ở những cột số mấy?")
    paused = Deadline.objects.get(pk=before.pk)
    assert paused.state == "paused" and [one["to"] for one in paused.pauses] == [None]

    # Wednesday: a letter has told the citizen, who answers through the tracking page with another photo.
    town.at("2026-03-04 08:15")
    asked = CaughtMail.objects.get(recipient=EMAIL, message__template="more_needed")
    assert f"{site}/theo-doi/{code}" in asked.body
    track(citizen, site, code, secret)
    expect(citizen.locator("#tra-loi")).to_contain_text("Đèn hỏng ở những cột số mấy?")
    citizen.get_by_label("Nội dung bổ sung").fill("Cột số 7, 8 và 9, tính từ đầu ngõ vào.")
    upload(citizen, "Ảnh, giấy tờ kèm theo", photo("so-cot.jpg", colour="#445566"))
    citizen.get_by_role("button", name="Gửi bổ sung").click()
    expect(citizen.locator("#flashes")).to_contain_text("Thời hạn trả lời được tính tiếp")
    resumed = Deadline.objects.get(pk=before.pk)
    assert resumed.state == "open" and resumed.pauses[0]["to"] is not None
    assert resumed.due_at > before.due_at

    # The handler cannot send an unfinished answer; then drafts it with proof. The approver sends it back once.
    town.at("2026-03-04 09:00")
    _case_page(handler, site, code)
    expect(handler.get_by_text("Cột số 7, 8 và 9, tính từ đầu ngõ vào.")).to_be_visible()
    do(handler, "draft", outcome="solved", text=ANSWER, done_by="Tổ quản lý chiếu sáng")
    unfinished = handler.locator("#act-submit")
    unfinished.locator("> summary").click()
    expect(unfinished.get_by_text("Còn thiếu")).to_be_visible()
    expect(unfinished.locator("form")).to_have_count(0)
    _draft_and_send(handler, "2026-03-04", ANSWER)
    approver = desk("approver")
    town.at("2026-03-04 10:00")
    approver.goto(f"{site}/can-bo/cho-duyet/")
    approver.get_by_role("link", name=re.compile("Đèn đường cuối ngõ 12")).click()
    expect(approver.locator("article.answer")).to_contain_text("cột số 7, 8 và 9")
    do(approver, "send_back", note="Ghi rõ đã kiểm tra toàn tuyến.")
    town.at("2026-03-04 10:30")
    _case_page(handler, site, code)
    expect(handler.get_by_text("Ghi rõ đã kiểm tra toàn tuyến.").first).to_be_visible()
    do(handler, "draft", text=ANSWER.replace("kiểm tra lại toàn tuyến", "kiểm tra lại toàn tuyến 24 cột"))
    do(handler, "submit")
    town.at("2026-03-04 11:00")
    _case_page(approver, site, code)
    do(approver, "approve")

    # The office publishes; anybody reads it, and nothing personal.
    town.at("2026-03-04 14:00")
    _publish(office, site, code)
    _look_in_public(anybody, site, code, says="kiểm tra lại toàn tuyến 24 cột")

    # Thursday: the citizen is not satisfied, and has it opened again: for other people.
    town.at("2026-03-05 08:30")
    citizen.goto(f"{site}/theo-doi/{code}")
    expect(citizen.locator("article.answer")).to_contain_text(OTHER_PHONE)
    rate(citizen, overall=2, others=3, comment="Cột số 8 vẫn chập chờn.")
    expect(citizen.locator("#mo-lai")).to_be_visible()
    citizen.get_by_label("Điều gì chưa được giải quyết?").fill("Đèn cột số 8 sáng được một tối rồi lại tắt.")
    citizen.locator("#mo-lai").get_by_role("button", name="Đề nghị xử lý lại").click()
    expect(citizen.locator("#flashes")).to_contain_text("Đã mở lại")
    town.at("2026-03-05 09:00")
    _case_page(focal, site, code)
    choices = open_act(focal, "assign").locator("select option").all_inner_texts()
    assert "Cán bộ handler2" in choices and "Cán bộ handler" not in choices
    do(focal, "assign", handler=city.people["handler2"].pk)
    handler2 = desk("handler2")
    town.at("2026-03-05 10:00")
    _case_page(handler2, site, code)
    second = ANSWER.replace("đã thay ba bóng", "đã thay lại cả bộ đèn cột số 8 và ba bóng")
    _draft_and_send(handler2, "2026-03-05", second)
    town.at("2026-03-05 11:00")
    _case_page(approver, site, code)
    expect(approver.locator("#act-approve")).to_have_count(0)
    approver2 = desk("approver2")
    _case_page(approver2, site, code)
    do(approver2, "approve")
    town.at("2026-03-05 14:00")
    _publish(office, site, code)
    _look_in_public(anybody, site, code, says="đã thay lại cả bộ đèn cột số 8")

    # Friday: satisfied, and closed.
    town.at("2026-03-06 08:30")
    citizen.goto(f"{site}/theo-doi/{code}")
    expect(citizen.locator("#mo-lai")).to_have_count(0)
    rate(citizen, overall=5, others=5)
    case.refresh_from_db()
    assert (case.state, case.round) == ("closed", 2)
    town.at("2026-03-06 09:00")

    _everything_is_on_record(case, city)
    _each_message_went_once(case)
    running = Deadline.objects.filter(kind="case", subject_id=case.pk, state__in=["open", "paused"])
    assert list(running) == []


def _everything_is_on_record(case: Case, city: City) -> None:
    acts = list(Entry.objects.filter(kind="case", subject_id=case.pk).order_by("seq").values_list("act", flat=True))
    assert acts == [
        "receive", "classify", "transfer", "accept", "assign", "ask_sender", "sender_reply", "draft", "draft", "submit",
        "send_back", "draft", "submit", "approve", "publish", "rate", "reopen", "assign", "draft", "submit", "approve",
        "publish", "rate", "close",
    ]  # fmt: skip
    deciders = list(case.answers.order_by("round").values_list("decided_by__username", flat=True))
    assert deciders == ["approver", "approver2"]
    assert ledger.verify() == []


def _each_message_went_once(case: Case) -> None:
    messages = list(Message.objects.filter(kind="case", subject_id=case.pk))
    assert {one.status for one in messages} == {"sent"}
    caught = Counter(CaughtMail.objects.values_list("message__key", flat=True))
    assert caught == Counter(one.key for one in messages)
    to_sender = [one.template for one in messages if one.recipient == EMAIL]
    assert Counter(to_sender) == Counter(
        {"received": 1, "transferred": 1, "accepted": 1, "more_needed": 1, "answered": 2, "reopened": 1, "closed": 1}
    )
