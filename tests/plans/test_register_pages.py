"""Pages of entering and confirming: who may, what they cost, what they say to bad input."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from langnghe.plans.models import PlanDocument, RegisterItem, Share, Task
from langnghe.plans.services import documents, items
from langnghe.worktime import clock
from tests.cases.city import City, moment
from tests.plans.registers import TEXT, entered, item, register, settle, task

AT = moment("2026-03-03 09:00")
MOST_QUERIES = 12

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(settings: Any) -> Iterator[None]:
    settings.REQUIRE_SECOND_FACTOR = False
    with clock.frozen(AT):
        yield


def queries(client: Client, url: str) -> tuple[int, Any]:
    """How many queries a page costs once the process is warm, and the page."""
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = client.get(url)
    return len(seen), answer


def upload(client: Client, content: bytes, name: str, **more: Any) -> Any:
    """Send a file as the city office does."""
    data = {"act": "van-ban", "kind": "plan", "file": SimpleUploadedFile(name, content), **more}
    return client.post(reverse("desk:plan_enter"), data)


# --- what pages cost --------------------------------------------------------------------------------------------------


def test_the_register_page_costs_the_same_whatever_its_size(city: City, sign_in: Callable[[str], Client]) -> None:
    actor = city.actor("coordinator")
    small = entered(agency_id=city.office.pk, actor=actor, at=AT)
    many = register()
    many["tasks"] = [task(f"Sở Xây dựng làm việc số {n}.", ["Sở Xây dựng"], path=str(n)) for n in range(150)]
    large = entered(agency_id=city.office.pk, actor=actor, at=AT, found=many)
    client = sign_in("coordinator")
    few, answer = queries(client, reverse("desk:plan_review", args=[small.pk]))
    lots, page = queries(client, reverse("desk:plan_review", args=[large.pk]))
    assert answer.status_code == page.status_code == 200
    assert few <= MOST_QUERIES and lots <= MOST_QUERIES
    assert page.content.decode().count('data-kind="task"') == 150


def test_the_page_of_a_corrected_plan_of_an_agency_costs_no_more(city: City, sign_in: Callable[[str], Client]) -> None:
    office, focal = city.actor("coordinator"), city.actor("focal")
    above = entered(agency_id=city.office.pk, actor=office, at=AT)
    settle(above, actor=office, at=AT)
    documents.confirm(document_id=above.pk, actor=office, at=AT)
    first = entered(agency_id=city.works.pk, actor=focal, at=AT, parent_id=above.pk)
    settle(first, actor=focal, at=AT)
    documents.confirm(document_id=first.pk, actor=focal, at=AT)
    second = entered(agency_id=city.works.pk, actor=focal, at=AT, parent_id=above.pk, supersedes_id=first.pk)
    cost, answer = queries(sign_in("focal"), reverse("desk:plan_review", args=[second.pk]))
    assert answer.status_code == 200
    assert cost <= MOST_QUERIES


def test_the_list_costs_the_same_for_many(city: City, sign_in: Callable[[str], Client]) -> None:
    for _number in range(35):
        entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT, found={})
    client = sign_in("observer")
    cost, answer = queries(client, reverse("desk:plans"))
    assert cost <= MOST_QUERIES
    assert answer.content.decode().count("plan-row-title") == 30
    older = client.get(reverse("desk:plans"), {"trang": str(PlanDocument.objects.order_by("-pk")[29].pk)})
    assert older.content.decode().count("plan-row-title") == 5


def test_plans_are_found_without_diacritics(city: City, sign_in: Callable[[str], Client]) -> None:
    entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT, found={})
    client = sign_in("handler")
    assert "15/KH-UBND" in client.get(reverse("desk:plans"), {"q": "chieu sang ngo"}).content.decode()
    assert "15/KH-UBND" not in client.get(reverse("desk:plans"), {"q": "thoat nuoc"}).content.decode()


def test_other_pages_cost_little(city: City, sign_in: Callable[[str], Client]) -> None:
    actor = city.actor("coordinator")
    plan = entered(agency_id=city.office.pk, actor=actor, at=AT)
    settle(plan, actor=actor, at=AT)
    documents.confirm(document_id=plan.pk, actor=actor, at=AT)
    client = sign_in("coordinator")
    for name in ("plan_enter", "plan_bodies", "plan_body_new", "plan_accuracy"):
        cost, answer = queries(client, reverse(f"desk:{name}"))
        assert answer.status_code == 200
        assert cost <= MOST_QUERIES, name


# --- rights -----------------------------------------------------------------------------------------------------------


def test_staff_read_and_only_the_owner_mends(city: City, sign_in: Callable[[str], Client]) -> None:
    plan = entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT)
    row = item(plan, "1")
    url = reverse("desk:plan_item", args=[plan.pk, row.pk])
    for name in ("handler", "head", "focal", "observer"):
        client = sign_in(name)
        page = client.get(reverse("desk:plan_review", args=[plan.pk]))
        assert page.status_code == 200
        assert 'value="accept"' not in page.content.decode()
        assert client.post(url, {"act": "accept", "version": "0"}).status_code == 403
    row.refresh_from_db()
    assert row.state == "found"
    assert sign_in("coordinator").post(url, {"act": "accept", "version": "0"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "accepted"


def test_an_agency_enters_and_confirms_its_own_plan(city: City, sign_in: Callable[[str], Client]) -> None:
    plan = entered(agency_id=city.works.pk, actor=city.actor("focal"), at=AT)
    settle(plan, actor=city.actor("focal"), at=AT)
    plan.refresh_from_db()
    url = reverse("desk:plan_act", args=[plan.pk, "xac-nhan"])
    assert sign_in("partner_head").post(url, {"version": plan.version}).status_code == 403
    assert sign_in("head").post(url, {"version": plan.version}).status_code == 302
    plan.refresh_from_db()
    assert plan.state == "active"


def test_bodies_are_for_the_office_and_the_administrator(city: City, sign_in: Callable[[str], Client]) -> None:
    url = reverse("desk:plan_bodies")
    assert sign_in("administrator").get(url).status_code == 200
    assert sign_in("focal").get(url).status_code == 403


# --- acts through the pages -------------------------------------------------------------------------------------------


def test_every_act_works_without_script(city: City, sign_in: Callable[[str], Client]) -> None:
    plan = entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT)
    client = sign_in("coordinator")
    one, two, four = item(plan, "1"), item(plan, "2"), item(plan, "4")

    def post(row: RegisterItem, **data: Any) -> Any:
        row.refresh_from_db()
        url = reverse("desk:plan_item", args=[plan.pk, row.pk])
        return client.post(url, {"version": str(row.version), **data})

    form = client.get(reverse("desk:plan_review", args=[plan.pk]), {"muc": one.pk, "cach": "sua"}).content.decode()
    assert f'id="i{one.pk}_quote"' in form and 'list="bodies"' in form
    mended = {
        "act": "mend", "quote": one.current["quote"], "lead": ["Sở Công Thương", ""], "cooperate": ["Sở Xây dựng"],
        "deadline_type": "date", "deadline_value": "2026-07-31", "deadline_rhythm": "", "report_to": "UBND Thành phố",
        "deliverable": "Danh mục đèn", "weight": "2",
    }  # fmt: skip
    assert post(one, **mended).status_code == 302
    one.refresh_from_db()
    assert one.current["lead"] == ["Sở Công Thương"]
    assert one.current["deadline"]["value"] == "2026-07-31" and not one.current["deadline"]["before"]
    assert (one.current["weight"], one.current["deliverable"]) == (2, "Danh mục đèn")
    cut = client.get(reverse("desk:plan_review", args=[plan.pk]), {"muc": one.pk, "cach": "tach"}).content.decode()
    assert 'name="position"' in cut
    position = one.current["quote"].index("Xong")
    assert post(one, act="split", position=position).status_code == 302
    made = RegisterItem.objects.get(document=plan, extracted__isnull=True)
    assert made.current["quote"].startswith("Xong")
    assert post(one, act="join", other=made.pk).status_code == 302
    assert post(two, act="accept").status_code == 302
    assert post(four, act="reject").status_code == 302
    assert post(four, act="undo").status_code == 302
    four.refresh_from_db()
    assert four.state == "found"
    add = reverse("desk:plan_act", args=[plan.pk, "them"])
    given = {"kind": "nhiem-vu", "quote": "lập danh mục cần thay", "lead": "Sở Xây dựng", "deadline_type": "none"}
    assert client.post(add, given).status_code == 302
    assert RegisterItem.objects.filter(document=plan, current__quote="lập danh mục cần thay").exists()


def test_the_script_gets_parts(city: City, sign_in: Callable[[str], Client]) -> None:
    plan = entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT)
    row = item(plan, "1")
    url = reverse("desk:plan_item", args=[plan.pk, row.pk])
    client = sign_in("coordinator")
    data = client.post(url, {"act": "accept", "version": "0"}, headers={"X-Part": "1"}).json()
    assert data["focus"] == row.pk and "item-settled" in data["cards"][str(row.pk)]
    stale = client.post(url, {"act": "reject", "version": "0"}, headers={"X-Part": "1"})
    assert stale.status_code == 409 and "Ông/bà vừa thay đổi mục này ở cửa sổ khác" in stale.json()["error"]
    RegisterItem.objects.filter(pk=row.pk).update(reviewed_by=city.people["observer"])
    stale = client.post(url, {"act": "reject", "version": "0"}, headers={"X-Part": "1"})
    assert stale.status_code == 409 and "Người khác vừa thay đổi mục này" in stale.json()["error"]
    opened = client.get(url, {"cach": "sua"}, headers={"X-Part": "1"}).json()
    assert "item-form" in opened["cards"][str(row.pk)]


def test_mistakes_are_said_at_the_field_and_what_was_typed_stays(city: City, sign_in: Callable[[str], Client]) -> None:
    plan = entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT)
    row = item(plan, "1")
    given = {"act": "mend", "version": "0", "quote": "Việc gõ dở", "lead": "Sở X", "deadline_type": "date"}
    answer = sign_in("coordinator").post(reverse("desk:plan_item", args=[plan.pk, row.pk]), given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Hãy chọn ngày của hạn." in page and "Việc gõ dở" in page and "Sở X" in page
    row.refresh_from_db()
    assert row.version == 0


def test_confirming_waits_until_everything_was_seen(city: City, sign_in: Callable[[str], Client]) -> None:
    plan = entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT)
    client = sign_in("coordinator")
    url = reverse("desk:plan_act", args=[plan.pk, "xac-nhan"])
    assert client.post(url, {}).status_code == 422
    assert not Task.objects.exists()
    client.post(reverse("desk:plan_act", args=[plan.pk, "nhan-het"]), {"version": plan.version})
    assert not Share.objects.exists()
    items.accept(item_id=item(plan, "4").pk, actor=city.actor("coordinator"), at=AT)
    plan.refresh_from_db()
    page = client.get(reverse("desk:plan_review", args=[plan.pk])).content.decode()
    assert "4 nhiệm vụ, 3 cơ quan" in page
    assert client.post(url, {"version": plan.version - 1}).status_code == 422  # somebody changed something since
    assert client.post(url, {"version": plan.version}).status_code == 302
    assert Task.objects.filter(document=plan).count() == 4


def test_a_single_task_is_given_at_once(city: City, sign_in: Callable[[str], Client]) -> None:
    given = {
        "act": "giao-viec", "kind": "conclusion", "title": "Kết luận giao ban tháng 3", "number": "40/TB-VP",
        "issued_on": "2026-03-02", "agency": city.office.pk, "quote": "Thay đèn hỏng ở ngõ 12.",
        "lead": ["Sở Xây dựng", ""], "deadline_type": "date", "deadline_value": "2026-03-20",
    }  # fmt: skip
    client = sign_in("coordinator")
    assert client.post(reverse("desk:plan_enter"), given | {"lead": ""}).status_code == 422
    assert client.post(reverse("desk:plan_enter"), given).status_code == 302
    share = Share.objects.get()
    assert (share.agency, share.task.due_on, share.task.document.kind) == (city.works, date(2026, 3, 20), "conclusion")


# --- bad input --------------------------------------------------------------------------------------------------------


def zip_bomb() -> bytes:
    """A DOCX that expands to more than a reader takes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"\x00" * 260_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "trong.docx", "rỗng"),
        (b"MZ\x90\x00\x03\x00\x00\x00\x04\x00", "ke-hoach.pdf", "Không đọc được loại tệp này"),
        (b"%PDF-1.7\nno end", "hong.pdf", "hỏng"),
        (b"PK\x03\x04" + b"x" * 200, "hong.docx", "hỏng"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "cu.doc", "tệp"),
    ],
)
def test_files_that_cannot_be_read_say_why(
    city: City, sign_in: Callable[[str], Client], content: bytes, name: str, says: str
) -> None:
    answer = upload(sign_in("coordinator"), content, name, agency=city.office.pk, title="Tên đã gõ")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page and "Tên đã gõ" in page
    assert not PlanDocument.objects.exists()


