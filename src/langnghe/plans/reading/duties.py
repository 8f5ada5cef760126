"""Who leads, who helps, to whom it is reported: the grammar of "giao", "đề nghị", "chủ trì", "phối hợp", "báo cáo"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from langnghe.plans.reading.bodies import Group, Reading
from langnghe.plans.reading.sentences import COOPERATION
from langnghe.plans.reading.verbs import VERBS, begins_with_verb

_ISSUER: Final = (
    r"(?:(?:thường trực |chủ tịch |phó chủ tịch )?(?:ubnd|ủy ban nhân dân|thành ủy|tỉnh ủy|hđnd)(?: (?:thành phố|"
    r"tỉnh|huyện|quận|xã|phường|tp))?"
    r"[^,.;:()]{0,40}?\s+)?"
)
_ORDERS: Final = (
    r"(?:giao trách nhiệm cho|giao nhiệm vụ cho|giao cho|giao|đề nghị với|đề nghị|yêu cầu|phân công cho|phân công|"
    r"kiến nghị|mời|ủy quyền cho|trách nhiệm của|nhiệm vụ của|đối với)"
)
_ORDER: Final = re.compile(
    rf'[\s"(]*{_ISSUER}(?:thống nhất |tiếp tục |cũng )?(?P<order>{_ORDERS})\s*:?\s*(?:đồng chí\s+)?'
)
_INNER: Final = re.compile(
    r"(?:^|[\s,:(])(?:thống nhất )?(?P<order>giao trách nhiệm cho|giao nhiệm vụ cho|giao cho|giao|đề nghị|yêu cầu|"
    r"phân công)\s*:?\s*"
)
_ADVERBIAL: Final = re.compile(
    r'[\s"(]*(?:định kỳ|hằng|hàng|trên cơ sở|căn cứ|trong quá trình|quá trình|trước|theo|để|nhằm|khi|nếu|từ|sau khi|'
    r"sau|ngoài|bên cạnh|"
    r"trong trường hợp|trường hợp|ngày|vào|chậm nhất|muộn nhất|năm|quý|tháng|thực hiện|triển khai|trong|qua|với|tùy|"
    r"giai đoạn|"
    r"trên đây|tại|các nội dung|nhiệm vụ|kế hoạch|khó khăn|quá|hết|kết thúc|nhận được|do|đối với|về)\b"
)
_OPENING: Final = re.compile(r'[\s"(]*(?:căn cứ|trên cơ sở|định kỳ|hằng|hàng)\b')
_BY: Final = re.compile(r"\b(?:do|bởi)\s+")
_CHAIR: Final = re.compile(
    r"\s*(?:\([^()]{0,80}\)\s*)?(?:,?\s*(?:là|làm)\s+(?:cơ quan|đơn vị)?\s*)?(?:chủ trì|làm đầu mối|đầu mối|"
    r"chịu trách nhiệm chính|thường trực)\b"
)
_THE_CHAIRS: Final = re.compile(r"\s*chủ trì(?:\s+(?:trong|để|khi)\b|\s*[.,;])")
# "Chỉ đạo Chi cục A chủ trì …": who is instructed by the lead is not the lead.
_INSTRUCTED: Final = re.compile(r"\b(?:chỉ đạo|hướng dẫn|đôn đốc|tham mưu)\s+$")
# "Các sở có chức năng cấp phép …:": which of them is said before the colon.
_QUALIFIED: Final = re.compile(
    r"\s+(?:có (?:chức năng|thẩm quyền|liên quan|nhiệm vụ|đối tượng)|được (?:giao|phân công)|thuộc|"
    r"trên địa bàn|đóng trên|"
    r"quản lý (?:nhà nước|ngành))\b[^.;:]{0,120}:[\s*]*"
)
_IN_BRACKETS: Final = re.compile(
    r"\s*(?:(?:chủ trì|thực hiện|phụ trách|tham mưu|tổ chức)\b|\)[\s.;/]*$|[;,]\s*(?:xong|hoàn thành|trước|"
    r"trong|quý|tháng|"
    r"thường xuyên|hằng|hàng|định kỳ|năm|thời gian|cả năm|từ)\b[^()]{0,60}\)[\s.;/]*$)"
)
_HEAD_END: Final = re.compile(r"[\s*:.;,)]*$")
_THIS: Final = re.compile(
    r"\b(?:nội dung|nhiệm vụ|công việc|lĩnh vực|mục|việc|phần|nhóm nhiệm vụ|các nội dung|các nhiệm vụ)\s+(?:này|"
    r"trên|nêu trên|nói trên|tại mục này)\b"
)
_PREPOSITIONS: Final = frozenset(
    "của về trong tại từ bằng mà như thuộc đã bị và hoặc với cấp trên dưới ở các những khác nêu nói này đó liên có "
    "đến cho để".split()
)
_WEAK: Final = frozenset(
    ("là", "không", "cho", "khi", "trực", "thi", "lên", "tra", "định kỳ", "in", "mở", "chọn", "được", "giảm")
)
# Whom a plan serves as often as it orders them: a subject only at the beginning of a sentence.
_PEOPLE: Final = frozenset(("Doanh nghiệp", "Cán bộ, công chức, viên chức"))
_HELPS: Final = re.compile(r"\s*(?:có trách nhiệm\s+)?(?:cùng\s+)?(?:phối hợp|tham gia)\b")


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is ordered in a sentence: names, the rule that read them, the place of their list, how sure it is."""

    names: tuple[str, ...]
    rule: str
    start: int
    end: int
    sure: float
    rest: str = ""
    order: str = ""


