"""Names of bodies that no list has: a known first word, then capitals, up to a verb or a function word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from langnghe.plans.reading.gazetteer import Token
from langnghe.plans.reading.glyphs import bare
from langnghe.plans.reading.verbs import VERBS, begins_with_verb

_SPACE: Final = re.compile(r"[ \-&/]{1,3}|(?<=tp)\. ?|\.")
# The first word of what else may be a body, and whether its name goes on in small letters.
_HEADS: Final = {
    tuple(head.split())
    for head in (
        "ban|ban quản lý|ban chỉ đạo|ban chỉ huy|ban cán sự đảng|bộ|bộ chỉ huy|bộ tư lệnh|cục|chi cục|tổng cục|vụ|"
        "trung tâm|hội|"
        "hiệp hội|liên đoàn|liên hiệp|liên minh|đài|báo|tạp chí|kho bạc|bảo hiểm xã hội|ngân hàng|công ty|"
        "tổng công ty|tập đoàn|"
        "trường|học viện|viện|bệnh viện|bưu điện|viễn thông|điện lực|quỹ|phòng|đội|đoàn|tổ công tác|"
        "hội đồng|hội đồng phối hợp|hội đồng phối hợp phổ biến|"
        "văn phòng|thanh tra|"
        "công an|thuế|hải quan|tòa án|viện kiểm sát|đảng ủy|huyện ủy|quận ủy|thị ủy|kiểm toán|sở|cảng|nhà máy|"
        "xí nghiệp|"
        "vườn quốc gia|khu quản lý|cổng|thường trực|ủy ban|tỉnh đoàn|thành đoàn|bảo tàng|nhà hát|"
        "thư viện|"
        "đại học|cảnh sát|phòng giao dịch|trạm y tế|trạm|công chức|đài truyền thanh|hợp tác xã|báo và phát thanh|"
        "báo và đài phát thanh|cảng vụ|vnpt|viettel|mobifone|evn|khoa|hạt"
    ).split("|")
}
STARTS: Final = frozenset(bare(head[0]) for head in _HEADS)
_ENDS: Final = frozenset(("tỉnh", "tp", "huyện", "quận", "phường", "xã"))
_PLACES: Final = frozenset(("quan", "huyen", "thi", "thanhpho", "xa", "phuong"))
_LONGEST_HEAD: Final = max(len(head) for head in _HEADS)
_STOPS: Final = frozenset(
    "có các những trong để với theo về là phải được do tại từ đến và của này đó khi nếu thì mà như vào cho cùng sẽ đã "
    "ra bằng nhằm qua trước sau hoặc".split()
)
# Names of these are long and full of verbs; they end before a duty.
_LONG: Final = frozenset(
    (
        "ban quản lý",
        "ban chỉ đạo",
        "ban chỉ huy",
        "trung tâm",
        "hội đồng",
        "quỹ",
        "tổ công tác",
        "đoàn",
        "hội đồng phối hợp",
        "hội đồng phối hợp phổ biến",
    )
)
# Names of these end with their field, in small letters.
_FIELDS: Final = frozenset("trung tâm|viện|học viện|cục|vụ|chi cục|tổng cục|tạp chí|báo|trường".split("|"))
_MATTERS: Final = frozenset(
    "môi trường|du lịch|thể thao|phát triển|công nghệ|môi sinh|khí hậu|thông tin|truyền thông|đào tạo|xã hội|gia đình|"
    "thủy sản|nông thôn|thương mại|đầu tư|đổi mới".split("|")
)
# Small words that belong to names, though they are verbs or join others.
_WITHIN: Final = (
    "vệ sinh thực",
    "vệ sinh môi",
    "nhỏ và vừa",
    "và vừa",
    "và chữa cháy",
    "bảo vệ thực",
    "một thành viên",
)
# Joined by a comma, they are one matter.
_PAIRS: Final = (("phòng", "chống"), ("biến", "giáo"), ("thanh", "truyền"))
_NOUNS: Final = frozenset(
    "giao thông|giao dịch|giao lưu|thi hành|thi đua|cấp nước|cấp cứu|thoát nước|trực tuyến|trồng trọt|"
    "chăn nuôi|lưu trữ|"
    "chuyển phát|xét xử|công trình|in ấn".split("|")
)
_PROCEDURES: Final = frozenset(("công", "chương", "quy", "lộ", "quá", "giáo"))
# Heads that stand for a body by themselves.
_BARE: Final = frozenset(("tổ công tác", "ban chỉ đạo", "ban chỉ huy", "bảo hiểm xã hội", "trạm y tế", "cảng vụ"))
_ABOUT: Final = frozenset(("ban chỉ đạo", "ban chỉ huy", "ủy ban", "hội đồng", "tổ công tác"))
# Heads of names that may be written with a small letter before the name's own capital.
_SMALL: Final = frozenset(
    (
        "công chức",
        "phòng",
        "trạm",
        "trạm y tế",
        "chi cục",
        "trung tâm",
        "công an",
        "đội",
        "hội",
        "cục",
        "văn phòng",
        "ban",
    )
)
_DUTY: Final = frozenset(("tổ chức", "thực hiện", "chủ trì", "phối hợp", "tham mưu"))
_IN_NAMES: Final = frozenset(
    "quản lý|phục vụ|xúc tiến|kiểm soát|phòng chống|phòng ngừa|hỗ trợ|đào tạo|bồi dưỡng|đầu tư|xây dựng|"
    "phát triển|bảo vệ|"
    "chuyển đổi|cải cách|tuyên truyền|ứng phó|thi đua|giải quyết|tư vấn|giám sát|khai thác|điều hành|"
    "thẩm định|đăng ký|"
    "phổ biến|bảo trì|sửa chữa|truyền thông|thông tin|ứng dụng|điều phối|kiểm tra|thanh tra|khảo sát|đánh giá|đổi mới|"
    "sắp xếp|cải thiện|vận động|bảo đảm|tiếp nhận|tiếp công|chăm sóc|vệ sinh|tìm hiểu|quy hoạch|thiết kế|"
    "khen thưởng".split("|")
)
_POSTS: Final = frozenset(
    "thu truong|giam doc|chu tich|lanh dao|nguoi dung|truong ban|cuc truong|vu truong|chanh van|chanh thanh".split("|")
)
_NOT_NAMES: Final = frozenset(
    "ban hanh|ban than|bo phan|hoi nghi|doan kiem|doan cong|phong chong|bao cao|bo may|bo thu|"
    "thue nha|quy dinh|"
    "vien chuc|bo tieu|truong hop|doan ket|quy i|quy ii|quy iii|quy iv|quy che|quy trinh|bao dam|bo cong|bo quy|cuc bo|"
    "hoi thao|hoi thi|hoi vien|doan vien|bao chi|bao hiem|bao ve|vu viec|bo ho|quy hoach|quy mo|truong lop|"
    "bo sung".split("|")
)


def unknown(tokens: Sequence[Token], at: int, text: str) -> tuple[int, float]:
    """The word after such a name that begins at a word, and how sure it is; (0, 0.0) if none begins there."""
    head = 0
    for length in range(min(_LONGEST_HEAD, len(tokens) - at), 0, -1):
        if tuple(token.low for token in tokens[at : at + length]) in _HEADS:
            head = length
            break
    if not tokens[at].capital and not _small_head(tokens, at, head):
        return 0, 0.0
    if head == 1 and at + 1 < len(tokens) and tokens[at].key == "so" and not tokens[at + 1].capital:
        return 0, 0.0
    if at and tokens[at].upper and tokens[at - 1].upper and tokens[at - 1].low not in ("của", "và", "với", "đối"):
        # "NHIỆM VỤ CHỦ YẾU …" in capitals: the second syllable of a word.
        return 0, 0.0
    newspaper = tokens[at].low == "báo" and at + 1 < len(tokens) and tokens[at + 1].capital and not tokens[at].upper
    if not head or head == 1 and not newspaper and " ".join(one.key for one in tokens[at : at + 2]) in _NOT_NAMES:
        return 0, 0.0
    if [token.key for token in tokens[at : at + 3]] == ["doan", "thanh", "tra"]:
        return 0, 0.0
    if [token.low for token in tokens[at : at + 2]] == ["thanh", "tra"] and _inspected(tokens[at + 2 : at + 4]):
        return 0, 0.0
    if at + head + 1 < len(tokens) and tokens[at + head].key == "cac" and tokens[at + head + 1].key in _PLACES:
        return at + head, 0.85
    last = _tail(tokens, at + head, head, text)
    if last == at + head and tokens[at].capital and " ".join(token.low for token in tokens[at : at + head]) in _BARE:
        return last, 0.9
    return (last, 0.9 if head > 1 else 0.85) if last > at + head else (0, 0.0)


def _inspected(following: Sequence[Token]) -> bool:
    """ "Thanh tra việc …", "Thanh tra trách nhiệm …": the act, not the body."""
    if not following or following[0].capital:
        return False
    lows = [one.low for one in following]
    return lows[0] in _STOPS or lows[0] in ("việc", "công", "đột", "toàn", "trách", "hoạt", "quá", "hành", "tình")


def _small_head(tokens: Sequence[Token], at: int, head: int) -> bool:
    """ "phòng Nội vụ", "công chức Tư pháp - Hộ tịch": a head in small letters before the name's own capital."""
    name = " ".join(token.low for token in tokens[at : at + head])
    if name not in _SMALL or at + head >= len(tokens):
        return False
    following = tokens[at + head]
    return following.capital and (name != "trung tâm" or following.key not in ("thanhpho", "tinh"))


