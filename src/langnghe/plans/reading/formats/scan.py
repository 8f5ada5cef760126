"""Pages that are pictures, read with Tesseract and its Vietnamese data where these are installed."""

from __future__ import annotations

import io
import shutil
import subprocess
import warnings as python_warnings
from collections.abc import Sequence
from functools import cache
from typing import Any

from PIL import Image

from langnghe.plans.reading.formats.layout import Page, Word, lines_of
from langnghe.plans.reading.source import ReadingError, Source, source_of

MOST_SCANNED_PAGES = 60
MOST_PIXELS = 80_000_000
SECONDS_A_PAGE = 120
DOTS = 220
HOW = (
    "Để đọc bản quét, máy chủ cần chương trình Tesseract cùng dữ liệu tiếng Việt "
    "(gói tesseract-ocr và tesseract-ocr-vie); hoặc hãy gửi bản Word (.docx) hay PDF có chữ."
)


@cache
def _languages(program: str) -> frozenset[str]:
    try:
        listed = subprocess.run(
            [program, "--list-langs"], capture_output=True, timeout=30, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    return frozenset(listed.stdout.decode("utf-8", "replace").split())


def available() -> bool:
    """Whether Tesseract and its Vietnamese data are installed."""
    program = shutil.which("tesseract")
    return program is not None and "vie" in _languages(program)


def _need() -> str:
    program = shutil.which("tesseract")
    if program is None:
        raise ReadingError("scan", f"Tệp là bản quét (ảnh), không có chữ. {HOW}")
    if "vie" not in _languages(program):
        raise ReadingError("scan", f"Tệp là bản quét và Tesseract thiếu dữ liệu tiếng Việt. {HOW}")
    return program


def _words(program: str, picture: Image.Image, scale: float) -> list[Word]:
    """The words Tesseract finds in a picture; `scale` turns its dots into points."""
    png = io.BytesIO()
    picture.convert("L").save(png, "PNG")
    try:
        result = subprocess.run(
            [program, "stdin", "stdout", "-l", "vie", "--dpi", str(DOTS), "tsv"],
            input=png.getvalue(),
            capture_output=True,
            timeout=SECONDS_A_PAGE,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise ReadingError("scan", f"Một trang quét mất quá {SECONDS_A_PAGE} giây để đọc nên đã dừng. {HOW}") from error
    except (OSError, subprocess.CalledProcessError) as error:
        raise ReadingError("scan", f"Tesseract không đọc được bản quét này. {HOW}") from error
    words: list[Word] = []
    for row in result.stdout.decode("utf-8", "replace").splitlines()[1:]:
        fields = row.split("\t")
        if len(fields) < 12 or fields[0] != "5" or not fields[11].strip():
            continue
        try:
            x, y, width, height = (float(field) * scale for field in fields[6:10])
        except ValueError:
            continue
        words.append(Word(fields[11].strip(), x, y, x + width, y + height))
    return words


def recognise_pages(document: Any, pages: Sequence[Page], warnings: list[str]) -> None:
    """Fill pages of a PDF that have no text with the words of their pictures."""
    if len(pages) > MOST_SCANNED_PAGES:
        raise ReadingError(
            "scan",
            f"Bản quét có {len(pages)} trang; mỗi lần chỉ đọc được {MOST_SCANNED_PAGES} trang. "
            "Hãy tách riêng các trang của kế hoạch, hoặc gửi bản Word (.docx) hay PDF có chữ.",
        )
    program = _need()
    for page in pages:
        drawn = document[page.number - 1]
        try:
            scale = DOTS / 72
            if page.width * page.height * scale * scale > MOST_PIXELS:
                scale = (MOST_PIXELS / max(1.0, page.width * page.height)) ** 0.5
            picture = drawn.render(scale=scale, grayscale=True).to_pil()
        finally:
            drawn.close()
        page.words = _words(program, picture, 1 / scale)
    warnings.append("Văn bản được nhận dạng từ ảnh quét; cần xem lại kỹ từng chữ, nhất là số và ngày.")


def read_picture(content: bytes, name: str) -> Source:
    """A picture of one or more pages (PNG, JPEG, TIFF)."""
    try:
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as picture:
                frames = getattr(picture, "n_frames", 1)
                if frames > MOST_SCANNED_PAGES:
                    raise ReadingError(
                        "scan", f"Bản quét có {frames} trang; mỗi lần chỉ đọc được {MOST_SCANNED_PAGES} trang."
                    )
                program = _need()
                pages = []
                for number in range(frames):
                    picture.seek(number)
                    scale = 72 / DOTS
                    words = _words(program, picture.copy(), scale)
                    pages.append(Page(number + 1, picture.width * scale, picture.height * scale, words))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ReadingError("too-large", "Ảnh quá lớn để đọc.") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise ReadingError("broken", "Tệp ảnh bị hỏng, không mở được.") from error
    lines = lines_of(pages)
    if not lines:
        raise ReadingError("empty", "Không nhận dạng được chữ nào trong ảnh.")
    warning = "Văn bản được nhận dạng từ ảnh quét; cần xem lại kỹ từng chữ, nhất là số và ngày."
    return source_of(lines, name=name, format="scan", warnings=[warning])