@dataclass(slots=True)
class Partners:
    """Who helps."""

    names: list[str] = field(default_factory=list)
    start: int = 0
    end: int = 0


def predicate(reading: Reading, at: int, end: int | None = None, *, strict: bool = False) -> bool:
    """Whether a verb, or (unless `strict`) an adverb before one, follows a place."""
    rest = reading.view.low[at : min(at + 160, len(reading.view.low) if end is None else end)].lstrip(' ,)*"-:')
    words = re.findall(r"[^\W_]+", rest[:60])
    if not words:
        return False
    if any(" ".join(words[:length]) in VERBS for length in (4, 3, 2)):
        return True
    if words[0] == "cấp" and words[1:2] not in (["trên"], ["dưới"], ["xã"], ["huyện"], ["tỉnh"], ["cơ"], ["ủy"]):
        return True
    if rest.startswith(("trong phạm vi", "với vai trò", "với chức năng", "theo chức năng", "tùy theo")):
        return True
    if words[0] in _PREPOSITIONS and not rest.startswith(("trên cơ sở", "từ ngày", "từ nay", "trong năm")):
        return False
    if begins_with_verb(words):
        return True
    return not strict and bool(
        re.match(
            r"(?:theo|căn cứ|trên cơ sở|định kỳ|hằng|hàng|trước|ngay|luôn|cũng|đồng thời|kịp|tự|nghiêm|sẽ|đều|"
            r"thường)\b",
            rest,
        )
    )


def ordered(reading: Reading, start: int, end: int) -> Duty | None:
    """Whom a sentence orders to do something; None if it names nobody who acts."""
    counted = _COUNT.match(reading.view.low, start, end) or _ALONE.match(reading.view.low, start, end)
    start = counted.end() if counted else start
    return (
        _by_order(reading, start, end)
        or _subject(reading, start, end)
        or _later_subject(reading, start, end)
        or _chair(reading, start, end)
    )


def _by_order(reading: Reading, start: int, end: int) -> Duty | None:
    """ "Giao X …", "Đề nghị X …", "UBND Thành phố yêu cầu X …"."""
    low = reading.view.low
    found = _ORDER.match(low, start, end)
    if found:
        group = group_within(reading, found.end(), end)
        if group and group.start - found.end() < 12:
            return _duty(reading, group, "order", end, 0.97, found["order"])
        people = _plain_people(reading, found.end(), end) if group is None else None
        if people:
            return replace(people, rule="order", order=found["order"])
    return None


