"""What recognition misreads again and again, put right: labels by their place in the sequence, quarters, days, dirt.

Only signs that a page of an office cannot mean are changed; words stay as they were recognised.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from unicodedata import normalize

from langnghe.plans.reading.formats.layout import Word
from langnghe.plans.reading.formats.numbering import roman
from langnghe.plans.reading.glyphs import bare
from langnghe.plans.reading.letters import pattern
from langnghe.plans.reading.source import Line

_ALIKE = str.maketrans({"⁄": "/", "¡": "i", "ı": "i", "—": "-", "–": "-", "ð": "đ", "Ð": "Đ", "¬": "-", "…": "..."})
_ROMAN_SIGNS = str.maketrans({"l": "I", "1": "I", "|": "I", "!": "I", "Ị": "I", "Ï": "I", "i": "I", "L": "I", "T": "I"})
_DIGITS = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "i": "1"})
_DATE = re.compile(
    r"(?<![\w/])([0-3OolI|]?[\dOolI|])\s?/\s?([01OolI|]?[\dOolI|])\s?/\s?((?:19|2[0Oo])[\dOolI|]{2})(?!\w)"
)
_QUARTER = re.compile(r"(?<!\w)([Qq]u[ýyỷỳ])\s+([IVHLl1|!]{1,5}|Il|TV|1V)(?=[\s/,.;)\-]|$)")
_LOOSE_STOP = pattern(r"(?<=[<L>][<L>])\s?\.(?= [<L>])")
_DIRT = re.compile(r"(?<=\S) (?:[.:'`‘’|\\_~]{1,2}(?: (?=\S)|$)|[-=]$)")


# Pairs of words that offices write again and again, and that mean nothing with other marks.
_PAIRS = (
    "yêu cầu|thực hiện|nhiệm vụ|tổ chức|trách nhiệm|phối hợp|chủ trì|hoàn thành|thời gian|trước ngày|báo cáo|"
    "kế hoạch|đơn vị|cơ quan|thành phố|thị xã|thị trấn|chi tiết|chi phí|tinh thần|dữ liệu|công khai|niêm yết|"
    "thường xuyên|định kỳ|hằng tháng|hàng tháng|hằng quý|hàng quý|hằng năm|hàng năm|phản ánh|kiến nghị|giải quyết|"
    "tiếp nhận|ủy ban|nhân dân|chủ tịch|giám đốc|thủ trưởng|văn phòng|quận huyện|xã phường|chuyển đổi|giáo dục|"
    "đào tạo|tinh giản|biên chế|đất đai|đô thị|môi trường|công nghệ|cộng đồng|chỉ đạo|điều hành|an toàn|giám sát|"
    "hành chính|thủ tục|tuyên truyền|kiểm tra|hướng dẫn|triển khai|tham mưu|tổng hợp|đôn đốc|theo dõi|sản phẩm|"
    "kết quả|cải cách|đề xuất|rà soát|xây dựng|ban hành|nâng cao|tăng cường|mục đích|công chức|viên chức|cán bộ|"
    "hội nghị|kinh phí|ngân sách|việt nam|cộng hòa|hòa xã|xã hội|hội chủ|chủ nghĩa|độc lập|tự do|hạnh phúc|"
    "tháng cuối|cuối quý|từng quý|thông tin|điện tử|doanh nghiệp|người dân|quy định|quy trình|đường dây|dây nóng"
).split("|")
_RIGHT: dict[tuple[str, ...], list[list[str]]] = {}
for _pair in _PAIRS:
    _RIGHT.setdefault(tuple(bare(_pair).split()), []).append(_pair.split())
_DEPARTMENT = pattern(r"(?<!\w)S[ỏờợòỡ](?= [<U>])")
_SYLLABLE = re.compile(r"[^\W\d_]+")


def _mend_pairs(text: str) -> str:
    """Marks that were misread in well-known pairs of words: "chỉ tiết", "NHIẸM VỤ", "Sỏ Nội vụ"."""
    found = list(_SYLLABLE.finditer(text))
    changed: dict[int, str] = {}
    for at, (first, second) in enumerate(pairwise(found)):
        if second.start() - first.end() != 1 or text[first.end()] != " ":
            continue
        rights = _RIGHT.get((bare(first.group()), bare(second.group())), [])
        if len(rights) != 1:
            continue  # unknown, or "hằng" and "hàng", which are both written
        for step, word in enumerate(rights[0]):
            said = found[at + step].group()
            if len(said) == len(word) and said.lower() != word and not _same_tone(said.lower(), word):
                changed[at + step] = _cased(word, said)
    if not changed:
        return text
    out, end = [], 0
    for at, one in enumerate(found):
        if at in changed:
            out += [text[end : one.start()], changed[at]]
            end = one.end()
    return "".join([*out, text[end:]])


def _same_tone(said: str, word: str) -> bool:
    """ "hoà" is "hòa"."""
    return sorted(normalize("NFD", said)) == sorted(normalize("NFD", word))


def _cased(word: str, said: str) -> str:
    if said.isupper() and len(said) > 1:
        return word.upper()
    return word.capitalize() if said[:1].isupper() else word


def mend_words(words: Sequence[Word]) -> list[Word]:
    """Words without dirt, with plain dashes and strokes."""
    kept = []
    for word in words:
        text = word.text.translate(_ALIKE)
        if not any(sign.isalnum() for sign in text) and not re.fullmatch(r"[-+*•./;:,()\"“”|~=_»«]{1,3}", text):
            continue
        word.text = text
        kept.append(word)
    return kept


def _quarter(found: re.Match[str]) -> str:
    said = found[2]
    if said in ("1",) or said == "V":
        return found[0]
    number = said.replace("H", "II").replace("TV", "IV").translate(_ROMAN_SIGNS)
    return f"{found[1]} {number}" if number in ("I", "II", "III", "IV") else found[0]


def _dates(found: re.Match[str]) -> str:
    return "/".join(part.translate(_DIGITS) for part in found.groups())


def _mend_text(text: str) -> str:
    text = _DATE.sub(_dates, text)
    text = _DEPARTMENT.sub("Sở", _mend_pairs(_QUARTER.sub(_quarter, text)))
    return _LOOSE_STOP.sub("", _DIRT.sub(" ", text).rstrip())


_SPECK = re.compile(r"^(?:[.,'`‘’:;|\\_~•]{1,2}\s*)(?=(?:[-+]|\w{1,4}[.)])\s)")
_BULLET = pattern(r"^(?:[~=_»«•·]|\.(?= ))\s*(?=[<U>])")
_ROMAN_LABEL = pattern(r"^([IVXHLlT1|!ỊÏi]{1,5})\s?([.,])\s*(?=[<U>\"“])")
_NUMBER_LABEL = pattern(r"^([\dlI|!iSÓóOo]{1,2})\s?([.,])\s+(?=[<U>\"“])")
_LETTER_LABEL = re.compile(r"^([a-zđ0-9àáảãạăâèéẻẽẹêìíỉĩịòóỏõọôơợøùúủũụưäëïöü])\s?\)\s*(?=\S)", re.IGNORECASE)
_LETTERS = "abcdđeghiklmnopqrstuvxy"
_LOOKS: dict[str, str] = {
    "a": "àáảãạăâä4", "b": "6h", "c": "eéẻo€", "d": "đ", "đ": "dở", "e": "céèẻẽẹêë", "g": "89qsøợ", "h": "b",
    "i": "1lìíỉĩịïj", "k": "h", "l": "1i", "m": "n", "n": "mñ", "o": "0òóỏõọôơö", "p": "", "q": "9g", "r": "t",
    "s": "5", "t": "f1", "u": "ùúủũụưü", "v": "y", "x": "", "y": "v",
}  # fmt: skip


def mend_lines(lines: Sequence[Line]) -> list[Line]:
    """Lines with the labels that their sequence asks for."""
    done: list[Line] = []
    chapter = number = 0
    letter = ""
    for at, line in enumerate(lines):
        if line.cells:
            cells = tuple(_mend_text(cell) for cell in line.cells)
            done.append(replace(line, cells=cells, text=" | ".join(cells)))
            continue
        text = _mend_text(_SPECK.sub("", line.text))
        if line.table:
            done.append(replace(line, text=text))  # a row that heads others; its numbers are the table's
            continue
        if not any(sign.isalnum() for sign in text) or len(text) < 3 and not text.isalnum():
            continue
        if _BULLET.match(text):
            text = f"- {_BULLET.sub('', text, count=1)}"
        rest = text[:90]
        found = _ROMAN_LABEL.match(text)
        if found and (
            _is_title(text[found.end() :]) or _is_roman(found[1], text[found.end() :], lines[at + 1 :], chapter)
        ):
            chapter = _chapter(found[1], chapter)
            text = f"{roman(chapter)}. {text[found.end() :]}"
            number, letter = 0, ""
        elif found := _NUMBER_LABEL.match(rest):
            value = _number(found[1], number, lines[at + 1 :])
            if value is not None:
                text = f"{value}. {text[found.end() :]}"
                number, letter = value, ""
        elif found := _LETTER_LABEL.match(rest):
            letter = _letter(found[1], letter, lines[at + 1 :])
            text = f"{letter}) {text[found.end() :]}"
        done.append(replace(line, text=text))
    return done


def _is_title(text: str) -> bool:
    letters = [sign for sign in text[:60] if sign.isalpha()]
    return len(letters) >= 4 and sum(sign.isupper() for sign in letters) >= 0.75 * len(letters)


def _is_roman(said: str, text: str, following: Sequence[Line], chapter: int) -> bool:
    """Whether a label in front of small letters is a Roman number: it is one, or "II" or "1" comes before "2"."""
    if len(text) > 120 or said.isdigit():
        return False
    if len(said) > 1 and said not in ("iI", "Ii"):
        return said.replace("H", "II").replace("TV", "IV").translate(_ROMAN_SIGNS) in ("II", "III", "IV", "VI", "VII")
    if said == "V" or said == "H" and chapter == 1:
        return True
    if said not in ("I", "L", "l", "|", "!", "Ị"):
        return False
    for line in following[:80]:
        if re.match(r"(?:1|II|IH|H|Il|lI|IL|1I|I1)\s?[.,]\s", line.text):
            return True
        if re.match(r"2\s?[.,]\s", line.text):
            return False
    return False


def _chapter(said: str, before: int) -> int:
    """The Roman number of a heading in capitals: the next one, where what was recognised may be it."""
    numbers = {roman(value): value for value in range(1, 40)}
    value = numbers.get(said, 0)
    likely = numbers.get(said.replace("H", "II").replace("TV", "IV").translate(_ROMAN_SIGNS), 0)
    following = before + 1
    if value == 1 or value >= following:
        return value
    # "II" may be all that was seen of "III", and "IH" stands for "II" and for "III".
    return likely if likely > following + 1 else following


def _number(said: str, before: int, following: Sequence[Line]) -> int | None:
    """The number of a numbered heading; None where the sign may be a Roman number."""
    if said.isdigit():
        return int(said)
    if said in ("l", "|", "!", "i"):
        return 1 if before == 0 else before + 1 if before in (0, 10) else 1
    if said == "I":
        # Roman numbers were told before; here the next label is "2".
        seen = any(re.match(r"2\s?[.,]\s", line.text) for line in following[:60])
        return 1 if seen and before == 0 else None
    guess = {"S": 5, "Ó": 6, "ó": 6}.get(said)
    return guess if guess == before + 1 else None


def _letter(said: str, before: str, following: Sequence[Line]) -> str:
    """The letter of an item: the next of the alphabet, where what was recognised may be it."""
    said = said.lower()
    at = _LETTERS.find(before) + 1 if before else 0
    expected = _LETTERS[at : at + 1]
    if said == expected or not expected:
        return said
    if said == "a":
        return said
    if said in _LOOKS.get(expected, ""):
        skips = said in _LETTERS and any(line.text.startswith(f"{expected})") for line in following[:40])
        return said if skips and said != "đ" else expected
    return said
