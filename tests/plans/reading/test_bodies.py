"""Bodies in running text, under the names the register uses."""

from __future__ import annotations

import pytest

from langnghe.plans.reading.bodies import Bodies, Entry, Gazetteer, Home, packaged
from langnghe.plans.reading.glyphs import View
from langnghe.plans.reading.levels import Style

SECTORS = "Các sở, ban, ngành"


def first(text: str, bodies: Bodies | None = None) -> list[str]:
    """The names of the first list of bodies in a text."""
    groups = (bodies or Bodies(packaged())).reading(View(text)).groups
    return list(groups[0].names) if groups else []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Sở Nội vụ", ["Sở Nội vụ"]),
        ("SỞ NỘI VỤ", ["Sở Nội vụ"]),
        ("Sở nội vụ và Sở Y tế", ["Sở Nội vụ", "Sở Y tế"]),
        ("Sở Văn hoá - Thể thao", ["Sở Văn hóa và Thể thao"]),
        ("Sở Lao động, Thương binh và Xã hội", ["Sở Lao động - Thương binh và Xã hội"]),
        (
            "Sở LĐ-TB&XH, Sở GD&ĐT, Sở TN&MT",
            [
                "Sở Lao động - Thương binh và Xã hội",
                "Sở Giáo dục và Đào tạo",
                "Sở Tài nguyên và Môi trường",
            ],
        ),
        ("các Sở, ngành", [SECTORS]),
        ("các sở, ban, ngành có liên quan", [f"{SECTORS} liên quan"]),
        ("các sở, cơ quan tương đương sở", [SECTORS]),
        ("các sở, ban, ngành, đoàn thể", [SECTORS, "Các tổ chức đoàn thể"]),
        ("các đơn vị có liên quan", ["Các cơ quan, đơn vị liên quan"]),
        (
            "các Sở: Nội vụ, Y tế, Lao động, Thương binh và Xã hội; Tài chính",
            [
                "Sở Nội vụ",
                "Sở Y tế",
                "Sở Lao động - Thương binh và Xã hội",
                "Sở Tài chính",
            ],
        ),
        ("Giám đốc Sở Nội vụ", ["Sở Nội vụ"]),
        ("Chánh Văn phòng UBND Thành phố", ["Văn phòng UBND Thành phố"]),
        ("Chủ tịch UBND Thành phố", ["Chủ tịch UBND Thành phố"]),
        ("giám đốc, thủ trưởng các sở, ban, ngành", ["Thủ trưởng các sở, ban, ngành"]),
        (
            "Thủ trưởng các sở, ngành và các đơn vị sự nghiệp công lập",
            [
                "Thủ trưởng các sở, ban, ngành",
                "Thủ trưởng các đơn vị sự nghiệp công lập",
            ],
        ),
        (
            "Chủ tịch UBND cấp huyện, cấp xã",
            [
                "Chủ tịch UBND các quận, huyện, thị xã",
                "Chủ tịch UBND các xã, phường, thị trấn",
            ],
        ),
        ("Ủy ban nhân dân quận, huyện, thị xã", ["UBND các quận, huyện, thị xã"]),
        ("chính quyền phường, xã", ["UBND các xã, phường, thị trấn"]),
        ("HĐND và UBND các xã, phường, thị trấn", ["HĐND các xã, phường, thị trấn", "UBND các xã, phường, thị trấn"]),
        ("Ủy ban Mặt trận Tổ quác Việt Nam thành phố Hà Nội", ["Ủy ban MTTQ Việt Nam Thành phố"]),
        ("Thường trực, Ban Thường vụ Thành ủy", ["Thường trực Thành ủy", "Ban Thường vụ Thành ủy"]),
        ("Các tổ chức thành viên (Hội Nông dân tỉnh, Tỉnh đoàn)", ["Hội Nông dân tỉnh", "Tỉnh đoàn"]),
        ("các đơn vị: Sở Xây dựng (về quy hoạch); Sở Tài chính (về vốn)", ["Sở Xây dựng", "Sở Tài chính"]),
        ("Trung tâm Kiểm soát bệnh tật tỉnh phun hóa chất", ["Trung tâm Kiểm soát bệnh tật tỉnh"]),
        (
            "Ban Quản lý dự án đầu tư xây dựng công trình giao thông tỉnh đẩy nhanh",
            [
                "Ban Quản lý dự án đầu tư xây dựng công trình giao thông tỉnh",
            ],
        ),
        (
            "Trung tâm Xúc tiến Đầu tư, Thương mại và Du lịch tỉnh chủ trì",
            [
                "Trung tâm Xúc tiến Đầu tư, Thương mại và Du lịch tỉnh",
            ],
        ),
        ("Công an tỉnh Lai Châu, UBND huyện Tam Đường", ["Công an tỉnh", "UBND huyện Tam Đường"]),
    ],
)  # fmt: skip
def test_names(text: str, names: list[str]) -> None:
    assert first(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "báo cáo số tài chính quý này",
        "bàn tôn giáo",
        "phương án giải quyết",
        "cơ quan thuế",
        "sổ theo dõi",
        "đơn vị mình",
        "",
    ],
)
def test_what_is_no_body(text: str) -> None:
    assert first(text) == []


