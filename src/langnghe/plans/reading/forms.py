"""Forms: "Nhiệm vụ: … Cơ quan chủ trì: … Thời gian: …" line by line, and the columns of a task table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from langnghe.plans.reading.glyphs import View, bare
from langnghe.plans.reading.letters import pattern

_WHO: Final = (
    r"(?:(?:các\s+)?(?:cơ quan,? đơn vị|cơ quan|đơn vị|tổ chức|bộ phận|cá nhân|phòng,? ban|sở,? ngành|phân công|"
    r"trách nhiệm|cấp|người|giao)\s+)"
)
_ROLE: Final = (
    r"(?:chịu trách nhiệm\s*)?(?:được giao\s+)?(?:chủ trì|đầu mối|thực hiện|chịu trách nhiệm chính|chịu trách nhiệm|"
    r"tham mưu|phụ trách|chủ trì,? (?:tham mưu|thực hiện|phối hợp)|triển khai|được giao)"
    r"(?:,?\s+(?:thực hiện|chính|tham mưu|triển khai|tổ chức thực hiện|chủ trì|nhiệm vụ))?"
)
_LIMIT: Final = r"(?:thực hiện|hoàn thành|triển khai|tổ chức|tiến hành|báo cáo|xử lý|kết thúc|trình|ban hành)"
_KEYS: Final = re.compile(
    r'(?:^|(?<=[.;(|])|(?<=[.;(|]\s)|(?<=,\s))\s*(?:[-+–•]\s*)?["*(]*(?:'
    rf"(?P<other>{_WHO}?(?:giám sát|kiểm tra, giám sát|theo dõi,? đôn đốc)|lãnh đạo\s+(?:chỉ đạo|phụ trách|"
    rf"theo dõi)(?:\s+thực hiện)?|kinh phí(?:\s+thực hiện)?|"
    r"nguồn kinh phí|địa điểm|đối tượng|thành phần|số lượng|phạm vi|"
    r"hình thức(?:\s+(?:thực hiện|tổ chức))?|mục tiêu(?:, yêu cầu| cụ thể| chung)?|mục đích(?:, yêu cầu)?|"
    r"yêu cầu|ghi chú|quy mô|chỉ tiêu)|"
    rf"(?P<lead>{_WHO}?{_ROLE}|phân công(?: thực hiện)?|tổ chức thực hiện|{_WHO}đầu mối,? {_ROLE})|"
    rf"(?P<coop>{_WHO}?(?:cùng\s+)?(?:phối hợp|tham gia)(?:,? (?:phối hợp|tham gia))?"
    r"(?:\s+(?:thực hiện|chính|triển khai))?)|"
    rf"(?P<time>(?:mốc )?thời gian(?:,? tiến độ)?(?:\s+{_LIMIT})?(?:,? tiến độ)?|"
    rf"(?:thời hạn|tiến độ|hạn|hạn chót|thời điểm|kỳ hạn)(?:\s+{_LIMIT})?|hoàn thành|lộ trình(?: thực hiện)?)|"
    r"(?P<product>sản phẩm(?:\s+(?:dự kiến|đầu ra|hoàn thành|chính|thực hiện))?|kết quả(?:\s+(?:đầu ra|dự kiến|"
    r"thực hiện|"
    r"cần đạt|đạt được))?|đầu ra|yêu cầu kết quả|(?:dự kiến )?kết quả, sản phẩm|sản phẩm, kết quả)|"
    r"(?P<content>nội dung nhiệm vụ|nhiệm vụ(?:\s+(?:cụ thể|\d{1,2}))?|nội dung(?:\s+(?:công việc|thực hiện|cụ thể|"
    r"hoạt động|triển khai|\d{1,2}))?|công việc(?:\s+\d{1,2})?|tên nhiệm vụ|hoạt động(?:\s+\d{1,2})?)"
    r")(?:\s+(?:các |những |đối với (?:các )?)(?:nội dung|nhiệm vụ|công việc|mục|điểm)\b[^:.;|]{0,50})?"
    r"\s*\)?\*{0,2}\s*:(?!\s*$)",
)
# Which column is which, the surest words first; a column is taken once.
_COLUMNS: Final = tuple(
    (key, re.compile(words))
    for key, words in (
        ("number", r"^(?:stt|tt|so tt|so thu tu|#|so)$"),
        ("lead", r"chu tri"),
        ("coop", r"phoi hop"),
        ("time", r"ket thuc|(?:thoi gian|thoi han|ngay|han) (?:phai )?hoan thanh|den ngay"),
        ("time", r"^(?!.*bat dau).*(?:thoi gian|thoi han|tien do|\bhan\b|lo trinh|\bmoc\b)"),
        ("content", r"nhiem vu|noi dung|cong viec|hoat dong|giai phap"),
        ("lead", r"thuc hien$|dau moi|tham muu|phan cong"),
        ("lead", r"co quan|don vi"),
        ("lead", r"phu trach|trach nhiem|nguoi"),
        ("product", r"san pham|ket qua|dau ra|muc tieu|chi tieu"),
        ("time", r"hoan thanh|ngay|thang|nam"),
        ("content", r"\bten\b|de an|danh muc|van ban|tieu chi"),
        ("note", r"ghi chu|kinh phi|can cu|nguon"),
    )
)


# A field under a name no list has: "… Giám sát viên: …".
_OTHER_KEY: Final = pattern(r"[.;]\s+[<U>][^.;:|\d]{2,40}:\s")


@dataclass(frozen=True, slots=True)
class Field:
    """A named field of a form: its key, and the place of its value in the view."""

    key: str
    start: int
    value: int
    end: int


def fields(view: View) -> list[Field]:
    """The fields named in a text, in their order; a value ends where the next field begins."""
    low = view.low
    if ":" not in low:
        return []
    found = list(_KEYS.finditer(low))
    out: list[Field] = []
    for at, one in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(low)
        other = _OTHER_KEY.search(view.text, view.raw(one.end()), view.raw(end))
        if other and view.raw(one.end()) == one.end():
            end = other.start() + 1
        key = one.lastgroup or "other"
        out.append(Field(key, one.start() + len(one.group()) - len(one.group().lstrip(' "*(')), one.end(), end))
    return out


def key_alone(view: View) -> str:
    """The key of a field whose value stands on the next line: "Cơ quan chủ trì:"; "" if the text is none."""
    low = view.low.rstrip(" *")
    if not low.endswith(":") or len(low) > 60:
        return ""
    found = _KEYS.match(f"{low} x")
    key = (found.lastgroup or "") if found and found.end() >= len(low) else ""
    return (
        key if key in ("lead", "coop", "time") and low not in ("thực hiện:", "tổ chức thực hiện:", "tiến độ:") else ""
    )


def only_fields(found: Sequence[Field]) -> bool:
    """Whether a text is nothing but fields: its first word begins one."""
    return bool(found) and found[0].start <= 2


def inline(found: Sequence[Field]) -> int | None:
    """Where the fields that follow a task in its own line begin; None if no field says who does it."""
    if not any(one.key in ("lead", "coop") for one in found):
        return None
    return next(one.start for one in found if one.key in ("lead", "coop", "time", "product"))


def columns(header: Sequence[str]) -> dict[str, int]:
    """Which column is the task, its lead, partners, term and product; empty if it is no table of tasks."""
    found: dict[str, int] = {}
    names = [bare(name) for name in header]
    taken: set[int] = set()
    for key, words in _COLUMNS:
        at = next((at for at, name in enumerate(names) if at not in taken and words.search(name)), -1)
        if key not in found and at >= 0:
            found[key] = at
            taken.add(at)
    if "content" not in found and "lead" in found:
        rest = [at for at in range(len(header)) if at not in taken]
        if rest:
            found["content"] = rest[0]
    return found if "content" in found and ("lead" in found or "time" in found and "coop" in found) else {}


def cell_places(cells: Sequence[str]) -> list[int]:
    """Where each cell begins in a row's text, whose cells are joined by " | "."""
    places, at = [], 0
    for cell in cells:
        places.append(at)
        at += len(cell) + 3
    return places
