"""A PDF as lines: text joined to paragraphs across rows and pages, ruled tables, pages without text by recognition."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from langnghe.plans.reading.formats import scan
from langnghe.plans.reading.formats.cleaning import clean
from langnghe.plans.reading.formats.layout import Page, Word, lines_of
from langnghe.plans.reading.formats.mending import mend_lines
from langnghe.plans.reading.formats.ruled import MOST_RULES, Rule, boxes_of
from langnghe.plans.reading.source import ReadingError, Source, source_of

MOST_PAGES = 600
MOST_SIGNS = 4_000_000
FEW_LETTERS = 25
"""A page with fewer letters has no text layer worth the name."""


def _open(content: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD or "assword" in str(error):
            raise ReadingError(
                "encrypted", "Tệp PDF được đặt mật khẩu. Hãy bỏ mật khẩu (hoặc in lại thành PDF mới) rồi gửi lại."
            ) from error
        raise ReadingError(
            "broken", "Tệp PDF bị hỏng hoặc tải chưa hết, không mở được. Hãy tải lại từ nguồn rồi gửi lại."
        ) from error


def _words(textpage: Any, height: float, left: float, bottom: float) -> list[Word]:
    """The words of a page from its signs one by one."""
    raw = textpage.raw
    count = textpage.count_chars()
    if count > MOST_SIGNS:
        raise ReadingError("too-large", "Tệp PDF có quá nhiều chữ để là một kế hoạch.")
    box = pdfium.FS_RECTF()
    place = ctypes.byref(box)
    buffer = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    words: list[Word] = []
    signs: list[str] = []
    x0 = x1 = top = low = 0.0
    bold = False
    top_edge = bottom + height

    def close() -> None:
        if signs:
            text = clean("".join(signs)).strip()
            if text:
                words.append(Word(text, x0 - left, top_edge - top, x1 - left, top_edge - low, bold))
            signs.clear()

    unicode_of, box_of = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
    font_of = pdfium.FPDFText_GetFontInfo
    high = 0
    for index in range(count):
        code = unicode_of(raw, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        if code in (0, 0xFFFE, 0xFFFF) or code > 0x10FFFF:
            continue
        sign = chr(code)
        if sign.isspace():
            close()
            continue
        if not box_of(raw, index, place) or not (box.right >= box.left and box.top >= box.bottom):
            if signs:
                signs.append(sign)
            continue
        size = box.top - box.bottom
        if signs and (
            box.left - x1 > 0.8 * size or box.left < x0 - 0.5 * size or abs((box.top + box.bottom) - (top + low)) > size
        ):
            close()
        if not signs:
            x0, x1, top, low = box.left, box.right, box.top, box.bottom
            length = font_of(raw, index, buffer, 128, ctypes.byref(flags))
            bold = bool(length) and b"bold" in buffer.value.lower()
        else:
            x0, x1 = min(x0, box.left), max(x1, box.right)
            top, low = max(top, box.top), min(low, box.bottom)
        signs.append(sign)
    close()
    return words


def _segments(path: Any, matrix: Any) -> Iterator[tuple[float, float, float, float]]:
    """The straight pieces of a path in page space."""
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for index in range(min(pdfium.FPDFPath_CountSegments(path), 2000)):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield (*last, *point)
        last = point
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield (*last, *start)
            last = start


def _rules(page: Any, height: float, left: float, bottom: float) -> tuple[list[Rule], list[Rule]]:
    """The horizontal and the vertical lines drawn on a page."""
    flat: list[Rule] = []
    upright: list[Rule] = []
    matrix = pdfium.FS_MATRIX()
    top_edge = bottom + height
    for item in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH,), max_depth=3):
        if len(flat) + len(upright) > MOST_RULES:
            break
        if not pdfium.FPDFPageObj_GetMatrix(item.raw, matrix):
            continue
        for ax, ay, bx, by in _segments(item.raw, matrix):
            if abs(ay - by) < 1.5 and abs(ax - bx) > 6:
                flat.append(Rule(top_edge - (ay + by) / 2, min(ax, bx) - left, max(ax, bx) - left))
            elif abs(ax - bx) < 1.5 and abs(ay - by) > 6:
                upright.append(Rule((ax + bx) / 2 - left, top_edge - max(ay, by), top_edge - min(ay, by)))
    return flat, upright


def _page(document: Any, number: int) -> Page:
    page = document[number]
    try:
        left, bottom, right, top = page.get_mediabox()
        textpage = page.get_textpage()
        try:
            words = _words(textpage, top - bottom, left, bottom)
        finally:
            textpage.close()
        flat, upright = _rules(page, top - bottom, left, bottom) if words else ([], [])
        boxes, words = boxes_of(flat, upright, words)
        return Page(number + 1, right - left, top - bottom, words, boxes)
    finally:
        page.close()


def _letters(page: Page) -> int:
    inside = sum(len(cell.text) for box in page.boxes for row in box.grid for cell in row)
    return inside + sum(len(word.text) for word in page.words if any(sign.isalnum() for sign in word.text))


def read_pdf(content: bytes, name: str, progress: scan.Progress | None = None) -> Source:
    """A PDF: its text where it has one; pages that are pictures are recognised where Tesseract is installed."""
    document = _open(content)
    warnings: list[str] = []
    try:
        count = len(document)
        if count == 0:
            raise ReadingError("empty", "Tệp PDF không có trang nào.")
        if count > MOST_PAGES:
            raise ReadingError(
                "too-large",
                f"Tệp PDF có {count} trang, nhiều hơn mức {MOST_PAGES} trang được nhận. "
                "Hãy tách riêng kế hoạch cần đọc rồi gửi lại.",
            )
        pages: list[Page] = []
        for number in range(count):
            try:
                pages.append(_page(document, number))
            except (pypdfium2.PdfiumError, ctypes.ArgumentError):
                pages.append(Page(number + 1, 595.0, 842.0, []))
                warnings.append(f"Trang {number + 1} bị hỏng, không đọc được.")
        bare = [page for page in pages if _letters(page) < FEW_LETTERS]
        if len(bare) == count or len(bare) * 3 > count:
            scan.recognise_pages(document, bare, warnings, progress)
        elif bare:
            drawn = [page for page in bare if _has_picture(document, page.number - 1)]
            if drawn and scan.available():
                scan.recognise_pages(document, drawn, warnings, progress)
            elif drawn:
                numbers = ", ".join(str(page.number) for page in drawn)
                warnings.append(f"Trang {numbers} là ảnh, chưa được đọc. {scan.HOW}")
    finally:
        document.close()
    lines = lines_of(pages)
    if any(page.scanned for page in pages):
        lines = mend_lines(lines)
    text = "".join(line.text for line in lines[:400])
    if text and sum(1 for sign in text if sign == "\ufffd" or "\ue000" <= sign <= "\uf8ff") * 5 > len(text):
        raise ReadingError(
            "broken", "Phông chữ trong tệp PDF không cho biết chữ là gì. Hãy gửi bản Word (.docx) của kế hoạch."
        )
    if not lines:
        raise ReadingError("empty", "Không tìm thấy chữ nào trong tệp PDF.")
    return source_of(lines, name=name, format="pdf", warnings=warnings)


def _has_picture(document: Any, number: int) -> bool:
    page = document[number]
    try:
        return any(True for _ in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3))
    except pypdfium2.PdfiumError:
        return False
    finally:
        page.close()
