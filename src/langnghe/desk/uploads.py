"""Files of a form at the desk: those that came with it, and those that were sent in pieces before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from langnghe.files import conf
from langnghe.files import services as files
from langnghe.files.errors import FileRejected
from langnghe.files.models import StoredFile

FIELD = "uploads"


@dataclass
class Carried:
    """Kept files, how the form shows them again after a mistake, and what was wrong with others."""

    ids: list[UUID] = field(default_factory=list)
    shown: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def carried(request: HttpRequest, new: Sequence[Any], *, at: datetime) -> Carried:
    """Keep the files that came with the form, and find those that it had. No query without files."""
    found = Carried()
    most = conf.limits().max_files
    for token in request.POST.getlist(FIELD)[:50]:
        for stored in files.claimed(token, at=at):
            if stored.pk not in found.ids:
                _add(found, stored, at)
    for upload in new:
        if len(found.ids) >= most:
            found.errors.append(_("Mỗi lần gửi kèm nhiều nhất %(number)s tệp. Ông/bà bỏ bớt tệp.") % {"number": most})
            break
        try:
            _add(found, files.store(content=upload, name=upload.name or "", at=at), at)
        except FileRejected as refused:
            found.errors.append(f"{upload.name[:60]}: {refused.message}" if upload.name else refused.message)
    return found


def _add(found: Carried, stored: StoredFile, at: datetime) -> None:
    found.ids.append(stored.pk)
    found.shown.append({"id": files.claim_token([stored.pk], at=at), "name": stored.name, "size": stored.size})
