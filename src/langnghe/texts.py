"""Text helpers that every room shares: folding, Vietnamese order, cleaning, excerpts, case codes and secrets.

Pure functions below all floors: no database, no clock, no settings, no Django.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from typing import Final, Literal

# --- folding -------------------------------------------------------------------------------------------------------

# Letters that look empty but are not of category Cf; they can hide inside a word like a zero-width space.
INVISIBLE_LETTERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Letters that Unicode does not decompose.
_LETTERS: Final = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "\u0131": "i"})
_WORD: Final = re.compile(r"[^\W_]+")


def whole_number(text: str) -> int | None:
    """The number that an address or a hidden input holds: 1 to 15 plain digits; None for anything else. (`isdigit`
    takes "²" too, and `int` refuses thousands of digits.)"""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def is_invisible(char: str) -> bool:
    """True for characters that take no room on the page: zero-width, bidi controls, soft hyphen, byte-order mark."""
    return char in INVISIBLE_LETTERS or unicodedata.category(char) == "Cf"


def fold(text: str) -> str:
    """The search form of a text: NFC, lower case, no marks, đ as d, no invisible characters, one space between words.

    With the marks gone, old and new tone placement ("hoá", "hóa") are one. Idempotent.
    """
    lowered = unicodedata.normalize("NFC", text).lower()
    decomposed = unicodedata.normalize("NFD", lowered)
    kept = "".join(char for char in decomposed if unicodedata.category(char) != "Mn" and not is_invisible(char))
    return unicodedata.normalize("NFC", " ".join(kept.translate(_LETTERS).split()))


def words(text: str) -> list[str]:
    """The folded words (letters and digits) of a text, in order, with repeats."""
    return _WORD.findall(fold(text))


# --- Vietnamese order ----------------------------------------------------------------------------------------------

# Letters that follow a base letter in the alphabet: "{" and "|" come after "z", so ă follows every a + letter.
_AFTER: Final = {
    ("a", "\u0306"): "a{",
    ("a", "\u0302"): "a|",
    ("e", "\u0302"): "e{",
    ("o", "\u0302"): "o{",
    ("o", "\u031b"): "o|",
    ("u", "\u031b"): "u{",
}
# Tones in the order of Vietnamese dictionaries: none, huyền, hỏi, ngã, sắc, nặng.
_TONES: Final = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_KEY_PART: Final = re.compile(r"[0-9]+|[^0-9]+")


def _sort_word(word: str) -> tuple[str, str]:
    """Primary key and tone of one lower-case word."""
    letters: list[str] = []
    tone = "0"
    for char in word:
        base, marks = unicodedata.normalize("NFD", char)[0], unicodedata.normalize("NFD", char)[1:]
        piece = "d{" if base == "đ" else base
        for mark in marks:
            piece = _AFTER.get((base, mark), piece)
            tone = _TONES.get(mark, tone)
        letters.append(piece)
    primary = ""
    for part in _KEY_PART.findall("".join(letters)):
        if "0" <= part[0] <= "9":
            # Numbers in order of size ("Tổ 9" before "Tổ 10"): the count of digits goes before the digits.
            digits = part.lstrip("0") or "0"
            primary += f"{min(len(digits), 9)}{digits}"
        else:
            primary += part
    return primary, tone


def vietnamese_sort_key(text: str) -> str:
    """A key whose order as bytes (C collation) is the Vietnamese order of the texts.

    Letters a ă â b c d đ e ê … o ô ơ … u ư … first, over the whole text; tones (ngang, huyền, hỏi, ngã, sắc, nặng) only
    break ties; case and punctuation do not count; numbers sort by size.
    """
    lowered = unicodedata.normalize("NFC", text).lower()
    lowered = "".join(char for char in lowered if not is_invisible(char))
    pairs = [_sort_word(word) for word in re.findall(r"[^\W_]+", unicodedata.normalize("NFC", lowered))]
    # "!" (end) < "-" (between words) < digits < letters, all printable ASCII for Vietnamese texts.
    return "-".join(primary for primary, _ in pairs) + "!" + "".join(tone for _, tone in pairs)


# --- what people type ----------------------------------------------------------------------------------------------

_NEWLINES: Final = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")


def clean_input(text: str, *, single_line: bool = False) -> str:
    """What a person typed, fit to be stored: NFC, no control, zero-width or bidi characters, newlines "\\n", trimmed.

    Every kind of space and tab becomes a plain space; spaces at line ends go. With single_line newlines become spaces
    and runs of spaces one. Emoji and foreign scripts stay. Idempotent.
    """
    text = _NEWLINES.sub("\n", text)
    kept: list[str] = []
    for char in text:
        category = unicodedata.category(char)
        if char == "\n":
            kept.append(char)
        elif char == "\t" or category == "Zs":
            kept.append(" ")
        elif category in ("Cc", "Cs") or is_invisible(char):
            continue
        else:
            kept.append(char)
    cleaned = unicodedata.normalize("NFC", "".join(kept))
    if single_line:
        return " ".join(cleaned.split())
    return "\n".join(line.rstrip(" ") for line in cleaned.split("\n")).strip("\n ")


def excerpt(text: str, limit: int = 160, *, around: str = "") -> str:
    """At most `limit` characters of a text on one line, cut between words, with "…" where something is left out.

    With `around` the excerpt begins shortly before the first word of the query found in the text (marks do not count).
    """
    if limit < 2:
        raise ValueError("limit must be at least 2")
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    start = 0
    wanted = set(words(around))
    if wanted:
        tokens = list(_WORD.finditer(flat))
        hit = next((i for i, token in enumerate(tokens) if fold(token.group()) in wanted), None)
        if hit is not None and tokens[hit].end() > limit * 2 // 3:
            start = tokens[max(0, hit - 4)].start()
    lead = "…" if start else ""
    room = limit - len(lead)
    rest = flat[start:]
    if len(rest) <= room:
        return lead + rest
    body = rest[: room - 1]
    if rest[room - 1] != " " and " " in body:
        body = body[: body.rfind(" ")]
    return lead + body.rstrip(" ,;:.-\u2013") + "…"


# --- case codes ----------------------------------------------------------------------------------------------------

CODE_NUMBERS: Final = 10**8  # how many codes there are
_HALF: Final = 10**4
_ROUNDS: Final = 8

# Damm's quasigroup of order 10: detects every single wrong digit and every swap of two neighbours.
_DAMM: Final = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)

CodeProblem = Literal["format", "check"]


class CodeError(ValueError):
    """A case code that cannot be one. `problem`: "format" (not letters + nine digits) or "check" (a digit is wrong)."""

    def __init__(self, problem: CodeProblem, text: str) -> None:
        super().__init__(f"{problem}: {text[:40]!r}")
        self.problem: CodeProblem = problem


def check_digit(digits: str) -> str:
    """Damm's check digit of a string of decimal digits."""
    state = 0
    for digit in digits:
        state = _DAMM[state][ord(digit) - 48]
    return str(state)