def _subject(reading: Reading, start: int, end: int) -> Duty | None:
    """The sentence begins with a body, and a verb follows."""
    group = group_within(reading, start, end)
    if group is None or reading.view.low[start : group.start].strip(' "(*-'):
        return _plain_people(reading, start, end) if group is None else None
    rest = reading.view.low[group.end : end]
    if _HEAD_END.match(rest):
        return _duty(reading, group, "heading", end, 0.97)
    if _NOTICE.match(rest):
        return None
    if _QUALIFIED.fullmatch(rest):
        return _duty(reading, group, "heading", end, 0.88)
    members = _bracketed(reading, group, end)
    if members:
        return members
    if rest.lstrip().startswith((":", "-")) or predicate(reading, group.end, end):
        return _duty(reading, group, "subject", end, 0.95)
    local = _LOCAL.match(reading.view.low, group.end, end)
    if local and predicate(reading, local.end(), end, strict=True):
        whole = replace(group, end=local.end())
        return _duty(reading, whole, "subject", end, 0.9)
    aside = _aside(reading, group, end)
    if aside:
        return aside
    joins = _AND_PLAIN.match(reading.view.low, group.end, end)
    people = _plain_people(reading, joins.end(), end) if joins else None
    if people:
        # "Công an xã, các thôn phối hợp …": the last of a list is named by a common noun.
        return replace(people, names=(*group.names, *people.names), start=group.start, sure=0.78)
    wider = _kindred(reading, group, end) or _wider(reading, group, end)
    if wider:
        return wider
    if _small_word(reading, group.end):
        return _duty(reading, group, "subject", end, 0.8)
    return None


_LOCAL: Final = re.compile(
    r"\s+(?:trên|trong|thuộc) địa bàn(?:\s+(?:mình|quản lý|thành phố|tỉnh|huyện|quận|xã|phường))?(?=\s)"
)
_AND_PLAIN: Final = re.compile(r"\s*(?:[,;]|(?:,\s*)?và)\s*(?=các\s|từng\s|tổ trưởng|trưởng)")
_ASIDE: Final = re.compile(r"\s*,\s*(?:ngoài|bên cạnh|căn cứ|trên cơ sở|theo|với|trong|tùy|từ|cùng với)\b")


def _aside(reading: Reading, group: Group, end: int) -> Duty | None:
    """ "Sở A, ngoài nhiệm vụ nêu tại điểm a, điểm b, chỉ đạo …": the verb follows behind what is put between."""
    low = reading.view.low
    if not _ASIDE.match(low, group.end, end):
        return None
    stop = min(end, group.end + 220)
    for comma in re.finditer(r",\s", low[group.end + 2 : stop]):
        at = group.end + 2 + comma.end()
        if re.search(r"[.;:]\s", low[group.end : at]):
            return None
        if predicate(reading, at, end, strict=True):
            return _duty(reading, group, "subject", end, 0.85)
    return None


_COUNT: Final = re.compile(r"\s*\((?:\d{1,2}|[ivx]{1,4}|[a-zđ])\)\s*")
_ALONE: Final = re.compile(
    r'[\s"(*-]*(?:riêng(?: đối với)?|đồng thời,?|ngoài ra,?)\s+(?!(?:năm|quý|tháng|với|việc|các nội)\b)'
)
_COUNTED: Final = re.compile(r"\s*\((?:\d{1,2}|[ivx]{1,4}|[a-zđ])\)\s*$")
_NOTICE: Final = re.compile(
    r"\s*(?:xin\s+)?(?:trân trọng\s+)?thông báo\b[^.;]{0,30}\b(?:để|đến|tới|"
    r"cho)\b[^.;]*\bbiết\b"
)


_COMMON: Final = (
    r"(?:tổ|thôn|bản|ấp|xóm|khóm|khu phố|bộ phận|trường|bệnh viện|hộ|cơ sở|chi nhánh|khu|chi bộ|trung tâm|"
    r"nhà máy|chợ|cụm|"
    r"cá nhân|thành viên|công ty|đội|trạm|ủy viên|hội viên|gia đình|ngân hàng|tổ chức)"
)
_PLACES: Final = r"(?:thôn|bản|ấp|xóm|khóm|khu phố|tổ dân phố|khu dân cư)"
_PLAIN: Final = re.compile(
    rf'[\s"(*-]*(?P<name>(?:các|từng)\s+{_COMMON}(?:(?:, | và )các {_COMMON})*|'
    rf"(?:tổ )?trưởng (?:các )?{_PLACES}(?:,? (?:và )?(?:tổ trưởng |trưởng )?(?:các )?{_PLACES})*)(?=\s)"
)


