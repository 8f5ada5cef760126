"""House numbers, alley addresses and flats. Street names and wards stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from langnghe.publication.scanner.marks import N_, Mark
from langnghe.publication.scanner.view import View

# A house number: 12, 12B, 34/5, 2/101A, 12-14, S2.05.
_NO: Final = r"[0-9]{1,4}[a-z]?[0-9]{0,2}(?:\s?/\s?[0-9]{1,4}[a-z]?[0-9]?){0,5}(?:\s?-\s?[0-9]{1,4}[a-z]?(?![0-9a-z]))?"
# What must not follow: more digits, a unit, a law's tail.
_UNIT: Final = (
    r"(?!\s?(?:tang|nguoi|gian|mat|m2|m\b|met|the he|con\b|chau\b|lau\b|phong ngu|cot|tret|ngay|thang|nam\b"
    r"|gio|h\b|km|hecta|ha\b"
    r"|ho dan|ho\b|cai|lan\b|dong|trieu|ty\b|phut|tuan|%|nghin|ngan|chiec|luot|doi|thua|vu\b|truong hop|khoi"
    r"|kg|tan\b|hang muc|do\b|diem\b))"
)
_END: Final = rf"(?![0-9a-z/])(?!\s?[/]\s?[0-9]{{4}})(?![./,\-][0-9]){_UNIT}"
_ALLEY: Final = r"(?:ngo|ngach|hem|kiet|nghach|hxh|to|lo|day|khu|block|toa|nha|tang)"
# "ngõ 34/5", "ngách 12" after a house number belong to the house.
_CHAIN: Final = (
    r"(?:\s?[,\-]?\s?(?:ngo|ngach|hem|kiet"
    r"|nghach)\s(?:so\s)?[0-9]{1,4}[a-z]?(?:\s?/\s?[0-9]{1,4}[a-z]?){0,4}(?![0-9a-z])){0,4}"
)
_LIST: Final = rf"(?:\s?(?:,|;|va|&|den|-)\s?(?:so\s|nha\s|nha so\s)?{_NO}{_END}){{0,8}}"

_HOUSE: Final = re.compile(rf"(?<![a-z0-9])(?:so nha|nha so|so can|s\.?n)\s?[:.]?\s?({_NO}{_END}{_LIST}{_CHAIN})")
_NHA: Final = re.compile(
    rf"(?<![a-z0-9])(?:nha|can nha|can|cua hang|quan|ki ?ot|kiosk|shop)\s({_NO}{_END}{_LIST}{_CHAIN})"
)
_SO: Final = re.compile(rf"(?<![a-z0-9])so\s?[:.]?\s?({_NO}{_END}{_LIST}{_CHAIN})")
_ALLEY_HOUSE: Final = re.compile(
    rf"(?<![a-z0-9])(?:ngo|ngach|hem|kiet|nghach)\s(?:so\s)?{_NO}\s?,?\s?(?:(?:ngo|ngach|hem"
    rf"|kiet)\s{_NO}\s?,?\s?){{0,2}}(?:so nha|nha so|so|nha)\s{_NO}{_END}"
)
_ALLEY_DEEP: Final = re.compile(
    rf"(?<![a-z0-9])(?:ngo|ngach|hem|kiet"
    rf"|nghach)\s(?:so\s)?([0-9]{{1,4}}[a-z]?(?:\s?/\s?[0-9]{{1,4}}[a-z]?){{1,5}}{_END})"
)
_FLAT: Final = re.compile(
    r"(?<![a-z0-9])(?:can ho|can|phong|ch|p)\s?(?:so\s)?[.:]?\s?"
    r"([a-z]{0,2}[0-9]{1,2}[.\-]?[0-9]{0,3}[a-z]?[0-9]{0,2}(?:[.\-][0-9]{1,4}[a-z]?)?(?![0-9a-z/])"
    r"(?:\s?[,\-]?\s?(?:tang\s[0-9]{1,2}[a-z]?|(?:toa(?: nha)?|block|thap|nha|don nguyen|khu"
    r"|ct)\s?(?:[a-z]{1,4}[0-9]{1,3}[a-z]?|[a-z]|[0-9]{1,3}[a-z]?)(?:[.\-][0-9]{1,3})?(?![a-z0-9]))){0,3})"
)
_TOWER: Final = re.compile(
    r"\s?[,\-]?\s?(?:toa|block|thap|chung cu|khu chung cu|tap the|khu tap the|nha\s[a-z]?[0-9]|ct[0-9]|don nguyen|tang)"
)
_LOT: Final = re.compile(
    r"(?<![a-z0-9])(?:lo|lien ke|biet thu|shophouse|lk|bt|sap|ki ?ot|kiosk)\s?(?:dat\s|so\s|nha\s){0,2}[.:]?\s?"
    r"([a-z]{0,3}\s?[0-9]{1,3}[a-z]?(?:[.\-/][0-9]{1,3}[a-z]?){0,3}(?![0-9a-z]))"
)
_NUMBER_STREET: Final = re.compile(rf"(?<![0-9a-z/.,\-])({_NO})(?=\s(?:(?:duong|pho)\s)?[a-z])")

# Nouns whose number is no house: documents, routes, groups, schools.
_SO_NOT_AFTER: Final = re.compile(
    r"(?<![a-z])(?:dinh|luat|tu|dieu|khoan|ban|van|cong van|thong bao|ke hoach|chi thi|nghi quyet|quyet|bao"
    r"|hoach|thi|trinh|buyt|tuyen|bus|xe|bien|dan pho|tdp|to|thon"
    r"|khu|xom|ap|lop|truong|mam non|thcs|thpt|tieu hoc|tram|tram y te|cong|cong ty|cum|to may|may|phieu|don"
    r"|bien ban|phu luc|mau|bieu|trang|cau hoi|muc|hinh"
    r"|anh|chuong|phan|giai doan|goi|goi thau|du an|tai khoan|dien thoai|ho so|hop dong|khach hang|giay"
    r"|giay phep|cua|cua so|lan|doi|tram bom|diem|benh vien"
    r"|phong kham|hoc|non|phuong|quan|vong|dot|ky|quy|thua|ban do|doi dan phong|nha van hoa|nvh|chi bo|kho"
    r"|ben|lo|tang|tong|mot|nut|tru|cot|cot dien|tru dien|den|ho ga"
    r"|cay|cho|thang|ga|cang|cong so|ngo|ngach|hem|kiet|duong|pho|phong|mat hang|khach hang|xep hang"
    r"|ngan hang|bang|ma|chi|day|toa|noi|nam)\s?$"
)
_PLACE_BEFORE: Final = re.compile(
    r"(?<![a-z])(?:vi tri|tai|o|nha|dia chi|dc|truoc|doi dien|canh|ho|quan|cua hang|gan|tu|den|cho|sau|trong"
    r"|ben|giua|phia|cua|khach san|karaoke|cua tiem|tiem|cty|sat|o cho|vao|phong kham|co so)\s?[:,]?\s?$"
)
_STREET_AFTER: Final = re.compile(
    r"\s?,?\s?(?:duong|pho|ngo|ngach|hem|kiet|thon|xom|to dan pho|tdp|phuong|xa|to\s[0-9])\b"
)
_PERSONAL_BEFORE: Final = re.compile(
    r"(?:toi o|em o|minh o|nha toi|nha em|tru tai|thuong tru|tam tru|dia chi|cho o|noi o|gia dinh toi(?: o"
    r"| tai)?|dang o|sinh song tai|toi song(?: o| tai)|cu tru tai"
    r"|nha o|nha rieng|tru o|hien o|ngu tai|toi tai|que quan)\s?(?:tai|o|:|la|so|,)?\s?$"
)
_PUBLIC_ALLEY: Final = re.compile(
    rf"(?<![a-z0-9])(?:ngo|ngach|hem|kiet)\s(?:so\s)?[0-9]{{1,4}}[a-z]?(?![0-9a-z/]){_CHAIN}"
)
_NOT_STREET: Final = re.compile(
    r"(?:Nghị|Luật|Điều|Tết|Tháng|UBND|HĐND|Ủy|Uỷ|Công|Sở|Phường|Quận|Xã|Ban|Bộ|Tổ|Thông|Quyết|Đại|Chủ|Khoản"
    r"|Người|Hộ|VNĐ|VND|USD|Năm|Ngày|Tỉnh|Thành|Cán|Đồng|Thứ|AM|PM|Km|KM|Cây|Xe|Con|Em|Anh|Chị|Kính|Trân|Xin|Nay|Tôi"
    r"|Tuy|Nhưng|Khi|Nếu|Do|Vì|Hiện|Sau|Trước|Theo|Đề|Mong|Rất|Đã|Không|Và|Hôm|Nhà|Các|Những|Một|Hai|Trường"
    r"|Bệnh|Chợ|Cầu|Mọi|Mỗi|Lý|Trên|Tại|Từ|Đến|Về|Cần|Như|Chúng|Ông|Bà|Đường|Phố|Ngõ|Thôn|Khu)(?![^\W\d_])"
)
_NUMBER_NOT_AFTER: Final = re.compile(
    r"(?<![a-z])(?:dieu|khoan|diem|luat|dinh|quyet|ngay|thang|nam|nhiem ky|khoa|to|tdp|khu|khu pho|thon|xom"
    r"|ngo|ngach|kiet|hem|phuong|quan|tuyen|xe|so hieu|hon|khoang|tren|duoi"
    r"|lop|ql|lo|quoc lo|buyt|bus|duong|thu|tiet|ap|cong ty|giai|top|hang|lan|vong|muc|trang|phan|chuong|tang"
    r"|cap|loai|vu|gio|luc|han|la|con|co|doi|hai|ba|ca|nhom|pho|block|ct|km|cot|tru)\s?$"
)
_CAPWORD: Final = re.compile(r"[^\W\d_]+")


def address_marks(view: View) -> Iterator[Mark]:
    """House numbers with what belongs to them (alley, flat, tower). The words "số", "nhà" and the street name stay."""
    for match in _HOUSE.finditer(view.folded):
        # "s.n" and "sn" before a year are a year of birth.
        if view.folded[match.start() : match.start() + 3].strip(". ") == "sn" and re.fullmatch(
            r"(?:19|20)[0-9]{2}", match.group(1).strip()
        ):
            continue
        yield _mark(view, match.span(1), N_("Số nhà"), 0.95)
    for match in _NHA.finditer(view.folded):
        if _word_is(
            view,
            match.start(),
            ("nhà", "nha", "căn", "can", "cửa", "cua", "quán", "quan", "ki", "kiot", "kiosk", "shop"),
        ):
            yield _mark(view, match.span(1), N_("Số nhà"), 0.85)
    yield from _bare_numbers(view)
    for match in _ALLEY_HOUSE.finditer(view.folded):
        yield _mark(view, match.span(), N_("Số nhà trong ngõ"), 0.9)
    for match in _ALLEY_DEEP.finditer(view.folded):
        if _word_is(
            view, match.start(), ("ngõ", "ngo", "ngách", "ngach", "hẻm", "hem", "kiệt", "kiet", "nghách", "nghach")
        ):
            yield _mark(view, match.span(1), N_("Địa chỉ trong ngõ, ngách"), 0.7)
    for match in _PUBLIC_ALLEY.finditer(view.folded):
        if _PERSONAL_BEFORE.search(view.folded[max(0, match.start() - 30) : match.start()]):
            yield _mark(view, match.span(), N_("Nơi ở của người viết"), 0.8)
    yield from _flats(view)
    for match in _LOT.finditer(view.folded):
        start, end = match.span(1)
        word = view.marked[match.start() : match.start() + 2]
        if word == "lo" and not view.cased[match.start()].isupper() and "lô" not in view.marked[match.start() : start]:
            continue
        if word in ("lô", "lo", "li", "bi", "sh", "ki", "sạ", "sa", "lk", "bt") and re.search(
            r"[0-9]", view.folded[start:end]
        ):
            yield _mark(view, (start, end), N_("Số lô, căn, quầy"), 0.6)
    yield from _numbers_before_streets(view)


def _mark(view: View, span: tuple[int, int], reason: str, certainty: float) -> Mark:
    start, end = span
    while end > start and view.folded[end - 1] in " ,-\n\v":
        end -= 1
    first, last = view.span(start, end)
    return Mark(first, last, "address", reason, certainty)


def _word_is(view: View, start: int, words: tuple[str, ...]) -> bool:
    """True when the text at `start`, with its marks, begins with one of the words."""
    return view.marked.startswith(words, start)


def _bare_numbers(view: View) -> Iterator[Mark]:
    """ "số 12": a house unless the noun before it says otherwise."""
    for match in _SO.finditer(view.folded):
        if view.marked[match.start() : match.start() + 2] not in ("số", "so"):
            continue
        before = view.folded[max(0, match.start() - 24) : match.start()]
        street = bool(_STREET_AFTER.match(view.folded, match.end())) or _street_name_at(view, match.end())
        chain = "/" in match.group(1) or re.search(r"ngo|ngach|hem|kiet", match.group(1)) is not None
        place = bool(_PLACE_BEFORE.search(before))
        if (
            _SO_NOT_AFTER.search(before)
            and not (street and place)
            and not (chain and not before.rstrip().endswith("van"))
        ):
            continue
        if re.match(r"\s?/\s?[0-9]*\s?/?[a-z]{2}", view.folded[match.end() : match.end() + 12]):
            continue
        if street or chain or place:
            yield _mark(view, match.span(1), N_("Số nhà"), 0.9 if street or chain else 0.75)
        elif not before.strip() or before.rstrip()[-1] in ",;(-.:":
            yield _mark(view, match.span(1), N_("Có thể là số nhà"), 0.6)


def _street_name_at(view: View, at: int) -> bool:
    """True when a capitalised word that may be a street begins at `at` (after one space or comma)."""
    while at < len(view.folded) and view.folded[at] in " ,":
        at += 1
    word = _CAPWORD.match(view.cased, at)
    return bool(word and word.group()[0].isupper() and not _NOT_STREET.match(word.group()))


def _flats(view: View) -> Iterator[Mark]:
    for match in _FLAT.finditer(view.folded):
        start, end = match.span(1)
        word = view.marked[match.start() : start].strip(" .:\n")
        number = re.match(r"[a-z]{0,2}[0-9.\-]*[a-z]?[0-9]*", match.group(1))
        digits = re.sub(r"[^0-9]", "", number.group() if number else "")
        tower = (
            bool(_TOWER.match(view.folded, end))
            or re.search(r"toa|block|thap|tang|don nguyen|nha", match.group(1)) is not None
        )
        if word.startswith(("phòng", "phong")) or word in ("p", "ch"):
            if len(digits) < 3 and not tower:
                continue
            if word.startswith("phòng") and re.match(r"\s?(?:ubnd|so\b|ubnd|mot cua)", view.folded[end : end + 12]):
                continue
        elif word.startswith("căn") and not word.startswith("căn hộ"):
            if not tower and len(digits) < 3:
                continue
        elif word.startswith(("căn hộ", "can ho")):
            pass
        elif not (word.startswith("can") and tower):
            continue
        if re.match(
            r"\s?(?:nguoi|m2|ngay|trieu|ty\b|dong|thang|nam\b|hoc sinh|can\b|can ho|phong\b|%)",
            view.folded[end : end + 12],
        ):
            continue
        certainty = 0.9 if tower or word.startswith("căn hộ") else 0.75
        yield _mark(view, (start, end), N_("Số căn hộ, số phòng"), certainty)


def _numbers_before_streets(view: View) -> Iterator[Mark]:
    """ "52 Thân Trọng Một": a number right before a capitalised name of two words or more."""
    for match in _NUMBER_STREET.finditer(view.folded):
        start, end = match.span(1)
        before = view.folded[max(0, start - 24) : start]
        if _NUMBER_NOT_AFTER.search(before) or view.folded[end - 1] in " -":
            continue
        place = bool(_PLACE_BEFORE.search(before))
        word_at = end + 1
        if re.match(r"(?:duong|pho)\s", view.folded[word_at : word_at + 6]):
            if view.marked.startswith(("đường", "phố", "duong", "pho"), word_at):
                word_at = view.folded.index(" ", word_at) + 1 if " " in view.folded[word_at : word_at + 7] else word_at
                strong = True
            else:
                continue
        else:
            strong = False
        first = _CAPWORD.match(view.cased, word_at)
        if first is None or not first.group()[0].isupper() or _NOT_STREET.match(first.group()):
            continue
        second = (
            _CAPWORD.match(view.cased, first.end() + 1) if view.cased[first.end() : first.end() + 1] == " " else None
        )
        two = bool(second and second.group()[0].isupper() and not _NOT_STREET.match(second.group()))
        shouting = first.group().isupper() and len(first.group()) > 1
        if not two and not place and not strong:
            continue
        if shouting and not place and not strong:
            continue
        if "-" in match.group(1) and not place and not strong:
            continue
        yield _mark(view, (start, end), N_("Số đứng trước tên đường"), 0.8 if place or strong else 0.6)