def test_other_provinces_keep_their_own_districts() -> None:
    home = Home(place="Hà Nội")
    style = Style(home=home, own=False, districts=("huyện", "thị xã", "thành phố"), communes=("xã", "phường"))
    bodies = Bodies(packaged(), style)
    assert first("UBND cấp huyện", bodies) == ["UBND các huyện, thị xã, thành phố"]
    assert first("Chủ tịch UBND các huyện, thành phố", bodies) == ["Chủ tịch UBND các huyện, thị xã, thành phố"]
    assert first("UBND thành phố Trà Giang", bodies) == ["UBND thành phố Trà Giang"]


def test_a_city_brings_its_own_list() -> None:
    own = Gazetteer([Entry("Trung tâm Điều hành thông minh", ("IOC",), "office")])
    assert first("giao IOC theo dõi", Bodies(own)) == ["Trung tâm Điều hành thông minh"]
    assert first("giao IOC theo dõi") == []


def test_gazetteer_data_that_is_none_is_refused() -> None:
    with pytest.raises(KeyError):
        Gazetteer.from_json({"home": {}})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("các Bộ: Công Thương, Xây dựng, Y tế:", ["Bộ Công Thương", "Bộ Xây dựng", "Bộ Y tế"]),
        ("phối hợp với các Bộ, ngành liên quan tổ chức", ["Các bộ, ngành liên quan"]),
        ("các Bộ, cơ quan liên quan hoàn thiện", ["Các bộ, cơ quan liên quan"]),
        (
            "Ủy ban nhân dân các tỉnh và thành phố trực thuộc trung ương:",
            ["UBND các tỉnh, thành phố trực thuộc trung ương"],
        ),
        (
            "Cục trưởng Cục Văn thư, Vụ trưởng Vụ Kế hoạch - Tài chính và Thủ trưởng các đơn vị liên quan thi hành",
            ["Cục Văn thư", "Vụ Kế hoạch - Tài chính", "Thủ trưởng các cơ quan, đơn vị liên quan"],
        ),
        ("Trung tâm Điều tra tài nguyên và môi trường thực hiện", ["Trung tâm Điều tra tài nguyên và môi trường"]),
        ("Trung tâm Quan trắc TN&MT", ["Trung tâm Quan trắc Tài nguyên và Môi trường"]),
        (
            "cơ quan chuyên môn thuộc Bộ Tài chính và các địa phương rà soát",
            ["Cơ quan chuyên môn thuộc Bộ Tài chính", "Các địa phương"],
        ),
        ("Ban Quản lý các Khu công nghiệp tỉnh Sông Mã", ["Ban Quản lý các Khu công nghiệp tỉnh"]),
        ("Chủ đầu tư dự án nhà ở, khu đô thị nộp", ["Chủ đầu tư dự án nhà ở, khu đô thị"]),
        ("các sở, ngành, đơn vị có liên quan", [f"{SECTORS} liên quan", "Các cơ quan, đơn vị liên quan"]),
        ("NHIỆM VỤ CHỦ YẾU CỦA BỘ NỘI VỤ", ["Bộ Nội vụ"]),
        ("các bộ phận liên quan", []),
    ],
)
def test_bodies_of_the_whole_country_and_names_no_list_has(text: str, names: list[str]) -> None:
    assert first(text, Bodies(packaged(), Style(home=packaged().home, own=False))) == names
