"""Texts and web pages that staff enter: kept byte for byte, given back as plain text only."""

from __future__ import annotations

import io

import pytest

from langnghe.files import services
from langnghe.files.errors import FileRejected
from langnghe.files.http import serve
from tests.cases.city import moment

AT = moment("2026-03-02 09:00")

pytestmark = pytest.mark.django_db


def test_a_text_is_kept_byte_for_byte() -> None:
    content = "KẾ HOẠCH\r\n1. Giao Sở Xây dựng".encode("utf-16")
    stored = services.store_text(content=io.BytesIO(content), name="ke-hoach.txt", at=AT)
    with services.open_stored(stored) as kept:
        assert kept.read() == content
    assert stored.name == "ke-hoach.txt"


def test_a_web_page_is_never_shown_as_one() -> None:
    stored = services.store_text(content=io.BytesIO(b"<html><script>x</script>"), name="a.html", at=AT)
    answer = serve(stored, inline=True)
    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04rest", b"\x00\x01\x02\x03 binary"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(FileRejected):
        services.store_text(content=io.BytesIO(content), name="a.txt", at=AT)