def test_a_zip_bomb_is_refused(city: City, sign_in: Callable[[str], Client]) -> None:
    answer = upload(sign_in("coordinator"), zip_bomb(), "bom.docx", agency=city.office.pk)
    assert answer.status_code == 422
    assert "quá phức tạp" in answer.content.decode()


def encrypted_pdf() -> bytes:
    """A PDF behind a password that nobody knows."""
    lock = b"<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
        lock,
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + part + b"endobj\n"
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    ids = b"/ID[<" + b"43" * 16 + b"><" + b"43" * 16 + b">]"
    return out + b"trailer<</Size 5/Root 1 0 R/Encrypt 4 0 R" + ids + b">>\nstartxref\n%d\n%%%%EOF" % start


def tiny_pdf() -> bytes:
    """One empty page."""
    import pypdfium2

    out = io.BytesIO()
    pdf = pypdfium2.PdfDocument.new()
    pdf.new_page(200, 200)
    pdf.save(out)
    return out.getvalue()


def test_a_locked_pdf_is_refused(city: City, sign_in: Callable[[str], Client]) -> None:
    answer = upload(sign_in("coordinator"), encrypted_pdf(), "khoa.pdf", agency=city.office.pk)
    assert answer.status_code == 422
    assert "mật khẩu" in answer.content.decode()


