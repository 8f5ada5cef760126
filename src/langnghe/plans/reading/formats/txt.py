"""Plain text: finds out in which code the letters are written."""

from __future__ import annotations

import codecs

from langnghe.plans.reading.formats.cleaning import clean, from_abc, vietnamese_share
from langnghe.plans.reading.formats.tabbed import lines_of_text
from langnghe.plans.reading.source import ReadingError, Source, source_of

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(content: bytes) -> tuple[str, str | None]:
    """The text, and a warning in Vietnamese where the code had to be guessed."""
    for mark, code in _MARKS:
        if content.startswith(mark):
            return content.decode(code, "replace"), None
    if b"\x00" in content[:4000]:
        sample = content[:4000]
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if max(even, odd) > len(sample) / 20:
            return content.decode("utf-16-be" if even > odd else "utf-16-le", "replace"), None
    try:
        return content.decode("utf-8"), None
    except UnicodeDecodeError as error:
        # A few bad bytes in an otherwise sound text are left out rather than taking it for another code.
        sound = content[:200_000].decode("utf-8", "replace")
        if sound.count("\ufffd") * 200 < len(sound) and error.start > 0:
            return content.decode("utf-8", "replace"), "Tệp có một số ký tự không đọc được; chỗ đó ghi dấu �."
    guesses = {
        "Windows-1258": content.decode("cp1258", "replace"),
        "TCVN3 (ABC)": from_abc(content.decode("latin-1")),
    }
    name, text = max(guesses.items(), key=lambda guess: vietnamese_share(clean(guess[1][:20_000])))
    return text, f"Tệp không ghi bằng Unicode; đã đọc theo bảng mã {name}, cần xem lại dấu của chữ."


def read_text(content: bytes, name: str) -> Source:
    """A document of plain text: each line of the file is a line, empty ones left out."""
    text, warning = decode(content)
    sample = text[:20_000]
    signs = sum(1 for sign in sample if sign == "\ufffd" or ord(sign) < 32 and sign not in "\t\n\r\f\v")
    if signs * 20 > len(sample):
        raise ReadingError("type", "Tệp này không phải văn bản. Hãy gửi tệp .docx, .pdf, .html hoặc .txt.")
    text = clean(text)
    return source_of(lines_of_text(text.splitlines()), name=name, format="txt", warnings=[warning] if warning else [])
