"""The outline of a document: joined lines, labels, the tree, paths."""

from __future__ import annotations

import pytest

from langnghe.plans.reading.labels import label_of, roman
from langnghe.plans.reading.outline import blocks
from tests.plans.reading.samples import sample, source


@pytest.mark.parametrize(
    ("line", "label", "kind"),
    [
        ("II. NHIỆM VỤ", "II", "roman"),
        ("II . NHIỆM VỤ", "II", "roman"),
        ("**III. TỔ CHỨC THỰC HIỆN**", "III", "roman"),
        ("A. MỤC TIÊU", "A", "capital"),
        ("1. Sở Nội vụ", "1", "number"),
        ("1 . Sở Nội vụ", "1", "number"),
        ("1/ Sở Nội vụ", "1", "number"),
        ("15/4 Sở Nội vụ", "", ""),
        ("24/7 trực", "", ""),
        ("2.1. Rà soát", "2.1", "dotted2"),
        ("2.1 Rà soát", "2.1", "dotted2"),
        ("1.2.3. Rà soát", "1.2.3", "dotted3"),
        ("a) Rà soát", "a", "letter"),
        ("đ) Rà soát", "đ", "letter"),
        ("(2) Rà soát", "2", "paren"),
        ("- Rà soát", "-", "dash"),
        ("– Rà soát", "-", "dash"),
        ("+ Rà soát", "+", "plus"),
        ("* Rà soát", "*", "star"),
        ("- 3- Khách hỏi", "-", "dash"),
        ("Điều 5. Trách nhiệm", "Điều 5", "article"),
        ("Chương II", "Chương II", "chapter"),
        ("Phần thứ hai", "Phần thứ hai", "part"),
        ("Nhiệm vụ 2: Số hóa hồ sơ", "Nhiệm vụ 2", "job"),
        ("Điều 5 của Nghị định này", "", ""),
        ("30/6/2019 là hạn cuối", "", ""),
        ("15.4.2020 báo cáo", "", ""),
        ("03 hội nghị được tổ chức", "", ""),
        ("Sở Nội vụ chủ trì", "", ""),
    ],
)
def test_labels(line: str, label: str, kind: str) -> None:
    found = label_of(line)
    assert (found.text, found.kind) == (label, kind) if label else found is None


def test_roman_numbers() -> None:
    assert [roman(text) for text in ("I", "IV", "IX", "XIV", "XXXIX", "IIII", "")] == [1, 4, 9, 14, 39, 0, 0]


def test_lines_cut_by_a_page_are_joined_and_keep_their_places() -> None:
    text = (
        "I. NHIỆM VỤ\n"
        "1. Sở Y tế rà soát danh mục thuốc theo Thông tư của\n"
        "Bộ Y tế và quy định\n"
        "hiện hành.\n"
        "2. Sở Nội vụ kiểm tra."
    )
    document = source(text)
    found = blocks(document)
    assert [block.text for block in found] == [
        "NHIỆM VỤ",
        "Sở Y tế rà soát danh mục thuốc theo Thông tư của Bộ Y tế và quy định hiện hành.",
        "Sở Nội vụ kiểm tra.",
    ]
    middle = found[1]
    at = middle.text.index("hiện hành")
    start, end = middle.place(at, at + len("hiện hành"))
    assert document.text[start:end] == "hiện hành"


def test_a_closed_line_is_not_joined_to_a_paragraph_after_it() -> None:
    found = blocks(source("1. Kiểm tra việc tiếp dân.\nSở Nội vụ báo cáo."))
    assert [block.text for block in found] == ["Kiểm tra việc tiếp dân.", "Sở Nội vụ báo cáo."]


def test_tree_and_paths() -> None:
    text = (
        "I. MỤC ĐÍCH\n"
        "- Rõ việc.\n"
        "II. NỘI DUNG\n"
        "1. Việc thứ nhất\n"
        "a) Làm một.\n"
        "- Bước đầu;\n"
        "- Bước sau.\n"
        "b) Làm hai.\n"
        "Làm thêm ở đây.\n3. Việc thứ ba\n1.1. Không hợp thứ tự."
    )
    found = blocks(source(text))
    assert [block.path for block in found] == [
        "I", "I/-1", "II", "II.1", "II.1.a", "II.1.a/-1", "II.1.a/-2", "II.1.b/p1", "II.1.b/p2", "II.3", "II.1.1",
    ]  # fmt: skip


def test_a_lost_heading_is_restored_where_numbering_starts_anew() -> None:
    found = blocks(source("I. YÊU CẦU\n1. Một.\n2. Hai.\n1. Ba.\n2. Bốn."))
    assert [block.path for block in found] == ["I", "I.1", "I.2", "[II].1", "[II].2"]


def test_zones() -> None:
    found = blocks(sample("articles"))
    zones = {block.text: block.zone for block in found}
    assert zones["QUYẾT ĐỊNH"] == "head"
    assert zones["Như Điều 5;"] == zones["Võ Thị Mẫu"] == "foot"
    assert zones["Bố trí công chức hướng dẫn người cao tuổi, người khuyết tật nộp hồ sơ;"] == "body"


def test_an_annex_after_the_signature_is_read_again() -> None:
    text = "1. Sở Y tế kiểm tra.\nNơi nhận:\n- Lưu: VT.\nPHỤ LỤC\n1. Sở Nội vụ tập huấn cho công chức."
    assert [block.zone for block in blocks(source(text))] == ["body", "foot", "foot", "body", "body"]


def test_purposes_and_funding_are_told_by_their_headings() -> None:
    sections = {block.label: block.section for block in blocks(sample("form-lines")) if block.kind == "roman"}
    assert sections == {"I": "purpose", "II": "duties", "III": "duties"}


def test_lost_numbered_headings_are_restored_from_lettering_and_the_next_number() -> None:
    text = (
        "1. Mục đích\n- Rõ việc.\n2. Yêu cầu\n- Rõ người.\n"
        "a) Mục tiêu: một.\nb) Nhiệm vụ: hai.\na) Mục tiêu: ba.\nb) Nhiệm vụ: bốn.\n"
        "a) Mục tiêu: năm.\nb) Nhiệm vụ: sáu.\n"
        "4. Công tác tập huấn\na) Mục tiêu: bảy.\n"
    )
    paths = [block.path for block in blocks(source(text)) if block.kind in ("letter", "number")]
    assert paths == [
        "[I].1", "[I].2", "[II].[1].a", "[II].[1].b", "[II].[2].a", "[II].[2].b", "[II].[3].a", "[II].[3].b",
        "[II].4", "[II].4.a",
    ]  # fmt: skip


def test_whole_numbering_keeps_its_labels() -> None:
    text = "1. Một\na) Một a.\nb) Một b.\n2. Hai\na) Hai a.\nb) Hai b.\n3. Ba\n"
    assert [block.path for block in blocks(source(text))] == ["1", "1.a", "1.b", "2", "2.a", "2.b", "3"]
