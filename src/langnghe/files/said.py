"""What files are taken, said to people: from the kinds and the limits that the store itself goes by."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from langnghe.files import conf
from langnghe.files.rules import READ, TAKEN, Kind


def kinds_words(kinds: Sequence[Kind]) -> str:
    """ "ảnh JPG, PNG hoặc tệp PDF, DOCX"."""
    images = ", ".join(one.extension.upper() for one in kinds if one.image)
    others = ", ".join(one.extension.upper() for one in kinds if not one.image)
    return _("ảnh %(images)s hoặc tệp %(others)s") % {"images": images, "others": others}


def taken_words(*, document: bool = False, many: bool = True) -> str:
    """What a field for files takes, in one sentence; `document`: one that is to be read. No query."""
    bounds = conf.document_limits() if document else conf.limits()
    given = {
        "kinds": kinds_words(READ if document else TAKEN),
        "size": bounds.max_bytes // conf.MEGABYTE, "number": bounds.max_files,
    }  # fmt: skip
    if many:
        return _("Nhận %(kinds)s; nhiều nhất %(number)s tệp, mỗi tệp %(size)s MB.") % given
    return _("Nhận %(kinds)s; nhiều nhất %(size)s MB.") % given


def accept(*, document: bool = False) -> str:
    """The same for the browser's choice of files."""
    names = [f".{one.extension},{one.media_type}" for one in (READ if document else TAKEN)]
    return ",".join(dict.fromkeys(",".join([*names, *([".htm,text/html"] if document else [])]).split(",")))
