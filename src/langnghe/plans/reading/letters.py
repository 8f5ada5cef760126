"""The letters of Vietnamese as ranges for regular expressions."""

from __future__ import annotations

import re

_VOWELS = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
LOWER = f"a-z{_VOWELS}"
"""Small letters, to stand in [ ]."""
UPPER = f"A-Z{_VOWELS.upper()}"
"""Capital letters, to stand in [ ]."""


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """A compiled expression in which [<U>] and [<L>] stand for capital and small letters."""
    return re.compile(text.replace("<U>", UPPER).replace("<L>", LOWER), flags)