def test_a_scan_is_kept_and_read_by_the_worker(city: City, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("coordinator")
    answer = upload(client, tiny_pdf(), "quet.pdf", agency=city.office.pk)
    assert answer.status_code == 302
    plan = PlanDocument.objects.get()
    assert plan.file is not None and plan.head["reading"]["state"] == "waiting"
    assert "Đang đọc văn bản" in client.get(reverse("desk:plan_review", args=[plan.pk])).content.decode()
    documents.read_waiting(document_id=plan.pk, at=AT)
    plan.refresh_from_db()
    assert plan.head["reading"]["state"] == "failed"  # there is no word on it
    page = client.get(reverse("desk:plan_review", args=[plan.pk])).content.decode()
    assert plan.head["reading"]["message"] in page.replace("&quot;", '"')
    again = reverse("desk:plan_act", args=[plan.pk, "tep"])
    assert (
        client.post(again, {"file": SimpleUploadedFile("a.txt", TEXT.encode()), "version": plan.version}).status_code
        == 302
    )
    plan.refresh_from_db()
    assert plan.text and "reading" not in plan.head


def test_two_plans_with_one_number_warn_and_do_not_refuse(city: City, sign_in: Callable[[str], Client]) -> None:
    first = entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT, found={})
    second = entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT)
    page = sign_in("coordinator").get(reverse("desk:plan_review", args=[second.pk])).content.decode()
    assert "Đã có văn bản cùng số" in page
    assert reverse("desk:plan_review", args=[first.pk]) in page


