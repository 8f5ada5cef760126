"""Writing a report: filled from the register, edited, approved by another, sent; every version kept."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest

from langnghe.acts.errors import ActError, Missing, NotAllowed, Stale
from langnghe.files import services as files
from langnghe.ledger.services import verify
from langnghe.outbox.models import Message
from langnghe.plans.models import Indicator, Obstacle, Reading
from langnghe.plans.services import shares
from langnghe.reports.models import Report, ReportVersion
from langnghe.reports.sections import differences, lines
from langnghe.reports.services import writing
from langnghe.workflow.actor import Actor
from langnghe.worktime.models import Deadline
from tests.cases.city import City, moment
from tests.plans.builders import picture
from tests.reports.builders import owed, sent, share

pytestmark = pytest.mark.django_db


def section(report: Report, code: str) -> list[str]:
    """What a section says."""
    return lines(next(one for one in report.sections if one["code"] == code))


def test_the_register_fills_the_report(city: City, at: datetime) -> None:
    report = owed(city, at=at)
    document = report.duty.document
    assert document is not None
    focal, head = city.actor("focal"), city.actor("head")
    done = share(city, document, city.works, at=at, title="Lập danh mục đèn hỏng", due_on=date(2026, 3, 31))
    shares.delegate(share_id=done.pk, actor=focal, at=at, person_id=city.people["handler"].pk)
    shares.submit(
        share_id=done.pk, text="Đã lập danh mục 120 đèn.", file_ids=[picture(at)], actor=city.actor("handler"), at=at
    )
    shares.accept(share_id=done.pk, actor=head, at=moment("2026-03-10 09:00"))
    late = share(city, document, city.works, at=at, title="Cắt tỉa cây", due_on=date(2026, 3, 6))
    shares.delegate(share_id=late.pk, actor=focal, at=at, person_id=city.people["handler"].pk)
    Obstacle.objects.create(share=late, text="Nhà thầu chưa bàn giao xe nâng.", raised_at=moment("2026-03-09 09:00"))
    level = Indicator.objects.create(
        document=document, name="Tỷ lệ đèn sáng", unit="%", op=">=", value=98, baseline=91.5, agency=city.works
    )
    Reading.objects.create(indicator=level, on=date(2026, 3, 10), value=95, source="Tổ điện", at=at)
    city.receive(moment("2026-03-05 09:00"))

    now = moment("2026-03-12 09:00")
    report = writing.refill(report_id=report.pk, actor=focal, at=now)
    assert section(report, "ket-qua")[1].startswith("Lập danh mục đèn hỏng · 31/03/2026 · 10/03/2026 · Đã lập danh mục")
    assert section(report, "dang-lam")[1].startswith("Thay đèn hỏng trong ngõ · 30/06/2026 · 0%")
    assert section(report, "qua-han") == [
        "Còn 1 nhiệm vụ quá hạn.",
        "Cắt tỉa cây · 06/03/2026 · 6 ngày · 0% · Nhà thầu chưa bàn giao xe nâng.",
    ]
    assert section(report, "chi-tieu") == ["Tỷ lệ đèn sáng · % · 91,50 · ít nhất 98% · 95 · 10/03/2026, Tổ điện"]
    assert section(report, "vuong-mac")[0].endswith("Nhà thầu chưa bàn giao xe nâng. · 09/03/2026 · Chưa có trả lời")


def test_what_a_person_wrote_survives_new_figures(city: City, at: datetime) -> None:
    report = owed(city, at=at)
    document = report.duty.document
    assert document is not None
    focal = city.actor("focal")
    report = writing.refill(report_id=report.pk, actor=focal, at=at)
    report = writing.write_section(
        report_id=report.pk, code="dang-lam", title="", actor=focal, at=at,
        blocks=[
            {"index": 0, "text": "Sở đang làm một việc lớn."},
            {"index": 1, "cells": {0: ["Thay đèn", "30/6", "5%", "Đã khảo sát."]}},
            {"index": None, "text": "Viết thêm tay."},
        ],
    )  # fmt: skip
    share(city, document, city.works, at=at, title="Kiểm tra cột", due_on=date(2026, 5, 30))
    report = writing.refill(report_id=report.pk, actor=focal, at=moment("2026-03-10 09:00"))
    doing = next(one for one in report.sections if one["code"] == "dang-lam")["blocks"]
    assert doing[0]["text"] == "Sở đang làm một việc lớn." and doing[0]["now"] == "Đang thực hiện 2 nhiệm vụ trong hạn."
    assert [row["cells"][0] for row in doing[1]["rows"]] == ["Thay đèn", "Kiểm tra cột"]
    assert doing[2]["text"] == "Viết thêm tay."
    report = writing.take_new(report_id=report.pk, code="dang-lam", key="doing", actor=focal, at=at)
    assert section(report, "dang-lam")[0] == "Đang thực hiện 2 nhiệm vụ trong hạn."
    assert ReportVersion.objects.filter(report=report).count() == 4
    first = ReportVersion.objects.get(report=report, number=1)
    assert differences(first.sections, report.sections)[0].title == "Nhiệm vụ đang thực hiện"


def test_the_way_of_a_report(city: City, at: datetime) -> None:
    report = owed(city, at=at)
    focal, head, office = city.actor("focal"), city.actor("head"), city.actor("coordinator")
    with pytest.raises(NotAllowed):
        writing.refill(report_id=report.pk, actor=city.actor("partner_focal"), at=at)
    writing.refill(report_id=report.pk, actor=focal, at=at)
    writing.submit(report_id=report.pk, actor=focal, at=at)
    with pytest.raises(NotAllowed):
        writing.approve(report_id=report.pk, actor=focal, at=at)
    with pytest.raises(Missing):
        writing.send_back(report_id=report.pk, note="", actor=head, at=at)
    writing.send_back(report_id=report.pk, note="Thiếu số liệu", actor=head, at=at)
    writing.submit(report_id=report.pk, actor=focal, at=at)
    done = moment("2026-03-12 10:00")
    report = writing.approve(report_id=report.pk, number="12/BC-SXD", actor=head, at=done)
    assert (report.state, report.number, report.sent_at) == ("sent", "12/BC-SXD", done)
    assert Deadline.objects.get(kind="report", subject_id=report.pk).state == "met"
    assert Message.objects.filter(template="report_sent", recipient="coordinator@city.example").count() == 1
    with pytest.raises(NotAllowed):
        writing.reject(report_id=report.pk, note="Viết lại", actor=city.actor("partner_head"), at=done)
    report = writing.reject(report_id=report.pk, note="Bổ sung số liệu tháng 2", actor=office, at=done)
    assert report.state == "drafting" and report.sent_at is None
    assert Deadline.objects.filter(kind="report", subject_id=report.pk, state="open").count() == 1
    told = Message.objects.filter(template="report_rejected")
    assert set(told.values_list("recipient", flat=True)) >= {"focal@city.example", "head@city.example"}
    assert verify() == []


def test_nobody_approves_the_own_draft(city: City, at: datetime) -> None:
    report = owed(city, at=at)
    focal, head = city.actor("focal"), city.actor("head")
    both = Actor("person", "focal_point", head.person_id, head.agency_id)
    writing.refill(report_id=report.pk, actor=both, at=at)
    writing.submit(report_id=report.pk, actor=focal, at=at)
    with pytest.raises(NotAllowed) as refused:
        writing.approve(report_id=report.pk, actor=head, at=at)
    assert refused.value.reason == "not_own_draft"
    assert writing.approve(report_id=report.pk, actor=city.actor("approver"), at=at).state == "sent"


def test_the_second_of_two_writers_is_told(city: City, at: datetime) -> None:
    report = owed(city, at=at)
    focal = city.actor("focal")
    writing.refill(report_id=report.pk, actor=focal, at=at, expected_version=0)
    with pytest.raises(Stale):
        writing.refill(report_id=report.pk, actor=city.actor("handler"), at=at, expected_version=0)


def test_an_earlier_version_comes_back(city: City, at: datetime) -> None:
    report = owed(city, at=at)
    focal = city.actor("focal")
    writing.refill(report_id=report.pk, actor=focal, at=at)
    writing.write_section(
        report_id=report.pk, code="de-xuat", title="", blocks=[{"index": 0, "text": "Xin thêm xe nâng."}],
        actor=focal, at=at,
    )  # fmt: skip
    report = writing.restore(report_id=report.pk, number=1, actor=focal, at=at)
    assert section(report, "de-xuat") == ["Không có đề xuất, kiến nghị."]
    assert ReportVersion.objects.filter(report=report).count() == 3
    with pytest.raises(ActError):
        writing.restore(report_id=report.pk, number=99, actor=focal, at=at)


def test_files_belong_to_the_report(city: City, at: datetime) -> None:
    report = owed(city, at=at)
    stored = files.store_text(content=io.BytesIO("Phụ lục".encode()), name="phu-luc.txt", at=at)
    writing.attach(report_id=report.pk, file_ids=[stored.pk], actor=city.actor("focal"), at=at)
    stored.refresh_from_db()
    assert (stored.kind, stored.subject_id) == ("report", report.pk)


def test_urging_once_a_day_and_waiving(city: City, at: datetime) -> None:
    report = owed(city, at=at)
    other = Report.objects.get(agency=city.partner)
    office = city.actor("coordinator")
    with pytest.raises(NotAllowed):
        writing.urge(report_id=report.pk, actor=city.actor("partner_focal"), at=at)
    assert writing.urge_all(report_ids=[report.pk, other.pk], note="Gửi trong tuần", actor=office, at=at) == 2
    assert writing.urge_all(report_ids=[report.pk, other.pk], actor=office, at=at) == 0
    assert Message.objects.filter(template="report_urged", recipient="focal@city.example").count() == 1
    with pytest.raises(Missing):
        writing.waive(report_id=report.pk, note="", actor=office, at=at)
    assert writing.waive(report_id=report.pk, note="Đã báo cáo đột xuất", actor=office, at=at).state == "waived"
    assert not Deadline.objects.filter(kind="report", subject_id=report.pk, state="open").exists()


def test_a_late_report_is_taken_back_and_sent_again(city: City, at: datetime) -> None:
    report = owed(city, at=at)
    late = moment("2026-03-25 09:00")
    sent(city, report, at=late)
    assert Deadline.objects.get(kind="report", subject_id=report.pk).state == "late"
    writing.withdraw(report_id=report.pk, note="Sai số liệu", actor=city.actor("head"), at=late)
    open_now = Deadline.objects.get(kind="report", subject_id=report.pk, state="open")
    assert open_now.due_date == date(2026, 3, 20), "the term does not run anew"