def _plain_people(reading: Reading, start: int, end: int) -> Duty | None:
    """ "Các tổ dân phố vận động …": a collective that no list has, named by a common noun before a verb."""
    low = reading.view.low
    found = _PLAIN.match(low, start, end)
    if not found:
        return None
    begin, stop = found.span("name")
    if low[begin:stop].endswith("thành viên"):
        body = reading.mention(reading.token_at(stop))
        if body and not low[stop : body.start].strip() and predicate(reading, body.end, end):
            return Duty((f"Các thành viên {body.names[0]}",), "subject", begin, body.end, 0.8, low[body.end : end])
    for _ in range(6):
        if predicate(reading, stop, end, strict=True):
            words = " ".join(low[begin:stop].split())
            return Duty((words.capitalize(),), "subject", begin, stop, 0.72, low[stop:end])
        word = _NEXT.match(low, stop, end)
        if not word:
            return None
        stop = word.end()
    return None


_NEXT: Final = re.compile(r"\s+[^\W\d_]+")
_CHOSEN: Final = re.compile(r"\s*(?:được (?:giao|phân công)|có tên|sau|sau đây|nêu|nói|gồm|là|thành viên)\b[^.;:(]*$")


def _bracketed(reading: Reading, group: Group, end: int) -> Duty | None:
    """ "Các đơn vị được giao chủ trì (Sở A, Sở B) có trách nhiệm …": members in brackets stand for their collective."""
    low = reading.view.low
    opened = low.find("(", group.end, min(end, group.end + 100))
    closed = low.find(")", opened, end) if opened >= 0 else -1
    if closed < 0 or len(group.names) != 1 or not group.names[0].startswith("Các "):
        return None
    if not _CHOSEN.match(low, group.end, opened):
        return None
    names = [name for one in reading.groups if opened < one.start and one.end <= closed for name in one.names]
    if len(names) < 2 or not predicate(reading, closed + 1, end):
        return None
    return Duty(tuple(dict.fromkeys(names)), "subject", group.start, closed + 1, 0.88, low[closed + 1 : end])


_KINDRED: Final = re.compile(
    r"(?:\s*,\s*[^\W\d_][^,;:.()]{1,24}){1,4}(?:\s*\.{2,3}|…)?\s*"
    r"(?P<scope>(?:của|thuộc|trên địa bàn)\s+"
    r"(?:thành phố(?: hà nội)?|tỉnh|trung ương))(?=\s)"
)


def _kindred(reading: Reading, group: Group, end: int) -> Duty | None:
    """ "Các cơ quan báo chí, truyền hình, tạp chí của Thành phố …": more of a kind, with the place they share."""
    found = _KINDRED.match(reading.view.low, group.end, end)
    if not found or len(group.names) != 1 or not group.names[0].startswith("Các "):
        return None
    if not predicate(reading, found.end(), end):
        return None
    name = reading.scoped(group.names[0], reading.view.bare[found.start("scope") : found.end()])
    return Duty((name,), "subject", group.start, found.end(), 0.8, reading.view.low[found.end() : end])