def _tail(tokens: Sequence[Token], at: int, head: int, text: str) -> int:
    """Where a name ends: capitals, and small words that are neither verbs nor function words."""
    place, small, last = at, 0, at
    lows = [token.low for token in tokens[at : at + 24]]
    called = " ".join(token.low for token in tokens[at - head : at])
    long = called in _LONG
    about = called in _ABOUT
    while place < len(tokens) and place - at < 16:
        token = tokens[place]
        if not _SPACE.fullmatch(text, tokens[place - 1].end, token.start) and not _listed(tokens, place, text):
            if (tokens[place - 1].low, token.low) not in _PAIRS:
                break
        before = tokens[place - 1]
        if place > at and (before.low in _ENDS or before.key == "thanhpho") and not token.capital:
            if token.low != "hội":
                break
        if token.capital and "/" in text[before.end : token.start] and not before.capital:
            # "Ban Quản lý dự án/Trung tâm …": one or the other.
            break
        if token.key in ("co", "don", "la") and "-" in text[before.end : token.start]:
            break
        two = " ".join(lows[place - at : place - at + 2])
        three = " ".join(lows[place - at : place - at + 3])
        placed = not small and _capitals(tokens, at, place) == 2
        if token.capital or (token.key == "thanhpho" or token.key == "tinh") and place > at:
            small = 0
        elif placed and token.low not in ("và", "huyện", "quận", "phường", "xã"):
            # "… Hà Tĩnh đóng cửa": a place's name, of capitals throughout, ends the body's.
            break
        elif three in _WITHIN or two in _WITHIN or (token.low == "trình" and before.low in _PROCEDURES):
            small += 1
        elif token.low == "về" and about and place > at:
            small += 2
        elif long and token.low == "và" and _more(tokens, place):
            place += 1
        elif called in _FIELDS and place > at and two in _IN_NAMES and _ends_name(tokens, place + 2, text):
            place += 1
            small += 2
        elif (
            called in _FIELDS and token.low == "và" and small and _goes_on(tokens, place, lows[place - at + 1 :])
        ) or (called == "công ty" and _trade(tokens, at, place, two)):
            small += 1
        elif token.low == "và" or token.low == "các" and head > 1 and place == at:
            if place + 1 >= len(tokens) or not (tokens[place + 1].capital or token.low == "các" or about):
                break
            small_verb = not tokens[place + 1].capital and begins_with_verb(lows, place - at + 1)
            if token.low == "và" and (begins(tokens, place + 1) or small_verb):
                break
            place += 1
            continue
        elif long and token.low not in _STOPS and not _duty(two) and small < 14:
            small += 1
        else:
            verb = begins_with_verb(lows, place - at) and not _second(tokens, at, place, two)
            if verb or place == at and head == 1 or token.low in _STOPS or small >= (9 if called in _FIELDS else 6):
                break
            small += 1
        place += 1
        last = place
    return min(last, len(tokens))


