"""A PDF as lines: text joined to paragraphs across rows and pages, ruled tables, pages without text by recognition."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from langnghe.plans.reading.formats import scan
from langnghe.plans.reading.formats.cleaning import clean, from_abc, vietnamese_share
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


@dataclass(frozen=True, slots=True)
class _Frame:
    """A page's edges, and by how many quarter turns its text runs aside: appendices stand across the paper."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int = 0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A place of the PDF as one of the upright page, y growing downwards."""
        if self.turns == 1:
            return self.top - y, self.right - x
        if self.turns == 2:
            return self.right - x, y - self.bottom
        if self.turns == 3:
            return y - self.bottom, x - self.left
        return x - self.left, self.top - y

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the upright page."""
        across, down = self.right - self.left, self.top - self.bottom
        return (down, across) if self.turns % 2 else (across, down)


def _turns(textpage: Any) -> int:
    """How most signs of a page are turned, in quarter turns."""
    count = textpage.count_chars()
    found = Counter(
        round(pdfium.FPDFText_GetCharAngle(textpage.raw, index) / 1.5708) % 4
        for index in range(0, count, max(1, count // 200))
        if not chr(pdfium.FPDFText_GetUnicode(textpage.raw, index) % 0x10FFFF).isspace()
    )
    return found.most_common(1)[0][0] if found else 0


def _words(textpage: Any, frame: _Frame) -> list[Word]:
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
    old = ""

    def close() -> None:
        if signs:
            text = "".join(signs)
            if old:
                text = from_abc(text).upper() if old == "capitals" else from_abc(text)
            text = clean(text).strip()
            if text:
                words.append(Word(text, x0, top, x1, low, bold))
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
        one, other = frame.at(box.left, box.bottom), frame.at(box.right, box.top)
        left, right = min(one[0], other[0]), max(one[0], other[0])
        upper, lower = min(one[1], other[1]), max(one[1], other[1])
        size = lower - upper
        if signs and (left - x1 > 0.8 * size or left < x0 - 0.5 * size or abs((upper + lower) - (top + low)) > size):
            close()
        if not signs:
            x0, x1, top, low = left, right, upper, lower
            length = font_of(raw, index, buffer, 128, ctypes.byref(flags))
            font = buffer.value.lower() if length else b""
            bold = b"bold" in font
            # Fonts of the ABC family (".VnTime", ".VnTimeH" for capitals) print Vietnamese for Latin signs.
            old = "" if b".vn" not in font else "capitals" if re.search(rb"\.vn[a-z]+h\b", font) else "letters"
        else:
            x0, x1 = min(x0, left), max(x1, right)
            top, low = min(top, upper), max(low, lower)
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


def _rules(page: Any, frame: _Frame) -> tuple[list[Rule], list[Rule]]:
    """The horizontal and the vertical lines drawn on a page."""
    flat: list[Rule] = []
    upright: list[Rule] = []
    matrix = pdfium.FS_MATRIX()
    for item in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH,), max_depth=3):
        if len(flat) + len(upright) > MOST_RULES:
            break
        if not pdfium.FPDFPageObj_GetMatrix(item.raw, matrix):
            continue
        for start_x, start_y, end_x, end_y in _segments(item.raw, matrix):
            (ax, ay), (bx, by) = frame.at(start_x, start_y), frame.at(end_x, end_y)
            if abs(ay - by) < 1.5 and abs(ax - bx) > 6:
                flat.append(Rule((ay + by) / 2, min(ax, bx), max(ax, bx)))
            elif abs(ax - bx) < 1.5 and abs(ay - by) > 6:
                upright.append(Rule((ax + bx) / 2, min(ay, by), max(ay, by)))
    return flat, upright


def _page(document: Any, number: int) -> Page:
    page = document[number]
    try:
        textpage = page.get_textpage()
        try:
            left, bottom, right, top = page.get_mediabox()
            frame = _Frame(left, bottom, right, top, _turns(textpage))
            words = _words(textpage, frame)
        finally:
            textpage.close()
        flat, upright = _rules(page, frame) if words else ([], [])
        boxes, words = boxes_of(flat, upright, words)
        return Page(number + 1, *frame.size, words, boxes)
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
        if len(bare) < count and _misread(pages) and scan.available():
            # The scanner's own recognition knew no Vietnamese: the pictures are read anew.
            empty = {page.number for page in bare}
            bare = [page for page in pages if page.number in empty or _is_picture(document, page.number - 1)]
            for page in bare:
                page.words, page.boxes = [], []
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


def _misread(pages: Sequence[Page]) -> bool:
    """Whether the text is hardly Vietnamese: few words have marks, or they are no syllables."""
    words = [word.text for page in pages for word in page.words][:4000]
    words += [
        word for page in pages for box in page.boxes for row in box.grid for cell in row for word in cell.text.split()
    ]
    letters = [word for word in words if word.isalpha()]
    if len(letters) < 30:
        return False
    marked = sum(1 for word in letters if not word.isascii())
    return marked < 0.3 * len(letters) or vietnamese_share(" ".join(letters)) < 0.75


def is_scan(document: Any) -> bool:
    """Whether a page of a PDF is a picture, with or without text laid over it."""
    return any(_is_picture(document, number) for number in range(min(20, len(document))))


def _is_picture(document: Any, number: int) -> bool:
    """Whether a picture covers most of a page."""
    page = document[number]
    try:
        width, height = page.get_size()
        for item in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
            left, bottom, right, top = item.get_bounds()
            if abs(right - left) * abs(top - bottom) > 0.6 * width * height:
                return True
        return False
    except pypdfium2.PdfiumError:
        return False
    finally:
        page.close()


def _has_picture(document: Any, number: int) -> bool:
    page = document[number]
    try:
        return any(True for _ in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3))
    except pypdfium2.PdfiumError:
        return False
    finally:
        page.close()