def _wider(reading: Reading, group: Group, end: int) -> Duty | None:
    """A list of bodies before ":" or alone on a line, of which some are unknown: they are taken as they stand."""
    low = reading.view.low
    colon = low.find(":", group.end, min(end, group.end + 200))
    stop = colon if colon >= 0 else end
    if stop - group.end > 200 or (colon < 0 and low[group.end : end].rstrip(" *)").endswith((".", ";"))):
        return None
    extra: list[str] = []
    for start, until in _pieces(reading, group.end, stop):
        words = " ".join(reading.view.words(start, until).strip(" .;:,()").removeprefix("và ").split())
        if not words:
            continue
        if not words[0].isupper() or len(words.split()) > 9 or begins(words.lower()):
            return None
        inner = [name for one in reading.groups if start <= one.start and one.end <= until for name in one.names]
        extra.extend(inner or [words])
    if not extra or not low[group.end :].lstrip().startswith((",", ";", "và")):
        return None
    names = tuple(dict.fromkeys((*group.names, *extra)))
    rule = "heading" if not low[stop:end].strip(" :*.") else "subject"
    return Duty(names, rule, group.start, stop, 0.75, low[stop:end])


def _small_word(reading: Reading, at: int) -> bool:
    """Whether a body is followed at once by a small word that may be a verb no list has."""
    place = reading.token_at(at)
    if place + 1 >= len(reading.tokens) or reading.view.low[at : reading.tokens[place].start] != " ":
        return False
    token = reading.tokens[place]
    return not token.capital and token.low not in _PREPOSITIONS and len(token.low) > 1 and not token.low.isdigit()


# "nếu có khó khăn, vướng mắc các đơn vị kịp thời báo cáo": no comma parts who reports.
_HINDERED: Final = re.compile(
    r"\b(?:nếu có|nếu gặp|có|phát sinh|gặp)\b[^.;]{0,40}(?:vướng mắc|khó khăn|phát sinh|bất cập)$"
)
_MEMBERS: Final = re.compile(r"\b(?:thành viên|thành phần|gồm)(?: có| gồm)?\s*:$")


def _later_subject(reading: Reading, start: int, end: int) -> Duty | None:
    """ "Định kỳ …, X báo cáo …": after an opening phrase; or "…, giao X chủ trì …"."""
    low = reading.view.low
    orders = begins(low[start:end])
    for found in _INNER.finditer(low, start, end):
        if orders and found["order"] in ("yêu cầu", "đề nghị"):
            # "Lồng ghép …; yêu cầu các trường …": whom the lead himself orders.
            continue
        group = group_within(reading, found.end(), end)
        people = _plain_people(reading, found.end(), end) if group is None and not orders else None
        if people:
            return replace(people, rule="order", order=found["order"])
        if (
            group
            and not low[found.end() : group.start].strip(" :")
            and (predicate(reading, group.end, end) or group.end >= end - 2)
        ):
            return _duty(reading, group, "order", end, 0.9, found["order"])
    adverbial = _ADVERBIAL.match(low, start, end)
    if not adverbial and ":" not in low[start : min(end, start + 80)]:
        return None
    opening = adverbial and (_OPENING.match(low, start, end) or not begins(low[start:end]))
    marks = (",", ":") if opening else (":",)
    for group in reading.groups:
        if group.start < start or group.end > end:
            continue
        before = _COUNTED.sub("", low[max(start, group.start - 120) : group.start]).rstrip()
        hindered = opening and group.start - start < 160 and _HINDERED.search(before)
        if _MEMBERS.search(before):
            continue
        if (
            set(group.names) <= _PEOPLE
            or not (hindered or before.endswith(marks))
            or before.endswith(("với,", "cùng,"))
        ):
            continue
        if (
            predicate(reading, group.end, end, strict=True)
            or before.endswith(",")
            and low[group.end : end].lstrip()[:1] == ":"
        ):
            return _duty(reading, group, "subject", end, 0.88)
    return None


def _chair(reading: Reading, start: int, end: int) -> Duty | None:
    """ "do X chủ trì", "X là cơ quan đầu mối", "(X chủ trì)" anywhere in the sentence."""
    low = reading.view.low
    for group in reading.groups:
        if group.start < start or group.end > end:
            continue
        if _THE_CHAIRS.match(low, group.end, end) and low[start : group.start].endswith(("với ", "của ")):
            # "phối hợp với các cơ quan chủ trì trong …": whoever that is.
            continue
        if _CHAIR.match(low, group.end, end) and not _INSTRUCTED.search(low, start, group.start):
            return _duty(reading, group, "chair", end, 0.9)
        if _IN_BRACKETS.match(low, group.end, end) and low[start : group.start].rstrip().endswith("("):
            return _duty(reading, group, "chair", end, 0.85 if low[group.end : group.end + 2].strip(" ).") else 0.7)
        by = low[max(start, group.start - 6) : group.start]
        if _BY.search(by) and re.match(
            r"\s*(?:thực hiện|phụ trách|đảm nhận|chịu trách nhiệm|tổ chức)", low[group.end : end]
        ):
            return _duty(reading, group, "chair", end, 0.75)
    return None


