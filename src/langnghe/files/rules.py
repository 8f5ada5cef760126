"""Names and types of files as pure functions: what a person's file name becomes, what the first bytes say."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of file: its media type, its extension, and whether it is an image."""

    code: str
    media_type: str
    extension: str
    image: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument"
JPEG = Kind("jpeg", "image/jpeg", "jpg", image=True)
PNG = Kind("png", "image/png", "png", image=True)
WEBP = Kind("webp", "image/webp", "webp", image=True)
PDF = Kind("pdf", "application/pdf", "pdf")
DOC = Kind("doc", "application/msword", "doc")
XLS = Kind("xls", "application/vnd.ms-excel", "xls")
DOCX = Kind("docx", f"{_OFFICE}.wordprocessingml.document", "docx")
XLSX = Kind("xlsx", f"{_OFFICE}.spreadsheetml.sheet", "xlsx")
# Kept and given back as plain text, whatever is in it.
TXT = Kind("txt", "text/plain", "txt")
HTML = Kind("html", "text/plain", "html")

TAKEN = (JPEG, PNG, WEBP, PDF, DOC, DOCX, XLS, XLSX)
"""What may be attached."""
READ = (DOCX, PDF, TXT, HTML, JPEG, PNG)
"""What may be entered as a document to be read."""

HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"heif"})
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
SNIFF_BYTES = 16


def sniff(head: bytes) -> str:
    """What the first 16 bytes promise: jpeg, png, webp, pdf, ole, zip, heic, or '' for what is never taken."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(OLE):
        return "ole"
    if head.startswith(ZIP):
        return "zip"
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return "heic"
    return ""


# Signs that mean something to a shell, a browser or a file system.
_UNSAFE = re.compile(r'[<>:"|?*`$;&\x7f]')
# What Windows takes for a device, whatever the extension.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)\Z")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")


def display_name(name: str, extension: str, fallback: str = "tệp") -> str:
    """The name to show: the last part of what was given, without control, invisible and unsafe signs.

    The extension is the one of the content, whatever the name says. At most 100 characters; never empty.
    """
    stem = unicodedata.normalize("NFC", name[:2000]).replace("\\", "/").rpartition("/")[2]
    stem = "".join(" " if c.isspace() else c for c in stem)
    # C*: controls, and the format signs that turn the direction of writing ("gpj.exe" shown as "exe.jpg").
    stem = "".join(c for c in stem if unicodedata.category(c)[0] != "C")
    stem = " ".join(_UNSAFE.sub(" ", stem).split())
    stem = _EXTENSION.sub("", stem)
    stem = stem.strip(". ")
    if len(stem) > NAME_LENGTH - len(extension) - 1:
        stem = stem[: NAME_LENGTH - len(extension) - 1].rstrip(". ")
    if not stem or _DEVICES.match(stem):
        stem = f"{fallback} {stem}".strip()
    return f"{stem}.{extension}"
