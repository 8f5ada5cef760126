"""Decisions about cases as pure functions: no database, no clock, no request."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from langnghe.texts import SECRET_ALPHABET, SECRET_LENGTH, fold, normalise_secret

DISSATISFIED = 2
"""Levels 1 and 2 of five are dissatisfaction (SIPAS method: levels 4 and 5 are satisfaction)."""


def derive_secret(key: bytes, submission_key: str) -> str:
    """The secret of the case that this submission makes. The same form sent twice finds the same secret, so that a
    double click or a lost answer shows the same receipt. 50 bits of HMAC-SHA256, written "4K7QX-9M2RT"."""
    digest = hmac.digest(key, f"case-secret:{submission_key}".encode(), hashlib.sha256)
    number = int.from_bytes(digest[:8], "big")
    signs = "".join(SECRET_ALPHABET[(number >> (5 * place)) & 31] for place in range(SECRET_LENGTH))
    return f"{signs[:5]}-{signs[5:]}"


def secret_digest(secret: str) -> bytes:
    """What is stored of a secret: SHA-256 of its canonical spelling."""
    return hashlib.sha256(normalise_secret(secret).encode()).digest()


def secret_matches(secret: str, digest: bytes) -> bool:
    """Whether a secret that a person typed is the stored one; in constant time."""
    return bool(normalise_secret(secret)) and hmac.compare_digest(secret_digest(secret), bytes(digest))


def contact_key(key: bytes, *, phone: str, email: str) -> str:
    """A keyed digest of the sender's phone (or e-mail), to find the same sender's cases without reading them."""
    digits = "".join(char for char in phone if char.isdigit())
    if digits.startswith("84") and len(digits) > 10:
        digits = "0" + digits[2:]
    known = digits or email.strip().lower()
    return hmac.new(key, f"contact:{known}".encode(), hashlib.sha256).hexdigest() if known else ""


def is_dissatisfied(levels: Collection[int]) -> bool:
    """Whether a rating offers to reopen: the whole, or any criterion, at level 1 or 2."""
    return any(level <= DISSATISFIED for level in levels)


def search_text(*parts: str) -> str:
    """What the search column holds: folded words, so that marks, case and tone placement do not matter."""
    return fold(" ".join(part for part in parts if part))[:20000]


_DOOR = re.compile(r".*\d[\w/.-]*")


def doors(address: str) -> list[str]:
    """Of an address only what leads to the door: the street and the ward are what reports are about."""
    return [found.group() for part in address.split(",") if (found := _DOOR.match(part.strip()))]


BLOT = "[…]"
_PHONE = re.compile(r"\+?[\d\s.()-]{8,}")


_HONORIFIC = r"(?:ông|bà|anh|chị|em|cô|chú|bác|cụ|cháu|dì|cậu|mợ|thím)"


def blot(text: str, known: Collection[str]) -> str:
    """A text without the known values in it: words as they stand, whatever their case; telephone numbers however they
    are grouped; of a full name also its last two words, and the given name after an honorific ("bà Hợp"). A value of
    fewer than four signs is left, for it is in too many words."""
    patterns = [pattern for value in sorted({value.strip() for value in known}, key=len) for pattern in _shapes(value)]
    for pattern in sorted(patterns, key=len, reverse=True):
        text = re.sub(pattern, BLOT, text, flags=re.IGNORECASE)
    return text


def _shapes(value: str) -> list[str]:
    digits = re.sub(r"\D", "", value)
    if _PHONE.fullmatch(value) and len(digits) >= 8:
        # The same number in the country's own form and abroad: 0901…, +84901…
        local = digits[2:] if digits.startswith("84") and len(digits) > 10 else digits.lstrip("0")
        return [r"(?<!\d)(?:\+?84|0)?[\s.()-]*" + r"[\s.()-]*".join(local) + r"(?!\d)"]
    if len(value) < 4:
        return []
    words = [re.escape(word) for word in unicodedata.normalize("NFC", value).split()]
    found = [r"(?<!\w)" + r"\s+".join(words) + r"(?!\w)"]
    if len(words) > 1 and not digits and "@" not in value:
        found.append(rf"(?<!\w){_HONORIFIC}\s+{words[-1]}(?!\w)")
        if len(words) > 2:
            found.append(rf"(?<!\w){words[-2]}\s+{words[-1]}(?!\w)")
    return found


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """What of an answer its completeness depends on."""

    outcome: str
    text: str
    done_what: str
    done_by: str
    done_on: date | None
    legal_basis: str
    scheduled_on: date | None
    other_body: str
    proofs: int
    regime: str
    subject: str


def answer_gaps(answer: AnswerFacts, *, today: date) -> dict[str, str]:
    """What an answer lacks before it can be sent: field → message; empty when it is complete.

    An answer says its outcome, what was done, by whom and when; its legal basis where a rule is meant; for a solved
    field report a picture or document; for a promise a date that lies ahead; outside our power, whose it is.
    """
    gaps: dict[str, str] = {}
    if not answer.outcome:
        gaps["outcome"] = _(
            "Hãy chọn kết quả: đã giải quyết, đã giải thích, hẹn thời điểm, ngoài thẩm quyền hay tập hợp."
        )
    if len(answer.text.strip()) < 30:
        gaps["text"] = _("Hãy viết nội dung trả lời người gửi (ít nhất 30 ký tự).")
    if answer.outcome in ("solved", "scheduled", "explained"):
        if not answer.done_what.strip():
            gaps["done_what"] = _("Hãy ghi đã làm việc gì.")
        if not answer.done_by.strip():
            gaps["done_by"] = _("Hãy ghi ai đã làm.")
        if answer.done_on is None:
            gaps["done_on"] = _("Hãy ghi ngày đã làm.")
    if answer.done_on is not None and answer.done_on > today:
        gaps["done_on"] = _("Ngày đã làm không thể ở sau hôm nay.")
    rule_meant = answer.regime == "admin" and answer.subject == "regulation"
    if (rule_meant or answer.outcome == "collected") and not answer.legal_basis.strip():
        gaps["legal_basis"] = _("Hãy ghi căn cứ pháp lý: số văn bản, điều, khoản.")
    if answer.regime == "field" and answer.outcome == "solved" and answer.proofs == 0:
        gaps["proof"] = _("Hãy đính kèm ảnh hoặc tài liệu chứng minh đã giải quyết.")
    if answer.outcome == "scheduled":
        if answer.scheduled_on is None:
            gaps["scheduled_on"] = _("Hãy ghi ngày hẹn thực hiện.")
        elif answer.scheduled_on <= today:
            gaps["scheduled_on"] = _("Ngày hẹn phải ở sau hôm nay.")
    if answer.outcome == "outside_power" and not answer.other_body.strip():
        gaps["other_body"] = _("Hãy ghi cơ quan có thẩm quyền giải quyết.")
    return gaps
