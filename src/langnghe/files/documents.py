"""Documents are kept as they are; this looks inside far enough to know what they are and that they do no harm."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from langnghe.files import rules
from langnghe.files.conf import Limits
from langnghe.files.errors import FileRejected
from langnghe.files.said import kinds_words

_BLOCK = 64 * 1024
_MACRO_NAMES = frozenset({"macros", "vba", "_vba_project_cur", "_vba_project"})


def _damaged() -> FileRejected:
    return FileRejected(
        "document_damaged",
        _("Tệp tài liệu bị hỏng hoặc tải lên chưa trọn. Ông/bà mở thử tệp trên máy rồi chọn lại."),
    )


def _macro() -> FileRejected:
    return FileRejected(
        "macro",
        _("Tệp có chứa chương trình (macro) nên không nhận được. Ông/bà lưu lại thành PDF rồi gửi tệp PDF."),
    )


def _locked() -> FileRejected:
    return FileRejected("locked", _("Tệp có đặt mật khẩu nên không đọc được. Ông/bà bỏ mật khẩu rồi gửi lại."))


def _too_big() -> FileRejected:
    return FileRejected(
        "document_too_big",
        _("Tệp tài liệu quá phức tạp để kiểm tra an toàn. Ông/bà lưu lại thành PDF rồi gửi tệp PDF."),
    )


def unknown_type() -> FileRejected:
    """What is none of the types taken, whatever its name says."""
    return FileRejected(
        "type",
        _("Không nhận loại tệp này. Ông/bà gửi %(kinds)s; nội dung đã nhập vẫn được giữ.")
        % {"kinds": kinds_words(rules.TAKEN)},
    )


def _size(content: BinaryIO) -> int:
    return content.seek(0, os.SEEK_END)


# --- PDF -------------------------------------------------------------------------------------------------------------


def check_pdf(content: BinaryIO) -> rules.Kind:
    """A PDF begins with its mark and has its end; what is in between is the reader's affair."""
    size = _size(content)
    content.seek(max(0, size - 8192))
    if b"%%EOF" not in content.read():
        raise _damaged()
    return rules.PDF


# --- DOCX and XLSX ---------------------------------------------------------------------------------------------------


def check_zip(content: BinaryIO, limits: Limits) -> rules.Kind:
    """A DOCX or XLSX: a bounded archive, whole, without macros. Expands every entry once to know its true size."""
    _check_directory(content, limits)
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            entries = archive.infolist()
            if len(entries) > limits.max_entries:
                raise _too_big()
            names = {entry.filename for entry in entries}
            kind = _office_kind(names)
            if any(name.lower().rpartition("/")[2] in ("vbaproject.bin", "vbadata.xml") for name in names):
                raise _macro()
            if any(entry.flag_bits & 1 for entry in entries):
                raise _locked()
            if sum(entry.file_size for entry in entries) > limits.max_expanded:
                raise _too_big()
            _expand(archive, entries, limits.max_expanded)
    except FileRejected:
        raise
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise _damaged() from error
    return kind


def _office_kind(names: set[str]) -> rules.Kind:
    if "[Content_Types].xml" in names:
        if "word/document.xml" in names:
            return rules.DOCX
        if "xl/workbook.xml" in names:
            return rules.XLSX
    raise unknown_type()


def _check_directory(content: BinaryIO, limits: Limits) -> None:
    """The archive's table of contents must be small and at the very end, before anything reads it into memory."""
    size = _size(content)
    tail_size = min(size, 22 + 65535)
    content.seek(size - tail_size)
    tail = content.read(tail_size)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise _damaged()
    _disk, _start_disk, _here, count, directory_size, directory_at, comment = struct.unpack(
        "<HHHHIIH", tail[at + 4 : at + 22]
    )
    if len(tail) != at + 22 + comment or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        # Something hangs behind it, or it claims the large format, which a file of this size does not need.
        raise _damaged()
    if count > limits.max_entries or directory_size > limits.max_entries * 1024:
        raise _too_big()
    if directory_at + directory_size > size:
        raise _damaged()


def _expand(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], most: int) -> None:
    seen = 0
    for entry in entries:
        with archive.open(entry) as stream:
            # zipfile checks the sum of each entry at its end and stops at the size it claims.
            while block := stream.read(_BLOCK):
                seen += len(block)
                if seen > most:
                    raise _too_big()


# --- DOC and XLS -----------------------------------------------------------------------------------------------------

_FREE = 0xFFFFFFFA  # from here on sector numbers have a meaning of their own


def check_ole(content: BinaryIO) -> rules.Kind:
    """A DOC or XLS of 1997-2003: the names in the container's directory tell which, and whether macros are inside."""
    try:
        names = {name.lower() for name in _ole_names(content)}
    except (struct.error, IndexError) as error:
        raise _damaged() from error
    if names & _MACRO_NAMES:
        raise _macro()
    if "encryptedpackage" in names:
        raise _locked()
    if "worddocument" in names:
        return rules.DOC
    if names & {"workbook", "book"}:
        return rules.XLS
    raise unknown_type()


def _ole_names(content: BinaryIO) -> Iterator[str]:
    """Names of all streams and storages of a compound file ([MS-CFB] 2.2 to 2.6)."""
    size = _size(content)
    content.seek(0)
    header = content.read(512)
    (shift,) = struct.unpack_from("<H", header, 30)
    if shift not in (9, 12):
        raise _damaged()
    sector_size = 1 << shift
    sectors = size // sector_size

    def sector(number: int) -> bytes:
        if number >= sectors:
            raise _damaged()
        content.seek((number + 1) * sector_size)
        data = content.read(sector_size)
        if len(data) < sector_size:
            raise _damaged()
        return data

    per_sector = sector_size // 4
    (directory_at,) = struct.unpack_from("<I", header, 48)
    (more_at,) = struct.unpack_from("<I", header, 68)
    fat_sectors = [number for number in struct.unpack_from("<109I", header, 76) if number < _FREE]
    for _step in range(sectors):
        if more_at >= _FREE:
            break
        *numbers, more_at = struct.unpack(f"<{per_sector}I", sector(more_at))
        fat_sectors.extend(number for number in numbers if number < _FREE)

    seen: set[int] = set()
    while directory_at < _FREE:
        if directory_at in seen:
            raise _damaged()
        seen.add(directory_at)
        data = sector(directory_at)
        for start in range(0, sector_size, 128):
            (length,) = struct.unpack_from("<H", data, start + 64)
            if data[start + 66] and 2 <= length <= 64:
                yield data[start : start + length - 2].decode("utf-16-le", "replace")
        fat = sector(fat_sectors[directory_at // per_sector])
        (directory_at,) = struct.unpack_from("<I", fat, 4 * (directory_at % per_sector))
