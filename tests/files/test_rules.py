"""Names and first bytes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.files import rules


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("Ảnh hiện trường.JPG", "Ảnh hiện trường.jpg"),
        (unicodedata.normalize("NFD", "Đường Giải Phóng.png"), "Đường Giải Phóng.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\An\\ảnh.jpeg", "ảnh.jpg"),
        ("hoa\u202egpj.exe", "hoagpj.jpg"),
        ("a\x00b\r\nc.jpg", "ab c.jpg"),
        ('<script>"x"|y?.html', "script x y.jpg"),
        ("", "tệp.jpg"),
        ("....", "tệp.jpg"),
        ("CON.jpg", "tệp CON.jpg"),
        ("\u200b.png", "tệp.jpg"),
        ("🙂 ổ gà.webp", "🙂 ổ gà.jpg"),
        ("báo cáo ngày 20.11.2026.pdf", "báo cáo ngày 20.11.2026.jpg"),
        ("x" * 500 + ".jpg", "x" * 96 + ".jpg"),
    ],
)
def test_names_are_shown_without_harm(given_name: str, shown: str) -> None:
    assert rules.display_name(given_name, "jpg") == shown


@given(st.text(max_size=300), st.sampled_from(["jpg", "pdf", "docx"]))
def test_every_name_is_a_plain_one(name: str, extension: str) -> None:
    shown = rules.display_name(name, extension)
    assert shown.endswith(f".{extension}")
    assert 1 + len(extension) < len(shown) <= rules.NAME_LENGTH
    assert not set(shown) & set('/\\<>:"|?*\x00\n\r')
    assert all(unicodedata.category(c)[0] != "C" for c in shown)
    assert not shown.startswith((".", " "))


@given(st.binary(max_size=64))
def test_sniffing_never_fails(head: bytes) -> None:
    assert rules.sniff(head) in {"", "jpeg", "png", "webp", "pdf", "ole", "zip", "heic"}
