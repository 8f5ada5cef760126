"""Storing real bytes: what is taken, what is made of it, what is refused and with which words."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import RequestFactory
from PIL import Image

from langnghe.files import conf, services
from langnghe.files.errors import FileRejected
from langnghe.files.models import StoredFile
from tests.files import builders
from tests.files.conftest import AT, content, keep, on_disk

pytestmark = pytest.mark.django_db


def refused(data: bytes, name: str = "tệp.jpg", **more: Any) -> FileRejected:
    """The refusal of these bytes; nothing may be left of them."""
    with pytest.raises(FileRejected) as error:
        keep(data, name, **more)
    assert not StoredFile.objects.exists()
    assert on_disk(conf.folder()) == []
    assert error.value.message
    return error.value


# --- images ----------------------------------------------------------------------------------------------------------


def test_an_image_is_made_anew_without_place_and_owner() -> None:
    source = builders.jpeg()
    assert b"SECRET-OWNER" in source
    stored = keep(source, "IMG_0001.JPG")
    data = content(stored)
    assert (stored.media_type, stored.category, stored.name) == ("image/jpeg", "image", "IMG_0001.jpg")
    assert (stored.width, stored.height, stored.size) == (64, 32, len(data))
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    for kept in (data, content(stored, thumbnail=True)):
        assert b"SECRET" not in kept
        assert b"Exif" not in kept
        with Image.open(io.BytesIO(kept)) as image:
            assert not dict(image.getexif())
            assert "comment" not in image.info
            assert image.format == "JPEG"


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [
        (1, (0, 0)),
        (2, (1, 0)),
        (3, (1, 1)),
        (4, (0, 1)),
        (5, (0, 0)),
        (6, (1, 0)),
        (7, (1, 1)),
        (8, (0, 1)),
    ],
)
def test_an_image_is_turned_upright(orientation: int, corner: tuple[int, int]) -> None:
    stored = keep(builders.jpeg(64, 32, orientation=orientation))
    upright = (64, 32) if orientation < 5 else (32, 64)
    assert (stored.width, stored.height) == upright
    for kept in (content(stored), content(stored, thumbnail=True)):
        with Image.open(io.BytesIO(kept)) as image:
            assert image.size == upright
            for x in (0, 1):
                for y in (0, 1):
                    red, _green, blue = image.convert("RGB").getpixel(
                        (image.width // 4 + x * image.width // 2, image.height // 4 + y * image.height // 2)
                    )
                    assert (blue > red) == ((x, y) == corner)


@pytest.mark.parametrize(
    ("kind", "mode", "media_type"),
    [
        ("PNG", "RGB", "image/png"),
        ("PNG", "RGBA", "image/png"),
        ("PNG", "P", "image/png"),
        ("PNG", "L", "image/png"),
        ("PNG", "LA", "image/png"),
        ("PNG", "1", "image/png"),
        ("PNG", "I;16", "image/png"),
        ("WEBP", "RGB", "image/jpeg"),
        ("JPEG", "L", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"),
    ],
)
def test_every_kind_of_image_is_taken(kind: str, mode: str, media_type: str) -> None:
    stored = keep(builders.image(kind, mode=mode))
    assert stored.media_type == media_type
    with Image.open(io.BytesIO(content(stored))) as image:
        image.load()
        assert image.size == (64, 32)
    with Image.open(io.BytesIO(content(stored, thumbnail=True))) as small:
        assert small.format == "JPEG"


def test_sixteen_bits_are_scaled_not_cut() -> None:
    out = io.BytesIO()
    Image.new("I;16", (8, 8), 0x8000).save(out, "PNG")
    with Image.open(io.BytesIO(content(keep(out.getvalue())))) as image:
        assert abs(image.convert("L").getpixel((4, 4)) - 128) <= 1


def test_transparency_is_kept() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(out, "WEBP", lossless=True)
    stored = keep(out.getvalue())
    assert stored.media_type == "image/png"
    with Image.open(io.BytesIO(content(stored))) as image:
        assert image.mode == "RGBA"
    with Image.open(io.BytesIO(content(stored, thumbnail=True))) as small:
        assert min(small.getpixel((4, 4))) > 240


def test_a_large_image_is_bounded_and_its_small_one_too() -> None:
    stored = keep(builders.image("JPEG", size=(6400, 3200)))
    assert (stored.width, stored.height) == (3200, 1600)  # half of it, without ever holding all
    stored = keep(builders.image("PNG", size=(5000, 1000)))
    assert (stored.width, stored.height) == (4096, 819)
    with Image.open(io.BytesIO(content(stored, thumbnail=True))) as small:
        assert small.size == (480, 96)


def test_what_hangs_behind_an_image_is_gone() -> None:
    tail = builders.archive({"evil.html": b"<script>alert(1)</script>"}, compress=False)
    data = content(keep(builders.jpeg() + tail))
    assert b"PK\x03\x04" not in data
    assert b"script" not in data
    assert not zipfile.is_zipfile(io.BytesIO(data))


@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_the_name_does_not_decide_the_type(name: str) -> None:
    stored = keep(builders.image("PNG"), name)
    assert (stored.media_type, stored.name) == ("image/png", "a.png")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_truncated_image_is_refused(kind: str, part: float) -> None:
    source = builders.image(kind, size=(640, 320))
    assert refused(source[: int(len(source) * part)]).code == "image_damaged"


def test_a_bomb_is_refused_before_it_is_opened() -> None:
    error = refused(builders.png_of_size(60_000, 60_000))
    assert error.code == "image_too_big"
    assert error.message == (
        "Ảnh lớn hơn 40 triệu điểm ảnh. Ông/bà thu nhỏ ảnh hoặc chụp lại ở cỡ nhỏ hơn; nội dung đã nhập vẫn được giữ."
    )
    assert refused(builders.png_of_size(8000, 5001)).code == "image_too_big"


# --- documents -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "shown", "media_type"),
    [
        (builders.pdf(), "đơn.exe", "đơn.pdf", "application/pdf"),
        (builders.docx(), "đơn.docx", "đơn.docx", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (builders.xlsx(), "bảng.zip", "bảng.xlsx", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (builders.ole("WordDocument", "1Table"), "đơn.doc", "đơn.doc", "application/msword"),
        (builders.ole("Workbook"), "bảng.xls", "bảng.xls", "application/vnd.ms-excel"),
        (builders.ole("a", "b", "c", "d", "e", "Book"), "bảng", "bảng.xls", "application/vnd.ms-excel"),
        (builders.ole("WordDocument", difat=True), "to.doc", "to.doc", "application/msword"),
    ],
)
def test_documents_stay_byte_for_byte(data: bytes, name: str, shown: str, media_type: str) -> None:
    stored = keep(data, name)
    assert content(stored) == data
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert (stored.category, stored.name, stored.size) == ("document", shown, len(data))
    assert stored.media_type.endswith(media_type)
    with pytest.raises(FileNotFoundError):
        content(stored, thumbnail=True)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script></html>", "type"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "type"),
        (b"MZ\x90\x00" + b"\0" * 100, "type"),
        (b"#!/bin/sh\nrm -rf /\n", "type"),
        (b"GIF89a" + b"\0" * 50, "type"),
        ("Chỉ là chữ".encode(), "type"),
        (b"\n%PDF-1.4 ... %%EOF", "type"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "type"),
        (builders.pdf()[:60], "document_damaged"),
        (builders.archive({"a.txt": b"x"}), "type"),
        (builders.archive({"[Content_Types].xml": b"", "ppt/presentation.xml": b""}), "type"),
        (builders.docx()[:-30], "document_damaged"),
        (builders.docx() + b"<script>", "document_damaged"),
        (builders.docx(**{"word/vbaProject.bin": b"x"}), "macro"),
        (builders.ole("WordDocument", "Macros"), "macro"),
        (builders.ole("Workbook", "_VBA_PROJECT_CUR"), "macro"),
        (builders.ole("EncryptedPackage"), "locked"),
        (builders.ole("Something"), "type"),
        (builders.ole("WordDocument")[:600], "document_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600, "document_damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "data",  # archives hold the time at which they were made
)
def test_what_is_not_taken(data: bytes, code: str) -> None:
    assert refused(data, "ảnh đẹp.jpg").code == code


def test_a_loop_in_a_container_ends() -> None:
    data = bytearray(builders.ole("WordDocument"))
    data[512 + 4 : 512 + 8] = (1).to_bytes(4, "little")  # the directory follows itself
    assert refused(bytes(data)).code == "document_damaged"


def test_zip_bombs_are_refused() -> None:
    limits = conf.Limits(max_expanded=5 * conf.MEGABYTE, max_entries=50)
    assert refused(builders.docx(big=b"\0" * 6_000_000), limits=limits).code == "document_too_big"
    many = {f"word/{number}": b"" for number in range(60)}
    assert refused(builders.docx(**many), limits=limits).code == "document_too_big"


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    data = builders.docx(big=b"\0" * 6_000_000)
    claimed, true = (1000).to_bytes(4, "little"), (6_000_000).to_bytes(4, "little")
    assert data.count(true) == 2
    limits = conf.Limits(max_expanded=5 * conf.MEGABYTE)
    assert refused(data.replace(true, claimed), limits=limits).code == "document_damaged"


def test_a_locked_office_archive_is_refused() -> None:
    data = bytearray(builders.docx())
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    assert refused(bytes(data)).code == "locked"


def test_the_words_say_what_to_do() -> None:
    assert refused(b"MZ" * 20).message == (
        "Không nhận loại tệp này. Ông/bà gửi ảnh JPG, PNG, WEBP hoặc tệp PDF, DOC, DOCX, XLS, XLSX; "
        "nội dung đã nhập vẫn được giữ."
    )


# --- size ------------------------------------------------------------------------------------------------------------


class Endless(io.RawIOBase):
    """A stream of 100 MB that counts what is read of it."""

    def __init__(self, size: int = 100 * conf.MEGABYTE) -> None:
        self.left = size
        self.read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self.left)
        buffer[:count] = b"\xff" * count
        self.left -= count
        self.read_bytes += count
        return count


def test_a_huge_stream_is_refused_early_and_costs_no_memory(folder: Path) -> None:
    stream = Endless()
    tracemalloc.start()
    try:
        with pytest.raises(FileRejected) as error:
            services.store(content=stream, name="to.jpg", at=AT)  # type: ignore[arg-type]
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error.value.code == "too_large"
    assert error.value.message == (
        "Tệp lớn hơn 20 MB. Ông/bà chọn ảnh nhỏ hơn hoặc gửi không kèm ảnh; nội dung đã nhập vẫn được giữ."
    )
    assert stream.read_bytes <= 20 * conf.MEGABYTE + 1
    assert peak < 4 * conf.MEGABYTE
    assert on_disk(folder) == []


def test_the_limit_itself_is_allowed() -> None:
    data = builders.pdf()
    assert keep(data, limits=conf.Limits(max_bytes=len(data))).size == len(data)
    with pytest.raises(FileRejected):
        keep(data, limits=conf.Limits(max_bytes=len(data) - 1))


class FormStream(io.RawIOBase):
    """The body of a form with a field and a file of some size, made while it is read."""

    BOUNDARY = "x1x2x3"

    def __init__(self, size: int) -> None:
        head = (
            f'--{self.BOUNDARY}\r\nContent-Disposition: form-data; name="text"\r\n\r\nổ gà\r\n'
            f'--{self.BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="phim.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        ).encode()
        tail = f"\r\n--{self.BOUNDARY}--\r\n".encode()
        self.parts = [io.BytesIO(head), Endless(size), io.BytesIO(tail)]
        self.length = len(head) + size + len(tail)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while self.parts:
            data = self.parts[0].read(len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)
            self.parts.pop(0)
        return 0


def form_request(size: int) -> HttpRequest:
    """A form POST as the server sees it."""
    stream = FormStream(size)
    return RequestFactory().generic(
        "POST",
        "/",
        CONTENT_TYPE=f"multipart/form-data; boundary={stream.BOUNDARY}",
        CONTENT_LENGTH=str(stream.length),
        **{"wsgi.input": stream},  # type: ignore[arg-type]
    )


def test_a_form_with_a_huge_file_keeps_its_fields_and_no_byte_of_the_file() -> None:
    tracemalloc.start()
    try:
        request = form_request(100 * conf.MEGABYTE)
        assert request.POST["text"] == "ổ gà"
        upload = request.FILES["file"]
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(upload, UploadedFile)
    assert upload.size == 100 * conf.MEGABYTE
    assert upload.read() == b""
    assert peak < 8 * conf.MEGABYTE
    with pytest.raises(FileRejected) as error:
        services.store(content=upload, name=upload.name or "", at=AT)  # type: ignore[arg-type]
    assert error.value.code == "too_large"


def test_a_form_with_a_fitting_file_hands_it_over_whole() -> None:
    upload = form_request(3 * conf.MEGABYTE).FILES["file"]
    assert isinstance(upload, UploadedFile)
    assert upload.size == 3 * conf.MEGABYTE
    assert upload.read() == b"\xff" * 3 * conf.MEGABYTE


# --- safe before acknowledged ----------------------------------------------------------------------------------------


def test_bytes_are_on_the_disk_before_the_row(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    sync, create = os.fsync, StoredFile.objects.create

    def fsync(handle: int) -> None:
        events.append("sync")
        sync(handle)

    def row(**fields: Any) -> StoredFile:
        assert fields["storage_key"] in on_disk(folder)
        events.append("row")
        return create(**fields)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(StoredFile.objects, "create", row)
    keep(builders.pdf())
    assert events[-1] == "row"
    assert events.count("sync") >= 2  # the file and its folder
    (path,) = folder.rglob("*.pdf")
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_store_that_fails_gives_clear_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    error = refused(builders.pdf())
    assert error.code == "unavailable"
    assert "nội dung đã nhập vẫn được giữ" in error.message


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_act_leaves_only_bytes_that_the_clean_up_finds(folder: Path) -> None:
    from datetime import timedelta

    def act() -> None:
        with transaction.atomic():
            keep(builders.jpeg())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not StoredFile.objects.exists()
    assert len(on_disk(folder)) == 2
    assert services.remove_leftovers(at=AT + timedelta(hours=2)) == 0
    assert services.remove_leftovers(at=AT + timedelta(days=3)) == 2
    assert on_disk(folder) == []


@pytest.mark.django_db(transaction=True)
def test_many_at_once(folder: Path) -> None:
    failed: list[BaseException] = []

    def work() -> None:
        try:
            content(keep(builders.jpeg(300, 200)))
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert StoredFile.objects.count() == 6
    assert len(on_disk(folder)) == 12
