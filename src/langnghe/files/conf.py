"""Settings of the attachments, read when needed so that tests and the demo can change them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

MEGABYTE = 1024 * 1024


def _get(name: str, default: Any) -> Any:
    return getattr(settings, f"LANGNGHE_{name}", default)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person may attach.

    max_bytes       bytes of one file
    max_files       files of one form
    max_pixels      width × height of one image
    image_edge      longer edge of the image that is kept, in pixels
    max_entries     entries of the archive inside a DOCX or XLSX
    max_expanded    bytes that such an archive may expand to
    """

    max_bytes: int = 20 * MEGABYTE
    max_files: int = 10
    max_pixels: int = 40_000_000
    image_edge: int = 4096
    max_entries: int = 2000
    max_expanded: int = 200 * MEGABYTE


def limits() -> Limits:
    """Limits from the settings `LANGNGHE_FILES_*`."""
    default = Limits()
    return Limits(
        max_bytes=int(_get("FILES_MAX_BYTES", default.max_bytes)),
        max_files=int(_get("FILES_MAX_FILES", default.max_files)),
        max_pixels=int(_get("FILES_MAX_PIXELS", default.max_pixels)),
        image_edge=int(_get("FILES_IMAGE_EDGE", default.image_edge)),
        max_entries=int(_get("FILES_MAX_ENTRIES", default.max_entries)),
        max_expanded=int(_get("FILES_MAX_EXPANDED", default.max_expanded)),
    )


def document_limits() -> Limits:
    """What staff may enter as a document to be read: a scan is larger than an attachment."""
    usual = limits()
    return replace(usual, max_bytes=max(usual.max_bytes, int(_get("FILES_DOCUMENT_BYTES", 60 * MEGABYTE))))


def folder() -> Path:
    """Folder of the files, when no URL is set."""
    return Path(_get("FILES_DIR", "var/files"))


def url() -> str:
    """`s3://bucket/prefix?region=…&endpoint=…`, or '' for the folder."""
    return str(_get("FILES_URL", ""))


def chunk_bytes() -> int:
    """Most bytes of one part of a resumable upload."""
    return int(_get("FILES_CHUNK_BYTES", MEGABYTE))


def upload_life() -> timedelta:
    """How long an upload may stay unfinished."""
    return timedelta(hours=float(_get("FILES_UPLOAD_HOURS", 24)))


def orphan_age() -> timedelta:
    """How long a file may stay without belonging to anything."""
    return timedelta(hours=float(_get("FILES_ORPHAN_HOURS", 24)))


def now() -> datetime:
    """The program's one clock. Named by a setting, because rooms of the ground do not import each other."""
    clock = cast(Callable[[], datetime], import_string(_get("CLOCK", "langnghe.worktime.clock.now")))
    return clock()
