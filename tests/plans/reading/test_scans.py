"""Scans read by the real Tesseract: pages drawn from the samples, turned a little, blurred and soiled."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from langnghe.plans.reading.formats import load, scan
from langnghe.plans.reading.formats.mending import mend_lines
from langnghe.plans.reading.formats.pictures import prepare, slope_of
from langnghe.plans.reading.reader import read
from langnghe.plans.reading.source import Line
from tests.plans.reading.samples import SAMPLES, reference
from tests.plans.reading.scanning import pdf_of_text, pictures_of, scan_of

real = pytest.mark.skipif(
    not scan.available(), reason="needs Tesseract with Vietnamese data (tesseract-ocr, tesseract-ocr-vie)"
)


def strict(name: str, content: bytes) -> tuple[float, int]:
    """Of the tasks of a sample, how many are right in lead and term (F1, matched by term and leads), and the pages."""

    def key(task: dict[str, object]) -> tuple[object, ...]:
        term = task["deadline"]
        assert isinstance(term, dict) and isinstance(task["lead"], list)
        return frozenset(task["lead"]), term["type"], term["value"], term["before"], term["rrule"]

    source = load(content, f"{name}.pdf")
    wanted = sorted(map(str, map(key, reference(name)["tasks"])))
    found = sorted(map(str, map(key, read(source).to_json()["tasks"])))
    right = sum(min(wanted.count(one), found.count(one)) for one in set(wanted))
    return 2 * right / (len(wanted) + len(found)), max(line.page or 1 for line in source.lines)


@real
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("agency-headings", marks=pytest.mark.long),
        pytest.param("tables", marks=pytest.mark.long),
        "district",
    ],
)
def test_a_scan_is_read_nearly_as_well_as_its_text(name: str, tmp_path: Path) -> None:
    content = scan_of((SAMPLES / f"{name}.txt").read_text(encoding="utf-8"), tmp_path)
    told: list[tuple[int, int]] = []
    source = load(content, "scan.pdf", progress=lambda done, count: told.append((done, count)))
    assert "nhận dạng" in source.warnings[0]
    assert told and told[-1][0] == told[-1][1] == max(line.page or 0 for line in source.lines)
    figure, _ = strict(name, content)
    assert figure >= 0.85


@real
def test_a_photograph_on_its_side_is_turned(tmp_path: Path) -> None:
    text = (SAMPLES / "district.txt").read_text(encoding="utf-8")
    page = pictures_of(pdf_of_text(text, tmp_path))[0]
    buffer = io.BytesIO()
    page.rotate(90, expand=True).save(buffer, "JPEG", quality=80)
    source = load(buffer.getvalue(), "photo.jpg")
    assert any(line.text.startswith("I. NHIỆM VỤ") for line in source.lines)


def test_the_slope_of_a_page_and_its_lines_are_found(tmp_path: Path) -> None:
    text = (SAMPLES / "tables.txt").read_text(encoding="utf-8")
    page = pictures_of(pdf_of_text(text, tmp_path), angle=0.0)[0]
    assert slope_of(page) == 0.0
    turned = page.rotate(2.0, resample=Image.Resampling.BICUBIC, fillcolor=240)
    assert slope_of(turned) == pytest.approx(-2.0, abs=0.15)
    sheet = prepare(turned, 200)
    assert len(sheet.flat) >= 9 and len(sheet.upright) >= 9
    assert np.asarray(sheet.picture).max() == 255


def test_a_page_of_nothing_but_grain_has_no_ink() -> None:
    grain = np.random.default_rng(3).normal(235, 12, (1200, 900)).clip(0, 255).astype(np.uint8)
    sheet = prepare(Image.fromarray(grain), 200)
    assert np.asarray(sheet.picture).min() > 128 and not sheet.flat and not sheet.upright


def mended(*texts: str) -> list[str]:
    return [line.text for line in mend_lines([Line(text, 0) for text in texts])]


def test_labels_are_mended_by_their_sequence() -> None:
    assert mended("I. MỤC ĐÍCH", "IH. NHIỆM VỤ", "II. KINH PHÍ", "IV. TỔ CHỨC") == [
        "I. MỤC ĐÍCH", "II. NHIỆM VỤ", "III. KINH PHÍ", "IV. TỔ CHỨC",
    ]  # fmt: skip
    assert mended("II. NHIỆM VỤ", "III. TỔ CHỨC")[0] == "II. NHIỆM VỤ"
    assert mended("a) Một", "b) Hai", "c) Ba", "đ) Bốn", "đ) Năm", "e) Sáu", "8) Bảy", "h) Tám", "1) Chín")[3:] == [
        "d) Bốn", "đ) Năm", "e) Sáu", "g) Bảy", "h) Tám", "i) Chín",
    ]  # fmt: skip
    assert mended("l. Mục đích", "2. Yêu cầu") == ["1. Mục đích", "2. Yêu cầu"]
    assert mended("I. Tuyên truyền", "1. Một", "2. Hai", "H. Tổ chức") == [
        "I. Tuyên truyền", "1. Một", "2. Hai", "II. Tổ chức",
    ]  # fmt: skip


def test_quarters_days_marks_and_dirt_are_mended() -> None:
    assert mended("~ Sỏ Nội vụ hoàn thành trong Quý H/2025.") == ["- Sở Nội vụ hoàn thành trong Quý II/2025."]
    assert mended("Trước ngày 3O/6/2O25 báo cáo. Quý 1 và Quý IV") == ["Trước ngày 30/6/2025 báo cáo. Quý 1 và Quý IV"]
    assert mended("đơn vị sự nghiệp . công lập", "tình hình. triển khai", ": ", "THỰC HIẸN") == [
        "đơn vị sự nghiệp công lập", "tình hình triển khai", "THỰC HIỆN",
    ]  # fmt: skip
    kept = "* Cơ quan chủ trì: công nghệ số cộng đồng, hằng tháng, hàng quý, nơi dùng, có số"
    assert mended(kept) == [kept]