def _goes_on(tokens: Sequence[Token], at: int, lows: list[str]) -> bool:
    """ "… tài nguyên và môi trường": a name in small letters goes on after "và"."""
    if len(lows) < 2 or begins(tokens, at + 1) or lows[0] in _STOPS or lows[1] in _STOPS:
        return False
    following = tokens[at + 1 : at + 3]
    return (
        not any(one.capital for one in following) and not begins_with_verb(lows, 0) and " ".join(lows[:2]) in _MATTERS
    )


def _ends_name(tokens: Sequence[Token], place: int, text: str) -> bool:
    """ "Vụ Vật liệu xây dựng, …": verbs that end a name, as what follows them is no object of theirs."""
    if place >= len(tokens) or text[tokens[place - 1].end : tokens[place].start].strip(' "'):
        return True
    return tokens[place].low in ("là", "có", "chủ", "phối", "chịu", "tham", "và") and not (
        tokens[place].low == "và" and place + 1 < len(tokens) and not tokens[place + 1].capital
    )


def _trade(tokens: Sequence[Token], at: int, place: int, two: str) -> bool:
    """ "Công ty cổ phần Quản lý và sửa chữa đường bộ": what a company does is its name, "và" within it included."""
    before = tokens[place - 1]
    if tokens[place].low == "và":
        return place > at + 1 and " ".join(one.low for one in tokens[place + 1 : place + 3]) in _IN_NAMES
    if before.low == "và" and two in _IN_NAMES:
        return True
    return " ".join((before.low, tokens[place].low)) in _IN_NAMES and (
        before.capital or place - 2 >= at and tokens[place - 2].low == "và"
    )