def group_within(reading: Reading, start: int, end: int) -> Group | None:
    """The list of bodies at a place, if it ends within the sentence."""
    at = reading.token_at(start)
    if at >= len(reading.tokens) or reading.tokens[at].start >= end:
        return None
    group = reading.group(at)
    return group if group and group.end <= end + 1 else None


def _duty(reading: Reading, group: Group, rule: str, end: int, sure: float, order: str = "") -> Duty:
    rest = reading.view.low[group.end : end]
    return Duty(group.names, rule, group.start, group.end, min(sure, group.sure), rest, order)


def speaks_of_this(text: str) -> bool:
    """Whether a text means what stands above it: "nội dung này", "nhiệm vụ nêu trên"."""
    return bool(_THIS.search(text))


def settles(duty: Duty, text: str) -> bool:
    """Whether a paragraph gives its section its lead: "Giao X chủ trì … đối với nội dung này"."""
    chairs = duty.rule == "order" or "chủ trì" in duty.rest or "thực hiện" in duty.rest
    return chairs and duty.rule in ("order", "subject") and bool(_THIS.search(duty.rest))


CARRIES_OUT: Final = re.compile(
    r"\b(?:tham mưu|tổ chức|triển khai|theo dõi|hướng dẫn|đôn đốc|"
    r"chịu trách nhiệm)(?:,? [^\W\d]+){0,4}? (?:thực hiện|tổng hợp)\b|"
    r"\btổng hợp kết quả\b"
)


def carries_out(duty: Duty) -> bool:
    """Whether somebody is to lead in carrying out what was said: "Giao X chủ trì … tổ chức thực hiện"."""
    chairs = duty.rule == "order" and duty.order.startswith("giao") or "chủ trì" in duty.rest[:60]
    return chairs and duty.rule in ("order", "subject") and bool(CARRIES_OUT.search(duty.rest))


_ACT: Final = re.compile(
    r"\b(?:báo cáo|tổng hợp|xây dựng|triển khai|tổ chức|thực hiện|rà soát|kiểm tra|đánh giá|ban hành|tham mưu|"
    r"phối hợp|chủ trì|"
    r"hướng dẫn|công khai|cập nhật|cung cấp|đề xuất|phản ánh|gửi)\b"
)
_ROLE: Final = re.compile(r"\s*là (?:cơ quan|đơn vị|đầu mối|thường trực)\b")


_OFTEN: Final = re.compile(
    r"^(?:(?:định kỳ|thường xuyên)?\s*,?\s*(?:hằng|hàng|mỗi|từng)\s+(?:ngày|tuần|tháng|quý|năm)\b,?\s*)+"
)


def acts(text: str) -> bool:
    """Whether a text has an action clause: it, or a clause after a mark or an opening phrase, begins with a verb."""
    for at, sentence in enumerate(re.split(r"[.;:]\s+", text.strip(' *"-'), maxsplit=12)):
        sentence = _OFTEN.sub("", sentence)
        adverbial = _ADVERBIAL.match(sentence)
        if adverbial and adverbial.group().split()[-1:] in (["kỳ"], ["hằng"], ["hàng"], ["trước"], ["cứ"], ["sở"]):
            if _ACT.search(sentence):
                return True
        pieces = sentence.split(", ", 6) if adverbial else [sentence]
        for piece in pieces:
            words = re.findall(r"[^\W_]+", piece[:50])
            if words and not (at and len(sentence) < 12) and (_verb(words) or _ROLE.match(piece)):
                return True
    return False


