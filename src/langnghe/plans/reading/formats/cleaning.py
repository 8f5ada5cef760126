"""Makes the text of any format alike: composed letters, plain spaces, no invisible signs, bullets as they are typed."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = dict.fromkeys([*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD, 0xFEFF, 0xFFFC])
_INVISIBLE |= dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)])
# Bullets of symbol fonts stand in the private area; the Icelandic letters are what old fonts print for đ.
_ALIKE = {
    0xF0B7: "-", 0xF0A7: "-", 0xF02D: "-", 0xF0D8: "-", 0xF0FC: "-", 0xF076: "-", 0xF02B: "+", 0xF0E0: "-",
    0x00D0: "Đ", 0x00F0: "đ", 0x2010: "-", 0x2011: "-", 0x2212: "-", 0x00A0: " ", 0x2028: "\n", 0x2029: "\n",
}  # fmt: skip
_TABLE = {**_INVISIBLE, **_ALIKE}
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Composed letters and no invisible signs; line breaks and spaces as they are."""
    if text.isascii() and text.isprintable():
        return text
    text = _SURROGATES.sub("\ufffd", text)
    return unicodedata.normalize("NFC", text.translate(_TABLE))


def folded(text: str) -> str:
    """One line: cleaned, every run of white space one space, ends trimmed."""
    return " ".join(clean(text).split())


# --- TCVN 5712 ("ABC") fonts: the bytes of Latin letters stand for Vietnamese ones --------
_ABC = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦"
_UNICODE = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ"
_FROM_ABC = {ord(old): new for old, new in zip(_ABC, _UNICODE, strict=True)}


def from_abc(text: str) -> str:
    """Text typed in a font of the ABC family (names beginning with ".Vn") as Unicode."""
    return text.translate(_FROM_ABC)


_WORD = re.compile(r"[^\W\d_]+")
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
    r"[aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ]{1,3}"
    r"(?:ng|nh|ch|[cmnpt])?"
)


def vietnamese_share(text: str) -> float:
    """The share of words that are shaped like Vietnamese syllables, of the first thousands; 0 without words."""
    words = _WORD.findall(unicodedata.normalize("NFC", text[:20_000]).lower())
    if not words:
        return 0.0
    marked = [word for word in words if not word.isascii()]
    judged = marked or words
    return sum(1 for word in judged if _SYLLABLE.fullmatch(word)) / len(judged)
