"""The outline of a document: lines joined where a page broke them, labels, and the tree they stand in."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import Final

from langnghe.plans.reading.blocks import Block
from langnghe.plans.reading.glyphs import bare
from langnghe.plans.reading.labels import LETTERS, ORDER, Label, label_of
from langnghe.plans.reading.restore import restore
from langnghe.plans.reading.source import Line, Source
from langnghe.plans.reading.text_tables import Row, rows

__all__ = ["Block", "blocks"]

_CLOSED: Final = re.compile(r"[.;:!?…/][\"”»’')*\]]*$")
_DANGLING: Final = re.compile(
    r"(?:,|\s-|\b(?:của|và|với|các|những|cho|về|tại|trong|theo|là|để|bởi|do|từ|đến|ngày|tháng|năm|(?:định|thị|"
    r"hoạch|tư|luật|văn|trình|quyết) số|hoặc|trên|thuộc|"
    r"vào|bằng|giữa|như|được|không|một|cùng|việc|nhằm|qua|khi|nếu|mà|thì|trước|sau|cơ quan|chủ trì|phối hợp))$",
    re.IGNORECASE,
)
_FOOT: Final = re.compile(
    r"(?:kinh gui, )?noi nhan\b|noi gui\s*:|\W*tm\. ?(?:uy ban|ubnd|ban )|\W*kt\. ?(?:chu tich|giam doc)"
)
_ANNEX: Final = re.compile(
    r"phu luc\b|bieu (?:so|mau|tong hop|phan cong)\b|bang phan cong\b|danh muc (?:nhiem vu|cong viec|cac nhiem)"
)
# "Giao Sở Nội vụ", "…, Sở": an order without its end, a name without its second word.
_ORDERED: Final = re.compile(r"(?:Giao|Đề nghị|Yêu cầu) [^.:;]{3,200}")
_HALF: Final = re.compile(r"\b(?:Sở|UBND|[ỦU][ỷy] ban|Quý|Chủ tịch|Giám đốc)$")
_FIELD: Final = re.compile(r"[^.;:()]{2,45}:|\(|[-–+*•]")
_PAGE: Final = re.compile(r"[\s\-–]*\d{1,3}[\s\-–]*")
_OPENING: Final = re.compile(r"(?:nhu sau|sau day|noi dung sau|cu the)\s*:?\s*[.:]?\W*$")
_BASIS: Final = re.compile(
    r"\W*(?:can cu|thuc hien|trien khai|tiep theo|theo de nghi|xet de nghi|de (?:thuc hien|trien khai|tiep tuc|bao dam|"
    r"dam bao|nang cao|kip thoi|chu dong)|nham|so\s*:|ke hoach\W*$|chi thi\W*$|thong bao\W*$|quyet dinh\W*$|"
    r"cong hoa|doc lap)"
)
_CLOSING: Final = re.compile(
    r"\W*(?:tren day la|yeu cau (?:cac|thu truong|giam doc|chu tich)|trong qua trinh|can cu (?:noi dung )?ke hoach nay|"
    r"(?:cac (?:so|co quan|don vi|phong|dia phuong)|thu truong|giam doc|nguoi dung dau)\b[^.:]{0,220}\bke hoach nay\b|"
    r"de nghi (?:cac|thu truong|giam doc)|ke hoach nay|chi thi nay|nhan duoc|"
    r"(?:chu tich )?(?:ubnd|uy ban nhan dan)\b[^.:;]{0,30}(?:yeu cau|de nghi|giao|thong bao))"
)
_SECTIONS: Final = (
    ("purpose", re.compile(
        r"(?:muc dich|muc tieu|yeu cau(?: chung| cu the)?\W*$|yeu cau, |quan diem|nguyen tac|pham vi|doi tuong|"
        r"su can thiet|can cu|co so (?:phap ly|thuc tien|khoa hoc|xay dung|chinh tri)|thuc trang|"
        r"danh gia (?:chung|tinh hinh|ket qua)|ket qua (?:dat duoc|thuc hien)|tinh hinh|dac diem|ton tai|han che|"
        r"nguyen nhan|khai quat|du bao|y nghia|cac chi tieu|chi tieu|phuong cham|khau hieu|chu de|thoi gian|dia diem|"
        r"thanh phan)(?!\w)")),
    ("funding", re.compile(r"(?:nguon )?(?:kinh phi|kinh phi|von|ngan sach|du toan|nguon luc)\b")),
    ("duties", re.compile(
        r"(?:to chuc thuc hien|to chuc trien khai|phan cong|trach nhiem|nhiem vu|noi dung|giai phap|trien khai|"
        r"cac nhiem vu|bien phap|cac hoat dong|ke hoach)")),
)  # fmt: skip


def blocks(source: Source) -> list[Block]:
    """The document's blocks in their order, each with its parent, path, zone and section."""
    found = _joined(source)
    _zones(found)
    _tree(found)
    restore(found)
    _sections(found)
    _paths(found)
    return found