def _round(half: int, turn: int, key: bytes) -> int:
    digest = hmac.digest(key, b"%d:%d" % (turn, half), hashlib.sha256)
    return int.from_bytes(digest[:8], "big") % _HALF


def make_code(number: int, *, prefix: str, key: bytes) -> str:
    """The code of the case with this sequence number, such as "HN-4827-1936-5".

    Digits in groups are the easiest to say on the telephone; the last one is a check digit. The eight digits are a
    keyed permutation of the number (a Feistel network), so that codes never collide and do not show how many cases a
    day brings. They are no secret. number: 0 ≤ number < 10^8 (ValueError otherwise). prefix: letters, may be empty.
    """
    if not 0 <= number < CODE_NUMBERS:
        raise ValueError("number outside the range of codes")
    left, right = divmod(number, _HALF)
    for turn in range(_ROUNDS):
        left, right = right, (left + _round(right, turn, key)) % _HALF
    return _format_code(prefix, f"{left:04d}{right:04d}")


def code_number(code: str, *, key: bytes) -> int:
    """The sequence number of a code made with this key; CodeError as in parse_code."""
    digits = re.sub(r"[^0-9]", "", parse_code(code))[:8]
    left, right = int(digits[:4]), int(digits[4:])
    for turn in reversed(range(_ROUNDS)):
        left, right = (right - _round(left, turn, key)) % _HALF, left
    return left * _HALF + right


def _format_code(prefix: str, digits: str) -> str:
    body = f"{digits[:4]}-{digits[4:]}-{check_digit(digits)}"
    return f"{prefix.upper()}-{body}" if prefix else body


def parse_code(text: str, *, prefix: str | None = None) -> str:
    """The canonical spelling of a code that a person typed or dictated.

    Spaces, dots, dashes and other punctuation do not matter, nor does case; letters O, I and L among the digits are
    taken for 0, 1 and 1. With `prefix` the letters may be left out and must otherwise be these. Raises CodeError.
    """
    plain = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper()) if len(text) <= 100 else ""
    body, letters = plain[-9:], plain[:-9]
    body = body.replace("O", "0").replace("I", "1").replace("L", "1")
    if not re.fullmatch(r"[0-9]{9}", body) or not re.fullmatch(r"[A-Z]{0,10}", letters):
        raise CodeError("format", text)
    if prefix is not None and letters not in ("", prefix.upper()):
        raise CodeError("format", text)
    if check_digit(body[:8]) != body[8]:
        raise CodeError("check", text)
    return _format_code(letters or (prefix or ""), body[:8])


# --- secrets -------------------------------------------------------------------------------------------------------

# 32 signs without I, L, O and U: what looks like 0 or 1 is read as 0 or 1.
SECRET_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_LENGTH: Final = 10  # 10 signs of 32: 50 bits
_SECRET_READ: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


def make_secret() -> str:
    """A new secret of 50 random bits, written in two groups: "4K7QX-9M2RT"."""
    signs = "".join(secrets.choice(SECRET_ALPHABET) for _ in range(SECRET_LENGTH))
    return f"{signs[:5]}-{signs[5:]}"


def normalise_secret(text: str) -> str:
    """The spelling that make_secret gave, from what a person typed; "" when it cannot be a secret."""
    plain = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper()) if len(text) <= 100 else ""
    signs = plain.translate(_SECRET_READ)
    if len(signs) != SECRET_LENGTH or any(sign not in SECRET_ALPHABET for sign in signs):
        return ""
    return f"{signs[:5]}-{signs[5:]}"
