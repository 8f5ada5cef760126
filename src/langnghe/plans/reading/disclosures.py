"""What a plan orders to be made public: the object of công khai, niêm yết, công bố, minh bạch in a task."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from langnghe.plans.reading.clauses import MOST, Places, begins_order, low_place, parts, quote_of
from langnghe.plans.reading.glyphs import View
from langnghe.plans.reading.outline import Block
from langnghe.plans.reading.register import Disclosure, Reason, Task
from langnghe.plans.reading.source import Source
from langnghe.plans.reading.verbs import VERBS, begins_with_verb

_CUE: Final = re.compile(
    r"\b(?:niêm yết(?:\s*,?\s*(?:và\s+)?công (?:khai|bố))?|công bố(?:\s*,?\s*(?:và\s+)?(?:công khai|niêm yết))*|"
    r"công khai(?:\s*,?\s*(?:và\s+)?(?:minh bạch|niêm yết|công bố))*|"
    r"minh bạch(?: hóa)?(?:\s*,?\s*(?:và\s+)?công khai)?)\b"
)
# Before the cue: it only describes a noun, has happened already, or is not ordered.
_NO_ORDER: Final = re.compile(
    r"(?:\b(?:bảng|bảng tin|nội dung|hình thức|thời gian|thời điểm|địa điểm|vị trí|tài liệu|diện tích|"
    r"trách nhiệm|danh mục|điểm|"
    r"quy chế|văn bản|tính|mức độ|nguyên tắc|chỉ số|tiêu chí|hoạt động|phải|được phép|báo cáo viên|môi trường|đấu giá|"
    r"cạnh tranh|một cách|đúng|dân chủ,?|khách quan,?|công bằng,?|rõ ràng,?|đã(?: được)?|chưa(?: được)?|không|"
    r"sau khi(?: được)?|"
    r"khi được|(?<!tỉnh )(?<!thành phố )(?<!cấp )(?<!huyện )(?<!xã )(?<!phường )quyết định|"
    r"thông báo|lễ|ngày|kết quả|số liệu|văn bản được|thủ tục hành chính được|tthc được|"
    r"hiện được|theo|ngay sau khi)|\bkế hoạch)\s*(?:việc\s+)?$"
)
_NOT_AGAIN: Final = re.compile(r"\bkhuyến khích\b")
# After the cue, before its object.
_BETWEEN: Final = re.compile(
    r"(?:\s*,?\s*(?:và\s+)?(?:ngay|đầy đủ|kịp thời|rộng rãi|chính xác|thường xuyên|nghiêm túc|cụ thể|đúng hạn|"
    r"đúng quy định|"
    r"toàn văn|minh bạch|hóa|trong nội bộ|tới(?: người dân)?|thực hiện|bằng nhiều hình thức|"
    r"(?:định kỳ )?(?:hằng|hàng) (?:tuần|tháng|quý|năm)))*(?:\s*:)?\s+(?:đối với\s+|"
    r"việc\s+|về\s+|trong\s+)?"
)
# Verbs that share the cue's object: "Công bố, cập nhật …", "niêm yết công khai … và thông báo …".
_SHARING: Final = re.compile(
    r"\s*(?:,|và|hoặc)\s*(?:cập nhật|thông báo|đăng tải|niêm yết|công khai|công bố|thông tin|phổ biến|"
    r"cung cấp)\b(?!\s*(?:,|\.|;|$))"
)
_OBJECT: Final = re.compile(
    r"(?<!theo)(?<!của)(?<!đúng)(?<!qua)(?<!trên)(?<!tại)(?<! ở)(?<!nghệ)(?<!cho)(?<!với)(?<!để)(?<!trong)(?<!các)"
    r"(?<!cổng)(?<!trang)(?<!hệ thống)(?<!phương tiện)\s+(?=(?:các|những|danh sách|danh mục|thông tin|kết quả|"
    r"tên|nội quy|"
    r"nội dung|lịch|số điện thoại|địa chỉ|quy trình|thủ tục|kế hoạch|toàn bộ|đầy đủ|mức|bảng giá|giá|"
    r"quyết định|báo cáo|"
    r"chính sách|số liệu|tình hình|điều kiện|bộ thủ tục|tthc|văn bản|quy định|quy hoạch|trình tự|dữ liệu|đường dây)\b"
    r"(?! (?:phương tiện|xã|phường|huyện|sở|cơ quan|đơn vị|địa điểm|bộ phận|kênh|trang|cổng|hình thức|nền tảng|cấp|"
    r"điện tử|đại chúng|liên quan)))"
)
_NO_OBJECT: Final = re.compile(
    r"(?:không|phải|theo|là|được|của|tại|trên|ở|để|nhằm|và|hoặc|với|trước|định kỳ|hằng|hàng|khi|cho|qua|bằng|"
    r",|;|\.|:|\)|$)"
)
_AUDIENCE: Final = re.compile(
    r"(?:(?:với|tới|đến|cho)\s+)?(?:người dân|nhân dân|công dân|tổ chức|cử tri|doanh nghiệp|mọi người)"
    r"(?=\s*(?:[,;.)]|và\b|hoặc\b|biết|được|nắm|theo dõi|tham gia|giám sát|có|để|trên|tại|về|$))"
)
# "công khai, quản lý, sử dụng các khoản …": acts on one object.
_ALIKE: Final = re.compile(
    r"(?:,\s*(?:quản lý|sử dụng|thu|chi|giải trình|minh bạch|thực hiện|phân bổ|quyết toán|lấy ý kiến|cập nhật))+"
    r"(?:\s+và\s+(?:quản lý|sử dụng|giải trình|thực hiện))?(?=\s+[^\W\d])"
)
_WHERE: Final = re.compile(
    r"\b(?P<where>(?:trên|tại|ở|trong|qua|thông qua|lên|bằng)\s+(?P<place>(?:hệ thống|cổng|trang|website|"
    r"bộ phận|trụ sở|nơi|bảng|"
    r"các phương tiện|phương tiện|địa điểm|trung tâm|tất cả|báo|đài|mạng|nhà văn hóa|cơ quan|đơn vị|ubnd|"
    r"các bộ phận|loa|"
    r"các cổng|quầy|các trang|cơ sở dữ liệu|môi trường mạng|hình thức|khu dân cư|thôn|tổ dân phố|phòng|"
    r"công báo)[^;.]*))"
)
_TAIL: Final = re.compile(
    r"\s*(?:,?\s*(?:theo (?:đúng )?(?:quy định|hướng dẫn|thẩm quyền|nghị|quyết|chỉ|luật)|phù hợp|để|nhằm|"
    r"(?<=, )(?:đảm bảo|bảo đảm)|"
    r"(?:vào|từ|trước) ngày|trước \d+|trong (?:tháng|quý|năm)|xong|định kỳ|hằng|hàng|chậm nhất|ngay sau|"
    r"khi)\b.*|[.;:,/]+)$"
)
_PASSIVE: Final = re.compile(
    r"(?:được|đăng tải|đăng|phải|và|,|để|thực hiện|tổ chức|nghiêm|tốt|đầy đủ|kịp thời|"
    r"việc|\s)+$"
)
_WHEN: Final = re.compile(
    r"(?P<when>\bngay(?! (?:từ|tại|trong))(?: sau khi [^,;.]{3,60})?|(?:xong |chậm nhất |"
    r"hoàn thành )?trước (?:ngày \d[\d/.]*|\d{1,2}/\d[\d/]*)(?: tháng \d+(?: năm \d{4})?)?|"
    r"(?:trong|chậm nhất|không quá) (?:vòng )?\d+ (?:ngày|giờ)(?: làm việc)?|định kỳ[^,;.]{0,40}|(?:"
    r"hằng|hàng) (?:ngày|tuần|tháng|quý|năm)|"
    r"trong (?:tháng|quý) [\divx]+(?:[/-]\d{4})?)"
)
_WHO: Final = re.compile(
    r"\b(?:trình|tham mưu(?: cho)?|đề nghị|giúp)\s+(?P<who>(?:chủ tịch )?(?:ubnd|ủy ban nhân dân|"
    r"hđnd)\s+(?:thành phố|tỉnh)|"
    r"chủ tịch (?:ubnd|ủy ban nhân dân) (?:thành phố|tỉnh))(?:[^,;.]{0,40}?)$"
)
_NOUN_AHEAD: Final = 3


def disclosures(source: Source, blocks: Sequence[Block], tasks: Sequence[Task]) -> list[Disclosure]:
    """One entry for each object that a task orders to be made public, in the order of the text."""
    places = Places(source)
    found: list[Disclosure] = []
    for task in tasks:
        text, low = task.quote, View(task.quote)
        open_list = False
        listed: list[Disclosure] = []
        from_ = 0
        for part in parts(text):
            start, end = low_place(low, part.start), low_place(low, part.end)
            entries = _in_part(task, low, start, end)
            own = any(one.confidence["what"] > 0.6 for one in entries)
            if not own and open_list and _is_object(low.low[start:end]):
                # "công khai a; b; c": the later objects share the cue.
                what, where = _split_where(low, start, end)
                entries = [_entry(task, what, low, start, end, start, end, where=where, doubtful=True)] if what else []
                open_list = part.stop == ";"
                listed += entries
                for earlier in listed if entries else []:
                    earlier.where = earlier.where or where or listed[0].where
                    earlier.quote = quote_of(text, from_, part.end)
            else:
                open_list = bool(entries) and part.stop == ";"
                listed = list(entries)[-1:]
                from_ = text.find(entries[-1].quote[:40], part.start) if entries else part.start
                from_ = max(from_, part.start)
            found += entries
    for one in found:
        near = one.span
        one.span = places.find(near, _quote_for(tasks, near), one.quote)
    return found


def _quote_for(tasks: Sequence[Task], span: tuple[int, int]) -> str:
    return next((task.quote for task in tasks if task.span == span), "")


def _is_object(words: str) -> bool:
    """Whether a clause is a noun phrase that goes on a list of objects."""
    listed = re.findall(r"\w+", words)[:6]
    return (
        bool(listed)
        and not begins_with_verb(listed)
        and not re.match(
            r"\W*(?:đồng thời|trong đó|ngoài ra|mỗi|hằng|hàng|định kỳ|ít nhất|tối thiểu|xong|hoàn thành|thời gian|"
            r"trước|\d+%|(?:tỷ lệ|tỉ lệ|mức độ)\b[^;.]*\d\s?%)",
            words,
        )
    )


def _in_part(task: Task, view: View, start: int, end: int) -> list[Disclosure]:
    low = view.low
    entries: list[Disclosure] = []
    begin = start
    cues = [cue for cue in islice(_CUE.finditer(low, start, end), MOST) if not _inside_quotes(low, start, cue.start())]
    for number, cue in enumerate(cues):
        if _NOT_AGAIN.search(low, begin, cue.start()):
            continue
        before = low[begin : cue.start()]
        shared = _SHARING.match(low, cue.end(), end)
        shared = shared or _ALIKE.match(low, cue.end(), end)
        after = shared.end() if shared else cue.end()
        between = _BETWEEN.match(low, after, end)
        at = between.end() if between else after
        has_object = not _NO_OBJECT.match(low, at) and at < end and not _AUDIENCE.match(low, at)
        told = before.rstrip().endswith(("việc", "phải", "chịu trách nhiệm", "có trách nhiệm"))
        told = told or re.search(r"(?:^|[,;]|\bvà)\s*thông báo$", before.strip()) is not None
        if _NO_ORDER.search(before[-60:]) and not told:
            if not (before.rstrip().endswith("phải") and _WHERE.search(low, cue.end(), end)):
                continue
        stop = _object_end(low, at, cues[number + 1].start() if number + 1 < len(cues) else end, end)
        if has_object:
            what, where = _split_where(view, at, stop)
            if not what:
                what = _object_before(view, begin, cue.start())
        else:
            place = _WHERE.search(low, after, stop)
            what, where = _split_where(view, place.start(), stop) if place else ("", None)
            if place and not what:
                what, where = _object_before(view, begin, cue.start()), _place(view, place, stop)
        if not what and not has_object and before.rstrip().endswith(","):
            what = _made(view, begin, cue.start())
        if not what or not has_object and low.startswith(("ngoài việc", "bên cạnh việc"), begin):
            continue
        entries.append(
            _entry(
                task,
                what,
                view,
                _act(low, begin, cue.start()) if has_object else begin,
                stop,
                cue.start(),
                cue.end(),
                where=where,
                doubtful=not has_object,
            )
        )
        begin = stop
    return entries


def _act(low: str, begin: int, cue: int) -> int:
    """Where the act begins that makes public: after the comma right before its cue, if much else stands before."""
    near = re.search(r",\s+(?:[^\W\d]+\s+){0,2}$", low[begin:cue])
    return begin + near.end() - len(near[0].lstrip(", ")) if near and near.start() > 60 else begin


def _inside_quotes(low: str, start: int, at: int) -> bool:
    return low.count('"', start, at) % 2 == 1


def _object_end(low: str, at: int, following: int, end: int) -> int:
    """Where the clause of a cue ends: at a comma before another order, at the latest where the part ends."""
    depth = 0
    for place in range(at, end):
        sign = low[place]
        depth += (sign == "(") - (sign == ")")
        if sign != "," or depth > 0:
            continue
        words = re.findall(r"\w+", low[place + 1 : place + 60])[:6]
        if (
            words[:1]
            and words[0] in ("đồng", "đảm", "bảo", "trong")
            and words[1:2] in (["thời"], ["bảo"], ["đảm"], ["đó"])
        ):
            return place
        if begins_order(words) and words[0] not in ("công", "niêm"):
            return place
        if words[:1] == ["việc"] or following < place + 40 and place < following < end and begins_with_verb(words):
            return place
    return end


def _split_where(view: View, at: int, stop: int) -> tuple[str, str | None]:
    """The object and the place of a disclosure."""
    place = _WHERE.search(view.low, at, stop)
    if place and place.start() == at:
        # "niêm yết tại … (…) 10 nội dung": the object stands after the place.
        later = (
            re.search(r":\s+(?=[^\W\d])", view.low[at:stop])
            or re.search(
                r"\)\s+(?=\d|các|những|danh|thông|kết|nội)|(?<=[a-zđ])\s+(?=\d{1,3} (?!\d))", view.low[at:stop]
            )
            or _open_object(view.low[at:stop])
        )
        if later:
            return _object(view, at + later.end(), stop), _tidy_place(
                view.words(place.start("place"), at + later.start())
            )
        return "", _place(view, place, stop)
    if place:
        return _object(view, at, place.start()), _place(view, place, stop)
    return _object(view, at, stop), None


def _open_object(low: str) -> re.Match[str] | None:
    """The noun of an object that follows a place; what stands in brackets tells of the place."""
    for found in islice(_OBJECT.finditer(low, 14), MOST):
        if low.count("(", 0, found.start()) <= low.count(")", 0, found.start()):
            return found
    return None


def _object(view: View, start: int, end: int) -> str:
    words = view.words(start, end).strip()
    words = _TAIL.sub("", words).strip(" .;:,")
    return re.sub(r"\s*\((?:xong|trước|hoàn thành|chậm nhất|ngay)[^)]*\)", "", words).removesuffix(" sau").strip()


def _place(view: View, place: re.Match[str], stop: int) -> str | None:
    return _tidy_place(view.words(place.start("place"), min(place.end("place"), stop)))


def _tidy_place(words: str) -> str | None:
    words = re.sub(r"\s*\([^)]*$|\s*\((?:\*?xong|\*?trước|hoàn thành)[^)]*\)", "", words)
    return _TAIL.sub("", words).strip(" .;:,*(") or None


def _object_before(view: View, start: int, end: int) -> str:
    """The words before a cue without an object of its own ("kết quả … phải được công khai tại …")."""
    low = view.low[start:end]
    low = low[: len(low) - len(low[len(_PASSIVE.sub("", low)) :])]
    begin = max(low.rfind(","), low.rfind(";"), low.rfind(":"), low.rfind(" và ")) + 1
    words = view.words(start + begin, start + len(low)).strip()
    listed = re.findall(r"\w+", words.lower())
    return words if len(listed) >= _NOUN_AHEAD - 1 and not begins_with_verb(listed) or len(listed) > 5 else ""


def _made(view: View, begin: int, cue: int) -> str:
    """ "Lập danh mục công trình, công khai để …": what the order before the cue makes, without its verb."""
    clause = view.low[begin:cue].rstrip(" ,")
    start = max(clause.rfind(", "), clause.rfind(": "), clause.rfind("; ")) + 1
    words = re.findall(r"\w+", clause[start:])
    verb = next((size for size in (3, 2, 1) if " ".join(words[:size]) in VERBS), 0)
    if not verb or len(words) < verb + 2:
        return ""
    at = start + len(clause[start:]) - len(clause[start:].lstrip()) + len(" ".join(words[:verb]))
    return _object(view, begin + at, begin + len(clause))


def _entry(
    task: Task,
    what: str,
    view: View,
    start: int,
    stop: int,
    cue: int,
    cue_end: int,
    *,
    where: str | None = None,
    doubtful: bool = False,
) -> Disclosure:
    text = view.text
    first, last = view.raw(min(start, cue)), view.raw(max(stop, cue_end))
    if last < len(text) and text[last] in ".;:":
        last += 1
    quote = quote_of(text, first, last)
    term = _WHEN.search(view.low, start, stop)
    when = view.words(term.start("when"), term.end("when")) if term else None
    reasons = {"what": Reason("cue of disclosure", view.words(cue, cue_end), task.span)}
    if when:
        reasons["when"] = Reason("term in the clause", when, task.span)
    elif task.deadline.quote and task.deadline.type not in ("none", "recurring"):
        when = task.deadline.quote
        reasons["when"] = Reason("term of the task", when, task.span)
    publisher = _WHO.search(view.low, start, cue)
    who = view.words(publisher.start("who"), publisher.end("who")) if publisher else "; ".join(task.lead)
    reasons["who"] = Reason("named in the clause" if publisher else "lead of the task", who, task.span)
    sure = {"what": 0.6 if doubtful else 0.85, "who": 0.8}
    if where:
        sure["where"] = 0.8
    if when:
        sure["when"] = 0.8 if term else 0.7
    doubts = ["Nội dung công khai được suy từ câu, cần xem lại."] if doubtful else []
    return Disclosure(
        quote=quote,
        span=task.span,
        what=what,
        who=who,
        where=where,
        when=when,
        reasons=reasons,
        confidence=sure,
        doubts=doubts,
    )