def _capitals(tokens: Sequence[Token], at: int, place: int) -> int:
    """How many words with capitals stand right before a place of a name; abbreviations end the count."""
    count = 0
    while place - count - 1 >= at and tokens[place - count - 1].capital and not tokens[place - count - 1].upper:
        count += 1
    return count if count < 2 or tokens[place - 1].key != "thanhpho" else 0


def _more(tokens: Sequence[Token], at: int) -> bool:
    """ "… Khu công nghệ cao và các Khu công nghiệp": a name that goes on with more of a kind."""
    following = tokens[at + 1 : at + 3]
    return len(following) == 2 and following[0].low == "các" and following[1].capital and not begins(tokens, at + 2)


def _second(tokens: Sequence[Token], at: int, place: int, two: str) -> bool:
    """Whether a small word that may be a verb is the second syllable of a word ("Đào tạo"), or begins a noun."""
    if two in _NOUNS:
        return True
    before = tokens[place - 1]
    if two in VERBS or not before.capital or before.upper or before.low in ("sở", *_ENDS) or place - 1 < at:
        return False
    # "Nghệ An mở …": the name of a place has capitals throughout.
    return not tokens[place - 2].capital or place - 2 < at


def _duty(two: str) -> bool:
    """Whether two words begin a duty, and are none of the verbs that long names are made of."""
    return two in _DUTY or two in VERBS and two not in _IN_NAMES


def _listed(tokens: Sequence[Token], place: int, text: str) -> bool:
    """ "Xúc tiến Đầu tư, Thương mại và Du lịch": a comma within a name, where "và" and a capital follow."""
    if text[tokens[place - 1].end : tokens[place].start] != ", " or not tokens[place].capital or begins(tokens, place):
        return False
    for at in range(place + 1, min(place + 6, len(tokens) - 1)):
        gap = text[tokens[at - 1].end : tokens[at].start]
        if gap.strip():
            return False
        if tokens[at].low == "và":
            matter = " ".join(token.low for token in tokens[at + 1 : at + 3]) in _MATTERS
            return (tokens[at + 1].capital or matter) and not begins(tokens, at + 1)
    return False


def begins(tokens: Sequence[Token], at: int) -> bool:
    """Whether a body may begin at a word."""
    if tokens[at].key in ("so", "ubnd", "hdnd", "cac") or " ".join(one.key for one in tokens[at : at + 2]) in _POSTS:
        return True
    if tokens[at].low == "báo":
        return tokens[at].capital and at + 1 < len(tokens) and (tokens[at + 1].capital or tokens[at + 1].low == "và")
    return any(tuple(token.low for token in tokens[at : at + length]) in _HEADS for length in (1, 2)) and tokens[
        at
    ].low not in ("bộ", "phòng", "viện", "trường", "báo", "hội")
