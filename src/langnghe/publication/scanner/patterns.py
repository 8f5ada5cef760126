"""What one pattern can tell: plates, e-mails, links, coordinates, plots of land, dossiers, dates of birth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from langnghe.publication.scanner.marks import N_, Mark, mark_at
from langnghe.publication.scanner.view import View

_SEP: Final = r"[ .\-_\n]{0,3}"
_PROVINCE: Final = r"(?:1[1-9]|[2-9][0-9])"
_PLATE: Final = re.compile(
    rf"(?<![0-9a-z/]){_PROVINCE}{_SEP}(?:[a-z][0-9]?|[a-z]{{2}}[0-9]?){_SEP}"
    r"(?:[0-9]{3}[ .\-]?[0-9]{2}|[0-9]{4}|[0-9]{2}[ .\-][0-9]{2,3})(?![0-9/])"
)
_PLATE_KEYWORD: Final = re.compile(
    r"(?:\bbks\b|bien so|bien kiem soat|bien xe|\bbsx?\b|xe so|so xe|mang bien)[^0-9\n\v]{0,16}$"
)
_PLATE_LOOSE: Final = re.compile(rf"[0-9]{{2}}{_SEP}[a-z]{{1,2}}{_SEP}[0-9]?(?:{_SEP}[0-9]){{3,6}}(?![0-9])")
_PLATE_ARMY: Final = re.compile(r"(?<![0-9a-z])[abhkpqtv][a-z][ .\-]?[0-9]{2}[ .\-][0-9]{2}(?![0-9./-])")
_ROAD_BEFORE: Final = re.compile(
    r"(?<![a-z])(?:quoc lo|\bql|\btl|tinh lo|duong|cao toc|tuyen|nghi dinh|luat|dieu|khoan|thong tu)\s?$"
)

_LOCAL: Final = r"[a-z0-9](?:[a-z0-9_%+\-]|\.(?=[a-z0-9_])){0,63}"
_TLD: Final = r"(?:com|vn|net|org|edu|gov|info|io|co|me|biz|asia|xyz|online)"
_EMAIL: Final = re.compile(
    rf"{_LOCAL}\s?@\s?[a-z0-9][a-z0-9\-]{{0,62}}(?:\.[a-z0-9\-]{{2,24}}|\s?\.\s?{_TLD}(?![a-z])){{1,4}}"
)
# "minh (a còng) gmail chấm com", "hung [at] outlook [dot] com"
_AT_WORDS: Final = (
    r"(?:\s?[(\[{]\s?(?:at|a cong|a con|a|@)\s?[)\]}]\s?|\s(?:a cong|a con|a moc|at|acong|a-cong)\s|\s?@\s?)"
)
_DOT_WORDS: Final = r"(?:\s?\.\s?|\s(?:cham|dot)\s|\s?[(\[{](?:cham|dot|\.)[)\]}]\s?)"
_EMAIL_SPOKEN: Final = re.compile(
    rf"{_LOCAL}(?:\scham\s[a-z0-9]{{1,30}}){{0,2}}{_AT_WORDS}[a-z0-9\-]{{2,63}}"
    rf"(?:{_DOT_WORDS}[a-z0-9\-]{{2,24}}){{0,2}}{_DOT_WORDS}{_TLD}(?![a-z])"
)
_EMAIL_NO_AT: Final = re.compile(
    r"[a-z0-9][a-z0-9._%+\-]{2,63}\s(?:gmail|yahoo|hotmail|outlook|icloud)\s?(?:\.|\scham"
    r"|\sdot)\s?[a-z]{2,3}(?:\.[a-z]{2})?"
)
_LINK: Final = re.compile(
    r"(?:https?://)?(?:www\.|m\.|vi-vn\.|web\.)?"
    r"(?:facebook\.com|fb\.com|fb\.me|fb\.watch|m\.me|messenger\.com|zalo\.me|chat\.zalo\.me|t\.me"
    r"|telegram\.me|tiktok\.com"
    r"|vt\.tiktok\.com|instagram\.com|threads\.net|youtube\.com|youtu\.be|twitter\.com|x\.com|linkedin\.com"
    r"|viber\.click|wa\.me)"
    r"/[^\s,;)\]]{1,300}"
)
_MAP_LINK: Final = re.compile(
    r"(?:https?://)?(?:maps\.app\.goo\.gl|goo\.gl/maps|(?:www\.)?google\.[a-z.]{2,6}/maps"
    r"|maps\.google\.[a-z.]{2,6})/?[^\s,;)\]]{0,500}"
)
_HANDLE: Final = re.compile(r"(?<![a-z0-9@.])@[a-z][a-z0-9._]{2,40}(?![a-z0-9@])")
_NICK: Final = re.compile(
    r"(?:facebook|\bfb\b|zalo|telegram|tiktok|instagram|viber|\bnick\b|messenger)(?:\s(?:la|cua toi|toi"
    r"|cua em|em|ten|nick|id|tai khoan|name)){0,3}"
    r"\s?[:=]\s?(@?[a-z][a-z0-9._]*(?:\s[a-z0-9._]+){0,5})"
)

_LAT: Final = r"(?:0?[89]|1[0-9]|2[0-3])"
_LONG: Final = r"(?:10[2-9]|11[0-4])"
_GPS: Final = (
    re.compile(
        rf"(?<![0-9.]){_LAT}[.,][0-9]{{3,15}}\s?°?\s?n?\s?[,;/ |]\s?(?:long|lng"
        rf"|kinh do)?\s?:?\s?{_LONG}[.,][0-9]{{3,15}}\s?°?\s?e?"
    ),
    re.compile(rf"(?<![0-9.]){_LONG}[.,][0-9]{{3,15}}\s?[,;/ |]\s?{_LAT}[.,][0-9]{{3,15}}"),
    re.compile(
        rf"(?<![0-9.]){_LAT}\s?(?:°|do|o)\s?[0-9]{{1,2}}\s?(?:['′’]"
        rf"|phut)\s?(?:[0-9]{{1,2}}(?:[.,][0-9]{{1,6}})?\s?(?:\"|″|”|''|′′|giay)?)?\s?n?"
        rf"[\s,;/\-]{{0,3}}{_LONG}\s?(?:°|do|o)\s?[0-9]{{1,2}}\s?(?:['′’]"
        rf"|phut)\s?(?:[0-9]{{1,2}}(?:[.,][0-9]{{1,6}})?\s?(?:\"|″|”|''|′′|giay)?)?\s?e?"
    ),
    re.compile(r"(?:vi do|kinh do|\blat\b|\blatitude|\blng\b|\blong\b|longitude)\s?[:=]?\s?[0-9]{1,3}[.,][0-9]{3,15}"),
    re.compile(
        r"(?:toa do|\bgps\b)[^0-9\n\v]{0,20}[0-9]{1,7}[.,][0-9]{2,15}(?:[^0-9\n\v]{1,12}[0-9]{1,7}[.,][0-9]{2,15})?"
    ),
    re.compile(r"(?<![0-9a-z])[2-9cfghjmpqrvwx]{4,8}\+[2-9cfghjmpqrvwx]{2,3}(?![0-9a-z])"),
)

_NUMBER: Final = r"[0-9]{1,6}[a-z]?(?:[/\-][0-9]{1,4}[a-z]?){0,3}"
_LAND: Final = (
    re.compile(
        rf"thua(?:\s(?:dat|so|dat so)){{0,2}}\s?:?\s?{_NUMBER}(?:[,;\s(]{{1,3}}(?:thuoc\s|tai\s"
        rf"|cua\s)?to(?:\sban\sdo)?(?:\sso)?\s?:?\s?{_NUMBER})?"
    ),
    re.compile(
        rf"to ban do(?:\sso)?\s?:?\s?{_NUMBER}(?:[,;\s(]{{1,3}}(?:thua|lo)(?:\s(?:dat|so"
        rf"|dat so)){{0,2}}\s?:?\s?{_NUMBER})?"
    ),
    re.compile(
        r"(?:so do|so hong|gcn(?:qsdd|qsd dat)?|giay chung nhan(?:\s[a-z]+){0,8}|so vao so(?:\scap gcn)?"
        r"|so phat hanh|so seri|seri)"
        r"\s?(?:so|la so|seri|so seri|:)?\s?:?\s?([a-z]{0,3}\s?[0-9]{4,9}(?![0-9/]))"
    ),
)
_CERTIFICATE: Final = re.compile(r"(?<![0-9a-z])[a-z]{2}\s?[0-9]{6,8}(?![0-9/])")
_PASSPORT: Final = re.compile(r"(?<![0-9a-z])[a-z][0-9]{7,8}(?![0-9a-z])")
_INSURANCE: Final = re.compile(r"(?<![0-9a-z])[a-z]{2}[ .\-]?[0-9](?:[ .\-]?[0-9]){9,13}(?![0-9])")
_DOSSIER: Final = (
    re.compile(
        r"(?<![0-9a-z])(?:000[.\-])?(?:[0-9]{2}[.\-]){0,3}[hg][0-9]{2}"
        r"(?:[.\-][0-9]{1,4}){0,4}-[0-9]{6,8}-[0-9]{3,7}(?![0-9])"
    ),
    re.compile(
        r"(?:ma ho so|so ho so|ho so so|ma so ho so|so bien nhan|bien nhan so|giay hen so|so giay hen"
        r"|ma bien nhan|ma tra cuu|ma phan anh)"
        r"\s?(?:la|so|:|cua toi|cua toi la|toi la){0,2}\s?:?\s?([a-z]{0,6}[.\-]?[0-9][a-z0-9]*(?:[.\-/][a-z0-9]+){0,8})"
    ),
    re.compile(r"(?<![0-9a-z])(?:pakn|pha|hn)[.\-]?[0-9]{4,8}[.\-]?[0-9]{4,8}(?:[.\-][0-9])?(?![0-9])"),
)
_KEYED_CODE: Final = (
    (
        "id",
        re.compile(
            r"(?:cccd|cmnd|cmt|can cuoc|ho chieu|passport|bhxh|bhyt|the bao hiem|giay phep lai xe|gplx"
            r"|bang lai)[^0-9\n\v]{0,20}?"
            r"(?<![a-z0-9])([a-z]{0,2}[0-9]{6,15})(?![0-9])"
        ),
        N_("Đứng sau tên một giấy tờ tùy thân"),
    ),
    (
        "number",
        re.compile(
            r"(?:ma khach hang|ma kh|so hop dong|hop dong so|ma danh bo|danh bo|ma so sinh vien|ma hoc sinh"
            r"|ma dinh danh hoc sinh)"
            r"\s?(?:la|so|dien|nuoc|cua toi|:){0,2}\s?:?\s?([a-z]{0,4}[.\-]?[0-9][a-z0-9]{3,20})"
        ),
        N_("Mã khách hàng hay số hợp đồng"),
    ),
)

_BIRTH: Final = (
    re.compile(
        r"(?<![a-z])(?:ngay thang nam sinh|ngay sinh|nam sinh|sinh ngay|sinh nam|sinh thang|sinh|sn|ns"
        r"|dob)\s?:?\s?(?:vao\s)?(?:ngay\s|nam\s|thang\s)?"
        r"(?:[0-3]?[0-9]\s?[/.\-]\s?[01]?[0-9]\s?[/.\-]\s?(?:(?:19|20)[0-9]{2}|[0-9]{2})"
        r"|[0-3]?[0-9] thang [01]?[0-9](?:,? nam|/)?\s?(?:19|20)[0-9]{2}|[01]?[0-9]\s?/\s?(?:19|20)[0-9]{2}"
        r"|(?:19|20)[0-9]{2})(?![0-9/])"
    ),
)
_BIRTH_NOT_AFTER: Final = re.compile(r"(?<![a-z])(?:hoc|ve|phat|dan|nay|an|tai|ho|ky|khai|tuyen|moi|giao|quan|thi)\s?$")


def pattern_marks(view: View) -> Iterator[Mark]:
    """Everything that a pattern alone can tell."""
    folded = view.folded
    yield from _plates(view)
    if "@" in folded or " a " in folded or "cong" in folded or "(a" in folded or "[a" in folded or " at " in folded:
        for match in _EMAIL.finditer(folded):
            yield mark_at(view, *match.span(), "email", N_("Địa chỉ thư điện tử"), 0.95)
        for match in _EMAIL_SPOKEN.finditer(folded):
            yield mark_at(view, *match.span(), "email", N_("Địa chỉ thư điện tử"), 0.85)
    for match in _EMAIL_NO_AT.finditer(folded):
        yield mark_at(view, *match.span(), "email", N_("Địa chỉ thư điện tử"), 0.8)
    for match in _LINK.finditer(folded):
        yield mark_at(view, *match.span(), "link", N_("Liên kết tới trang cá nhân"), 0.85)
    for match in _HANDLE.finditer(folded):
        yield mark_at(view, *match.span(), "link", N_("Tên tài khoản mạng xã hội"), 0.6)
    yield from _nicks(view)
    for match in _MAP_LINK.finditer(folded):
        yield mark_at(view, *match.span(), "gps", N_("Liên kết bản đồ"), 0.6)
    for pattern in _GPS:
        for match in pattern.finditer(folded):
            yield mark_at(view, *match.span(), "gps", N_("Tọa độ"), 0.8)
    yield from _land(view)
    for match in _PASSPORT.finditer(folded):
        if view.cased[match.start()].isupper():
            yield mark_at(view, *match.span(), "id", N_("Dạng số hộ chiếu"), 0.6)
    for match in _INSURANCE.finditer(folded):
        if view.cased[match.start() : match.start() + 2].isupper():
            yield mark_at(view, *match.span(), "id", N_("Dạng số thẻ bảo hiểm"), 0.8)
    for pattern in _DOSSIER:
        for match in pattern.finditer(folded):
            group = 1 if pattern.groups else 0
            yield mark_at(view, *match.span(group), "dossier", N_("Mã hồ sơ hay số biên nhận"), 0.85)
    for kind, pattern, reason in _KEYED_CODE:
        for match in pattern.finditer(folded):
            yield mark_at(view, *match.span(1), "id" if kind == "id" else "number", reason, 0.85)
    for pattern in _BIRTH:
        for match in pattern.finditer(folded):
            if not _BIRTH_NOT_AFTER.search(folded[max(0, match.start() - 8) : match.start()]):
                digit = next(at for at in range(*match.span()) if folded[at].isdigit())
                yield mark_at(view, digit, match.end(), "birth", N_("Ngày hay năm sinh"), 0.85)


def _plates(view: View) -> Iterator[Mark]:
    folded, cased = view.folded, view.cased
    for match in _PLATE.finditer(folded):
        start, end = match.span()
        before = folded[max(0, start - 30) : start]
        letters = [cased[at] for at in range(start, end) if folded[at].isalpha()]
        keyword = bool(_PLATE_KEYWORD.search(before))
        if _ROAD_BEFORE.search(before) and not keyword:
            continue
        lower = not letters[0].isupper()
        tail = re.sub(r"[^0-9]", "", match.group()[2:])
        if lower and not keyword and (folded[start + 2] == " " or letters[0] in "hgmkx" or len(tail) < 5):
            continue
        spaced = " " in match.group() and len(tail) < 5 and not keyword
        yield mark_at(
            view, start, end, "plate", N_("Dạng biển số xe"), 0.95 if keyword else 0.6 if spaced or lower else 0.85
        )
    for match in re.finditer(r"(?:\bbks\b|bien so|bien kiem soat|bien xe|\bbsx?\b|mang bien)[^0-9\n\v]{0,16}", folded):
        loose = _PLATE_LOOSE.match(folded, match.end())
        if loose:
            yield mark_at(view, *loose.span(), "plate", N_("Đứng sau “biển số”"), 0.9)
    for match in _PLATE_ARMY.finditer(folded):
        if cased[match.start() : match.start() + 2].isupper():
            yield mark_at(view, *match.span(), "plate", N_("Dạng biển số quân đội"), 0.6)


def _nicks(view: View) -> Iterator[Mark]:
    for match in _NICK.finditer(view.folded):
        start, end = match.span(1)
        words = [(at.start() + start, at.end() + start) for at in re.finditer(r"[^\s]+", view.folded[start:end])]
        last = None
        for first, stop in words:
            if last is not None and not (view.cased[first].isupper() or view.cased[first].isdigit()):
                break
            last = stop
        if last is not None and (view.cased[start].isupper() or view.cased[start] == "@" or words[0][1] - start >= 5):
            yield mark_at(view, start, last, "link", N_("Tên tài khoản mạng xã hội"), 0.6)


def _land(view: View) -> Iterator[Mark]:
    for pattern in _LAND:
        for match in pattern.finditer(view.folded):
            start, end = match.span(1) if pattern.groups else match.span()
            yield mark_at(view, start, end, "land", N_("Số thửa đất, tờ bản đồ hay số sổ"), 0.85)
    for match in _CERTIFICATE.finditer(view.folded):
        if view.cased[match.start() : match.start() + 2].isupper():
            yield mark_at(view, *match.span(), "land", N_("Dạng số giấy chứng nhận"), 0.6)