# --- lines ---------------------------------------------------------------------------------------------------------


def _joined(source: Source) -> list[Block]:
    """Blocks of whole paragraphs: a line that goes on where the one before broke off is joined to it."""
    wrapped, width = _wrapping(source.lines)
    found: list[Block] = []
    last: Label | None = None
    whole = rows(source.lines)
    for at, row in enumerate(whole):
        line = row.line
        if not line.text.strip() or found and _page_number(line, found[-1], whole[at + 1 : at + 2]):
            continue
        if line.cells:
            found.append(Block(line.text, kind="row", pieces=row.pieces, line=line))
            last = None
            continue
        label = label_of(line.text)
        before = found[-1] if found else None
        if before and before.kind != "row" and _goes_on(before, line, label, last, wrapped, width):
            cut = len(line.text) - len(line.text.lstrip())
            before.pieces.append((len(before.text) + 1, line.start + cut))
            before.text = f"{before.text} {line.text[cut:].rstrip()}"
            continue
        skip = label.length if label else len(line.text) - len(line.text.lstrip())
        text = line.text[skip:].rstrip()
        if label and label.length and line.text.startswith("**") and text.endswith("**") and text.count("**") == 1:
            text = text[:-2]
        block = Block(text, pieces=[(0, line.start + skip)], line=line)
        if label:
            block.label, block.kind, block.number = label.text, label.kind, label.number
        last = label
        found.append(block)
    return found


def _page_number(line: Line, before: Block, after: list[Row]) -> bool:
    """Whether a line is the number of a page that cuts a sentence."""
    if not _PAGE.fullmatch(line.text) or line.cells or before.kind == "row" or not after:
        return False
    return not _CLOSED.search(before.text[-100:].rstrip()) and after[0].line.text.lstrip()[:1].islower()


def _wrapping(lines: tuple[Line, ...]) -> tuple[bool, int]:
    """Whether the document's lines are cut at a width (and which), as in scans and text taken from a PDF."""
    running = [line for line in lines if not line.cells]
    if len(running) < 8:
        return False, 0
    small = sum(1 for line in running if line.text.lstrip(' "“(')[:1].islower() and not label_of(line.text))
    lengths = sorted(len(line.text) for line in running)
    width = lengths[int(len(lengths) * 0.85)]
    short = sum(
        1
        for line, after in pairwise(running)
        if len(line.text) < 0.6 * width
        and not _CLOSED.search(line.text.rstrip())
        and after.text[:1].islower()
        and not label_of(after.text)
    )
    # A width below nought: lines are cut anywhere, as in copies from web pages.
    ragged = short >= 0.06 * len(running)
    return small >= 0.2 * len(running) and width < 200, -width if ragged else width


def _goes_on(before: Block, line: Line, label: Label | None, last: Label | None, wrapped: bool, width: int) -> bool:
    """Whether a line continues the block before it."""
    ended = before.text[-400:].rstrip()
    if ended.endswith(";") and label is None and line.text.lstrip(' "“(*')[:1].islower() and not before.line.heading:
        return True
    if _CLOSED.search(ended) or not ended:
        return not ended and label is None and before.label != "" and before.kind not in ("roman", "part")
    first = line.text.lstrip(' "“(*')[:1]
    if label is not None:
        return (
            label.kind == "dash" and wrapped and bool(_DANGLING.search(ended)) and last is not None and ended[-1] != ","
        )
    if line.heading != before.line.heading and line.heading:
        return False
    if _all_capitals(ended) and len(ended) > 3 and not _all_capitals(line.text):
        return False
    if first.islower() and not _all_capitals(ended):
        return True
    if _DANGLING.search(ended) and not _FOOT.match(bare(line.text[:60])):
        return True
    if first.isdigit() and first and not _all_capitals(ended) and (wrapped or _DANGLING.search(ended)):
        return True
    if not wrapped:
        return False
    if width < 0 and _broken_off(before, ended) and not _all_capitals(line.text):
        # Lines of any length: an entry of a list, or a field, ends with its mark or where another field begins.
        return not _FIELD.match(line.text) and not _FOOT.match(bare(line.text[:60])) and before.zone == "body"
    width = abs(width)
    if _all_capitals(ended):
        return _all_capitals(line.text) and len(line.text) > 3 and before.zone == "body" and bool(before.label)
    tail = before.line.text if len(before.pieces) == 1 else before.text[before.pieces[-1][0] :]
    return len(tail) >= 0.75 * width and not _all_capitals(line.text) and not _FOOT.match(bare(line.text[:60]))


