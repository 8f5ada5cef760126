"""Scans: pages without text are drawn and recognised by Tesseract, when it is installed with its Vietnamese data."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import warnings as python_warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import islice
from typing import Any

from PIL import Image, ImageOps

from langnghe.plans.reading.formats.layout import Page, Word, lines_of
from langnghe.plans.reading.formats.mending import mend_lines, mend_words
from langnghe.plans.reading.formats.pictures import Sheet, prepare, stems
from langnghe.plans.reading.formats.ruled import Rule, boxes_of
from langnghe.plans.reading.source import ReadingError, Source, source_of

MOST_SCANNED_PAGES = 150
MOST_PIXELS = 80_000_000
SECONDS_A_PAGE = 120
DOTS = 220
RUNNING, SPARSE = "3", "11"
"""Tesseract's ways of looking for words: in running text, and wherever they stand. The first takes the narrow cells of
a table for one row, the second overlooks signs that stand alone."""
SURE = 70.0
"""Below this mean confidence a page may lie on its side."""
HOW = (
    "Để đọc bản quét, máy chủ cần chương trình Tesseract cùng dữ liệu tiếng Việt "
    "(gói tesseract-ocr và tesseract-ocr-vie); hoặc hãy gửi bản Word (.docx) hay PDF có chữ."
)
WARNING = "Văn bản được nhận dạng từ ảnh quét; cần xem lại kỹ từng chữ, nhất là số và ngày."

Progress = Callable[[int, int], None]
"""Told after each page: how many are done, of how many."""


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


def _run(program: str, picture: Image.Image, *options: str) -> str:
    """What Tesseract prints for a picture."""
    png = io.BytesIO()
    picture.save(png, "PNG", compress_level=1)
    # Its own threads wait for each other; pages beside each other gain more.
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        result = subprocess.run(
            [program, "stdin", "stdout", "--dpi", str(DOTS), *options],
            input=png.getvalue(),
            capture_output=True,
            timeout=SECONDS_A_PAGE,
            check=True,
            env=environment,
        )
    except subprocess.TimeoutExpired as error:
        raise ReadingError("scan", f"Một trang quét mất quá {SECONDS_A_PAGE} giây để đọc nên đã dừng. {HOW}") from error
    except (OSError, subprocess.CalledProcessError) as error:
        raise ReadingError("scan", f"Tesseract không đọc được bản quét này. {HOW}") from error
    return result.stdout.decode("utf-8", "replace")


def _words(program: str, sheet: Sheet) -> tuple[list[Word], float]:
    """The words Tesseract finds on a page, in dots of its picture, and how sure it is of them on the whole."""
    way = SPARSE if len(sheet.flat) > 2 and len(sheet.upright) > 2 else RUNNING
    words: list[Word] = []
    sure = 0.0
    for row in _run(program, sheet.picture, "-l", "vie", "--psm", way, "tsv").splitlines()[1:]:
        fields = row.split("\t")
        if len(fields) < 12 or fields[0] != "5" or not fields[11].strip():
            continue
        try:
            x, y, width, height, confidence = (float(field) for field in fields[6:11])
        except ValueError:
            continue
        text = fields[11].strip()
        if confidence < 40 and (len(text) == 1 or not any(sign.isalnum() for sign in text)):
            continue  # dirt
        words.append(Word(text, x, y, x + width, y + height))
        sure += confidence
    return words, sure / len(words) if words else 0.0


def _turned(program: str, picture: Image.Image) -> int:
    """By how many degrees clockwise a page must be turned to stand upright: 0, 90, 180 or 270."""
    try:
        found = re.search(r"(?m)^Rotate:\s*(90|180|270)\b", _run(program, picture, "--psm", "0"))
    except ReadingError:
        return 0  # too few letters to tell, or no data for it
    return int(found[1]) if found else 0


_ROMAN = re.compile(r"(?P<start>[(“\"]?V?)(?P<core>[IHl1|!L\[\]]{1,4})(?P<rest>[.,;:)/\-–]\S*)?")


def _count_strokes(picture: Image.Image, words: Sequence[Word]) -> None:
    """Roman numbers by the strokes that are in the picture."""
    for word in words:
        found = _ROMAN.fullmatch(word.text)
        if not found or found["core"].isdigit() or found["core"] in ("l", "!", "|", "L") and not found["start"]:
            continue
        count = stems(picture, (word.x0, word.top, word.x1, word.bottom), after=found["start"].endswith("V"))
        if 1 <= count <= 3:
            word.text = f"{found['start']}{'I' * count}{found['rest'] or ''}"


def read_page(program: str, picture: Image.Image, number: int, scale: float) -> Page:
    """One picture as a page of words and tables; `scale` turns its dots into points."""
    sheet = prepare(picture, 72 / scale)
    words, sure = _words(program, sheet)
    if sure < SURE:
        turn = _turned(program, picture)
        if turn:
            picture = picture.rotate(-turn, expand=True)
            again = prepare(picture, 72 / scale)
            more, surer = _words(program, again)
            if surer > sure:
                sheet, words = again, more
    _count_strokes(sheet.picture, words)
    for word in words:
        word.x0, word.x1, word.top, word.bottom = (one * scale for one in (word.x0, word.x1, word.top, word.bottom))
    flat, upright = (
        [Rule(rule.at * scale, rule.low * scale, rule.high * scale) for rule in rules]
        for rules in (sheet.flat, sheet.upright)
    )
    boxes, rest = boxes_of(flat, upright, mend_words(words))
    return Page(number, sheet.picture.width * scale, sheet.picture.height * scale, rest, boxes)


def _recognise(
    program: str, pictures: Iterator[tuple[int, Image.Image, float]], count: int, progress: Progress | None
) -> list[Page]:
    """All pages; some at a time, so that a long scan takes no more memory than a short one."""
    beside = max(1, min(4, (os.cpu_count() or 1) // 2))
    pages: list[Page] = []
    with ThreadPoolExecutor(beside) as pool:
        while part := list(islice(pictures, beside)):
            pages += pool.map(lambda one: read_page(program, one[1], one[0], one[2]), part)
            if progress is not None:
                progress(len(pages), count)
    return pages


def _check_count(count: int) -> None:
    if count > MOST_SCANNED_PAGES:
        raise ReadingError(
            "scan",
            f"Bản quét có {count} trang; mỗi lần chỉ đọc được {MOST_SCANNED_PAGES} trang. "
            "Hãy tách riêng các trang của kế hoạch, hoặc gửi bản Word (.docx) hay PDF có chữ.",
        )


def recognise_pages(
    document: Any, pages: Sequence[Page], warnings: list[str], progress: Progress | None = None
) -> None:
    """Fill pages of a PDF that have no text with the words of their pictures."""
    _check_count(len(pages))
    program = _need()

    def drawn() -> Iterator[tuple[int, Image.Image, float]]:
        for page in pages:
            one = document[page.number - 1]
            try:
                scale = DOTS / 72
                if page.width * page.height * scale * scale > MOST_PIXELS:
                    scale = (MOST_PIXELS / max(1.0, page.width * page.height)) ** 0.5
                yield page.number, one.render(scale=scale, grayscale=True).to_pil(), 1 / scale
            finally:
                one.close()

    for page, found in zip(pages, _recognise(program, drawn(), len(pages), progress), strict=True):
        page.words, page.boxes, page.width, page.height = found.words, found.boxes, found.width, found.height
        page.scanned = True
    warnings.append(WARNING)


def read_picture(content: bytes, name: str, progress: Progress | None = None) -> Source:
    """A picture of one or more pages (PNG, JPEG, TIFF)."""
    try:
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as picture:
                frames = getattr(picture, "n_frames", 1)
                _check_count(frames)
                program = _need()

                def drawn() -> Iterator[tuple[int, Image.Image, float]]:
                    for number in range(frames):
                        picture.seek(number)
                        one = ImageOps.exif_transpose(picture.copy()) or picture
                        # A photograph does not say how large the paper was: its shorter edge is taken for that of A4.
                        scale = 595 / max(1, min(one.size))
                        yield number + 1, _sized(one.convert("L"), scale), 72 / DOTS

                pages = _recognise(program, drawn(), frames, progress)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ReadingError("too-large", "Ảnh quá lớn để đọc.") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise ReadingError("broken", "Tệp ảnh bị hỏng, không mở được.") from error
    lines = mend_lines(lines_of(pages))
    if not lines:
        raise ReadingError("empty", "Không nhận dạng được chữ nào trong ảnh.")
    return source_of(lines, name=name, format="scan", warnings=[WARNING])


def _sized(picture: Image.Image, scale: float) -> Image.Image:
    """The picture at the resolution that recognition likes."""
    factor = scale * DOTS / 72
    if 0.8 < factor < 1.25 or factor > 4:
        return picture
    return picture.resize((round(picture.width * factor), round(picture.height * factor)), Image.Resampling.LANCZOS)
