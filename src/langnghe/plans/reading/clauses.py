"""Parts of a sentence: where one stops and the next begins, and where found words stand in the document."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from langnghe.plans.reading.glyphs import View
from langnghe.plans.reading.outline import Block
from langnghe.plans.reading.register import Span, Task
from langnghe.plans.reading.source import Source
from langnghe.plans.reading.verbs import begins_with_verb

# A full stop ends a sentence unless it stands in a number, an abbreviation, an address or dots of omission.
_STOP: Final = re.compile(
    r"[;!?](?=\s|$)|(?<!\bTP)(?<!\btp)(?<![.\s][A-Z])\.(?=\s+[^\Wa-z\d_]|\s*$|\s+[-+(“\"])|:(?=\s)"
)
LONGEST: Final = 3000
"""Letters of the longest clause that is looked at as one."""
MOST: Final = 50
"""Of what is found in one clause, so many are kept."""
_BRACKETS: Final = {"(": 1, "[": 1, ")": -1, "]": -1}


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text: its place, and the sign that ended it ("" at the end of the text)."""

    start: int
    end: int
    stop: str


def parts(text: str, stops: str = ";.!?") -> list[Part]:
    """The clauses of a text, cut at these signs outside brackets; the sign belongs to the clause it ends."""
    found: list[Part] = []
    start = 0
    depths = _depths(text)
    for sign in _STOP.finditer(text):
        if sign[0] not in stops or depths is not None and depths[sign.start()] > 0:
            continue
        found.append(Part(start, sign.end(), sign[0]))
        start = sign.end()
    if text[start:].strip():
        found.append(Part(start, len(text), ""))
    whole = (_trimmed(text, part) for part in found if text[part.start : part.end].strip(" .;:!?"))
    return [piece for part in whole for piece in _bounded(text, part)]


def _bounded(text: str, part: Part) -> Iterator[Part]:
    """A clause without end, as only broken files have it, in pieces: what looks through clauses stays linear."""
    start = part.start
    while part.end - start > LONGEST:
        space = text.rfind(" ", start + 1, start + LONGEST)
        cut = space if space > start else start + LONGEST
        yield Part(start, cut, "")
        start = cut
    yield Part(start, part.end, part.stop)


def sentences(text: str) -> list[Part]:
    """The sentences of a text."""
    return parts(text, ".!?")


def _trimmed(text: str, part: Part) -> Part:
    piece = text[part.start : part.end]
    return Part(part.start + len(piece) - len(piece.lstrip()), part.start + len(piece.rstrip()), part.stop)


def _depths(text: str) -> list[int] | None:
    """How deep in brackets each sign stands; None if there are none. A bracket never closed counts for 300 signs."""
    if "(" not in text and "[" not in text:
        return None
    depths = [0] * (len(text) + 1)
    opened: list[int] = []
    for at, sign in enumerate(text):
        step = _BRACKETS.get(sign, 0)
        if step > 0:
            opened.append(at)
        elif step < 0 and opened:
            begin = opened.pop()
            if not opened:
                depths[begin : at + 1] = [1] * (at + 1 - begin)
    for begin in opened[:1]:
        end = min(len(text), begin + 300)
        depths[begin:end] = [1] * (end - begin)
    return depths


class Places:
    """Finds where words of a task's quote stand in the document."""

    def __init__(self, source: Source) -> None:
        self._text = source.text

    def find(self, near: Span, quote: str, words: str) -> Span:
        """The place of `words`, a part of `quote`, which stands at `near`; the whole place if it cannot be told."""
        start, end = near
        words = words.rstrip(" .;:,")
        piece = self._text[start:end]
        at = quote.find(words)
        if at < 0 or not words:
            return near
        if piece[at : at + len(words)] == words:
            return start + at, start + at + len(words)
        straight = piece.find(words)
        if straight >= 0:
            return start + straight, start + straight + len(words)
        loose = re.search(r"\W+".join(map(re.escape, words.split()[:40])), piece)
        return (start + loose.start(), start + loose.end()) if loose else near


def low_place(view: View, at: int) -> int:
    """The place in `view.low` of a place in its text."""
    if at < len(view.low) and view.raw(at) == at:
        return at
    return min(bisect_left(range(len(view.low) + 1), at, key=view.raw), len(view.low))


def quote_of(text: str, start: int, end: int) -> str:
    """The words between two places as a quote: white space folded, ends trimmed."""
    return " ".join(text[start:end].split()).strip(" ,*")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to look through: a block's, or a task's with the task."""

    text: str
    view: View
    span: Span
    block: Block | None = None
    task: Task | None = None


def passages(tasks: Sequence[Task]) -> Iterator[Passage]:
    """The tasks' quotes."""
    for task in tasks:
        yield Passage(task.quote, View(task.quote), task.span, task=task)


def task_at(tasks: Sequence[Task], place: Span) -> Task | None:
    """The task whose quote holds a place, None if there is none."""
    return next((task for task in tasks if task.span[0] <= place[0] and place[1] <= task.span[1] + 1), None)


# Verbs that stand in lists of nouns ("phản ánh, kiến nghị, góp ý") more often than they begin an order.
_NOUNS: Final = """
kiến nghị|phản ánh|góp ý|khiếu nại|tố cáo|tiếp nhận|giải quyết|xử lý|thông tin|thông báo|báo cáo|quy định|
giám sát|là|không|được|phải|trả lời|đánh giá|kết quả|quản lý|phục vụ|cho|giảm|cấp|in|thi|làm|khi|lên|giữ|trực|
đào tạo|bồi dưỡng|cần|xem xét|ứng dụng|hỗ trợ|đề xuất|hướng dẫn|sử dụng|phân tích|trao đổi|cải cách|điều hành|
chỉ đạo|thanh tra|kiểm tra|truyền thông|tuyên truyền|tuyển dụng|đầu tư|phát triển|quy hoạch|kiểm soát|
giải trình|tập huấn|khai thác|quyết toán
"""
_NOUNS_TOO: Final = frozenset(_NOUNS.replace("\n", "").split("|"))


def begins_order(words: list[str]) -> bool:
    """Whether words (lower case) begin an order rather than go on a list of things."""
    if not begins_with_verb(words) or words[:2] in (["trình", "tự"], ["trình", "độ"]):
        return False
    return not any(" ".join(words[:length]) in _NOUNS_TOO for length in (1, 2))
