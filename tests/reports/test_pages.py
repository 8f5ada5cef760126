"""Pages of reports and meetings: who sees what, what is kept when it fails, what a page costs."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document

from langnghe.reports.models import Meeting, Report, ReportDuty, ReportTemplate
from langnghe.reports.sections import lines
from langnghe.reports.services import duties, writing
from langnghe.workflow.actor import SYSTEM
from langnghe.worktime import clock
from tests.cases.city import City, moment
from tests.reports.builders import bodies, owed, plan, report_item, sent, share

pytestmark = pytest.mark.django_db

BUDGET = 12


@pytest.fixture(autouse=True)
def _time(settings: Any) -> Iterator[None]:
    settings.REQUIRE_SECOND_FACTOR = False
    with clock.frozen(moment("2026-03-12 09:00")):
        yield


def seen(client: Client, address: str) -> str:
    """The sign of the section that a person sees."""
    found = re.search(r'name="seen" value="([^"]+)"', client.get(address).content.decode())
    assert found is not None
    return found[1]


def act(client: Client, report: Report, name: str, **given: Any) -> Any:
    """Post an act with the version that stands."""
    report.refresh_from_db()
    address = reverse("desk:report_act", args=[report.pk, name])
    return client.post(address, {"version": report.version, **given})


def test_a_report_goes_its_way_at_the_desk(city: City, sign_in: Callable[[str], Client], at: datetime) -> None:
    report = owed(city, at=at)
    focal, head, office = sign_in("focal"), sign_in("head"), sign_in("coordinator")
    home = focal.get(reverse("desk:reports")).content.decode()
    assert "tháng 3/2026" in home and report.duty.name in home
    assert act(focal, report, "refill").status_code == 302
    page = focal.get(reverse("desk:report", args=[report.pk])).content.decode()
    assert "Thay đèn hỏng trong ngõ" in page
    edit = reverse("desk:report_section", args=[report.pk, "dang-lam"])
    assert "Thay đèn hỏng trong ngõ" in focal.get(edit).content.decode()
    first = seen(focal, edit)
    saved = focal.post(
        edit,
        {
            "seen": first, "title": "Đang thực hiện", "t-0": "Một nhiệm vụ.", "new": "Đoạn thêm.",
            "c-1-0-0": "Thay đèn", "c-1-0-1": "30/6", "c-1-0-2": "=1+1", "c-1-0-3": "Đã khảo sát.",
            "n-1-0": "Việc thêm", "n-1-1": "", "n-1-2": "5%", "n-1-3": "",
        },
    )  # fmt: skip
    assert saved.status_code == 302
    report.refresh_from_db()
    doing = next(one for one in report.sections if one["code"] == "dang-lam")
    assert lines(doing) == ["Một nhiệm vụ.", "Thay đèn · 30/6 · =1+1 · Đã khảo sát.", "Việc thêm · 5%", "Đoạn thêm."]
    odd = {"seen": seen(focal, edit), "t-0": "Một\x00 nhiệm vụ.\u202e", "t-99": "x", "c-9-9-9": "x"}
    assert focal.post(edit, odd).status_code == 302
    report.refresh_from_db()
    assert lines(next(one for one in report.sections if one["code"] == "dang-lam"))[0] == "Một nhiệm vụ."
    stale = focal.post(edit, {"seen": first, "t-0": "Viết đè", "new": "Giữ lại lời này"})
    assert stale.status_code == 422 and "Giữ lại lời này" in stale.content.decode()
    text = SimpleUploadedFile("phu-luc.txt", "Phụ lục".encode())
    attached = focal.post(reverse("desk:report_attach", args=[report.pk]), {"attachment": text})
    assert attached.status_code == 302
    assert act(focal, report, "submit").status_code == 302
    assert act(head, report, "send_back", note="").status_code == 422
    assert act(head, report, "approve", number="12").status_code == 302
    report.refresh_from_db()
    assert (report.state, report.number) == ("sent", "12")
    versions = focal.get(reverse("desk:report_version", args=[report.pk, 2])).content.decode()
    assert "Đoạn thêm." in versions
    made = office.get(reverse("desk:report_file", args=[report.pk, "docx"]))
    assert "attachment" in made["Content-Disposition"] and ".docx" in made["Content-Disposition"]
    words = Document(io.BytesIO(made.content))
    assert any("Đoạn thêm." in p.text for p in words.paragraphs)
    assert words.tables[0].cell(1, 0).text == "Số: 12/BC-SXD"
    assert office.get(reverse("desk:report_file", args=[report.pk, "pdf"])).content.startswith(b"%PDF")
    assert office.get(reverse("desk:report_file", args=[report.pk, "xlsx"])).content.startswith(b"PK")
    assert office.get(reverse("desk:report_file", args=[report.pk, "exe"])).status_code == 404


def test_others_find_nothing(city: City, sign_in: Callable[[str], Client], at: datetime) -> None:
    report = owed(city, at=at)
    partner, observer, clerk = sign_in("partner_focal"), sign_in("observer"), sign_in("clerk")
    address = reverse("desk:report", args=[report.pk])
    assert partner.get(address).status_code == 404
    assert act(partner, report, "refill").status_code == 404
    assert partner.get(reverse("desk:report_section", args=[report.pk, "dang-lam"])).status_code == 404
    assert partner.get(reverse("desk:report_file", args=[report.pk, "pdf"])).status_code == 404
    assert partner.get(reverse("desk:report_group", args=[report.pk])).status_code == 404
    assert observer.get(address).status_code == 404, "not sent yet"
    assert clerk.get(address).status_code == 403
    sent(city, report, at=moment("2026-03-12 09:00"))
    page = observer.get(address).content.decode()
    assert "Thay đèn hỏng trong ngõ" in page
    assert "Lấy lại để sửa" not in page
    assert partner.get(address).status_code == 404


def test_a_receiver_reads_what_was_sent_only(city: City, sign_in: Callable[[str], Client], at: datetime) -> None:
    bodies()
    document = plan(city, at=at)
    report_item(document, at=at, to="Sở Công Thương", who="Sở Xây dựng")
    share(city, document, city.works, at=at, title="Việc riêng của Sở")
    duties.make_duties(document_id=document.pk, actor=SYSTEM, at=at)
    duties.open_periods(at=moment("2026-03-06 09:00"))
    report = Report.objects.get()
    receiver = sign_in("partner_focal")
    address = reverse("desk:report", args=[report.pk])
    page = receiver.get(address).content.decode()
    assert "Việc riêng của Sở" not in page and "Báo cáo chưa gửi" in page
    assert receiver.get(reverse("desk:report_file", args=[report.pk, "docx"])).status_code == 404
    sent(city, report, at=moment("2026-03-12 09:00"))
    page = receiver.get(address).content.decode()
    assert "Việc riêng của Sở" in page and "Soạn báo cáo" not in page, "how it came to be is the agency's own"
    assert receiver.get(reverse("desk:report_version", args=[report.pk, 1])).status_code == 404
    assert act(receiver, report, "reject", note="Bổ sung").status_code == 302
    report.refresh_from_db()
    assert report.state == "drafting"


def test_the_city_urges_and_merges(city: City, sign_in: Callable[[str], Client], at: datetime) -> None:
    report = owed(city, at=at)
    sent(city, report, at=moment("2026-03-12 09:00"), words="Xin thêm xe nâng.")
    office = sign_in("coordinator")
    listed = office.get(reverse("desk:report_received")).content.decode()
    assert "Đã nhận 1/2" in listed
    group = reverse("desk:report_group", args=[report.pk])
    page = office.get(group).content.decode()
    assert "Sở Công Thương" in page and "Đôn đốc 1 cơ quan chưa gửi" in page
    urged = office.post(reverse("desk:report_group_act", args=[report.pk, "don-doc"]), {"note": "Gửi sớm"}, follow=True)
    assert "Đã đôn đốc 1 cơ quan." in urged.content.decode()
    none = office.post(reverse("desk:report_group_act", args=[report.pk, "tong-hop"]), follow=True)
    assert "Hãy chọn ít nhất một báo cáo" in none.content.decode()
    merged = office.post(
        reverse("desk:report_group_act", args=[report.pk, "tong-hop"]), {"part": report.pk}, follow=True
    )
    text = merged.content.decode()
    assert "Xin thêm xe nâng." in text and "Sở Xây dựng" in text
    own = Report.objects.get(agency=city.office)
    report.refresh_from_db()
    assert report.into_id == own.pk
    assert sign_in("focal").post(reverse("desk:report_group_act", args=[report.pk, "lap"])).status_code == 404


def test_a_rhythm_is_given_on_the_page(city: City, sign_in: Callable[[str], Client], at: datetime) -> None:
    bodies()
    item = report_item(plan(city, at=at), at=at, rrule=None, due="định kỳ")
    office = sign_in("coordinator")
    page = office.get(reverse("desk:report_duties")).content.decode()
    assert "Chưa có nhịp báo cáo" in page
    address = reverse("desk:report_rhythm", args=[item.pk])
    assert office.post(address, {"kind": "", "day": "3"}).status_code == 422
    assert sign_in("focal").post(address, {"kind": "month", "day": "20"}).status_code == 422, "another's plan"
    assert office.post(address, {"kind": "quarter", "day": "20"}).status_code == 302
    page = office.get(reverse("desk:report_duties")).content.decode()
    assert "ngày 20 tháng cuối quý" in page and "Sở Xây dựng" in page
    duty = ReportDuty.objects.first()
    assert duty is not None
    end = reverse("desk:report_duty_end", args=[duty.pk])
    sign_in("focal").post(end)
    assert not ReportDuty.objects.exclude(ends_on=None).exists()
    office.post(end)
    assert not ReportDuty.objects.filter(ends_on=None).exists()


def test_a_template_changes_from_a_day_on(city: City, sign_in: Callable[[str], Client], at: datetime) -> None:
    office = sign_in("coordinator")
    address = reverse("desk:report_template", args=["dinh-ky"])
    form = office.get(address).context["form"]
    given = {name: "" if bound.initial is None else bound.initial for name, bound in ((b.name, b) for b in form)}
    given |= {
        "valid_from": "2026-04-01",
        "title_0": "Kết quả nổi bật",
        "title_1": "",
        "title_7": "Phụ lục",
        "left": "35",
    }
    assert office.post(address, {**given, "left": "50"}).status_code == 422
    assert office.post(address, {**given, "valid_from": "2026-01-01"}).status_code == 422
    assert office.post(address, given).status_code == 302
    new = ReportTemplate.objects.get(code="dinh-ky", valid_from=date(2026, 4, 1))
    assert new.layout["margins"]["left"] == 35
    titles = [one["title"] for one in new.sections]
    assert titles[0] == "Kết quả nổi bật" and titles[-1] == "Phụ lục" and "Nhiệm vụ đang thực hiện" not in titles
    assert ReportTemplate.objects.filter(code="dinh-ky").count() == 2
    assert sign_in("focal").get(address).status_code == 403
    report = owed(city, at=at)
    assert next(one["title"] for one in writing.fill(report, at=at)) == "Nhiệm vụ đã hoàn thành", "due before that day"


def test_a_meeting_at_the_desk(city: City, sign_in: Callable[[str], Client], at: datetime) -> None:
    office, focal, observer = sign_in("coordinator"), sign_in("focal"), sign_in("observer")
    called = office.post(reverse("desk:meetings"), {"rhythm": "month", "on": "2026-03-12", "note": ""})
    meeting = Meeting.objects.get()
    address = reverse("desk:meeting", args=[meeting.pk])
    assert called.status_code == 302 and called["Location"] == address
    assert office.post(address, {"text": ""}).status_code == 422
    given = {"text": "Thay hết đèn hỏng.", "agency": city.works.pk, "due": "2026-04-30"}
    assert office.post(address, {**given, "due": "2026-01-01"}).status_code == 422
    assert office.post(address, given).status_code == 302
    page = focal.get(address).content.decode()
    assert "Thay hết đèn hỏng." in page and "Đang thực hiện, tiến độ 0%." in page and "Ghi kết luận" not in page
    assert focal.post(address, given).status_code == 200 and meeting.conclusions.count() == 1
    assert observer.get(reverse("desk:meeting_file", args=[meeting.pk, "pdf"])).content.startswith(b"%PDF")
    own = focal.post(reverse("desk:meetings"), {"rhythm": "quarter", "on": "2026-03-12", "note": ""})
    assert own.status_code == 302 and Meeting.objects.get(rhythm="quarter").agency_id == city.works.pk
    assert sign_in("partner_head").get(own["Location"]).status_code == 404


def test_pages_stay_within_their_budget(
    city: City, sign_in: Callable[[str], Client], at: datetime, django_assert_max_num_queries: Any
) -> None:
    report = owed(city, at=at)
    other = Report.objects.get(agency=city.partner)
    sent(city, report, at=moment("2026-03-12 09:00"))
    meeting = Meeting.objects.create(rhythm="month", on=date(2026, 3, 12), agency=city.office)
    office, focal, partner = sign_in("coordinator"), sign_in("focal"), sign_in("partner_focal")
    pages = [
        (focal, reverse("desk:reports")),
        (focal, reverse("desk:reports") + "?xem=da-gui"),
        (focal, reverse("desk:report", args=[report.pk])),
        (focal, reverse("desk:report_version", args=[report.pk, 1])),
        (focal, reverse("desk:report_file", args=[report.pk, "pdf"])),
        (partner, reverse("desk:report", args=[other.pk])),
        (partner, reverse("desk:report_section", args=[other.pk, "ket-qua"])),
        (office, reverse("desk:reports")),
        (office, reverse("desk:report_received")),
        (office, reverse("desk:report_group", args=[report.pk])),
        (office, reverse("desk:report_duties")),
        (office, reverse("desk:report_templates")),
        (office, reverse("desk:report_template", args=["dinh-ky"])),
        (office, reverse("desk:meetings")),
        *(
            (office, reverse("desk:meeting", args=[meeting.pk]) + f"?muc={code}")
            for code in ("ket-luan", "qua-han", "dung-han", "chi-tieu", "bao-cao")
        ),
    ]
    for client, address in pages:
        client.get(address)
        with django_assert_max_num_queries(BUDGET):
            assert client.get(address).status_code == 200, address


def test_the_own_change_in_another_window_is_called_that(city: City, sign_in: Callable[[str], Client]) -> None:
    at = moment("2026-03-12 09:00")
    report = writing.refill(report_id=owed(city, at=at).pk, actor=city.actor("focal"), at=at)
    focal, handler = sign_in("focal"), sign_in("handler")
    edit = reverse("desk:report_section", args=[report.pk, "dang-lam"])
    keep = reverse("desk:report_keep", args=[report.pk, "dang-lam"])
    old = seen(focal, edit)
    assert focal.post(edit, {"seen": old, "title": "Việc đang làm", "new": "Cửa sổ thứ nhất."}).status_code == 302
    answer = focal.post(edit, {"seen": old, "title": "Việc đang làm", "new": "Cửa sổ thứ hai."})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Ông/bà đã sửa mục này ở cửa sổ khác" in page and "Cửa sổ thứ hai." in page
    focal.post(edit, {"seen": seen(focal, edit), "title": "Việc đang làm", "new": "Cửa sổ thứ nhất, lần nữa."})
    assert focal.post(keep, {"seen": old, "new": "x"}).json()["stale"].startswith("Ông/bà vừa sửa mục này")
    assert "Người khác đã sửa mục này" in handler.post(edit, {"seen": old, "new": "Đồng nghiệp."}).content.decode()
    assert handler.post(keep, {"seen": old, "new": "y"}).json()["stale"].startswith("Người khác vừa sửa mục này")
