"""The whole story of one plan in real pages: from a Word file to a monthly report of the city."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import pytest
from playwright.sync_api import expect

from langnghe.ledger import services as ledger
from langnghe.outbox import services as outbox
from langnghe.outbox.models import CaughtMail, Message
from langnghe.plans.models import Body, RegisterItem, Share, Task
from langnghe.plans.services import bodies
from langnghe.plans.services import watching as plan_watching
from langnghe.reports.messages import DIGEST
from langnghe.reports.models import Report, ReportVersion
from langnghe.reports.services import digest
from langnghe.reports.services import watching as report_watching
from langnghe.worktime.clock import Frozen
from langnghe.worktime.models import Notice
from tests.browser.acts import do, open_act, photo
from tests.cases.city import City, moment
from tests.plans.builders import texts as plan_texts
from tests.reports.builders import templates
from tests.reports.builders import texts as report_texts

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PLAN = """ỦY BAN NHÂN DÂN THÀNH PHỐ THỬ
Số: 77/KH-UBND
Thành phố Thử, ngày 26 tháng 02 năm 2026
KẾ HOẠCH
Chỉnh trang chiếu sáng ngõ, phố năm 2026
UBND Thành phố ban hành Kế hoạch chỉnh trang chiếu sáng ngõ, phố năm 2026 như sau:
I. NHIỆM VỤ
1. Sở Xây dựng khảo sát, lập danh mục các ngõ thiếu đèn chiếu sáng. Hoàn thành trước ngày 31/3/2026.
2. Sở Xây dựng lắp đặt bổ sung 120 bộ đèn tại các ngõ trong danh mục. Hoàn thành trước ngày 15/3/2026.
3. Sở Công Thương chủ trì, phối hợp với Sở Xây dựng vận động hộ kinh doanh thay đèn tiết kiệm điện. Thời gian hoàn thành: trong tháng 6/2026.
II. TỔ CHỨC THỰC HIỆN
Các sở, ban, ngành báo cáo UBND Thành phố kết quả thực hiện Kế hoạch này trước ngày 20 hằng tháng./.
TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH
Nguyễn Văn Thử"""  # noqa: E501


def _word_file() -> dict[str, Any]:
    document = docx.Document()
    for line in PLAN.splitlines():
        document.add_paragraph(line)
    content = io.BytesIO()
    document.save(content)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return {"name": "ke-hoach-77.docx", "mimeType": kind, "buffer": content.getvalue()}


class Town:
    """The clock and the workers: time passes, and the jobs do, twice each, what they would have done meanwhile."""

    def __init__(self, time: Frozen) -> None:
        self.time = time

    def at(self, when: str) -> None:
        """Move on to a moment and run its jobs."""
        self.time.move_to(moment(when))
        now = self.time.at
        for _again in range(2):
            report_watching.run(at=now)
            plan_watching.remind(at=now)
            report_watching.remind(at=now)
            digest.send(at=now)
            plan_watching.renew_periods(at=now)
            outbox.deliver(at=now)
        ledger.seal(at=now)


@pytest.fixture
def planned_city(city: City, time: Frozen) -> City:
    """The small city with what plans and reports need: texts, templates, names of bodies."""
    plan_texts()
    report_texts()
    templates()
    bodies.load_bodies(at=time.at)
    Body.objects.create(name="Các sở, ban, ngành", member_kinds=["department"])
    return city


def _card(page: Page, words: str) -> Any:
    return page.locator("article[data-item]", has_text=words).first


def _confirm(office: Page, site: str) -> None:
    """Upload, mend two items, accept the rest, strike what only repeats the duty to report, confirm."""
    office.goto(f"{site}/can-bo/ke-hoach/nhap/")
    office.get_by_label("Tệp văn bản").set_input_files(_word_file())
    office.get_by_role("button", name="Đọc văn bản").click()
    office.wait_for_url(re.compile("/xac-nhan/"))
    expect(office.locator("[data-source]")).to_contain_text("lắp đặt bổ sung 120 bộ đèn")
    assert Task.objects.count() == 0, "nothing counts before a person has confirmed"

    # The year's second line has a slip: the work cannot end before the survey. The reviewer gives it the right day.
    card = _card(office, "lắp đặt bổ sung 120 bộ đèn")
    card.get_by_role("link", name="Sửa").click()
    form = office.locator("form[data-item-form]", has=office.locator('[name="deadline_type"]'))
    form.locator('[name="deadline_value"]').fill("2026-04-15")
    form.get_by_role("button", name="Lưu").click()
    expect(_card(office, "lắp đặt bổ sung 120 bộ đèn")).to_contain_text("Đã sửa")
    # And the third says what it must bring, and who hears of it.
    card = _card(office, "vận động hộ kinh doanh")
    card.get_by_role("link", name="Sửa").click()
    form = office.locator("form[data-item-form]", has=office.locator('[name="deliverable"]'))
    form.locator('[name="deliverable"]').fill("Danh sách hộ đã thay đèn")
    form.locator('[name="report_to"]').fill("UBND Thành phố")
    form.get_by_role("button", name="Lưu").click()
    expect(_card(office, "vận động hộ kinh doanh")).to_contain_text("Đã sửa")

    repeated = RegisterItem.objects.filter(kind="task", current__deadline__type="recurring").first()
    if repeated is not None:
        card = office.locator(f"#i-{repeated.pk}")
        card.get_by_role("button", name="Bỏ").click()
        expect(card).to_contain_text("Bỏ")
    sure = office.get_by_role("button", name=re.compile("Nhận .* không nghi vấn"))
    if sure.count():
        sure.click()
        expect(office.locator("#flashes")).to_contain_text("không có nghi vấn")
    while (right := office.locator("[data-items]").get_by_role("button", name="Đúng")).count():
        before = right.count()
        right.first.click()
        expect(right).to_have_count(before - 1)
    office.get_by_role("button", name="Xác nhận và giao nhiệm vụ").click()
    dialog = office.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Đồng ý").click()
    office.wait_for_url(lambda address: "/xac-nhan/" not in address)


def _open(page: Page, site: str, share: Share) -> None:
    page.goto(f"{site}/can-bo/nhiem-vu/{share.pk}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_plan_from_the_word_file_to_the_report_of_the_city(
    planned_city: City, site: str, time: Frozen, desk: Callable[[str], Page], tmp_path: Path
) -> None:
    city, town = planned_city, Town(time)
    office, focal, handler, approver = desk("coordinator"), desk("focal"), desk("handler"), desk("approver")

    # Monday: the document comes in, is read, mended twice and confirmed.
    town.at("2026-03-02 09:00")
    _confirm(office, site)
    tasks = {task.path: task for task in Task.objects.all()}
    assert len(tasks) == 3
    survey = Share.objects.get(task__text__contains="khảo sát", agency=city.works)
    fitting = Share.objects.get(task__text__contains="120 bộ đèn", agency=city.works)
    assert str(fitting.task.due_on) == "2026-04-15"
    assert Task.objects.get(text__contains="hộ kinh doanh").deliverable == "Danh sách hộ đã thay đèn"
    assert RegisterItem.objects.filter(state="mended", kind="task").count() == 2

    # The department gives the survey to one person, who reports with evidence; it is returned once, then accepted.
    town.at("2026-03-03 09:00")
    _open(focal, site, survey)
    do(focal, "delegate", person=city.people["handler"].pk, unit="Phòng Hạ tầng kỹ thuật")
    town.at("2026-03-10 09:00")
    _open(handler, site, survey)
    expect(handler.locator("main")).to_contain_text("Phòng Hạ tầng kỹ thuật")
    do(handler, "report", percent="60", text="Đã khảo sát 40 ngõ, còn 12 ngõ.")
    town.at("2026-03-16 09:00")
    _open(handler, site, survey)
    box = open_act(handler, "submit")
    box.locator('[name="text"]').fill("Danh mục gồm 52 ngõ, kèm ảnh hiện trạng.")
    box.locator('input[type="file"]').set_input_files([photo("danh-muc.jpg")])
    expect(box.locator(".file-item", has_text="danh-muc.jpg")).to_contain_text("Đã gửi")
    box.locator("form button:not([type=button])").last.click()
    expect(handler.locator("#flashes")).to_contain_text("Đã xong")
    _open(handler, site, survey)
    expect(handler.locator("#act-accept")).to_have_count(0)
    _open(approver, site, survey)
    expect(approver.locator("main")).to_contain_text("Danh mục gồm 52 ngõ")
    do(approver, "return", note="Bổ sung chiều dài từng ngõ.")
    town.at("2026-03-17 09:00")
    _open(handler, site, survey)
    expect(handler.locator("main")).to_contain_text("Bổ sung chiều dài từng ngõ.")
    do(handler, "submit", text="Đã bổ sung chiều dài từng ngõ vào danh mục.")
    town.at("2026-03-18 09:00")
    _open(approver, site, survey)
    do(approver, "accept")
    survey.refresh_from_db()
    assert (survey.state, survey.percent) == ("done", 100)

    # The monthly report: filled from the register, completed, approved, sent, merged by the city, taken as a Word file.
    town.at("2026-03-19 09:00")
    report = Report.objects.get(agency=city.works)
    focal.goto(f"{site}/can-bo/bao-cao/{report.pk}/")
    do(focal, "refill")
    expect(focal.locator("main")).to_contain_text("khảo sát, lập danh mục")
    section = report_section(focal, "Sửa")
    section.locator('[name="new"]').fill("Đề nghị Thành phố bố trí kinh phí mua đèn trong tháng 4.")
    section.get_by_role("button", name="Lưu", exact=True).click()
    expect(focal.locator("main")).to_contain_text("bố trí kinh phí mua đèn")
    do(focal, "submit")
    approver.goto(f"{site}/can-bo/bao-cao/{report.pk}/")
    do(approver, "approve")
    report.refresh_from_db()
    assert report.state == "sent" and report.versions.count() >= 2

    town.at("2026-03-20 09:00")
    office.goto(f"{site}/can-bo/bao-cao/nhan/")
    office.locator("main").get_by_role("link", name=re.compile("Kết quả thực hiện")).first.click()
    expect(office.locator("main")).to_contain_text("Sở Xây dựng")
    office.get_by_role("button", name="Lập báo cáo tổng hợp").click()
    office.wait_for_load_state("networkidle")
    summary = Report.objects.get(agency=city.office)
    office.goto(f"{site}/can-bo/bao-cao/nhan/")
    office.locator("main").get_by_role("link", name=re.compile("Kết quả thực hiện")).first.click()
    office.get_by_role("button", name="Tổng hợp các báo cáo đã chọn").click()
    office.wait_for_load_state("networkidle")
    report.refresh_from_db()
    assert report.state == "merged" and report.into_id == summary.pk
    office.goto(f"{site}/can-bo/bao-cao/{summary.pk}/")
    expect(office.locator("main")).to_contain_text("bố trí kinh phí mua đèn")
    with office.expect_download() as waiting:
        office.get_by_role("link", name="DOCX").click()
    saved = tmp_path / "bao-cao.docx"
    waiting.value.save_as(saved)
    _look_at(saved, tmp_path)

    # The fitting falls late: half, four fifths, the day itself, and each working day after it, once each.
    for day in ("2026-03-25", "2026-04-08", "2026-04-14", "2026-04-15", "2026-04-16", "2026-04-17", "2026-04-20"):
        town.at(f"{day} 09:00")
    of_fitting = Notice.objects.filter(
        reminder__deadline__kind="share", reminder__deadline__subject_id=fitting.pk, told_at__isnull=False
    )  # fmt: skip
    marks = Counter(of_fitting.values_list("person_id", "reminder__step", "reminder__day"))
    assert marks and set(marks.values()) == {1}
    assert {step for _person, step, _day in marks} >= {"half", "eighty", "today", "overdue"}, marks
    # In one mail a person and morning, which was sent once.
    mails = Message.objects.filter(template=DIGEST, body__contains=f"/can-bo/nhiem-vu/{fitting.pk}/")
    mornings = Counter(mails.values_list("recipient", "key"))
    assert len(mornings) >= 5 and set(mornings.values()) == {1}, mornings
    sent = Counter(CaughtMail.objects.filter(message__in=mails).values_list("message__key", flat=True))
    assert len(sent) == len(mornings) and set(sent.values()) == {1}
    office.goto(f"{site}/can-bo/ke-hoach/qua-han/")
    expect(office.locator("main")).to_contain_text("Sở Xây dựng")
    assert ledger.verify() == []
    assert ReportVersion.objects.filter(report=report).count() >= 2


def report_section(page: Page, label: str) -> Any:
    """The form of the report's last section, opened."""
    page.get_by_role("link", name=re.compile(f"^{label}")).last.click()
    form = page.locator('form:has([name="new"])')
    expect(form).to_be_visible()
    return form


def _look_at(saved: Path, folder: Path) -> None:
    """The file is a Word document with the head of the state; LibreOffice, where there is one, makes pages of it."""
    words = "\n".join(one.text for one in docx.Document(str(saved)).paragraphs)
    tables = "\n".join(
        cell.text for table in docx.Document(str(saved)).tables for row in table.rows for cell in row.cells
    )
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in words + tables
    assert "bố trí kinh phí mua đèn" in words + tables
    office = shutil.which("soffice")
    if office is None:
        return
    subprocess.run(
        [office, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf", "--outdir",
         str(folder), str(saved)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    import pypdfium2

    pdf = pypdfium2.PdfDocument(str(saved.with_suffix(".pdf")))
    dark = pdf[0].render(scale=1).to_pil().convert("L").histogram()
    assert sum(dark[:128]) > 2000, "the first page is empty"
    pdf.close()
