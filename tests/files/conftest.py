"""A folder of its own for each test."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from langnghe.files import services
from langnghe.files.models import StoredFile

AT = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Where the files of this test lie."""
    settings.LANGNGHE_FILES_DIR = str(tmp_path / "files")
    settings.LANGNGHE_FILES_URL = ""
    return tmp_path / "files"


def keep(data: bytes, name: str = "tệp.bin", **more: Any) -> StoredFile:
    """Store some bytes."""
    return services.store(content=io.BytesIO(data), name=name, at=AT, **more)


def content(stored: StoredFile, *, thumbnail: bool = False) -> bytes:
    """The bytes of a stored file."""
    with services.open_stored(stored, thumbnail=thumbnail) as opened:
        return opened.read()


def on_disk(folder: Path) -> list[str]:
    """All files below the folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
