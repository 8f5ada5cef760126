"""Images are made anew from their pixels, so that nothing but the picture is kept: no place, no camera, no tail."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from langnghe.files import rules
from langnghe.files.conf import Limits
from langnghe.files.errors import FileRejected

_FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
_THUMBNAIL_EDGE = 480
# One image at a time in a process: a decoded one takes up to 160 MB.
_one = threading.BoundedSemaphore(1)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image made anew, with a small one beside it (JPEG)."""

    data: bytes
    kind: rules.Kind
    width: int
    height: int
    thumbnail: bytes


def remake(content: BinaryIO, code: str, limits: Limits) -> Picture:
    """Decode an image of the sniffed type, turn it upright, bound its size, and encode it without metadata.

    FileRejected when it is damaged or has too many pixels.
    """
    with _one:
        try:
            with Image.open(content, formats=[_FORMATS[code]]) as image:
                _check_size(image, limits)
                return _encode(_upright(image, code, limits), code, limits)
        except FileRejected:
            raise
        except Image.DecompressionBombError as error:
            raise _too_big(limits) from error
        except Exception as error:  # decoders meet hostile bytes and raise whatever they like
            raise FileRejected(
                "image_damaged", _("Ảnh bị hỏng hoặc tải lên chưa trọn. Ông/bà mở thử ảnh trên máy rồi chọn lại.")
            ) from error


def _too_big(limits: Limits) -> FileRejected:
    return FileRejected(
        "image_too_big",
        _(
            "Ảnh lớn hơn %(number)s triệu điểm ảnh. Ông/bà thu nhỏ ảnh hoặc chụp lại ở cỡ nhỏ hơn; "
            "nội dung đã nhập vẫn được giữ."
        )
        % {"number": limits.max_pixels // 1_000_000},
    )


def _check_size(image: Image.Image, limits: Limits) -> None:
    width, height = image.size
    if width < 1 or height < 1 or width * height > limits.max_pixels:
        raise _too_big(limits)


def _upright(image: Image.Image, code: str, limits: Limits) -> Image.Image:
    """The picture itself: upright, at most `image_edge` long, in sRGB, carrying nothing along."""
    edge = limits.image_edge
    if code == "jpeg" and max(image.size) >= edge * 3 // 2:
        # Decoded at half size at once: a quarter of the memory.
        image.draft(None, (image.width // 2, image.height // 2))
    profile = image.info.get("icc_profile")
    orientation = image.getexif().get(0x0112, 1)
    image.load()  # of an animation the first frame
    picture = _plain_mode(image)
    if max(picture.size) > edge:
        picture = ImageOps.contain(picture, (edge, edge), Image.Resampling.LANCZOS)
    if profile and picture.mode == "RGB":
        picture = _to_srgb(picture, profile)
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    if turn is not None:
        picture = picture.transpose(turn)
    picture.info = {}
    return picture


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _plain_mode(image: Image.Image) -> Image.Image:
    """The picture as RGB, RGBA or L; RGBA only where something is transparent."""
    if image.mode.startswith("I"):
        # 16 bits a pixel: scaled, as a plain conversion would cut off.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif "transparency" in image.info or image.mode in ("LA", "PA", "La", "RGBa"):
        image = image.convert("RGBA")
    elif image.mode not in ("RGB", "RGBA", "L"):
        image = image.convert("L" if image.mode == "1" else "RGB")
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    return image


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours of a wide colour space as screens show them; left alone where the profile is broken."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return image if converted is None else converted


def _encode(image: Image.Image, code: str, limits: Limits) -> Picture:
    kind, data = _encoded(image, code, limits)
    small = image
    if max(image.size) > _THUMBNAIL_EDGE:
        small = ImageOps.contain(image, (_THUMBNAIL_EDGE, _THUMBNAIL_EDGE), Image.Resampling.LANCZOS)
    return Picture(data, kind, image.width, image.height, _jpeg(small, 78))


def _encoded(image: Image.Image, code: str, limits: Limits) -> tuple[rules.Kind, bytes]:
    """JPEG and PNG only: what office programs and printers read as well. PNG where sharpness or transparency counts."""
    if code == "png" or image.mode == "RGBA":
        out = io.BytesIO()
        image.save(out, "PNG")
        if out.tell() <= limits.max_bytes:
            return rules.PNG, out.getvalue()
    return rules.JPEG, _jpeg(image, 86)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    if image.mode == "RGBA":  # on white, as on paper
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, progressive=True)
    return out.getvalue()
