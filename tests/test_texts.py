"""Shared text helpers: folding, Vietnamese order, cleaning, codes and secrets."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.texts import (
    CODE_NUMBERS,
    SECRET_ALPHABET,
    CodeError,
    check_digit,
    clean_input,
    code_number,
    excerpt,
    fold,
    is_invisible,
    make_code,
    make_secret,
    normalise_secret,
    parse_code,
    vietnamese_sort_key,
    words,
)

KEY = b"test key"
NUMBERS = st.integers(min_value=0, max_value=CODE_NUMBERS - 1)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hoá đơn", "hoa don"),
        ("hóa  ĐƠN", "hoa don"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Thuỳ"), "nguyen thi thuy"),
        ("Đường\u00a0Trường\nSơn\t", "duong truong son"),
        ("ng\u200buyễn", "nguyen"),
        ("ƯỠN Ớ Ặ", "uon o a"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_fold_is_idempotent_and_blind_to_normal_form(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert folded == folded.strip() and "  " not in folded


def test_words_are_folded() -> None:
    assert words("Phường Ba Đình, tổ 12!") == ["phuong", "ba", "dinh", "to", "12"]


def test_sort_key_follows_the_vietnamese_alphabet() -> None:
    keys = [vietnamese_sort_key(letter) for letter in "aăâbcdđeêghiklmnoôơpqrstuưvxy"]
    assert keys == sorted(keys) and len(set(keys)) == len(keys)
    # A later letter outweighs anything that follows an earlier one.
    assert vietnamese_sort_key("az") < vietnamese_sort_key("ă")
    assert vietnamese_sort_key("dy") < vietnamese_sort_key("đa")


def test_sort_key_orders_names() -> None:
    names = ["Ba Đình", "Ba Vì", "Bạch Mai", "Cầu Giấy", "Cửa Nam", "Dương Nội", "Đại Mỗ", "Đống Đa", "Ô Chợ Dừa"]
    names += ["Ơ", "Tổ 2", "Tổ 9", "Tổ 10", "Từ Liêm", "Yên Sở"]
    shuffled = names[5:] + names[:5]
    assert sorted(shuffled, key=vietnamese_sort_key) == names


def test_sort_key_breaks_ties_by_tone() -> None:
    tones = ["ma", "mà", "mả", "mã", "má", "mạ"]
    shuffled = tones[3:] + tones[:3]
    assert sorted(shuffled, key=vietnamese_sort_key) == tones
    assert vietnamese_sort_key("hoá") == vietnamese_sort_key("HÓA")
    assert vietnamese_sort_key("mạ an") < vietnamese_sort_key("ma ba")  # letters of the whole text come first


@given(st.text(alphabet="aăâbdđeêoôơuưáàảãạ 19", max_size=12), st.text(alphabet="aăâbdđ ", max_size=6))
def test_sort_key_puts_a_prefix_first(text: str, more: str) -> None:
    longer = f"{text} x{more}"
    assert vietnamese_sort_key(text) < vietnamese_sort_key(longer)
    assert vietnamese_sort_key(longer).isascii()


@given(st.text())
def test_clean_input_leaves_nothing_hidden(text: str) -> None:
    cleaned = clean_input(text)
    assert clean_input(cleaned) == cleaned
    assert not any(is_invisible(char) for char in cleaned)
    assert all(char == "\n" or unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") for char in cleaned)
    assert unicodedata.is_normalized("NFC", cleaned)
    cleaned.encode()  # lone surrogates would fail
    assert "\n" not in clean_input(text, single_line=True)


def test_clean_input_keeps_lines_and_emoji() -> None:
    assert clean_input(" Dòng một \r\nDòng\u00a0hai\u202e😀\x00\r\n\r\nba\u2028bốn \t") == (
        "Dòng một\nDòng hai😀\n\nba\nbốn"
    )


@given(st.text(max_size=300), st.integers(min_value=2, max_value=80), st.text(max_size=10))
def test_excerpt_keeps_its_limit(text: str, limit: int, around: str) -> None:
    short = excerpt(text, limit, around=around)
    assert len(short) <= limit
    assert "\n" not in short
    if len(" ".join(text.split())) <= limit:
        assert short == " ".join(text.split())


def test_excerpt_cuts_between_words_and_shows_the_hit() -> None:
    text = "Đèn đường trên phố Trần Phú tắt từ tuần trước, người dân đi lại khó khăn, mong sớm sửa chữa"
    assert excerpt(text, 20) == "Đèn đường trên phố…"
    assert "sửa" in excerpt(text, 40, around="sua chua")
    assert excerpt(text, 40, around="sua chua").startswith("…")


@given(st.sets(NUMBERS, min_size=2, max_size=20))
def test_codes_differ_and_lead_back(numbers: set[int]) -> None:
    codes = {number: make_code(number, prefix="HN", key=KEY) for number in numbers}
    assert len(set(codes.values())) == len(numbers)
    for number, code in codes.items():
        assert code_number(code, key=KEY) == number


def test_codes_do_not_show_the_order() -> None:
    digits = [int(make_code(n, prefix="", key=KEY).replace("-", "")[:8]) for n in range(300)]
    gaps = {later - earlier for earlier, later in pairwise(digits)}
    assert len(gaps) > 290
    assert digits != sorted(digits)
    assert make_code(7, prefix="", key=b"other") != make_code(7, prefix="", key=KEY)


@pytest.mark.parametrize("number", [-1, CODE_NUMBERS])
def test_codes_have_a_range(number: int) -> None:
    with pytest.raises(ValueError):
        make_code(number, prefix="HN", key=KEY)


@given(NUMBERS)
def test_codes_are_read_in_every_spelling(number: int) -> None:
    code = make_code(number, prefix="HN", key=KEY)
    digits = code.replace("-", "")[2:]
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in digits)
    dictated = f" hn {digits[:3]}.{digits[3:6]} {digits[6:]} "
    for spelling in (code, code.lower(), digits, dictated, code.replace("0", "o")):
        assert parse_code(spelling, prefix="HN") == code
    assert parse_code(full_width, prefix="HN") == code


@given(NUMBERS, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number: int, position: int, shift: int) -> None:
    digits = make_code(number, prefix="", key=KEY).replace("-", "")
    wrong = digits[:position] + str((int(digits[position]) + shift) % 10) + digits[position + 1 :]
    with pytest.raises(CodeError) as caught:
        parse_code(wrong)
    assert caught.value.problem == "check"


@given(NUMBERS, st.integers(0, 7))
def test_swapped_neighbours_are_noticed(number: int, position: int) -> None:
    digits = make_code(number, prefix="", key=KEY).replace("-", "")
    swapped = digits[:position] + digits[position + 1] + digits[position] + digits[position + 2 :]
    if swapped == digits:
        assert parse_code(swapped)
    else:
        with pytest.raises(CodeError):
            parse_code(swapped)


@pytest.mark.parametrize("text", ["", "HN", "HN-1234-567", "HN-1234-5678-90", "HN-12a4-5678-9", "1" * 5000, "x" * 9])
def test_what_is_no_code(text: str) -> None:
    with pytest.raises(CodeError) as caught:
        parse_code(text, prefix="HN")
    assert caught.value.problem == "format"


def test_the_prefix_of_another_city_is_refused() -> None:
    code = make_code(5, prefix="DN", key=KEY)
    assert parse_code(code) == code
    with pytest.raises(CodeError) as caught:
        parse_code(code, prefix="HN")
    assert caught.value.problem == "format"


@given(st.text())
def test_reading_any_text_as_a_code_only_raises_code_errors(text: str) -> None:
    try:
        parse_code(text)
    except CodeError as error:
        assert error.problem in ("format", "check")


def test_damm_table_example() -> None:
    assert check_digit("572") == "4"


def test_secrets_are_long_enough_and_read_back() -> None:
    assert len(SECRET_ALPHABET) == len(set(SECRET_ALPHABET)) == 32
    made = {make_secret() for _ in range(200)}
    assert len(made) == 200
    for secret in made:
        assert len(secret) == 11
        assert normalise_secret(secret) == secret
        assert normalise_secret(secret.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == secret


@given(st.text())
def test_what_is_no_secret_is_empty(text: str) -> None:
    read = normalise_secret(text)
    assert read == "" or normalise_secret(read) == read


def test_short_and_foreign_secrets_are_empty() -> None:
    assert normalise_secret("4K7QX") == ""
    assert normalise_secret("4K7QX-9M2R*") == ""
    assert normalise_secret("UUUUU-UUUUU") == ""