_DESCRIBES: Final = re.compile(
    r'[\s"(*-]*(?:nội dung|hình thức|đối tượng|thành phần|địa điểm|kinh phí|nguồn|mục tiêu|mục đích|yêu cầu|số lượng|'
    r"quy mô|"
    r"thời gian|phạm vi|tỷ lệ|chỉ số|chỉ tiêu)\b"
)


def describes(text: str) -> bool:
    """Whether a text begins by naming what, whom or how much, and orders nothing."""
    return bool(_DESCRIBES.match(text))


def acts_at_all(text: str) -> bool:
    """Whether a text begins with any verb, be it one that often is none ("Mở …", "In …")."""
    words = re.findall(r"[^\W_]+", text.lstrip(' *"-(')[:50])
    return bool(words) and begins_with_verb(words)


def begins(text: str) -> bool:
    """Whether a text begins with a verb."""
    words = re.findall(r"[^\W_]+", text.lstrip(' *"-(')[:50])
    return bool(words) and _verb(words)


def _verb(words: list[str]) -> bool:
    return any(" ".join(words[:length]) in VERBS and " ".join(words[:length]) not in _WEAK for length in (3, 2, 1))


# --- partners -------------------------------------------------------------------------------------------------------


def partners(reading: Reading, start: int, end: int, leads: tuple[str, ...] | list[str]) -> Partners:
    """Who is named as helping between two places."""
    low = reading.view.low
    out = Partners()
    for cue in COOPERATION.finditer(reading.view.bare, start, end):
        group = group_within(reading, cue.end(), end)
        if (
            group is None
            or _THE_CHAIRS.match(low, group.end, end)
            or low[cue.end() : group.start].strip(' ,:"(*')
            or cue.start() - start < 5
            and "thanh vien" in cue.group()
        ):
            continue
        _add(out, group, leads)
    for group in reading.groups:
        if group.start <= start or group.end > end or not _HELPS.match(low, group.end, end):
            continue
        before = low[start : group.start].rstrip()
        joins = low[group.end : end].lstrip().startswith("tham gia") and not set(group.names) <= _PEOPLE
        alone = before.endswith(",") and re.match(
            r"\s*(?:cùng )?phối hợp(?: thực hiện)?\s*(?:[.,;)]|$)", low[group.end : end]
        )
        if joins or alone or (before.endswith((",", ";", " và")) and "chủ trì" in before):
            _add(out, group, leads)
    return out


def _add(out: Partners, group: Group, leads: tuple[str, ...] | list[str]) -> None:
    if not out.names:
        out.start = group.start
    out.end = group.end
    out.names.extend(name for name in group.names if name not in out.names and name not in leads)


def named(reading: Reading, start: int, end: int) -> tuple[list[str], list[str]]:
    """Who is named in a form's line or a cell: leads, and partners behind "phối hợp"; unknown names as they stand."""
    cue = next(COOPERATION.finditer(reading.view.bare, start, end), None)
    cut = cue.start() if cue and cue.start() > start + 1 else end
    leads: list[str] = []
    for piece in _pieces(reading, start, cut):
        inner = [group for group in reading.groups if group.start >= piece[0] and group.end <= piece[1]]
        words = " ".join(reading.view.words(*piece).strip(" .;:,()-").split())
        known = [name for group in inner for name in group.names]
        if not known and (not leads or words[:1].isupper()) and 1 < len(words) < 120:
            known = [words]
        leads.extend(name for name in known if name not in leads)
    return leads, partners(reading, start, end, leads).names


def _pieces(reading: Reading, start: int, end: int) -> list[tuple[int, int]]:
    """A text cut at ";" and ",", but not within a list of bodies."""
    low = reading.view.low
    out: list[tuple[int, int]] = []
    begin = start
    for mark in re.finditer(r"[;,]|(?<=[^\W\d])\s?/(?=\s?[^\W\d])", low[start:end]):
        at = start + mark.start()
        if "/" in mark[0] and not reading.view.words(start + mark.end(), end)[:1].isupper():
            continue
        if any(group.start < at < group.end for group in reading.groups):
            continue
        out.append((begin, at))
        begin = at + 1
    return [*out, (begin, end)]
