"""Plans as scans: a text is set on pages like those of an office, drawn as pictures, soiled, and put into a PDF."""

from __future__ import annotations

import io
import random
from pathlib import Path

import numpy as np
import pypdfium2
import typst
from PIL import Image, ImageFilter

DOTS = 200
FRAME = """
#set page(paper: "a4", margin: (left: 3cm, right: 2cm, top: 2cm, bottom: 2cm), header: context {
  let n = counter(page).get().first()
  if n > 1 [#align(center)[#text(size: 13pt)[#n]]]
})
#set text(font: ("Liberation Serif", "Times New Roman", "Libertinus Serif"), size: 14pt, lang: "vi", hyphenate: false)
#set par(justify: true, first-line-indent: (amount: 1.27cm, all: true), spacing: 0.9em, leading: 0.6em)
"""
_FOOT = "Nơi nhận"


def _quoted(text: str) -> str:
    return text.replace("**", "").replace("\\", "\\\\").replace('"', '\\"')


def _shown(text: str) -> str:
    return f'#"{_quoted(text)}"'


def _table(rows: list[list[str]], rules: bool) -> str:
    width = max(map(len, rows))
    longest = [max(len(row[column]) if column < len(row) else 0 for row in rows) for column in range(width)]
    words = [max(len(word) for row in rows for word in [*row[at : at + 1][0].split(), ""]) for at in range(width)]
    columns = ", ".join(
        f"{6.4 * word + 11:.0f}pt" if most < 14 else f"{min(3, most / 16):.2f}fr"
        for most, word in zip(longest, words, strict=True)
    )
    cells = ",\n".join(
        ", ".join(f"[{'*' if at == 0 else ''}{_shown(one)}{'*' if at == 0 else ''}]" for one in row)
        for at, row in enumerate(rows)
    )
    stroke = "0.5pt" if rules else "none"
    return (
        f"#[#set par(justify: false, first-line-indent: 0cm)\n#set text(size: 11pt)\n"
        f"#table(columns: ({columns}), stroke: {stroke}, {cells})]\n"
    )


def markup(text: str, *, rules: bool = True) -> str:
    """Typst markup of a plan: its head and foot in two columns, headings bold, tables ruled (or not)."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    at = next(
        (at for at, line in enumerate(lines[:12]) if line.replace("*", "").startswith(("KẾ HOẠCH", "CHỈ THỊ"))), 0
    )
    foot = next((at for at, line in enumerate(lines) if line.startswith(_FOOT)), len(lines))
    out = [FRAME]
    if at:
        national = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
        day = [line for line in lines[:at] if "ngày" in line]
        left = [line for line in lines[:at] if line not in day and line not in national]
        out.append(
            "#[#set text(size: 12pt)\n#set par(first-line-indent: 0cm, justify: false)\n"
            "#grid(columns: (1fr, 1.45fr), align: center,\n"
            f"[{' #linebreak() '.join(map(_shown, left))}],\n"
            f"[#strong[{_shown(national[0])}] #linebreak() #strong[{_shown(national[1])}] #linebreak() "
            f"#emph[{' '.join(map(_shown, day))}]])]\n"
        )
    body = lines[at:foot]
    title = True
    rows: list[list[str]] = []
    for number, line in enumerate(body):
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
            continue
        if rows:
            out.append(_table(rows, rules))
            rows = []
        if at and title and number < 2:
            out.append(f"#align(center)[#strong[{_shown(line)}]]\n")
            title = number < 1
        elif line.isupper() or (line[:4].rstrip(".").strip("IVX") == "" and len(line) < 90):
            out.append(f"#strong[{_shown(line)}]\n")
        else:
            out.append(f"{_shown(line)}\n")
    if rows:
        out.append(_table(rows, rules))
    tail = lines[foot:]
    if tail:
        sign = next((at for at, line in enumerate(tail) if line.startswith(("TM.", "KT.", "CHỦ TỊCH"))), len(tail))
        name = " #v(1.8cm) ".join(
            [" #linebreak() ".join(f"#strong[{_shown(one)}]" for one in tail[sign:-1])]
            + [f"#strong[{_shown(one)}]" for one in tail[-1:]]
        )
        out.append(
            "#[#set par(first-line-indent: 0cm, justify: false)\n#grid(columns: (1fr, 1fr),\n"
            f"text(size: 11pt)[{' #linebreak() '.join(map(_shown, tail[:sign]))}],\n"
            f"align(center)[{name if sign < len(tail) else ''}])]\n"
        )
    return "\n".join(out)


def pdf_of_text(text: str, folder: Path, *, rules: bool = True) -> bytes:
    """The plan as a PDF with text."""
    source = folder / "scan.typ"
    source.write_text(markup(text, rules=rules), encoding="utf-8")
    made = typst.compile(str(source))
    assert isinstance(made, bytes)
    return made


def pictures_of(
    pdf: bytes, *, angle: float = 0.6, noise: float = 12.0, seed: int = 7, dots: int = DOTS
) -> list[Image.Image]:
    """The pages as a scanner sees them: grey, turned by at most `angle` degrees, blurred, with grain and dirt."""
    chance = random.Random(seed)
    grain = np.random.default_rng(seed)
    document = pypdfium2.PdfDocument(pdf)
    pages = []
    for page in document:
        picture = page.render(scale=dots / 72, grayscale=True).to_pil().convert("L")
        picture = picture.rotate(chance.uniform(-angle, angle), resample=Image.Resampling.BICUBIC, fillcolor=255)
        picture = picture.filter(ImageFilter.GaussianBlur(0.6))
        field = np.asarray(picture, dtype=np.float32) * 0.93 + 8
        field += grain.normal(0.0, noise, field.shape)
        for _ in range(25):
            y, x = chance.randrange(field.shape[0] - 4), chance.randrange(field.shape[1] - 4)
            field[y : y + chance.randint(1, 3), x : x + chance.randint(1, 3)] = 60
        pages.append(Image.fromarray(np.clip(field, 0, 255).astype(np.uint8)))
    document.close()
    return pages


def scan_of(text: str, folder: Path, *, rules: bool = True, angle: float = 0.6, noise: float = 12.0) -> bytes:
    """A PDF of pictures only, as a scanner makes it."""
    pages = pictures_of(pdf_of_text(text, folder, rules=rules), angle=angle, noise=noise)
    buffer = io.BytesIO()
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], resolution=float(DOTS), quality=70)
    return buffer.getvalue()