def test_a_term_before_the_plan_has_to_be_settled_by_hand(city: City, sign_in: Callable[[str], Client]) -> None:
    found = register()
    found["tasks"][0]["deadline"] = {**found["tasks"][0]["deadline"], "value": "2025-06-30"}
    plan = entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT, found=found)
    client = sign_in("coordinator")
    client.post(reverse("desk:plan_act", args=[plan.pk, "nhan-het"]), {"version": plan.version})
    page = client.get(reverse("desk:plan_review", args=[plan.pk]), {"loc": "nghi-van"}).content.decode()
    assert "Hạn 30/06/2025 trước ngày ban hành 20/02/2026." in page
    assert item(plan, "1").state == "found"


def test_odd_addresses_fail_with_no_error(city: City, sign_in: Callable[[str], Client]) -> None:
    plan = entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT)
    client = sign_in("coordinator")
    assert client.get(reverse("desk:plan_review", args=[10**9])).status_code == 404
    odd = {"muc": "x", "loc": "\x00", "cach": "sua", "them": "?"}
    assert client.get(reverse("desk:plan_review", args=[plan.pk]), odd).status_code == 200
    assert client.get(reverse("desk:plans"), {"q": "\x00%_", "trang": "-1", "co-quan": "x"}).status_code == 200
    url = reverse("desk:plan_item", args=[plan.pk, item(plan, "1").pk])
    assert client.post(url, {"act": "explode"}).status_code == 404
    assert client.post(url, {"act": "split", "position": "-4"}).status_code == 302
    assert client.post(url, {"act": "accept", "version": "ab"}).status_code == 302
    assert item(plan, "1").state == "found"


@pytest.mark.parametrize("text", ["abc", "Kính gửi các ông bà", "1\n2\n3"])
def test_a_few_words_are_no_document(city: City, sign_in: Callable[[str], Client], text: str) -> None:
    given = {"act": "van-ban", "text": text, "kind": "plan", "agency": city.office.pk, "title": "Tên đã gõ"}
    answer = sign_in("coordinator").post(reverse("desk:plan_enter"), given)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Đoạn dán vào quá ngắn" in page and "Giao một việc" in page
    assert text.splitlines()[0] in page and "Tên đã gõ" in page
    assert not PlanDocument.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "Giao Sở Xây dựng rà soát đèn đường ngõ 12, hoàn thành trước ngày 31/3/2026.",
        "Số: 12/UBND-TH\nHà Nội, ngày 02 tháng 3 năm 2026\nV/v chuẩn bị họp",
        "Đây là một đoạn viết không giao việc cho ai cả. " * 6,
    ],
)
def test_short_directives_and_longer_texts_are_taken(city: City, sign_in: Callable[[str], Client], text: str) -> None:
    given = {"act": "van-ban", "text": text, "kind": "directive", "agency": city.office.pk, "title": ""}
    assert sign_in("coordinator").post(reverse("desk:plan_enter"), given).status_code == 302
    assert PlanDocument.objects.get().text.startswith(text[:12])
