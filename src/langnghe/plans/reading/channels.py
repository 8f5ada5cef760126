"""Places, media and occasions that a plan names for taking in what people say: complaints, petitions, opinions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from langnghe.plans.reading.clauses import LONGEST, MOST, begins_order, low_place, parts, quote_of
from langnghe.plans.reading.glyphs import View
from langnghe.plans.reading.letters import pattern
from langnghe.plans.reading.outline import Block
from langnghe.plans.reading.register import Channel, Reason, Task
from langnghe.plans.reading.source import Source

# Words in which people's voices are taken in.
_INTAKE: Final = re.compile(
    r"\b(?:(?<!bo phan )tiep nhan|tiep thu|lang nghe|phan anh|kien nghi|gop y|y kien|khieu nai|to cao|hoi dap|"
    r"duong day nong|"
    r"tong dai|tiep xuc (?:voi )?cu tri|giai dap|tuong tac|"
    r"(?:nhan dan|nguoi dan) (?:ban|thao luan)|"
    r"thac mac|vuong mac|doi thoai|don thu|tiep dan|tiep cong dan|hien ke)\b"
)
_TAKING: Final = re.compile(
    r"\b(?:(?<!bo phan )tiep nhan|tap hop y kien|tiep thu|lang nghe|xin y kien|lay y kien|nam bat|thu nhan|"
    r"ghi nhan|hoi dap|tra loi|"
    r"giai dap|gui|phan anh|gop y|"
    r"tuong tac|doi thoai|khieu nai|to cao)\b"
)
# Words under which a medium only carries something out to people.
_GIVING: Final = re.compile(
    r"\b(?:cong khai|niem yet|cong bo|minh bach|tuyen truyen|truyen thong|pho bien|dang tai|dang tin|quang ba|"
    r"phat song|thong tin ve|"
    r"cung cap thong tin|thong bao|gioi thieu|khao sat|do luong|dieu tra xa hoi hoc|nop ho so|tra ket qua|"
    r"cap nhat|bao cao)\b"
)
_AGENCY_MAIL: Final = re.compile(r"\b(?:bao cao|gui bao cao)\b[^.;]*$")

# (name, pattern without marks, whether the thing itself takes in voices)
_LEXICON: Final[tuple[tuple[str, str, bool], ...]] = (
    (
        "",
        r"(?:he thong|phan mem|ung dung|nen tang)(?: thong tin)?(?: (?:quan ly|tiep nhan|xu ly|giai quyet|"
        r"phan anh)\b[^,;.()]{0,25}?){0,3}"
        r"(?:,? (?:va )?(?:xu ly|giai quyet|tra loi)){0,2}(?: (?:cac )?(?:phan anh|kien nghi|gop y|pakn|y kien|"
        r"khieu nai))+"
        r"(?:,? (?:va )?(?:phan anh|kien nghi|gop y|khieu nai|to cao))*",
        True,
    ),
    ("Đường dây nóng", r"duong day nong|hotline|so dien thoai nong", True),
    ("Số điện thoại", r"so dien thoai(?! nong| nguoi| can bo| cua nguoi)", False),
    ("Tổng đài", r"tong dai(?: (?:tiep nhan|dich vu cong|thong tin))?(?: \d{3,8})?|dau so \d{3,5}", True),
    ("Tổng đài", r"cong thong tin \d{3,8}", True),
    ("Hòm thư góp ý", r"(?:hom|hop|thung)(?: thu)? (?:thu )?gop y|hom thu (?:tiep nhan|to giac|phan anh)", True),
    (
        "Hộp thư điện tử",
        r"(?:hom|hop) thu(?: dien tu| cong vu)|(?:dia chi )?thu dien tu(?! cong vu)|(?:dia chi )?e-?mail",
        False,
    ),
    ("Cổng dịch vụ công quốc gia", r"c[o]ng dich vu cong quoc gia", False),
    ("Cổng dịch vụ công", r"cong dich vu cong(?: truc tuyen)?", False),
    ("Cổng thông tin điện tử", r"cong (?:thong tin|tt) ?(?:dien tu|dt|dien tu:)", False),
    ("Cổng giao tiếp điện tử", r"cong giao tiep dien tu", False),
    ("Trang thông tin điện tử", r"trang (?:thong tin|tt)(?: dien tu|dt)", False),
    ("Trang web", r"trang web|web-?site|trang mang|website", False),
    ("Địa chỉ", r"dia chi(?=,? (?:va )?(?:so dien thoai|thu dien tu|email|hom thu))", False),
    ("Zalo", r"(?:cac )?(?:nhom |trang )?zalo(?: oa)?", False),
    ("Facebook", r"facebook|fan ?page", False),
    ("Viber", r"viber", False),
    ("Telegram", r"telegram", False),
    ("Mã QR", r"(?:quet )?ma qr(?: ?code)?", False),
    ("Ứng dụng", r"(?:ung dung|app)(?: (?:di dong|dien thoai|cong dan so|thong minh))*", False),
    ("Mạng xã hội", r"(?:cac )?(?:trang )?mang xa hoi", False),
    (
        "Chuyên mục",
        r"chuyen (?:muc|trang) (?!phat song)\"?(?:hoi|tiep nhan|y kien|ve tiep|phan anh|gop y|lang nghe|hop thu)"
        r"[^,;.()]{0,60}",
        True,
    ),
    ("Tin nhắn", r"tin nhan(?: sms)?", False),
    ("Báo chí", r"(?<!co quan )(?<!thong tan )(?<!thong tin )bao chi(?! (?:trung uong|phat|truyen))", False),
    ("Phương tiện thông tin đại chúng", r"(?:cac )?phuong tien (?:thong tin|truyen thong) dai chung", False),
    ("Văn bản hành chính", r"van ban hanh chinh", False),
    ("Văn bản", r"(?:bang|gui|qua) van ban", False),
    ("Hệ thống bưu chính công ích", r"(?:he thong|dich vu) buu chinh(?: cong ich)?|duong buu dien", False),
    ("Bộ phận Một cửa", r"bo phan (?:mot|1) cua|bo phan tiep nhan va tra ket qua", False),
    ("Trung tâm Phục vụ hành chính công", r"trung tam (?:phuc vu )?hanh chinh cong", False),
    ("Phiếu lấy ý kiến", r"phieu (?:lay y kien|xin y kien|gop y|phan anh)|phat phieu|phieu", False),
    (
        "Họp lấy ý kiến nhân dân",
        r"(?:cac )?cuoc hop|hop (?:dan|nhan dan|to dan pho|thon|ap|khom|khu pho|ban|xom)|"
        r"(?:cac )?buoi (?:hop mat|gap mat)|"
        r"hoi nghi (?:nhan dan|cu tri|thon|to dan pho|khu dan cu|cua don vi|can bo|dai bieu|trao doi)",
        False,
    ),
    ("Tiếp xúc cử tri", r"tiep xuc (?:voi )?cu tri", True),
    ("Đối thoại", r"(?:hoi nghi |buoi )?(?:gap go,? )?doi thoai", True),
    ("Tiếp công dân", r"(?:tru so |dia diem |phong |ban |noi )?tiep (?:cong )?dan", True),
    ("Ki-ốt", r"ki-?osk?|ki ?ot", False),
)  # fmt: skip
_ANY: Final = re.compile(
    r"\b(?:" + "|".join(f"(?P<k{at}>{pattern})" for at, (_, pattern, _) in enumerate(_LEXICON)) + r")(?!\w)"
)
_OWNER: Final = re.compile(
    r"(?:của|thuộc)\s+(?P<owner>(?:các\s+|từng\s+|mỗi\s+)?(?:cơ quan(?:, đơn vị)?(?:, địa phương)?|đơn vị|"
    r"địa phương|thành phố|tỉnh|"
    r"ubnd (?:thành phố|tỉnh|cấp xã|cấp huyện|xã|phường|các xã, phường(?:, đặc khu|, thị trấn)?|các (?:quận|"
    r"huyện)[^;.()]{0,25})|sở, ngành|"
    r"sở(?: \w+){1,6}|văn phòng ubnd(?: \w+){0,2}|chính phủ|phường|xã|trung tâm(?: \w+){1,5}))\b"
)
_LINK: Final = re.compile(r"[^.;()]{0,110}?")
_SAME_OWNER: Final = re.compile(r"(?i)^(?:các|từng|mỗi)\s+")
_ON_PAPER: Final = re.compile(
    r"trên\s+(?:phương tiện\s+|các\s+)*(?P<medium>báo giấy hoặc báo điện tử|báo(?:,? đài)?(?: \w+){0,3}|"
    r"sóng[^,;.()]{0,30}|truyền hình|đài[^,;.()]{0,30}|cổng[^,;.()]{0,40}|trang[^,;.()]{0,40})"
)
_PEOPLES: Final = re.compile(r"\b(?:cong dan|nguoi dan|nhan dan|dan|doanh nghiep|to chuc|ca nhan|cu tri)\b")
_THROUGH: Final = re.compile(
    r"\b(?:qua|thong qua|trong|tai|bang|bang hinh thuc|nhu)(?: (?:cac|buoi|cuoc|hinh thuc|hom thu gop y va))* $"
)
_OPINION: Final = re.compile(
    r"\b(?:xin y kien|lay y kien|(?:nhan dan|nguoi dan) (?:ban|thao luan)|"
    r"y kien (?:nhan dan|nguoi dan|cua nhan dan|cua nguoi dan)|tham gia y kien)\b"
)
_POSTING: Final = re.compile(r"\b(?:niem yet|cong khai)\b[^.;]{0,60}$")
_OCCASIONS: Final = frozenset(("Đối thoại", "Tiếp xúc cử tri", "Tiếp công dân"))
_COUNTERS: Final = frozenset(("Bộ phận Một cửa", "Trung tâm Phục vụ hành chính công"))
_ON: Final = re.compile(r"\b(?:tren|tai|o|len)(?: [\w/]+){0,3}[ /]$")
_SHOWN: Final = re.compile(
    r"\b(?:duong day nong|so dien thoai|thu dien tu|email|hom thu|dia chi|ket qua|lich tiep|danh sach)\b"
)
_MEANT_FOR: Final = re.compile(
    r"(?: cua [^,;.]{3,30})? (?:(?:de|nham|ve)(?: viec)? )?(?:tiep nhan|gop y|phan anh|hoi dap|xin y kien|lay y kien)"
)
_HELD: Final = re.compile(
    r"\b(?:thuc hien|to chuc|duy tri|lam)(?: (?:tot|nghiem|hieu qua|day du|nghiem tuc|"
    r"co hieu qua))*(?: (?:viec|cong tac|cac))? $"
)


@dataclass(slots=True)
class _Mention:
    """One place where a channel is named."""

    name: str
    owner: str
    block: Block
    quote: str
    span: tuple[int, int]
    worth: float
    words: str
    order: int = 0


def channels(source: Source, blocks: Sequence[Block], tasks: Sequence[Task]) -> list[Channel]:
    """One entry for each kind and owner, with the words that name it best, in the order of the text."""
    mentions: list[_Mention] = []
    for block in blocks:
        if block.zone in ("head", "foot") or block.section == "funding":
            continue
        if not _INTAKE.search(block.view.bare) and not _inherited(block):
            continue
        if block.children and len(block.text) < 130 and block.text.rstrip(" *")[-1:] not in ".;:,":
            continue
        for start, end in _stretches(block):
            mentions += _in_part(block, start, end)
    for at, one in enumerate(mentions):
        one.order = at
    chosen: dict[tuple[str, str], _Mention] = {}
    for one in mentions:
        key = (one.name.casefold(), _SAME_OWNER.sub("", one.owner.casefold()))
        if key not in chosen or one.worth > chosen[key].worth + 0.2:
            order = chosen[key].order if key in chosen else one.order
            chosen[key] = one
            one.order = order
    # A mention without an owner is the same as the one with an owner.
    named = {name for name, owner in chosen if owner}
    named |= {"chuyên mục"} if any(name.startswith("chuyên mục trên") for name, _ in chosen) else set()
    kept = [one for (name, owner), one in chosen.items() if owner or name not in named]
    return [_channel(one) for one in sorted(kept, key=lambda one: one.order)]


def _channel(one: _Mention) -> Channel:
    name = f"{one.name} của {one.owner}" if one.owner else one.name
    sure = min(0.95, 0.5 + one.worth / 2)
    return Channel(
        name=name,
        quote=one.quote,
        span=one.span,
        reasons={"name": Reason("channel named where voices are taken in", one.words, one.span)},
        confidence={"name": round(sure, 2)},
        doubts=[] if sure >= 0.7 else ["Cần xem lại: có phải kênh tiếp nhận ý kiến của người dân hay không."],
    )


def _stretches(block: Block) -> list[tuple[int, int]]:
    """The clauses of a block; one that only goes on a list of channels belongs to the clause before it."""
    view = block.view
    found: list[tuple[int, int]] = []
    for part in parts(block.text):
        start, end = low_place(view, part.start), low_place(view, part.end)
        first = _ANY.search(view.bare, start, end)
        goes_on = first is not None and re.fullmatch(
            r"\W*(?:(?:cac|va|he thong|qua)\s+)*", view.bare[start : first.start()]
        )
        if found and goes_on and end - found[-1][0] < LONGEST and view.low[found[-1][1] - 1 : found[-1][1]] == ";":
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _in_part(block: Block, start: int, end: int) -> Iterator[_Mention]:
    view = block.view
    low, bare = view.low, view.bare.replace("thong tin va truyen thong", "so phu trach ve thong tin")
    found = list(islice(_ANY.finditer(bare, start, end), MOST))
    if not found or not (_INTAKE.search(bare, start, end) or _inherited(block)):
        return
    kinds = [int(str(one.lastgroup)[1:]) for one in found]
    for at, (one, kind) in enumerate(zip(found, kinds, strict=True)):
        name, _, inherent = _LEXICON[kind]
        if _covered(found, kinds, at, bare) or name == "Ứng dụng" and not _proper_name(view, one.end()):
            continue
        cue = _governing(bare, start, one.start(), end, one.end())
        if not _takes_in(block, name, inherent, bare, start, one, cue, end):
            continue
        begin = _begin(low, bare, start, one, cue, inherent)
        stop, owner = _extent(low, one, found, at, end, name)
        if name == "Họp lấy ý kiến nhân dân" and not _TAKING.search(bare, start, one.start()):
            stop = max(stop, _meeting_end(low, one.end(), end))
        if name in _OCCASIONS:
            begin, stop = _occasion(low, start, one, end)
        if low.endswith(("ứng dụng", "zalo"), begin, stop) and (proper := _PROPER.match(view.text, view.raw(stop))):
            stop = min(low_place(view, proper.end()), end)
        begin, stop = _wide_enough(low, start, begin, stop, end)
        words = view.words(one.start(), one.end())
        full, owner = _name(view, name, one, stop, end, owner)
        raw_start, raw_end = view.raw(begin), view.raw(stop)
        worth = 0.6 + 0.2 * (begin == start or one.start() - begin < 6) + 0.1 * bool(owner) + 0.1 * (cue is not None)
        if name in _OCCASIONS and one.start() - start > 40:
            worth -= 0.3
        if name in _OCCASIONS and _HELD.search(bare[start : one.start()]):
            worth += 0.3
        yield _Mention(
            full, owner, block, quote_of(view.text, raw_start, raw_end), block.place(raw_start, raw_end), worth, words
        )


def _meeting_end(low: str, at: int, end: int) -> int:
    """Where what a meeting is held for ends; a comma may stand within whose meeting it is."""
    stop = min(end, at + 170)
    for comma in re.finditer(r",\s", low[at:stop]):
        if begins_order(re.findall(r"\w+", low[at + comma.end() : at + comma.end() + 50])[:5]):
            return at + comma.start()
    return stop if stop == end else max(at, low.rfind(" ", at, stop))


def _inherited(block: Block) -> bool:
    """Whether the line above announces a list of channels."""
    above = block.parent
    return above is not None and above.text.rstrip().endswith(":") and bool(_TAKING.search(above.view.bare))


def _covered(found: Sequence[re.Match[str]], kinds: Sequence[int], at: int, bare: str) -> bool:
    """Whether an umbrella word is replaced by the members named in brackets, or a medium belongs to a column in it."""
    one, name = found[at], _LEXICON[kinds[at]][0]
    if name == "Số điện thoại" and re.match(r"\s+(?:duong day nong|hotline)", bare[one.end() :]):
        return True
    if name == "Mạng xã hội" or name == "Phương tiện thông tin đại chúng":
        opened = re.match(r"[^(),;.]{0,25}\((?P<inside>[^)]*)\)?", bare[one.end() :])
        if opened and any(
            one.end() < other.start() < one.end() + opened.end() and _LEXICON[kind][0] != name
            for other, kind in zip(found, kinds, strict=True)
        ):
            return True
    for other, kind in zip(found[:at], kinds[:at], strict=True):
        if (
            _LEXICON[kind][0] == ""
            and one.start() < other.end() + 60
            and re.fullmatch(
                r"(?: (?:cua|tren|tai|thuoc|tich hop tren))?(?: (?:cac|he thong))? ?", bare[other.end() : one.start()]
            )
        ):
            return True
        if _LEXICON[kind][0] == "Chuyên mục" and re.fullmatch(
            r"[^.;]{0,50}\btren (?:\w+ ){0,4}", bare[other.end() : one.start()]
        ):
            return True
    return False


def _governing(bare: str, start: int, at: int, end: int, after: int) -> str | None:
    """Which kind of words stands nearest before a channel: "in", "out", or None."""
    if _MEANT_FOR.match(bare, after, end):
        # "Công bố số điện thoại … trên báo để tiếp nhận phản ánh": the paper only carries the number.
        given = [found.start() for found in _GIVING.finditer(bare, start, at)]
        if not given or not _SHOWN.search(bare[given[-1] : at]) or not _ON.search(bare[given[-1] : at]):
            return "in"
        return "out"
    taking = [found.start() for found in _TAKING.finditer(bare, start, at)]
    giving = [found.start() for found in _GIVING.finditer(bare, start, at)]
    if not taking and not giving:
        return "in" if _TAKING.search(bare[after : min(end, after + 75)]) else None
    # "công khai kết quả xử lý phản ánh … trên Cổng": what is published may itself speak of petitions.
    if giving and (not taking or giving[-1] < taking[-1]):
        between = bare[giving[-1] : at]
        if _SHOWN.search(between) and _ON.search(between):
            return "out"
        if re.match(r"(?:cong khai|niem yet|cong bo|thong bao|cap nhat|dang tai)\b", between) and "," not in re.sub(
            r"phan anh, kien nghi|gop y, phan anh|to chuc, ca nhan|khieu nai, to cao", "", between
        ):
            return "out"
    if giving and taking and giving[-1] > taking[-1]:
        return "out"
    return "in" if taking else "out"


def _takes_in(
    block: Block, name: str, inherent: bool, bare: str, start: int, one: re.Match[str], cue: str | None, end: int
) -> bool:
    """Whether a channel is named for taking voices in."""
    before = bare[start : one.start()]
    if name == "Họp lấy ý kiến nhân dân" and cue == "in" and _THROUGH.search(before):
        return True
    if name in ("Phiếu lấy ý kiến", "Họp lấy ý kiến nhân dân"):
        return bool(_OPINION.search(bare, start, end)) and not re.search(r"\bkhao sat|hai long\b", bare[start:end])
    if name == "Hộp thư điện tử" and _AGENCY_MAIL.search(before):
        return False
    if name in _OCCASIONS:
        if (
            cue == "out"
            and _POSTING.search(before)
            or re.search(r"\b(?:tuyen truyen|truyen thong)\b", before)
            or _propaganda(block)
        ):
            return False
        if re.search(r"\b(?:quy che|luat|nghi dinh|noi quy|quy dinh)(?: ve)? $", before):
            return False
        if _THROUGH.search(before) or cue != "out" and re.search(r"\blich $", before):
            return True
        if re.search(
            r"\b(?:doi ngu|can bo|cong chuc|nhan vien|ky nang|nguoi|so|so sach|ve|dia diem|cong tac vien|"
            r"bo phan)\b[^,;]{0,60}$",
            before,
        ):
            return False
        return not re.match(r"\s+(?:xa hoi|chinh tri|truc tiep tren song)", bare[one.end() :])
    if name == "Số điện thoại" and cue == "in" and re.search(r"\b(?:qua|bang|theo)\b[^;.]{0,70}$", before):
        return True
    if name == "Số điện thoại":
        return bool(
            _INTAKE.search(bare[one.end() : one.end() + 60])
            or re.search(r"duong day nong", bare[max(start, one.start() - 30) : one.end() + 25])
        ) and not re.search(r"\bngay,? gio\b", before)
    if inherent:
        return not _propaganda(block) or cue == "in"
    if name in _COUNTERS and before.endswith("cua "):
        return False
    if name in _COUNTERS and not re.search(
        r"\btiep nhan\b[^.;]{0,70}(?:gop y|phan anh|kien nghi|y kien)[^.;]{0,40}$", before
    ):
        return False
    if cue == "in":
        # Taking in what has nothing to do with voices ("tiếp nhận hồ sơ qua …").
        files = re.search(
            r"\b(?:tiep nhan|gui|nop)\b(?: va \w+ \w+)?,? (?:cac )?(?:ho so|don dang ky|yeu cau|thu tuc|tthc|"
            r"giai quyet (?:ho|thu))",
            before,
        )
        return not files and not _propaganda(block)
    return cue is None and _inherited(block)


def _propaganda(block: Block) -> bool:
    """Whether a block, or the heading above it, is about spreading information."""
    lines = [block, *block.above()]
    return any(
        re.match(
            r"\W*(?:cong tac |hinh thuc |noi dung )?(?:tuyen truyen|truyen thong|thong tin, tuyen truyen|"
            r"thong qua cac hoat dong truyen thong)\b",
            one.view.bare[:60],
        )
        for one in lines[:4]
    )


def _begin(low: str, bare: str, start: int, one: re.Match[str], cue: str | None, inherent: bool) -> int:
    """Where the quote begins: at the words of taking in, or where the clause or the channel's own list begins."""
    if inherent and cue != "in":
        return _list_start(low, start, one.start())
    takes = [found.start() for found in _TAKING.finditer(bare, start, one.start())]
    if not takes:
        return _list_start(low, start, one.start())
    words = re.findall(r"\w+", low[start : start + 60])[:6]
    # The clause from its verb where it opens with taking in; else from the first such word.
    opening = takes[0] - start < 45 and begins_order(words)
    first = start if opening or takes[0] - start < 14 else takes[0]
    return _list_start(low, first, one.start()) if inherent and one.start() - first > 120 else first


