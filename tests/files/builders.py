"""Real bytes for the tests: images with metadata, office documents, containers, and things that only pretend."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image, ImageDraw

GPS_TAG = 0x8825


def picture(width: int = 64, height: int = 32) -> Image.Image:
    """A red picture with a blue upper left quarter, so that one sees how it is turned."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    ImageDraw.Draw(image).rectangle([0, 0, width // 2 - 1, height // 2 - 1], fill=(20, 40, 200))
    return image


def jpeg(width: int = 64, height: int = 32, *, orientation: int = 1, secret: bytes = b"SECRET-OWNER") -> bytes:
    """A JPEG as a phone writes it: place, owner, orientation, a comment."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = secret.decode()
    gps = exif.get_ifd(GPS_TAG)
    gps[1], gps[2], gps[3], gps[4] = "N", (21.0, 1.0, 42.0), "E", (105.0, 51.0, 12.0)
    out = io.BytesIO()
    picture(width, height).save(out, "JPEG", quality=95, exif=exif, comment=secret)
    return out.getvalue()


def image(kind: str, *, mode: str = "RGB", size: tuple[int, int] = (64, 32)) -> bytes:
    """An image of a format and mode."""
    out = io.BytesIO()
    picture(*size).convert(mode).save(out, kind)
    return out.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """A tiny PNG that claims any size: one row of data stands for all."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def archive(entries: dict[str, bytes], *, compress: bool = True) -> bytes:
    """A ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return out.getvalue()


def docx(**more: bytes) -> bytes:
    """The least that a DOCX has."""
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"} | more)


def xlsx(**more: bytes) -> bytes:
    """The least that an XLSX has."""
    return archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"} | more)


def pdf() -> bytes:
    """A small whole PDF."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def ole(*names: str, difat: bool = False) -> bytes:
    """A compound file (512-byte sectors) with empty streams of these names; with `difat`, its tables are far away."""
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    entries = b""
    for index, name in enumerate(("Root Entry", *names)):
        raw = name.encode("utf-16-le") + b"\0\0"
        entry = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), 5 if index == 0 else 2, 1)
        entries += (entry + struct.pack("<III", free, free, free)).ljust(128, b"\0")
    entries = entries.ljust(-(-len(entries) // 512) * 512, b"\0")
    directory = [entries[at : at + 512] for at in range(0, len(entries), 512)]
    if not difat:
        fat = [table] + [number + 2 for number in range(len(directory))]
        fat[-1] = end
        sectors = [struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff"), *directory]
        lists, directory_at, more_at = [0], 1, end
    else:
        # The directory begins beyond what the 109 tables of the header describe (109 × 128 sectors).
        directory_at = 109 * 128
        fat_bytes = [b"\xff" * 512 for _ in range(110)]
        chain = [directory_at + number + 1 for number in range(len(directory))]
        chain[-1] = end
        fat_bytes[109] = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
        sectors = [*fat_bytes, struct.pack("<I", 109).ljust(508, b"\xff") + struct.pack("<I", end)]
        sectors += [b"\0" * 512] * (directory_at - len(sectors)) + directory
        lists, more_at = list(range(109)), 110
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, len(lists), directory_at, 0, 4096, end, 0, more_at, 1 if difat else 0)
    header += struct.pack(f"<{len(lists)}I", *lists)
    return header.ljust(512, b"\xff") + b"".join(sectors)
