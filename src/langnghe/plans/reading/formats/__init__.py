"""Files as lines of text: `load` tells by the content what a file is and reads it.

Plain text, web pages, Word documents, PDF with text, and scans where Tesseract is installed. Whatever is wrong with a
file comes out as a `ReadingError` with a sentence that says what to do, never as anything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO

from langnghe.plans.reading.source import ReadingError, Source

MOST_BYTES = 100_000_000
MOST_LETTERS = 5_000_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"BM")
_HTML = re.compile(rb"(?is)^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b")
_HTML_PART = re.compile(rb"(?i)<(?:p|div|table|h[1-6]|br|ul|ol|span)\b[^>]{0,500}>")


Progress = Callable[[int, int], None]
"""Told after each page of a scan: how many are done, of how many."""


def _read_txt(content: bytes, name: str, progress: Progress | None) -> Source:
    from langnghe.plans.reading.formats.txt import read_text

    return read_text(content, name)


def _read_html(content: bytes, name: str, progress: Progress | None) -> Source:
    from langnghe.plans.reading.formats.html import read_html

    return read_html(content, name)


def _read_docx(content: bytes, name: str, progress: Progress | None) -> Source:
    from langnghe.plans.reading.formats.docx import read_docx

    return read_docx(content, name)


def _read_pdf(content: bytes, name: str, progress: Progress | None) -> Source:
    from langnghe.plans.reading.formats.pdf import read_pdf

    return read_pdf(content, name, progress)


def _read_picture(content: bytes, name: str, progress: Progress | None) -> Source:
    from langnghe.plans.reading.formats.scan import read_picture

    return read_picture(content, name, progress)


def _reader_for(content: bytes) -> Callable[[bytes, str, Progress | None], Source]:
    """What the first bytes say; names and types that a sender states are not asked."""
    start = content[:4096]
    if b"%PDF-" in content[:1024]:
        return _read_pdf
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _read_docx
    if start.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise ReadingError("encrypted", "Tệp Word được đặt mật khẩu. Hãy bỏ mật khẩu rồi gửi lại.")
        raise ReadingError("type", "Đây là tệp Word đời cũ (.doc). Hãy mở bằng Word, lưu thành .docx rồi gửi lại.")
    if start.startswith(b"{\\rtf"):
        raise ReadingError("type", "Đây là tệp RTF. Hãy mở bằng Word, lưu thành .docx rồi gửi lại.")
    if start.startswith(_PICTURES):
        return _read_picture
    if _HTML.match(start) or len(_HTML_PART.findall(content[:20_000])) >= 2:
        return _read_html
    return _read_txt


def load(content: BinaryIO | bytes, name: str, *, progress: Progress | None = None) -> Source:
    """Read a file into lines of text; `name` is only kept. `progress` is told how far a scan is.

    Raises ReadingError and nothing else. Codes: empty, too-large, type, broken, encrypted, macros, scan.
    """
    try:
        data = content if isinstance(content, bytes) else content.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise ReadingError("too-large", "Tệp lớn hơn 100 MB. Hãy gửi bản nhỏ hơn, chỉ gồm văn bản của kế hoạch.")
        if not data.strip(b"\x00\t\n\r\x0b\x0c \xef\xbb\xbf"):
            raise ReadingError("empty", "Tệp trống, không có nội dung để đọc.")
        source = _reader_for(data)(data, name, progress)
    except ReadingError:
        raise
    except Exception as error:  # whatever a hostile file brings about, the caller gets one kind of error
        raise ReadingError("broken", "Tệp bị hỏng hoặc không đúng định dạng, không đọc được.") from error
    if len(source.text) > MOST_LETTERS:
        raise ReadingError("too-large", "Văn bản quá dài để là một kế hoạch. Hãy tách thành từng văn bản rồi gửi lại.")
    if not source.text.strip():
        raise ReadingError("empty", "Không tìm thấy chữ nào trong tệp.")
    return source