def _list_start(low: str, start: int, at: int) -> int:
    """The beginning of the list of nouns in which a channel stands ("số điện thoại, đường dây nóng")."""
    begin = at
    while True:
        more = re.search(
            r"(?:số điện thoại|đường dây nóng|hòm thư[^,;.()]{0,15}|email|địa chỉ[^,;.()]{0,20}|\d{1,2})\s*(?:,|"
            r"và|hoặc|/)?\s*$",
            low[start:begin],
        )
        if not more:
            return begin
        begin = start + more.start()


def _extent(
    low: str, one: re.Match[str], found: Sequence[re.Match[str]], at: int, end: int, name: str
) -> tuple[int, str]:
    """Where the quote ends, and the channel's owner."""
    stop = one.end()
    # The list goes on while channels follow each other.
    for other in found[at + 1 :]:
        between = low[stop : other.start()]
        if len(between) < 45 and re.fullmatch(
            r"[\s,;(/:]*(?:\d[\d.\s]{2,16})?(?:\([^)]*\))?(?:[^.();]{0,30}?(?:,|và|hoặc|/|;|\(|\btrên\b[^.();]{0,20}))?\s*(?:các\s+|"
            r"qua\s+|trên\s+|hệ thống\s+)*",
            between,
        ):
            stop = other.end()
        else:
            break
    tail = re.match(r"\s+(?:hoặc|và|,)\s+các kênh[^.;,()]{0,80}", low[stop:end])
    if tail:
        stop += tail.end()
    owner = ""
    following = (
        found[at + 1].start() if at + 1 < len(found) and name not in ("Số điện thoại", "Đường dây nóng") else end
    )
    for possible in _OWNER.finditer(low, one.end(), min(end, one.end() + 150)):
        between = low[one.end() : possible.start()]
        if re.search(r"[.;()]|, (?:đảm|bảo|kịp|thực|tiếp nhận, trực)", between) or possible.start() > following + 3:
            break
        if possible[0].startswith(("tại", "ở")) and name in ("Đường dây nóng", "Số điện thoại"):
            continue
        owner = possible["owner"]
        stop = max(stop, possible.end())
        break
    for further in re.finditer(r"\s+trực tiếp [^.;,()]{0,80}", low[stop : min(end, stop + 90)]):
        if further.start() == 0:
            stop += further.end()
        break
    # A bracket that was opened is closed.
    if low.count("(", one.start() - 60 if one.start() > 60 else 0, stop) > low.count(
        ")", one.start() - 60 if one.start() > 60 else 0, stop
    ):
        close = low.find(")", stop, min(end, stop + 80))
        stop = close + 1 if close >= 0 else stop
    return min(stop, end), owner


