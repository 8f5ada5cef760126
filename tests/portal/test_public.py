"""The gate: what is public is shown, what is not leaks nowhere; searches, pages, files, feeds, and their price."""

from __future__ import annotations

import html
import io
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from langnghe.cases import services
from langnghe.cases.models import Case, Follower
from langnghe.files import services as files
from langnghe.outbox.models import Message
from langnghe.publication import services as publication
from langnghe.publication.models import PublicFile
from tests.cases.city import City, moment

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
SECRET_WORDS = ("Nguyễn Thị Thử", "0900000123", "thu@nguoidan.example", "Bí mật nội bộ", "Cán bộ handler")


def words(response: Any) -> str:
    """The page as people read it."""
    return html.unescape(response.content.decode())


def photo(at: str) -> Any:
    """A stored photo with a name that says who took it."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#336699").save(out, "JPEG")
    return files.store(content=io.BytesIO(out.getvalue()), name="anh cua Nguyen Thi Thu.jpg", at=moment(at))


def report(city: City, **given: Any) -> Case:
    """A report that names its sender in the text."""
    values = {
        "title": "Đèn đường ngõ 12 hỏng",
        "body": "Tôi là Nguyễn Thị Thử, số 0900000123. Ba bóng đèn <b>cuối ngõ</b> tắt đã một tuần, rất tối.",
        **given,
    }
    return city.receive(moment("2026-03-02 09:00"), **values).case


def answered(city: City, case: Case) -> Any:
    """Take it through the agency to the approved answer; gives the proof."""
    at, office = moment("2026-03-02 10:00"), city.actor("coordinator")
    services.classify(case_id=case.pk, actor=office, at=at, regime="field", field_id=city.field.pk, urgency="normal")
    services.transfer(case_id=case.pk, actor=office, at=at, agency_id=city.works.pk, reason="Đúng thẩm quyền")
    services.accept(case_id=case.pk, actor=city.actor("focal"), at=at)
    services.assign(case_id=case.pk, actor=city.actor("focal"), at=at, handler_id=city.people["handler"].pk)
    services.note(case_id=case.pk, actor=city.actor("handler"), at=at, text="Bí mật nội bộ")
    proof = photo("2026-03-02 11:00")
    draft = services.Draft(
        outcome="solved",
        text="Đã thay ba bóng đèn theo phản ánh của bà Nguyễn Thị Thử và kiểm tra toàn tuyến.",
        done_what="Thay ba bóng đèn",
        done_by="Tổ chiếu sáng",
        done_on=at.date(),
        proof_ids=[proof.pk],
    )
    services.draft(case_id=case.pk, actor=city.actor("handler"), at=at, content=draft)
    services.submit(case_id=case.pk, actor=city.actor("handler"), at=at)
    services.approve(case_id=case.pk, actor=city.actor("approver"), at=at)
    return proof


def publish(city: City, case: Case, *, file_ids: tuple[Any, ...] = ()) -> None:
    """Through the gate."""
    at = moment("2026-03-03 09:00")
    publication.prepare(case_id=case.pk, at=at)
    publication.confirm(case_id=case.pk, actor=city.actor("coordinator"), at=at, file_ids=file_ids)


def public_paths(case: Case) -> list[str]:
    """Every public address that could show a case."""
    return [
        "/",
        "/cong-khai/",
        f"/cong-khai/{case.code}/",
        f"/cong-khai/?q={case.code}",
        "/cong-khai/?q=den+duong",
        "/cong-khai/feed.atom",
        "/cong-khai/co-quan/so-xay-dung/feed.atom",
        "/cong-khai/linh-vuc/chieu-sang/feed.atom",
        "/sitemap.xml",
        "/gui/",
        f"/theo-doi/{case.code}",
        "/kenh-tiep-nhan/",
        "/gioi-thieu/",
    ]


def everything(client: Client, case: Case) -> str:
    """All that a stranger can read."""
    pages = [words(client.get(path)) for path in public_paths(case)]
    pages.append(words(client.post("/gui/goi-y", {"body": f"{case.title} {case.body}", "commune": "Phường Thử"})))
    return "\n".join(pages)


def test_nothing_of_a_case_leaks_before_the_gate(city: City) -> None:
    case = report(city)
    for step in (
        lambda: None,
        lambda: answered(city, case),
        lambda: publication.prepare(case_id=case.pk, at=moment("2026-03-03 08:00")),
    ):
        step()
        text = everything(Client(), case)
        assert "bóng đèn" not in text
        assert case.title not in text
        for word in SECRET_WORDS:
            assert word not in text
        assert Client().get(f"/cong-khai/{case.code}/").status_code == 404


def test_what_passed_the_gate_is_shown_without_personal_data(city: City) -> None:
    case = report(city)
    proof = answered(city, case)
    publish(city, case, file_ids=(proof.pk,))
    client = Client()
    page = client.get(f"/cong-khai/{case.code}/")
    text = words(page)
    assert "[tên người]" in text
    assert "Đã thay ba bóng đèn" in text
    assert "&lt;b&gt;cuối ngõ" in page.content.decode()
    assert 'rel="canonical" href="http' in text
    everywhere = everything(client, case)
    for word in SECRET_WORDS:
        assert word not in everywhere
    assert "Nguyen Thi Thu" not in everywhere
    shown = PublicFile.objects.get()
    served = client.get(f"/tep/{shown.pk}")
    assert served.status_code == 200
    assert "Nguyen" not in served["Content-Disposition"]
    assert served["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/tep/{proof.pk}").status_code == 404, "the store's own key opens nothing"
    assert "bóng đèn" in words(client.get("/cong-khai/?q=bong+den"))
    assert "bóng đèn" in words(client.get("/cong-khai/?q=b%C3%B3ng+%C4%91%C3%A8n"))
    assert case.code in words(client.get(f"/cong-khai/?q={case.code.lower()}"))
    assert client.get(f"/cong-khai/{case.code.lower()}/")["Location"].endswith(f"/cong-khai/{case.code}/")


def test_hidden_and_restricted_cases_disappear(city: City) -> None:
    case = report(city)
    proof = answered(city, case)
    publish(city, case, file_ids=(proof.pk,))
    shown = PublicFile.objects.get()
    services.restrict(
        case_id=case.pk, actor=city.actor("coordinator"), at=moment("2026-03-03 10:00"), reason="Nghi tố cáo"
    )
    assert "bóng đèn" not in everything(Client(), case)
    assert Client().get(f"/tep/{shown.pk}").status_code == 404
    services.lift(case_id=case.pk, actor=city.actor("protected"), at=moment("2026-03-03 11:00"), reason="Không phải")
    assert Client().get(f"/tep/{shown.pk}").status_code == 200
    publication.hide(case_id=case.pk, actor=city.actor("coordinator"), at=moment("2026-03-03 12:00"), reason="Sai")
    assert "bóng đèn" not in everything(Client(), case)
    assert Client().get(f"/tep/{shown.pk}").status_code == 404


def test_filters_narrow_and_nonsense_is_harmless(city: City) -> None:
    case = report(city)
    answered(city, case)
    publish(city, case)
    client = Client()
    for query in (
        f"co-quan={city.works.pk}",
        f"linh-vuc={city.field.pk}",
        f"xa-phuong={city.commune.pk}",
        "loai=field",
    ):
        assert case.code in words(client.get(f"/cong-khai/?{query}"))
    for query in (f"co-quan={city.partner.pk}", f"linh-vuc={city.rule_field.pk}", "loai=admin", "q=khongcogi"):
        text = words(client.get(f"/cong-khai/?{query}"))
        assert case.code not in text
        assert "Không tìm thấy" in text
    for query in (
        "co-quan=abc",
        "linh-vuc=99999999999999999999",
        "trang=%00%ff",
        "loai=<script>",
        "q=%00",
        "q=' | !!",
        "trang=abc",
    ):
        assert client.get(f"/cong-khai/?{query}").status_code == 200


def test_pages_by_key(city: City) -> None:
    for number in range(23):
        case = report(city, title=f"Đèn số {number} hỏng")
        answered(city, case)
        publish(city, case)
    client = Client()
    first = words(client.get("/cong-khai/"))
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    second = words(client.get(html.unescape(older.group(1))))
    codes = [set(re.findall(r"/cong-khai/(TN-[0-9-]+)/", text)) for text in (first, second)]
    assert [len(found) for found in codes] == [20, 3]
    assert not codes[0] & codes[1]
    newer = re.search(r'rel="prev" href="([^"]+)"', second)
    assert newer is not None
    assert set(re.findall(r"/cong-khai/(TN-[0-9-]+)/", words(client.get(newer.group(1))))) == codes[0]


def test_feeds(city: City) -> None:
    case = report(city, title="Đèn <hỏng> & tối")
    answered(city, case)
    publish(city, case)
    client = Client()
    for path in ("feed.atom", "co-quan/so-xay-dung/feed.atom", "linh-vuc/chieu-sang/feed.atom"):
        response = client.get(f"/cong-khai/{path}")
        assert response["Content-Type"].startswith("application/atom+xml")
        feed = ElementTree.fromstring(response.content)
        entry = feed.find(f"{ATOM}entry")
        assert entry is not None
        assert entry.findtext(f"{ATOM}title") == "Đèn <hỏng> & tối"
        assert (entry.findtext(f"{ATOM}id") or "").endswith(f"/cong-khai/{case.code}/")
    other = ElementTree.fromstring(client.get("/cong-khai/co-quan/so-cong-thuong/feed.atom").content)
    assert other.find(f"{ATOM}entry") is None
    assert client.get("/cong-khai/co-quan/khong-co/feed.atom").status_code == 404
    assert client.get("/cong-khai/linh-vuc/khong-co/feed.atom").status_code == 404
    ElementTree.fromstring(client.get("/sitemap.xml").content)


def test_follow_an_open_report(city: City) -> None:
    case, client = report(city), Client()
    at = moment("2026-03-02 09:30")
    publication.prepare(case_id=case.pk, at=at)
    publication.show(case_id=case.pk, actor=city.actor("coordinator"), at=at)
    where = f"/cong-khai/{case.code}/theo-doi"
    wrong = client.post(where, {"email": "khong phai thu"})
    assert "Thư điện tử chưa đúng" in words(wrong)
    assert 'value="khong phai thu"' in words(wrong)
    for _ in range(2):
        done = client.post(where, {"email": "Ban@Doc.example"}, follow=True)
        assert "gửi thư để ông/bà xác nhận" in words(done)
    follower = Follower.objects.get()
    assert Message.objects.filter(template="follow_confirm").count() == 1
    link = f"/theo-doi-cung/{follower.token}"
    client.get(link)
    follower.refresh_from_db()
    assert follower.confirmed_at is None, "opening the link confirms nothing"
    assert "Đã bắt đầu theo dõi" in words(client.post(link))
    follower.refresh_from_db()
    assert follower.confirmed_at is not None
    assert client.post("/theo-doi-cung/khong-co").status_code == 404
    assert "Đã thôi theo dõi" in words(client.post(f"{link}/bo"))
    assert not Follower.objects.exists()


def test_only_open_public_reports_can_be_followed(city: City) -> None:
    case = report(city)
    assert Client().post(f"/cong-khai/{case.code}/theo-doi", {"email": "a@b.example"}).status_code == 404
    answered(city, case)
    publish(city, case)
    assert Client().post(f"/cong-khai/{case.code}/theo-doi", {"email": "a@b.example"}).status_code == 404
    assert not Follower.objects.exists()


def test_suggestions_offer_what_is_answered_and_what_is_open_nearby(city: City) -> None:
    done = report(city, title="Đèn đường ngõ 12 tắt cả tuần")
    answered(city, done)
    publish(city, done)
    near = report(city, title="Đèn đường ngõ 14 cũng tắt")
    publication.prepare(case_id=near.pk, at=moment("2026-03-03 09:30"))
    with_clock = moment("2026-03-03 09:40")
    publication.show(case_id=near.pk, actor=city.actor("coordinator"), at=with_clock)
    city.field.keywords = ["đèn đường"]
    city.field.save()
    from langnghe.intake import selectors
    from langnghe.worktime import clock

    selectors.forget()
    with clock.frozen(with_clock):
        text = words(
            Client().post(
                "/gui/goi-y", {"body": "Đèn đường ngõ 12 tắt rất tối", "commune": "phuong thu", "about": "field"}
            )
        )
    assert done.code in text
    assert near.code in text
    assert "Sở Xây dựng" in text


@pytest.mark.parametrize(
    ("path", "price"),
    [
        ("/", 1),
        ("/gui/", 0),
        ("/tra-cuu/", 0),
        ("/cong-khai/", 2),
        ("/cong-khai/?q=den", 2),
        ("/gioi-thieu/", 0),
        ("/kenh-tiep-nhan/", 1),
        ("/cong-khai/feed.atom", 1),
        ("/sitemap.xml", 1),
        ("/robots.txt", 0),
    ],
)
def test_price_of_a_page(city: City, path: str, price: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(3):
        case = report(city, title=f"Đèn số {number}")
        answered(city, case)
        publish(city, case)
    client = Client()
    client.get(path)
    with django_assert_num_queries(price):
        client.get(path)


def test_price_of_a_public_case(city: City, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    case = report(city)
    proof = answered(city, case)
    publish(city, case, file_ids=(proof.pk,))
    client = Client()
    client.get(f"/cong-khai/{case.code}/")
    with django_assert_num_queries(3):
        client.get(f"/cong-khai/{case.code}/")
