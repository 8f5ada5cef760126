"""Head and foot of official documents: plans, directives, decisions, letters, notices, as printed and as web copies."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.plans.reading.citations import citations
from langnghe.plans.reading.head import read_head
from langnghe.plans.reading.register import Document
from langnghe.plans.reading.source import plain


def head(text: str) -> Document:
    return read_head(plain(text))


PLAN = """
ỦY BAN NHÂN DÂN
TỈNH SÔNG MÃ
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Số: 12 /KH-UBND
Sông Mã, ngày 03 tháng 02 năm 2025
KẾ HOẠCH
Nâng cao chất lượng tiếp nhận, xử lý phản ánh của người dân
trên địa bàn tỉnh năm 2025
Căn cứ Nghị định số 61/2018/NĐ-CP ngày 23 tháng 4 năm 2018 của Chính phủ về cơ chế một cửa, UBND tỉnh ban hành như sau:
I. MỤC ĐÍCH
Nơi nhận:
- Bộ Nội vụ;
- Thường trực Tỉnh ủy;
(để báo cáo)
- Lưu: VT, NC.
TM. ỦY BAN NHÂN DÂN
KT. CHỦ TỊCH
PHÓ CHỦ TỊCH
(Đã ký)
Trần Thị Hoa
"""


def test_a_plan_as_printed() -> None:
    document = head(PLAN)
    assert (document.number, document.date, document.issuer) == ("12/KH-UBND", date(2025, 2, 3), "UBND tỉnh Sông Mã")
    assert document.title == "Nâng cao chất lượng tiếp nhận, xử lý phản ánh của người dân trên địa bàn tỉnh năm 2025"
    assert (document.signer_title, document.signer) == ("KT. CHỦ TỊCH PHÓ CHỦ TỊCH", "Trần Thị Hoa")
    assert document.recipients == ["Bộ Nội vụ;", "Thường trực Tỉnh ủy; (để báo cáo)", "Lưu: VT, NC."]
    assert [(one.kind, one.number, one.date) for one in document.based_on] == [
        ("Nghị định", "61/2018/NĐ-CP", date(2018, 4, 23))
    ]
    assert document.doubts == []


def test_a_web_copy_with_bars_and_a_lost_title() -> None:
    document = head(
        "ỦY BAN NHÂN DÂN | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM |\n"
        "Số: 485/KH-UBND | Hải Vân, ngày 11 tháng 10 năm 2018 |\n"
        "Ủy ban nhân dân tỉnh ban hành Kế hoạch đánh giá công tác phục vụ người dân trên địa bàn tỉnh Hải Vân, "
        "cụ thể như sau:\n1. Mục tiêu\n"
        "Nơi nhận: | TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nĐặng Minh An |"
    )
    assert (document.number, document.issuer) == ("485/KH-UBND", "UBND tỉnh Hải Vân")
    assert document.title == "đánh giá công tác phục vụ người dân trên địa bàn tỉnh Hải Vân"
    assert document.signer == "Đặng Minh An"


def test_columns_run_into_one_row_and_the_signature_first() -> None:
    document = head(
        "ỦY BAN NHÂN DÂN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nTHÀNH PHỐ BIỂN XANH Độc lập - Tự do - Hạnh phúc\n"
        "Số: 15 /CT-UBND Biển Xanh, ngày 05 tháng 6 năm 2023\nCHỈ THỊ\nVề việc tăng cường công tác tiếp công dân\n"
        "Trong thời gian qua, theo Chỉ thị số 14/CT-TTg, công tác này có chuyển biến.\n1. Giám đốc các sở\n"
        "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH PHÓ CHỦ TỊCH Lê Quang Cường\nNơi nhận:\n- Bộ Nội vụ;\n- Sở Y tế."
    )
    assert (document.number, document.issuer) == ("15/CT-UBND", "UBND thành phố Biển Xanh")
    assert document.title == "Về việc tăng cường công tác tiếp công dân"
    assert (document.signer_title, document.signer) == ("KT. CHỦ TỊCH PHÓ CHỦ TỊCH", "Lê Quang Cường")
    assert document.recipients == ["Bộ Nội vụ;", "Sở Y tế."]


def test_a_department_with_blanks_for_number_and_day() -> None:
    document = head(
        "UBND TỈNH SÔNG MÃ\nSỞ NỘI VỤ\nSố:      /KH-SNV\nSông Mã, ngày     tháng 3 năm 2024\nKẾ HOẠCH\n"
        "Thực hiện công tác dân vận chính quyền năm 2024\nSở Nội vụ ban hành kế hoạch như sau:\nI. MỤC ĐÍCH\n"
        "Nơi nhận: GIÁM ĐỐC\n- UBND tỉnh;\n- Lưu: VT.\nTrần Văn Bình"
    )
    assert document.number is None and document.date is None
    assert document.issuer == "Sở Nội vụ tỉnh Sông Mã"
    assert document.title == "Thực hiện công tác dân vận chính quyền năm 2024"
    assert (document.signer_title, document.signer) == ("GIÁM ĐỐC", "Trần Văn Bình")
    assert document.recipients == ["UBND tỉnh;", "Lưu: VT."]
    assert len(document.doubts) == 2


def test_a_letter_has_a_subject_and_a_notice_a_deputy_of_the_office() -> None:
    letter = head(
        "UBND TỈNH SÔNG MÃ\nSố: 2231/UBND-NC\nV/v tăng cường tiếp nhận phản ánh,\nkiến nghị\n"
        "Sông Mã, ngày 1 tháng 1 năm 2024\nKính gửi: Các sở\nThực hiện Công văn số 123/VPCP-KSTT ngày 1-2-2023 "
        "của Văn phòng Chính phủ, yêu cầu các sở báo cáo."
    )
    assert (letter.number, letter.title) == ("2231/UBND-NC", "V/v tăng cường tiếp nhận phản ánh, kiến nghị")
    assert [(one.number, one.date) for one in letter.based_on] == [("123/VPCP-KSTT", date(2023, 2, 1))]
    notice = head(
        "UBND TỈNH SÔNG MÃ\nVĂN PHÒNG\nSố: 345/TB-VP\nSông Mã, ngày 5 tháng 7 năm 2025\nTHÔNG BÁO\n"
        "Kết luận của Chủ tịch UBND tỉnh tại cuộc họp giao ban\nNgày 03/7/2025, Chủ tịch đã họp.\n"
        "TL. CHỦ TỊCH\nKT. CHÁNH VĂN PHÒNG\nPHÓ CHÁNH VĂN PHÒNG\nPhạm Dũng"
    )
    assert notice.title == "Kết luận của Chủ tịch UBND tỉnh tại cuộc họp giao ban"
    assert notice.signer == "Phạm Dũng"
    assert notice.signer_title == "TL. CHỦ TỊCH KT. CHÁNH VĂN PHÒNG PHÓ CHÁNH VĂN PHÒNG"


def test_a_broken_title_in_capitals_ends_where_the_issuer_begins() -> None:
    document = head(
        "ỦY BAN NHÂN DÂN\nTỈNH SÔNG MÃ\n-------\n|\nSố: 72/QĐ-UBND\n|\nSông Mã, ngày 12 tháng 8 năm 2014\n|\n"
        "QUYẾT ĐỊNH\nBAN\nHÀNH QUY CHẾ TIẾP CÔNG DÂN\nỦY BAN NHÂN DÂN TỈNH SÔNG MÃ\nCăn cứ Nghị quyết số\n"
        "30c/NQ-CP ngày "
        "08/11/2011 của Chính phủ;\nĐiều 1. Ban hành"
    )
    assert document.title == "BAN HÀNH QUY CHẾ TIẾP CÔNG DÂN"
    assert [one.number for one in document.based_on] == ["30c/NQ-CP"]


def test_rows_cut_anywhere_in_a_web_copy() -> None:
    document = head(
        "ỦY\nBAN NHÂN DÂN\nTỈNH HÒN GAI\n-------\n|\nCỘNG\nHÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n|\nSố:\n22/2011/QĐ-UBND\n|\n"
        "Hòn\nGai, ngày 16 tháng 11\nnăm 2018\n|\nQUYẾT\nĐỊNH\nVỀ\nVIỆC BAN HÀNH QUY CHẾ TIẾP NHẬN PHẢN ÁNH CỦA NGƯỜI\n"
        "DÂN\nCHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH\nCăn cứ Nghị định số 20/2008/NĐCP\nngày 14/02/2008 của Chính\nphủ;\n"
        "TM.\nỦY BAN NHÂN DÂN TỈNH\nCHỦ TỊCH\nPhạm Thế An"
    )
    assert (document.number, document.date) == ("22/2011/QĐ-UBND", date(2018, 11, 16))
    assert document.issuer == "UBND tỉnh Hòn Gai"
    assert document.title == "VỀ VIỆC BAN HÀNH QUY CHẾ TIẾP NHẬN PHẢN ÁNH CỦA NGƯỜI DÂN"
    assert (document.signer_title, document.signer) == ("CHỦ TỊCH", "Phạm Thế An")
    (cited,) = document.based_on
    assert (cited.number, cited.quote) == (
        "20/2008/NĐ-CP",
        "Nghị định số 20/2008/NĐCP ngày 14/02/2008 của Chính phủ",
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "theo các Nghị định số 61/2018/NĐ-CP ngày 23/4/2018, số 107/2021/NĐ-CP ngày 06/12/2021 của Chính phủ",
            [("Nghị định", "61/2018/NĐ-CP", date(2018, 4, 23)), ("Nghị định", "107/2021/NĐ-CP", date(2021, 12, 6))],
        ),
        ("Luật Tiếp công dân số 42/2013/QH13", [("Luật", "42/2013/QH13", None)]),
        ("Chỉ thị số 15-CT/TU ngày 16/12/2016 của Thành ủy", [("Chỉ thị", "15-CT/TU", date(2016, 12, 16))]),
        ("Kế hoạch số **16** /KH-UBND về việc rà soát", [("Kế hoạch", "16/KH-UBND", None)]),
        ("Nghị định số 20/2008/NĐ-CP và Nghị định số 20/NĐ-CP", [("Nghị định", "20/2008/NĐ-CP", None)]),
        ("Quyết định số 5/QĐ-TTg ngày 31/02/2020", [("Quyết định", "5/QĐ-TTg", None)]),
        ("trực 24/7, tỷ lệ 1/2, địa chỉ 12/3B, dịch vụ mức độ 3/4 và Kế hoạch cải cách năm 2019", []),
    ],
)
def test_documents_cited_by_number(text: str, found: list[tuple[str, str, date | None]]) -> None:
    assert [(one.kind, one.number, one.date) for one in citations(text.replace("**", ""))] == found


def test_the_first_citation_with_a_date_is_quoted_and_the_own_number_is_none() -> None:
    text = (
        "Chỉ thị số 01/CT-UBND của Chủ tịch UBND tỉnh. Tiếp theo Chỉ thị số 01/CT-UBND ngày 03/02/2017 của Chủ tịch "
        "UBND tỉnh, ban hành Kế hoạch số 9/KH-UBND."
    )
    (one,) = citations(text, own="9/KH-UBND")
    assert one.quote == "Chỉ thị số 01/CT-UBND ngày 03/02/2017 của Chủ tịch UBND tỉnh"
    assert text[slice(*one.span)] == one.quote


def test_a_copy_from_the_web_with_columns_in_one_row() -> None:
    document = head(
        "| BỘ NỘI VỤ ------- | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc --------------- |\n"
        "| --- | --- |\n| Số: 7/KH-BNV | *Hà Nội, ngày 06 tháng 8 năm 2024* |\nKẾ HOẠCH\nRÀ SOÁT THỦ TỤC\n"
        "1. Vụ Pháp chế rà soát thủ tục.\n"
        "| *Nơi nhận:* - Bộ trưởng; - Các đơn vị thuộc Bộ; - Lưu: VT. | KT. BỘ TRƯỞNG THỨ TRƯỞNG    Trần Văn Bình |\n"
    )
    assert (document.number, document.issuer, document.date) == ("7/KH-BNV", "Bộ Nội vụ", date(2024, 8, 6))
    assert document.recipients == ["Bộ trưởng;", "Các đơn vị thuộc Bộ;", "Lưu: VT."]
    assert (document.signer, document.based_on) == ("Trần Văn Bình", [])


def test_a_signature_beside_the_recipients() -> None:
    document = head(
        "KẾ HOẠCH\nNơi nhận:                 TM. ỦY BAN NHÂN DÂN\n- Như Điều 3;             KT. CHỦ TỊCH\n"
        "- Các sở, ngành;          PHÓ CHỦ TỊCH\n- UBND các xã;            Trần Văn Bình\n- Lưu: VT.\n"
    )
    assert (document.signer_title, document.signer) == ("KT. CHỦ TỊCH PHÓ CHỦ TỊCH", "Trần Văn Bình")
    assert document.recipients == ["Như Điều 3;", "Các sở, ngành;", "UBND các xã;", "Lưu: VT."]


@given(st.lists(st.sampled_from(PLAN.split("\n")), max_size=30), st.text(max_size=60))
def test_shuffled_heads_never_fail(rows: list[str], noise: str) -> None:
    document = head("\n".join([*rows, noise]))
    assert all(entry for entry in document.recipients)
    assert document.signer is None or 1 < len(document.signer) < 80