def _wide_enough(low: str, start: int, begin: int, stop: int, end: int) -> tuple[int, int]:
    """A quote of a few words takes in what the channel is for, and the order it stands in."""
    if len(low[begin:stop].split()) >= 11:
        return begin, stop
    purpose = re.match(r"(?:[^,;.()]|[.,](?=\d)|, (?=tiếp nhận)){0,160}", low[stop:end])
    if purpose and re.search(r"\b(?:để|nhằm|về|tiếp nhận|xin|lấy|góp ý|phản ánh)\b", purpose[0]):
        stop += len(purpose[0].rstrip())
    comma = max(low.rfind(", ", start, begin), low.rfind(": ", start, begin)) + 2
    near = comma if comma >= 2 and comma > start else start
    return (near if begin - near < 60 else begin), stop


def _occasion(low: str, start: int, one: re.Match[str], end: int) -> tuple[int, int]:
    """The words around an occasion: the order that names it, up to the next thing ordered."""
    begin = start if one.start() - start < 60 else one.start()
    comma = low.find(",", min(end, one.end() + 40), end)
    stop = comma if comma >= 0 else end
    if len(low[begin:stop].split()) < 8 and one.start() - start < 220:
        begin = start
    return begin, stop


def _name(view: View, name: str, one: re.Match[str], stop: int, end: int, owner: str) -> tuple[str, str]:
    """The name as it is listed, and the owner as it is written."""
    low = view.low
    written = ""
    if owner:
        at = low.find(owner, one.end(), stop + len(owner))
        written = view.words(at, at + len(owner)) if at >= 0 else owner
    if name == "":
        words = view.words(one.start(), one.end())
        portal = re.match(
            r"\s+(?:(?:của|trên|tại|thuộc|tích hợp trên)\s+)?(?P<portal>(?:cổng|công) dịch vụ công(?: quốc gia|"
            r" trực tuyến[^,;.()]{0,25})?)",
            low[one.end() :],
        )
        if portal:
            national = "quốc gia" in portal["portal"]
            return f"{words} của Cổng dịch vụ công{' quốc gia' if national else ''}", "" if national else written
        return words[:1].upper() + words[1:], written
    if name == "Chuyên mục":
        medium = _ON_PAPER.search(low, one.end(), end)
        return (f"{name} trên {view.words(medium.start('medium'), medium.end('medium'))}", "") if medium else (name, "")
    if name in ("Ứng dụng", "Tổng đài"):
        proper = _proper_name(view, one.end())
        words = view.words(one.start(), one.end())
        return (f"{name} {proper}" if proper else words[:1].upper() + words[1:]), written
    if name in _OCCASIONS or name in (
        "Cổng dịch vụ công quốc gia",
        "Bộ phận Một cửa",
        "Zalo",
        "Facebook",
        "Hòm thư góp ý",
        "Văn bản",
        "Văn bản hành chính",
    ):
        return name, ""
    if name in ("Cổng dịch vụ công", "Cổng giao tiếp điện tử", "Cổng thông tin điện tử"):
        direct = re.match(
            r"(?:\s+trực tuyến)?\s+(?P<owner>(?:thành phố|tỉnh)(?:\s[A-ZĐÀ-Ỹ]\w*){0,3})",
            view.text[view.raw(one.end()) :],
            re.IGNORECASE,
        )
        if direct:
            return name, direct["owner"]
    return name, written


_PROPER: Final = pattern(r"\s*[\"“']?(?P<name>(?:[<U>][\w-]{0,20}|i[A-Z]\w{1,20}|\d{3,8})(?:\s[<U>][\w-]*){0,3})")


def _proper_name(view: View, at: int) -> str:
    """A name with a capital that follows ("ứng dụng iHanoi"), "" if none does."""
    found = _PROPER.match(view.text, view.raw(at))
    return found["name"] if found else ""
