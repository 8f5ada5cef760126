"""Pure decisions of intake."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.intake import rules

COMMUNES = [
    (1, "Phường Hoàn Kiếm"),
    (2, "Xã Thanh Trì"),
    (3, "Phường Thanh Xuân"),
    (4, "Xã Thanh Xuân"),
    (5, "Phường Từ Liêm"),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Phường Hoàn Kiếm", [1]),
        ("phuong hoan kiem", [1]),
        ("HOÀN KIẾM", [1]),
        ("  hoan   kiem ", [1]),
        ("P. Hoàn Kiếm", [1]),
        ("p hoàn kiếm", [1]),
        ("thanh tri", [2]),
        ("x. Thanh Trì", [2]),
        ("Thanh Xuân", [3, 4]),
        ("xã thanh xuân", [4]),
        ("phuong thanh xuan", [3]),
        ("tu liem", [5]),
        ("Atlantis", []),
        ("", []),
        ("   ", []),
        ("phường", []),
    ],
)
def test_match_commune(text: str, found: list[int]) -> None:
    assert rules.match_commune(text, COMMUNES) == found


@given(st.text(max_size=200))
def test_match_commune_takes_any_text(text: str) -> None:
    assert set(rules.match_commune(text, COMMUNES)) <= {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("about", "wanted"),
    [("field", ("field", "")), ("regulation", ("admin", "regulation")), ("conduct", ("admin", "conduct"))],
)
def test_regime_of(about: str, wanted: tuple[str, str]) -> None:
    assert rules.regime_of(about) == wanted


def test_regime_of_anything_else() -> None:
    with pytest.raises(ValueError, match="other"):
        rules.regime_of("other")


@given(st.sampled_from(["", "x"]), st.sampled_from(["", "x"]), st.sampled_from(["", "1"]), st.sampled_from(["", "a@b"]))
def test_sender_gaps(name: str, address: str, phone: str, email: str) -> None:
    assert rules.sender_gaps("field", name=name, address=address, phone=phone, email=email) == {}
    gaps = rules.sender_gaps("admin", name=name, address=address, phone=phone, email=email)
    assert ("name" in gaps) == (not name)
    assert ("address" in gaps) == (not address)
    assert ("phone" in gaps) == (not phone and not email)


@given(st.text(max_size=300), st.text(min_size=1, max_size=3000).filter(lambda text: text.strip()))
def test_title_is_never_empty_nor_too_long(title: str, body: str) -> None:
    made = rules.title_of(title[:200], body)
    assert made == title[:200] if title else 0 < len(made) <= 200


def test_title_is_the_first_sentence() -> None:
    assert rules.title_of("", "Đèn hỏng. Tối lắm.") == "Đèn hỏng"
    assert rules.title_of("", "Đèn hỏng\nTối lắm") == "Đèn hỏng"


FIELDS = [
    rules.Keywords(1, "field", rules.keywords(["đèn đường", "tối"])),
    rules.Keywords(2, "field", rules.keywords(["rác", "thùng rác"])),
    rules.Keywords(3, "admin", rules.keywords(["sổ đỏ"])),
]


def test_likely_field() -> None:
    assert rules.likely("Den duong ngo toi hong", FIELDS) == 1
    assert rules.likely("Thùng rác đầy, đèn đường tốt", FIELDS) == 2
    assert rules.likely("Sổ đỏ quá hẹn", FIELDS, regime="field") is None
    assert rules.likely("Sổ đỏ quá hẹn", FIELDS, regime="admin") == 3
    assert rules.likely("rác và tối", FIELDS) is None, "a tie says nothing"
    assert rules.likely("", FIELDS) is None


def test_likely_procedure() -> None:
    names = [(1, "Đăng ký khai sinh"), (2, "Đăng ký kết hôn"), (3, "Cấp giấy phép xây dựng nhà ở riêng lẻ")]
    assert rules.likely_procedure("Tôi đi làm khai sinh cho con", names) == 1
    assert rules.likely_procedure("xin giấy phép xây dựng nhà ở riêng lẻ", names) == 3
    assert rules.likely_procedure("đăng ký", names) is None


def test_closest_prefers_rare_words() -> None:
    others = [
        (1, "Đèn đường ngõ 12 tắt đã một tuần"),
        (2, "Rác chất đống đầu ngõ 12"),
        (3, "Xin cấp sổ đỏ chậm"),
        (4, "Ngõ ngập nước"),
    ]
    assert rules.closest("den duong ngo nha toi tat", others, least=0.05, most=1) == [1]
    assert rules.closest("sổ đỏ của tôi chậm quá", others, least=0.05, most=3) == [3]
    assert rules.closest("", others, least=0.01, most=3) == []
    assert rules.closest("không liên quan gì", others, least=0.05, most=3) == []


@given(st.text(max_size=100), st.lists(st.text(max_size=60), max_size=6))
def test_closest_takes_any_text(text: str, others: list[str]) -> None:
    found = rules.closest(text, list(enumerate(others)), least=0.1, most=3)
    assert len(found) <= 3
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "wanted"),
    [
        ("10.0.0.1", "1.1.1.1", 0, "10.0.0.1"),
        ("10.0.0.1", "1.1.1.1", 1, "1.1.1.1"),
        ("10.0.0.1", "9.9.9.9, 1.1.1.1", 1, "1.1.1.1"),
        ("10.0.0.1", "9.9.9.9, 1.1.1.1, 2.2.2.2", 2, "1.1.1.1"),
        ("10.0.0.1", "", 1, "10.0.0.1"),
        ("10.0.0.1", "1.1.1.1", 2, "10.0.0.1"),
    ],
)
def test_client_address(remote: str, forwarded: str, proxies: int, wanted: str) -> None:
    assert rules.client_address(remote, forwarded, proxies) == wanted


def test_throttle_key() -> None:
    key = b"k"
    same = {
        rules.throttle_key(key, "a", address)
        for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:2::1%eth0")
    }
    assert len(same) == 1
    assert rules.throttle_key(key, "a", "::ffff:1.2.3.4") == rules.throttle_key(key, "a", "1.2.3.4")
    assert rules.throttle_key(key, "a", "1.2.3.4") != rules.throttle_key(key, "b", "1.2.3.4")
    assert rules.throttle_key(key, "a", "1.2.3.4") != rules.throttle_key(b"other", "a", "1.2.3.4")
    assert "1.2.3.4" not in rules.throttle_key(key, "a", "1.2.3.4")
    assert len(rules.throttle_key(key, "a", "x" * 1000)) == 64
