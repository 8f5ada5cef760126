"""The scanner finds every personal value, leaves public facts alone, and the gate lets nothing known through."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.publication.scanner import LABELS, Mark, leaks, redact, scan
from langnghe.publication.scanner.view import view_of
from langnghe.texts import fold

LABELLED = Path(__file__).parent / "data" / "labelled.jsonl"
SPAN = re.compile(r"⟦(\w+)\|(.*?)⟧", re.DOTALL)


def parse(marked: str) -> tuple[str, list[tuple[str, int, int]]]:
    """The plain text and the labelled spans of "… ⟦kind|value⟧ …"."""
    spans, plain, position = [], "", 0
    for match in SPAN.finditer(marked):
        plain += marked[position : match.start()]
        spans.append((match[1], len(plain), len(plain) + len(match[2])))
        plain += match[2]
        position = match.end()
    return plain + marked[position:], spans


def labelled() -> list[tuple[str, list[tuple[str, int, int]]]]:
    return [parse(json.loads(line)["text"]) for line in LABELLED.read_text(encoding="utf-8").splitlines()]


def covered(text: str, marks: list[Mark], start: int, end: int, *, digits: bool = False) -> bool:
    """True when every letter and digit (or every digit) of text[start:end] is inside a mark."""
    inside = {at for mark in marks for at in range(mark.start, mark.end)}
    wanted = str.isdigit if digits else str.isalnum
    return all(at in inside for at in range(start, end) if wanted(text[at]))


# --- our own labelled sentences ------------------------------------------------------------------------------------


def test_labelled_set_is_large_and_covers_every_kind() -> None:
    cases = labelled()
    kinds = {kind for _, spans in cases for kind, _, _ in spans}
    assert len(cases) >= 120
    assert kinds == set(LABELS)
    assert sum(not spans for _, spans in cases) >= 40


def test_every_labelled_value_is_marked() -> None:
    missed = [
        (kind, text[start:end], text)
        for text, spans in labelled()
        for kind, start, end in spans
        if not covered(text, scan(text), start, end, digits=kind == "address")
    ]
    assert missed == []


def test_few_marks_are_wrong() -> None:
    good, wrong = 0, []
    for text, spans in labelled():
        for mark in scan(text):
            if any(mark.start < end and start < mark.end for _, start, end in spans):
                good += 1
            else:
                wrong.append((text[mark.start : mark.end], text))
    assert good / (good + len(wrong)) >= 0.85, wrong


def test_kinds_are_mostly_named_right() -> None:
    right = total = 0
    for text, spans in labelled():
        marks = scan(text)
        for kind, start, end in spans:
            total += 1
            right += any(mark.kind == kind and mark.start < end and start < mark.end for mark in marks)
    assert right / total >= 0.95


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_redaction_does_not_depend_on_the_normal_form(form: str) -> None:
    for text, _ in labelled():
        other = unicodedata.normalize(form, text)
        public = redact(other, scan(other)).text
        assert unicodedata.normalize("NFC", public) == unicodedata.normalize("NFC", redact(text, scan(text)).text)


# --- known values, anywhere, in any spelling -----------------------------------------------------------------------

NAMES = ["Nguyễn Thị Thu Hằng", "Trần Đại Nghĩa", "Lê Hoà An", "Võ Ngọc Bảo Trâm", "Đỗ Văn Ước"]
SNIPPETS = [
    "Rác ở đầu ngõ không được thu gom",
    "đường Trần Phú ngập, số 20/2008/NĐ-CP",
    "Tôi đã nộp 1.500.000 đồng ngày 12/10/2025",
    "MONG PHƯỜNG XỬ LÝ SỚM",
    "toi o gan cho, mong som giai quyet",
    "12 345 - 6/7 (0) +84",
    "a@b, ông bà, số nhà",
]
surroundings = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(SNIPPETS), max_size=3).map(" ".join))
gaps = st.sampled_from([" ", "  ", "\n", "\u00a0", "\t", " \u200b"])


@st.composite
def spelled_names(draw: st.DrawFn, names: list[str]) -> tuple[str, str]:
    name = draw(st.sampled_from(names))
    words = [
        draw(
            st.sampled_from(
                [str, str.upper, str.lower, fold, lambda word: fold(word).title(), lambda word: fold(word).upper()]
            )
        )(word)
        for word in name.split()
    ]
    form = draw(st.sampled_from(["NFC", "NFD"]))
    written = unicodedata.normalize(form, draw(gaps).join(words))
    if draw(st.booleans()):
        at = draw(st.integers(0, len(written)))
        written = written[:at] + draw(st.sampled_from(["\u200b", "\u200d", "\ufeff", "\u00ad"])) + written[at:]
    return name, written


@st.composite
def insertions(draw: st.DrawFn, value: str, apart: bool = False) -> tuple[str, int, int]:
    before, after = draw(surroundings), draw(surroundings)
    if apart:
        before, after = before + " ", " " + after
    return before + value + after, len(before), len(before) + len(value)


@settings(max_examples=300)
@given(st.data())
def test_a_known_name_is_found_wherever_and_however_it_stands(data: st.DataObject) -> None:
    name, written = data.draw(spelled_names(NAMES))
    text, start, end = data.draw(insertions(written))
    assert covered(text, scan(text, known=[name]), start, end)


@settings(max_examples=150)
@given(st.data())
def test_a_short_known_name_is_found_as_words(data: st.DataObject) -> None:
    name, written = data.draw(spelled_names(["Lê An", "Vũ Hà", "Y Bhăm"]))
    text, start, end = data.draw(insertions(written, apart=True))
    assert covered(text, scan(text, known=[name]), start, end)


WORDS = dict(zip("0123456789", "không một hai ba bốn năm sáu bảy tám chín".split(), strict=True))


@st.composite
def spelled_phones(draw: st.DrawFn) -> tuple[str, str, bool]:
    core = draw(st.sampled_from(["912345678", "356700911", "2438251234", "888888888"]))
    known = draw(st.sampled_from(["0" + core, "+84" + core, "84 " + core]))
    style = draw(st.sampled_from(["plain", "separated", "letters", "words", "wide"]))
    prefix = draw(st.sampled_from(["0", "+84", "84", "0084", "(+84) ", "+84 "]))
    if style == "words":
        return known, " ".join(WORDS[digit] for digit in "0" + core), True
    written = prefix + core
    if style == "separated":
        separators = st.sampled_from(["", " ", ".", "-", "\u00a0", "\n", " . ", " - ", "\u2013", "\u200b"])
        written = prefix + "".join(digit + draw(separators) for digit in core[:-1]) + core[-1]
    elif style == "letters":
        return known, written.replace("0", "O").replace("1", "l"), True
    elif style == "wide":
        written = "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in written)
    return known, written, False


@settings(max_examples=300)
@given(st.data())
def test_a_known_phone_is_found_wherever_and_however_it_stands(data: st.DataObject) -> None:
    known, written, apart = data.draw(spelled_phones())
    text, start, end = data.draw(insertions(written, apart=apart))
    assert covered(text, scan(text, known=[known]), start, end)


@settings(max_examples=200)
@given(st.data(), st.sampled_from(["001085012345", "012345678", "19034567890123"]))
def test_a_known_number_is_found_with_any_separators(data: st.DataObject, number: str) -> None:
    separators = st.sampled_from(["", " ", ".", "-", "\u00a0", " - "])
    written = "".join(digit + data.draw(separators) for digit in number[:-1]) + number[-1]
    text, start, end = data.draw(insertions(written))
    assert covered(text, scan(text, known=[number]), start, end)


EMAILS = ["nguyen.an85@gmail.com", "thu_ha@mail.example.vn"]


@settings(max_examples=150)
@given(st.data(), st.sampled_from(EMAILS))
def test_a_known_email_is_found_in_its_disguises(data: st.DataObject, email: str) -> None:
    disguise = data.draw(
        st.sampled_from(
            [
                str,
                str.upper,
                lambda e: e.replace("@", " @ "),
                lambda e: e.replace("@", "[at]"),
                lambda e: e.replace("@", "＠"),
                lambda e: e.replace("@", " a còng ").replace(".", " chấm "),
            ]
        )
    )
    written = disguise(email)
    text, start, end = data.draw(insertions(written))
    assert covered(text, scan(text, known=[email]), start, end)


@settings(max_examples=100)
@given(st.data())
def test_a_known_address_is_found(data: st.DataObject) -> None:
    address = "Số 12B ngõ 34/5 phố Trần Phú, phường Ba Đình"
    written = data.draw(
        st.sampled_from(
            [
                address,
                fold(address),
                address.upper(),
                address.replace(" ", "\n"),
                "12B ngõ 34/5",
                "12B ngo 34 / 5",
                "12b, ngõ 34/5",
            ]
        )
    )
    text, start, end = data.draw(insertions(written, apart=True))
    assert covered(text, scan(text, known=[address]), start, end)


@settings(max_examples=200)
@given(st.data())
def test_the_gate_finds_nothing_known_after_redaction(data: st.DataObject) -> None:
    name, written = data.draw(spelled_names(NAMES))
    phone, number, _ = data.draw(spelled_phones())
    text = (
        data.draw(surroundings)
        + " "
        + written
        + " "
        + data.draw(surroundings)
        + " "
        + number
        + " "
        + data.draw(surroundings)
    )
    known = [name, phone, EMAILS[0]]
    assert leaks(text, known)
    style = data.draw(st.sampled_from(["label", "block"]))
    assert leaks(redact(text, scan(text, known=known), style).text, known) == []


# --- parts of names, second mentions -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Hôm qua tôi gặp anh hùng rơm ở cổng.", ""),
        ("Hằng đã gọi lại nhưng không ai nghe.", "Hằng"),
        ("Chị hằng nói hồ sơ thiếu giấy.", "hằng"),
        ("Nhờ trả kết quả cho Thu Hằng.", "Thu Hằng"),
        ("NGUYEN THI THU HANG", "NGUYEN THI THU HANG"),
        ("nhờ báo cho bà Hằng.", "Hằng"),
    ],
)
def test_parts_of_the_sender_name(text: str, value: str) -> None:
    found = [text[mark.start : mark.end] for mark in scan(text, known=["Nguyễn Thị Thu Hằng"])]
    assert (value in found) if value else (found == [])


@pytest.mark.parametrize(
    "text",
    [
        "Đề nghị công an phường bảo đảm an toàn, an ninh trật tự cho khu dân cư.",
        "Công an và thành phố cần quan tâm vấn đề an sinh.",
        "CÔNG AN PHƯỜNG CẦN BẢO ĐẢM AN TOÀN GIAO THÔNG",
        "Quận Nghệ An, đường An Dương, phường Tân An.",
    ],
)
def test_everyday_words_are_not_the_sender(text: str) -> None:
    assert scan(text, known=["Nguyễn Văn An"]) == []


def test_a_person_named_once_is_found_again() -> None:
    text = "Ông Phùng Văn Tính hứa sửa cống.\nPHUNG VAN TINH không nghe máy, ông tính lại hẹn. Phùng\nVăn Tính ở tổ 5."
    found = [text[mark.start : mark.end] for mark in scan(text)]
    assert found == ["Phùng Văn Tính", "PHUNG VAN TINH", "tính", "Phùng\nVăn Tính"]


def test_places_of_the_caller_are_no_people() -> None:
    text = "Sáng nay Đàm Xuân Thượng ngập nặng."
    assert scan(text)
    assert scan(text, places=["Đàm Xuân Thượng"]) == []


# --- redaction -----------------------------------------------------------------------------------------------------


def test_redaction_names_the_kind_and_leads_back() -> None:
    text = "Tôi là Nguyễn Văn An, số máy 0912345678, ở phường Ba Đình."
    result = redact(text, scan(text))
    assert result.text == "Tôi là [tên người], số máy [số điện thoại], ở phường Ba Đình."
    for item in result.replacements:
        assert result.text[item.public_start : item.public_end] == LABELS[item.kind]
    assert result.public_position(0) == 0
    assert result.text[result.public_position(text.index("phường")) :].startswith("phường")
    assert result.public_position(text.index("Văn")) == result.replacements[0].public_start


def test_blocks_hide_the_length() -> None:
    text = "Tôi là Nguyễn Văn An."
    other = "Tôi là Nguyễn Thị Bích Phượng."
    assert redact(text, scan(text), "block").text == redact(other, scan(other), "block").text == "Tôi là █████."


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 59), st.integers(1, 10)), max_size=5))
def test_redaction_keeps_what_is_not_marked(text: str, places: list[tuple[int, int]]) -> None:
    marks = [Mark(start, min(start + size, len(text)), "name", "", 1.0) for start, size in places if start < len(text)]
    result = redact(text, marks)
    position = public = 0
    for item in result.replacements:
        assert result.text[public : item.public_start] == text[position : item.start]
        position, public = item.end, item.public_end
    assert result.text[public:] == text[position:]
    hidden = {at for mark in marks for at in range(mark.start, mark.end)}
    assert hidden == {at for item in result.replacements for at in range(item.start, item.end)}


def test_marks_outside_the_text_are_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        redact("ngắn", [Mark(0, 9, "name", "", 1.0)])


# --- any text ------------------------------------------------------------------------------------------------------

TRICKY = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            [
                "ông ",
                "Nguyễn ",
                "số ",
                "0",
                "12/",
                "@",
                "a còng ",
                "ngõ 1/2",
                "29A-",
                "\u0301",
                "\u200b",
                "\n",
                "º",
                "ﬁ",
                "İ",
                "①",
                "٣",
            ]
        ),
    ),
    max_size=30,
).map("".join)


@settings(max_examples=300)
@given(TRICKY)
def test_scan_takes_any_text(text: str) -> None:
    marks = scan(text, known=["Nguyễn Văn An", "0912345678", "x@y.vn", "12 ngõ 3", ""])
    position = 0
    for mark in marks:
        assert position <= mark.start < mark.end <= len(text)
        assert 0 < mark.certainty <= 1
        assert mark.reason
        position = mark.end
    redact(text, marks)


@given(TRICKY)
def test_the_view_keeps_its_three_forms_aligned(text: str) -> None:
    view = view_of(text)
    assert len(view.folded) == len(view.marked) == len(view.cased) == len(view.starts) == len(view.ends)
    assert all(start < end for start, end in zip(view.starts, view.ends, strict=True))
    assert view.starts == sorted(view.starts)


@pytest.mark.parametrize(
    "piece",
    ["a", "1", "0 ", "1/", "0-", "Nguyễn ", "ông ", "tên là ", "a@", "a.", "số 1 ", "ngõ 1/", "12, ", "không ", "29A "],
)
def test_long_repetitive_texts_are_scanned(piece: str) -> None:
    text = piece * 3000
    assert all(mark.end <= len(text) for mark in scan(text, known=["Nguyễn Văn An", "0912345678"]))


# --- the demo's texts, whose personal data their authors listed ----------------------------------------------------

DEMO = Path(__file__).parents[2] / "src" / "langnghe" / "demo" / "data"
FORMS_OF_ADDRESS = {"Ông", "Bà", "Anh", "Chị", "Cô", "Chú", "Bác", "Em", "Cháu"}


def test_every_listed_value_of_the_demo_is_marked() -> None:
    missed, listed = [], 0
    for name in ("cases_field.jsonl", "cases_admin.jsonl"):
        for line in (DEMO / name).read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            for text in (case["title"], case["body"]):
                inside = {at for mark in scan(text) for at in range(mark.start, mark.end)}
                for value in case["personal_data_in_text"]:
                    for match in re.finditer(re.escape(value), text):
                        listed += 1
                        # Of "số nhà 14 xóm Đình" the number is personal, of "bà Hạ" the name.
                        words = [word for word in re.finditer(r"\w+", value) if word[0] not in FORMS_OF_ADDRESS]
                        numbered = any(char.isdigit() for char in value)
                        wanted = {
                            match.start() + at
                            for word in words
                            if numbered or word[0][0].isupper()
                            for at in range(*word.span())
                            if not numbered or value[at].isdigit()
                        }
                        if not wanted <= inside:
                            missed.append((value, text))
    assert listed >= 30
    assert missed == []


# --- real cases, when they are there -------------------------------------------------------------------------------

REAL = Path(__file__).parents[3] / "shared" / "feedback" / "real-cases.jsonl"


@pytest.mark.skipif(not REAL.exists(), reason="the folder ../shared with real cases is not there")
def test_real_cases_keep_their_streets_and_lose_their_house_numbers() -> None:
    for line in REAL.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        for text in (case["title"], case["content"]):
            marks = scan(text)
            public = redact(text, marks).text
            assert all(mark.kind in ("address", "name") for mark in marks)
            assert not re.search(r"số nhà \d|nhà số \d|tại \d+ [A-ZĐ]", public)
            for street in (
                "Vũ Xuân Chiêm",
                "Địa Linh",
                "Thân Trọng Một",
                "Mai Thúc Loan",
                "Lê Đại Hành",
                "Lê Duẩn",
                "Lê Phụng Hiểu",
            ):
                assert public.count(street) == text.count(street)


# --- given names that are words ---------------------------------------------------------------------------------------


def _known_marks(text: str, name: str) -> list[str]:
    return [text[mark.start : mark.end] for mark in scan(text, known=[name])]


@pytest.mark.parametrize(
    "text",
    [
        "Tổ điện đã thay ba bóng và kiểm tra lại toàn tuyến.",
        "Kiểm tra rồi nhưng chưa thấy gì. Cần kiểm lại lần nữa.",
        "Đề nghị cơ quan chức năng kiểm soát, kiểm định lại.",
    ],
)
def test_a_verb_is_no_name_although_the_sender_is_called_so(text: str) -> None:
    assert _known_marks(text, "Trần Văn Kiểm") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Anh Kiểm gọi rồi.", "Kiểm"),
        ("anh kiểm gọi rồi nhưng Phường chưa trả lời, Tổ điện thì bận.", "kiểm"),
        ("Hôm qua Kiểm ra đường thì ngã.", "Kiểm"),
        ("Phường đã hẹn. Tôi là kiểm, ở cuối ngõ.", "kiểm"),
        ("Mong Phường xem xét sớm.\nkiểm", "kiểm"),
        ("toi la tran van kiem o cuoi ngo", "tran van kiem"),
        ("Tên tôi: TRẦN VĂN KIỂM", "TRẦN VĂN KIỂM"),
        ("trần văn kiểm xin báo với Phường", "trần văn kiểm"),
    ],
)
def test_the_same_word_is_marked_where_a_person_is_named(text: str, found: str) -> None:
    assert found in _known_marks(text, "Trần Văn Kiểm")
