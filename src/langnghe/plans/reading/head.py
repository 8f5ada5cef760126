"""The head and the foot of an official document: number, date, issuer, title, signature, recipients, what it cites."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from langnghe.plans.reading.citations import citations, day_of, normal_number
from langnghe.plans.reading.gazetteer import packaged
from langnghe.plans.reading.letters import pattern
from langnghe.plans.reading.register import Document
from langnghe.plans.reading.source import Source

_KINDS = (
    "KẾ HOẠCH HÀNH ĐỘNG|KẾ HOẠCH PHỐI HỢP|KẾ HOẠCH|CHƯƠNG TRÌNH HÀNH ĐỘNG|CHƯƠNG TRÌNH PHỐI HỢP|CHƯƠNG TRÌNH|CHỈ THỊ|"
    "QUYẾT ĐỊNH|THÔNG BÁO KẾT LUẬN|THÔNG BÁO|NGHỊ QUYẾT|KẾT LUẬN|CÔNG ĐIỆN|HƯỚNG DẪN|ĐỀ ÁN|PHƯƠNG ÁN|QUY CHẾ|"
    "QUY ĐỊNH|NGHỊ ĐỊNH|THÔNG TƯ|TỜ TRÌNH|BÁO CÁO"
)
_KIND_LINE = re.compile(rf"(?:{_KINDS})\s*:?".replace(" ", r"\s+"))
_KIND_START = re.compile(rf"(?P<kind>{_KINDS})\s+(?P<title>\S.*)".replace(" ", r"\s+"))
_NUMBER = pattern(
    r"(?i:số|sô)\s*[:.]?\s*(?P<number>(?:\d[\d\s]{0,6}[a-zA-Z]?(?:\s*/\s*(?:19|20)\d\d)?|(?=[/-]))\s*[/-]\s*"
    r"[<U>][A-Za-zĐÐđƯư]*\d{0,2}(?:\s?[-–&/.]\s?[<U>][A-Za-zĐÐđƯư&]*\d{0,2}){0,4})"
)
_DAY = pattern(
    r"(?P<place>[<U>][^,.;:\d\n|]{1,40})\s*,?\s*ngày\s*(?P<day>\d{0,2})\s*[….\s]*tháng\s*(?P<month>\d{0,2})\s*[….\s]*"
    r"năm\s*(?P<year>\d{4})?"
)
_BASIS = re.compile(
    r"(?i)\W*(?:căn cứ|thực hiện|triển khai|tiếp theo|theo đề nghị|xét đề nghị|nhằm|để |tiếp tục|kính gửi|"
    r"(?:chủ tịch )?(?:ủy ban nhân dân|uỷ ban nhân dân|ubnd|hội đồng nhân dân|hđnd)\b|thủ tướng|bộ trưởng|giám đốc|"
    r"thời gian qua|trong những năm|những năm|ngày \d|năm \d{4},|sau khi|trên cơ sở|qua |phần thứ|chương [IVX]+\b|"
    r"(?:[IVX]{1,4}|\d{1,2}|[A-Z])\s?[.)/-]\s|điều \d|\((?:ban hành )?kèm theo|mục đích|mục tiêu|ngày ban hành)"
)
_RULE = re.compile(r"[\s|*_=~.…-]*")
_DRAWN = re.compile(r"(?<!\S)[-_=~]{3,}(?!\S)")
# "- Như Điều 3;      KT. CHỦ TỊCH": two columns on one line.
_BESIDE = pattern(r"(?P<left>[-–+] ?[^;]{3,120};)\s+(?P<right>[<U>].{5,60})")
_RUN_ON = re.compile(r"(?<=[;.:])\s+(?=[-–+]\s)")
_BODY_NAME = pattern(
    r"(?P<kind>(?:ỦY|UỶ) BAN NHÂN DÂN|UBND|HỘI ĐỒNG NHÂN DÂN|HĐND)\s+(?P<level>THÀNH PHỐ|TP\.?|TỈNH|QUẬN|HUYỆN|THỊ XÃ|"
    r"PHƯỜNG|XÃ|THỊ TRẤN|ĐẶC KHU)\s+(?P<place>[<U>\d][<U>\d' -]{0,40})"
)
_OTHER_BODY = pattern(
    r"(?:SỞ|BAN|CHI CỤC|CỤC|THANH TRA|VĂN PHÒNG|BỘ|TỔNG CỤC|CÔNG AN|BỘ CHỈ HUY|THÀNH ỦY|TỈNH ỦY|QUẬN ỦY|HUYỆN ỦY|"
    r"ĐẢNG ỦY|THỦ TƯỚNG CHÍNH PHỦ|CHÍNH PHỦ|QUỐC HỘI|TRUNG TÂM|TRƯỜNG|ỦY BAN MẶT TRẬN|UBND)\b[<U> ,'&-]{0,80}"
)
_NATION = re.compile(
    r"(?i)CỘNG\s+H(?:ÒA|OÀ)\s+XÃ\s+HỘI\s+CHỦ\s+NGHĨA\s+VIỆT\s+NAM|Độc\s+lập\s*[-–]\s*Tự\s+do\s*[-–]\s*Hạnh\s+phúc|"
    r"ĐẢNG\s+CỘNG\s+SẢN\s+VIỆT\s+NAM"
)
_LEVELS = {"THÀNH PHỐ": "thành phố", "TP": "thành phố", "TP.": "thành phố"}
_PLACE = pattern(
    r"(?P<level>thành phố|tỉnh|Thành phố|Tỉnh|TP\.?|quận|huyện|thị xã|phường|xã) +"
    r"(?P<place>(?!Thành\b|Phố\b)[<U>][<L>]+(?: ?- ?[<U>][<L>]+| [<U>][<L>]+){0,3})"
)
_ISSUING = re.compile(
    r"(?i)ban\s+hành\s+\**(?:kế\s+hoạch|chỉ\s+thị|chương\s+trình(?:\s+hành\s+động)?)\s+(?P<title>[^.;]{15,600})"
)
_TITLE_END = re.compile(
    r"(?i)\s*,?\s*\**\s*(?:cụ thể\s+)?(?:như sau|với\s+(?:các|những)\s+nội dung|gồm\s+(?:các|những)\s+nội dung|"
    r"cụ thể\s*:|với\s+nội dung|cụ thể\s+như).*$"
)
_FOOT = re.compile(r"(?i)nơi\s+nhận\s*:?\**")
_SIGNATURE = pattern(
    r"(?:^|(?<=\s))(?:T/?M|K/?T|T/?L|TUQ|T\.\s?U\.\s?Q|Q)\s?\.\s*(?=[<U>])|"
    r"(?:^|(?<=[;.|:]\s))(?:QUYỀN\s+)?(?:PHÓ\s+)?(?:CHỦ\s+TỊCH|GIÁM\s+ĐỐC|CHÁNH\s+VĂN\s+PHÒNG|THỦ\s+TƯỚNG|BỘ\s+TRƯỞNG|THỨ\s+TRƯỞNG|"
    r"BÍ\s+THƯ|TRƯỞNG\s+BAN|CỤC\s+TRƯỞNG|CHÁNH\s+THANH\s+TRA|HIỆU\s+TRƯỞNG)(?=\s|$)"
)
_FOR_BODY = re.compile(r"\W*(?:T/?M)\s?\.")
_POST = re.compile(
    r"(?:T/?M|K/?T|T/?L|TUQ|Q)\s?\.|(?:QUYỀN|PHÓ|CHỦ|GIÁM|CHÁNH|THỦ|BỘ|THỨ|BÍ|TRƯỞNG|CỤC|HIỆU|ỦY VIÊN|"
    r"UỶ VIÊN|THƯỜNG TRỰC)\b"
)
_NAME = pattern(
    r"(?:(?:GS|PGS|TS|ThS|BS|KS)\.?\s*)*(?P<name>[<U>][<L>]+(?:\s[<U>][<L>]*){1,5}|"
    r"[<U>]{2,}(?:\s[<U>]{1,}){1,4})"
)
_SIGNED = re.compile(r"(?i)[\s(\[]*(?:đã\s+ký|daky|ký\s+tên|signed|ký\s+bởi.*)[\s)\]]*[:.]?")
_ENTRY = re.compile(r"\s*[-–—+•*]\s*(?=\S)")
_ANNEX = re.compile(r"(?i)\W*(?:phụ lục|biểu (?:số|mẫu|tổng hợp)|danh mục|mẫu số|bảng phân công)\b")
_BEFORE_PLACE = pattern(r"^.*(?:[Hh]ạnh phúc|VIỆT NAM|UBND|[<U>]{2,})\s*[-–]*\s+")
_POST_AND_NAME = pattern(r"(?P<post>(?:[<U>./]+\s+){1,8}?)(?P<name>[<U>][<L>]+(?:\s[<U>][<L>]*){1,5})$")
_POST_AFTER_BODY = re.compile(r"(?:(?:K/?T|Q|TUQ)\s?\.|(?:PHÓ\s+)?CHỦ\s+TỊCH\b(?!\s+[ỦU])|GIÁM\s+ĐỐC\b)")
HEAD_LINES = 80


@dataclass(frozen=True, slots=True)
class _Head:
    """The first lines without their decoration, and the same as one text."""

    rows: tuple[str, ...]
    text: str


def _tidy(text: str) -> str:
    text = _DRAWN.sub(" ", text.replace("|", " ").replace("*", "").replace("Ð", "Đ"))
    return " ".join(text.split())


def _head(source: Source) -> _Head:
    rows = []
    for line in source.lines[:HEAD_LINES]:
        # Two columns set side by side are two rows.
        parts = line.text.split("|") if not line.cells else list(line.cells)
        rows += [row for row in map(_tidy, parts) if row and not _RULE.fullmatch(row)]
    return _Head(tuple(rows), "\n".join(rows))


def _number(head: _Head, document: Document) -> None:
    for found in _NUMBER.finditer(re.sub(r"(?<=[/-])\n|\n(?=[/-])", "", head.text[:4000])):
        before = head.text[: found.start()].rpartition("\n")[2].strip()
        # A number in running text is a document cited, not this one's own.
        if before and not (before.isupper() and ":" in found[0]):
            continue
        number = normal_number(found["number"])
        if number[0].isdigit():
            document.number = number
        else:
            document.doubts.append("Chỗ ghi số của văn bản còn trống.")
        return


def _date(head: _Head, document: Document) -> str | None:
    """Read the date; gives the place it is written at."""
    for found in _DAY.finditer(re.sub(r"\s*\n\s*", " \n", head.text).replace(" \n", " ")):
        place = found["place"].strip()
        if re.search(r"(?i)\b(?:số|từ|đến|luật|của|trước|nghị|quyết|thông tư|chính phủ|căn cứ|quốc hội)\b", place):
            continue
        place = _BEFORE_PLACE.sub("", place)
        if found["day"] and found["month"] and found["year"]:
            document.date = day_of(found["year"], found["month"], found["day"])
        if document.date is None:
            document.doubts.append("Ngày ký của văn bản còn trống hoặc không đúng.")
        return place
    return None


def _proper(capitals: str, text: str) -> str:
    """A name in capitals as the text itself writes it, else with a capital for each word."""
    words = r"\s+".join(re.escape(word) for word in capitals.split())
    for found in re.finditer(words, text, re.IGNORECASE):
        if not found[0].isupper():
            return " ".join(found[0].split())
    listed = next((name for name in packaged().names if name.casefold() == " ".join(capitals.split()).casefold()), None)
    return listed or " ".join(word.capitalize() for word in capitals.split())


def _issuer(head: _Head, source: Source, place: str | None, document: Document) -> str | None:
    rows = [_NATION.sub(" ", row).replace("Uỷ", "Ủy").replace("UỶ", "ỦY").strip() for row in head.rows[:14]]
    rows = [row for row in rows if row]
    end = next((at for at, row in enumerate(rows) if _KIND_LINE.fullmatch(row)), len(rows))
    number = document.number or ""
    kind = "HĐND" if "HĐND" in number else "UBND"
    for at, row in enumerate(rows[:end]):
        for joined, used in ((row, 1), (" ".join(rows[at : at + 2]), 2), (" ".join(rows[at : at + 3]), 3)):
            found = _BODY_NAME.fullmatch(joined)
            if not found:
                continue
            kind = "HĐND" if found["kind"][:1] == "H" else "UBND"
            level = _LEVELS.get(found["level"], found["level"].lower())
            name = f"{level} {_proper(found['place'].strip(' -'), source.text)}"
            under = rows[at + used] if at + used < end else ""
            if kind == "UBND" and "UBND" not in number and _OTHER_BODY.fullmatch(under):
                return f"{_proper(under, source.text)} {name}"
            return f"{kind} {name}"
    if "UBND" not in number and "HĐND" not in number:
        other = next((row for row in rows[:end] if _OTHER_BODY.fullmatch(row)), None)
        if other and number:
            return _proper(other, source.text)
        if not re.search(r"(?i)\b(?:UBND|ủy ban nhân dân)\b", source.text[:6000]):
            return None
    return _from_text(source, place, kind)


def _from_text(source: Source, place: str | None, kind: str) -> str | None:
    """The issuer from what the text calls its own city or province most often."""
    counts: Counter[tuple[str, str]] = Counter()
    for found in _PLACE.finditer(source.text):
        level = found["level"].lower().rstrip(".")
        counts[("thành phố" if level == "tp" else level, " ".join(found["place"].split()))] += 1
    own = {name: count for name, count in counts.items() if name[0] in ("thành phố", "tỉnh")}
    if place:
        same = [name for name in counts if name[1].casefold() == place.casefold()]
        if same:
            level, name = max(same, key=lambda one: counts[one])
            return f"{kind} {level} {name}"
    level, name = max(own, key=lambda one: own[one]) if own else ("", "")
    if place and (not own or own[(level, name)] < 3):
        says_city = len(re.findall(r"\bThành phố\b", source.text)) > len(re.findall(r"\b[Tt]ỉnh\b", source.text))
        return f"{kind} {'thành phố' if says_city else 'tỉnh'} {place}"
    return f"{kind} {level} {name}" if own else None


def _is_title(row: str, before: str) -> bool:
    """Whether a row goes on the title above it."""
    if _BASIS.match(row) or len(row) > 250 or row.endswith((".", ":", ";")):
        return False
    if before.isupper() and not row.isupper() and len(before) > 12:
        return False
    if row.isupper() or row[:1].islower():
        return True
    # What goes on with a capital is the title only where the line before breaks off.
    return (
        len(before) < 60
        and len(row) < 120
        and re.search(r"(?i)(?:,|\b(?:của|và|về|việc|tại|các|cho|đối với|thành phố|tỉnh))$", before) is not None
    )


def _opens_title(row: str) -> bool:
    """Whether the row below "KẾ HOẠCH" is the title, which may begin with the words of a basis."""
    if not _BASIS.match(row):
        return len(row) <= 500
    begins = re.match(r"(?i)\W*(?:thực hiện|triển khai|tiếp tục|để |nhằm)", row)
    return (
        begins is not None and len(row) <= 300 and row[-1] not in ".,;:" and not re.search(r"ban hành (?:kế|chỉ)", row)
    )


def _title(source: Source, head: _Head) -> str | None:
    lines = [line for line in source.lines[:HEAD_LINES] if not _RULE.fullmatch(line.text)]
    texts = [line.text.replace("|", " ").strip() for line in lines]
    plain = [_tidy(text) for text in texts]
    for at, row in enumerate(plain):
        kind = _KIND_LINE.fullmatch(row)
        if not kind and at + 1 < len(plain) and len(row) < 8 and _KIND_LINE.fullmatch(f"{row} {plain[at + 1]}"):
            kind, at = _KIND_LINE.fullmatch(f"{row} {plain[at + 1]}"), at + 1
        started = None if kind else _KIND_START.fullmatch(row)
        parts: list[str] = []
        if started and len(row) < 400 and row[:8].isupper():
            parts = [_after_kind(texts[at])]
        elif not kind:
            continue
        for text, tidy in zip(texts[at + 1 :], plain[at + 1 :], strict=True):
            if not tidy:
                continue
            if parts and not _is_title(tidy, _tidy(parts[-1])) or not parts and not _opens_title(tidy):
                bold = parts and tidy and lines[texts.index(text)].heading and lines[at + 1].heading
                if not bold or _BASIS.match(tidy) or tidy.endswith((".", ":")):
                    break
            parts.append(text)
        if parts:
            return " ".join(" ".join(parts).split())
    return None


def _after_kind(text: str) -> str:
    found = re.match(rf"\W*(?:{_KINDS})\W*\s+".replace(" ", r"\s+"), text)
    return text[found.end() :] if found else text


def _subject(head: _Head) -> str | None:
    """The subject of a letter: "V/v …"."""
    for at, row in enumerate(head.rows[:25]):
        if re.match(r"(?i)v/v\b|về việc\b", row):
            parts = [row]
            for more in head.rows[at + 1 : at + 5]:
                if (
                    _BASIS.match(more)
                    or _DAY.search(more)
                    or more[:1].isupper()
                    and not parts[-1].endswith((",", "và"))
                ):
                    break
                parts.append(more)
            return " ".join(parts)
    return None


def _issuing_words(source: Source) -> str | None:
    """The title from the issuing sentence, where the title line itself is lost."""
    found = _ISSUING.search(source.text[:12_000])
    if not found:
        return None
    title = _TITLE_END.sub("", " ".join(found["title"].split()))
    return title.replace("*", "").strip(" ,:") or None


def _foot(source: Source) -> tuple[list[str], list[str]]:
    """The rows of recipients and those of the signature."""
    rows: list[str] = []
    for line in source.lines:
        parts = line.text.split("|") if not line.cells else [line.text]
        rows += [row.strip(" *") if row.startswith("*") else row.strip() for part in parts for row in _columns(part)]
    recipients_at = [at for at, row in enumerate(rows) if _FOOT.match(row.lstrip("* "))]
    start = recipients_at[0] if recipients_at else None
    recipients: list[str] = []
    signature: list[str] = []
    if start is not None:
        # A signature may stand beside or before the recipients.
        for back in range(start - 1, max(-1, start - 12), -1):
            if _FOR_BODY.match(rows[back]) or _SIGNATURE.match(rows[back].replace("*", "")) and len(rows[back]) < 60:
                signature = [row for row in rows[back:start] if row]
        signing = False
        done = False
        first = _FOOT.sub("", rows[start].lstrip("* "), count=1).strip()
        for row in [first, *rows[start + 1 : start + 120]]:
            if not row.strip("* "):
                continue
            if (_ANNEX.match(row) or _KIND_LINE.fullmatch(row)) and not _ENTRY.match(row):
                break
            tidy = row.replace("*", "")
            found = _SIGNATURE.search(tidy)
            if found and not signing and (found.start() == 0 or tidy[: found.start()].strip(" ;,.")):
                if found.start():
                    recipients.append(tidy[: found.start()].strip())
                row, signing, done = tidy[found.start() :], True, True
                signature = []
            if signing:
                entry = _ENTRY.match(row)
                if entry and row.rstrip().endswith((";", ".", ",")):
                    recipients.append(row)
                else:
                    signature.append(row)
                continue
            if done and not row[:1].islower() and not row.startswith("("):
                if _NAME.fullmatch(row.strip()) and not signature:
                    signature.append(row)
                if len(row) > 20 or not re.search(r"\d", row):
                    break
            recipients.append(row)
            done = bool(re.match(r"(?i)\W*lưu\b", row))
        return recipients, signature
    last = max(0, len(rows) - 60)
    for signs in (_FOR_BODY, _POST):
        for at in range(last, len(rows)):
            row = rows[at].replace("*", "").strip()
            if signs.match(row) and len(row) < 120 and (signs is _FOR_BODY or row.isupper() and at >= len(rows) - 15):
                return [], [row for row in rows[at : at + 12] if row]
    return [], []


def _columns(part: str) -> list[str]:
    """Recipients run together on one line, and a recipient with a row of the signature beside it."""
    if _FOOT.match(part.lstrip("* ")):
        return _RUN_ON.split(part)
    beside = _BESIDE.fullmatch(part.strip())
    if not beside or not (_POST.match(beside["right"]) or _NAME.fullmatch(beside["right"])):
        return [part]
    return [beside["left"], beside["right"]]


def _entries(rows: Sequence[str]) -> list[str]:
    """One entry a recipient; a row without its dash goes on the one before."""
    dashed = any(_ENTRY.match(row) for row in rows)
    entries: list[str] = []
    for row in rows:
        mark = _ENTRY.match(row)
        text = " ".join(row[mark.end() if mark else 0 :].split())
        if not text:
            continue
        if mark or not entries or not dashed:
            entries.append(text)
        else:
            entries[-1] += " " + text
    return entries


def _signer(rows: Sequence[str], document: Document) -> None:
    """Post and name from the rows of the signature."""
    text: list[str] = []
    for row in rows:
        row = " ".join(row.replace("*", "").replace("_", " ").split())
        if row and not _SIGNED.fullmatch(row):
            text.append(row)
    posts: list[str] = []
    for row in text:
        if _FOR_BODY.match(row):
            # "TM. ỦY BAN NHÂN DÂN CHỦ TỊCH Nguyễn Văn A" may stand in one row.
            after = _POST_AFTER_BODY.search(row)
            if after is None:
                continue
            row = row[after.start() :]
        split = _POST_AND_NAME.match(row)
        if split and _POST.match(row):
            posts.append(split["post"].strip())
            document.signer = split["name"]
            break
        if row.isupper() and _POST.match(row):
            posts.append(row)
            continue
        name = _NAME.fullmatch(row)
        if name and (posts or document.signer is None):
            if row.isupper() and not posts:
                continue
            document.signer = row if not row.isupper() else " ".join(word.capitalize() for word in row.split())
            break
        if row.isupper() and posts and len(posts) < 4:
            posts.append(row)
    document.signer_title = " ".join(posts) or None


def read_head(source: Source) -> Document:
    """Who issued the document, when, under which number and title, who signed it, who gets it, what it cites."""
    document = Document()
    head = _head(source)
    _number(head, document)
    place = _date(head, document)
    document.issuer = _issuer(head, source, place, document)
    document.title = _title(source, head) or _subject(head) or _issuing_words(source)
    recipients, signature = _foot(source)
    document.recipients = _entries(recipients)
    _signer(signature, document)
    document.based_on = citations(source.text, own=document.number)
    if document.number is None and not document.doubts:
        document.doubts.append("Không tìm thấy số của văn bản.")
    if document.date is None and not any("Ngày ký" in doubt for doubt in document.doubts):
        document.doubts.append("Không tìm thấy ngày ký của văn bản.")
    if document.title is None:
        document.doubts.append("Không tìm thấy tên của văn bản.")
    return document