def _broken_off(before: Block, ended: str) -> bool:
    """Whether a block that ends without a mark cannot be a heading: an entry of a list, a field, an order."""
    begin = before.text[:210]
    return before.bullet or ": " in begin or bool(_HALF.search(ended[-20:]) or _ORDERED.fullmatch(begin))


def _all_capitals(text: str) -> bool:
    return text.isupper()


# --- zones ---------------------------------------------------------------------------------------------------------


def _zones(found: list[Block]) -> None:
    """Mark what stands before the first order, and the recipients and signature; an annex is body again."""
    foot = False
    for block in found:
        begin = bare(block.text[:80].lstrip("|* "))
        label = block.label
        if not foot and not (label and not block.bullet) and _FOOT.match(begin) and block.kind != "row":
            foot = True
        elif (
            foot
            and not block.bullet
            and (_ANNEX.match(begin) or (block.line.header and block.kind == "row"))
            or foot
            and block.kind in ("roman", "article")
            and len(block.text) > 8
        ):
            foot = False
        if foot:
            block.zone = "foot"
    for block in found[: _first_order(found)]:
        if block.zone == "body":
            block.zone = "head"


def _first_order(found: list[Block]) -> int:
    """Where the plan itself begins: after the sentence that issues it, or with its first label."""
    limit = max(12, len(found) // 3)
    issuing = -1
    for at, block in enumerate(found[:limit]):
        if block.zone == "foot":
            break
        if block.kind in ("roman", "capital", "part", "chapter", "article", "number", "letter"):
            return at
        if block.kind == "para" and _OPENING.search(bare(block.text[-60:])):
            return at + 1
        if block.kind == "row" and block.line.header:
            return at
        if block.kind == "para" and _BASIS.match(bare(block.text[:80])) or _all_capitals(block.text):
            issuing = at
    return issuing + 1


# --- the tree ------------------------------------------------------------------------------------------------------


def _rank(kind: str) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _tree(found: list[Block]) -> None:
    """Give each block its parent. The kind of a label seen before closes everything deeper; a new kind goes deeper."""
    stack: list[Block] = []
    for block in found:
        if block.zone != "body":
            stack.clear()
            continue
        if block.kind == "row":
            block.parent = stack[-1] if stack and not stack[-1].bullet else _not_bullet(stack)
        elif block.kind == "para":
            if _closes(block, found):
                stack.clear()
                block.zone = "closing"
                continue
            while stack and stack[-1].bullet:
                stack.pop()
            block.parent = stack[-1] if stack else None
        else:
            _settle(stack, block)
            block.parent = stack[-1] if stack else None
            stack.append(block)
        if block.parent is not None:
            block.parent.children.append(block)


def _not_bullet(stack: list[Block]) -> Block | None:
    return next((one for one in reversed(stack) if not one.bullet), None)


def _settle(stack: list[Block], block: Block) -> None:
    """Cut the stack back to where the block belongs."""
    kinds = [one.kind for one in stack]
    if block.kind == "capital" and "roman" in kinds and block.number == 0:
        block.kind, block.number = "roman", 0
    if block.kind == "roman" and _is_letter(block, stack):
        block.kind = "capital"
        block.number = LETTERS.find(block.label.lower()) + 1
    if block.kind == "paren" and "letter" in kinds and "paren" not in kinds and block.number == 1:
        return
    if block.kind in kinds:
        del stack[kinds.index(block.kind) :]
        return
    if block.bullet:
        return
    if block.kind.startswith("dotted"):
        depth = block.label.count(".")
        parent = block.label.rpartition(".")[0]
        for at in range(len(stack) - 1, -1, -1):
            if stack[at].label == parent:
                del stack[at + 1 :]
                return
        while stack and (stack[-1].bullet or _rank(stack[-1].kind) >= _rank(block.kind)):
            stack.pop()
        if depth == 1 and stack and stack[-1].kind == "number" and stack[-1].label != parent:
            stack.pop()
        return
    while stack and (stack[-1].bullet or _rank(stack[-1].kind) > _rank(block.kind)):
        stack.pop()


def _is_letter(block: Block, stack: list[Block]) -> bool:
    """ "I", "V", "X" and "C" may be letters of a list A, B, C …"""
    if len(block.label) != 1:
        return False
    before = next((one for one in reversed(stack) if one.kind == "capital"), None)
    return (
        before is not None
        and LETTERS.find(block.label.lower()) == before.number
        and "roman" not in [one.kind for one in stack]
    )


def _closes(block: Block, found: list[Block]) -> bool:
    """Whether a paragraph is one of the plan's closing ones: only such paragraphs, or the foot, follow it."""
    at = _index(block, found)
    if not _CLOSING.match(block.view.bare[:120]):
        return False
    following = found[at + 1 : at + 4]
    rest = next((one for one in following if one.zone == "foot" or one.kind == "row"), None)
    for one in following:
        if one is rest:
            return True
        if one.kind != "para":
            return False
    return rest is not None or len(following) < 3


def _index(block: Block, found: list[Block]) -> int:
    """The place of a block; places are remembered by the first line's start, which grows."""
    starts = bisect_right(found, block.line.start, key=lambda one: one.line.start)
    return max(0, starts - 1)


# --- sections and paths ----------------------------------------------------------------------------------------------


def _sections(found: list[Block]) -> None:
    """What each block's nearest telling heading announces."""
    floating = ""
    for block in found:
        if block.zone != "body":
            continue
        own = _announces(block)
        if (
            block.parent is None
            and block.kind == "para"
            and own
            and _short(block)
            or block.parent is None
            and block.kind in ("roman", "part", "chapter", "capital")
        ):
            floating = own
        above = _section_of(block.parent) if block.parent else floating
        block.section = own if own and block.kind != "para" and _short(block) else above


def _section_of(block: Block | None) -> str:
    while block is not None and not block.text:
        block = block.parent
    return block.section if block else ""


def _short(block: Block) -> bool:
    text = block.text.rstrip(" *")
    return len(text) < 130 and not text.endswith((".", ";"))


def _announces(block: Block) -> str:
    if not _short(block) or block.bullet:
        return ""
    words = block.view.bare.strip(' *:"')
    return next((name for name, pattern in _SECTIONS if pattern.match(words)), "")


def _paths(found: list[Block]) -> None:
    """Paths as printed: labels joined by dots, bullets counted after "/", paragraphs numbered where there are "
    "several."""
    closing = [block for block in found if block.zone == "closing"]
    for at, block in enumerate(closing, 1):
        block.path = "kết" if len(closing) == 1 else f"kết/p{at}"
    counts: dict[tuple[int, str], int] = {}
    for block in found:
        if block.zone != "body":
            continue
        above = _path_of(block.parent)
        if block.bullet or block.kind == "row":
            key = (id(block.parent), block.kind)
            counts[key] = counts.get(key, 0) + 1
            mark = "r" if block.kind == "row" else block.label
            block.path = f"{above}/{mark}{counts[key]}"
        elif block.kind == "para":
            block.path = _paragraph_path(block, above, counts)
        else:
            dotted = block.kind.startswith("dotted") and block.parent and block.parent.kind in ("number", "dotted2")
            head = block.parent.path.rpartition(".")[0] if dotted and block.parent else above
            if block.kind == "article":
                head = ""
            block.path = f"{head}.{block.label}" if head else block.label
    for block in found:
        if block.label and not block.bullet and not _short(block) and any(one.kind == "para" for one in block.children):
            block.path += "/p1"


def _path_of(block: Block | None) -> str:
    """The path of a heading; one that was put back gets its own here."""
    if block is None:
        return ""
    if not block.path and block.label.startswith("["):
        above = _path_of(block.parent)
        block.path = f"{above}.{block.label}" if above else block.label
    return block.path


def _paragraph_path(block: Block, above: str, counts: dict[tuple[int, str], int]) -> str:
    parent = block.parent
    several = (id(parent), "paragraphs")
    if several not in counts:
        counts[several] = sum(1 for one in parent.children if one.kind == "para") if parent else 0
    own = bool(parent and not _short(parent))
    key = (id(parent), "para")
    counts[key] = counts.get(key, 0) + 1
    if parent is None:
        return f"p{counts[key]}"
    if counts[several] == 1 and not own:
        return above
    return f"{above}/p{counts[key] + own}"
