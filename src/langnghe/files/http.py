"""Stored files in requests and answers: those that a form carries, and one as an answer. Rights are checked by the
caller."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from langnghe.files import conf
from langnghe.files.errors import FileRejected
from langnghe.files.models import StoredFile
from langnghe.files.services import claim_token, claimed, open_stored, store

UPLOADS = "uploads"
"""Name of the hidden inputs that carry the claims of files which a form has already."""


@dataclass
class Carried:
    """The files of a form: kept ones, how the form shows them again after a mistake, what was wrong with others."""

    ids: list[UUID] = field(default_factory=list)
    shown: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def add(self, stored: StoredFile, *, at: datetime) -> None:
        """Keep one more file, once."""
        if stored.pk not in self.ids:
            self.ids.append(stored.pk)
            claim = claim_token([stored.pk], at=at)
            self.shown.append({"id": claim, "name": stored.name, "size": stored.size})


def carried(
    request: HttpRequest, new: Sequence[Any], *, at: datetime, refusal: Callable[[], str] = lambda: ""
) -> Carried:
    """Keep the files that came with a form, and find those that it had. No query without files. `refusal` is asked
    before each new file: words when no more are taken."""
    found = Carried()
    most = conf.limits().max_files
    for token in request.POST.getlist(UPLOADS)[:50]:
        for stored in claimed(token, at=at):
            found.add(stored, at=at)
    for upload in new:
        if len(found.ids) >= most:
            found.errors.append(_("Mỗi lần gửi kèm nhiều nhất %(number)s tệp. Ông/bà bỏ bớt tệp.") % {"number": most})
            break
        if words := refusal():
            found.errors.append(words)
            break
        try:
            found.add(store(content=upload, name=upload.name or "", at=at), at=at)
        except FileRejected as refused:
            found.errors.append(f"{upload.name[:60]}: {refused.message}" if upload.name else refused.message)
    return found


def serve(stored: StoredFile, *, inline: bool, thumbnail: bool = False) -> HttpResponseBase:
    """Stream a file with headers that let no browser take it for anything else.

    Only images made anew are ever shown within a page; documents are always downloaded. FileNotFoundError when the
    file is deleted. Kept by the asking browser only; the public gate may loosen `Cache-Control` for what it shows.
    """
    thumbnail = thumbnail and bool(stored.thumbnail_key)
    response = FileResponse(
        open_stored(stored, thumbnail=thumbnail), content_type="image/jpeg" if thumbnail else stored.media_type
    )
    if not thumbnail:
        response["Content-Length"] = str(stored.size)
        response["ETag"] = f'"{stored.sha256}"'
    disposition = content_disposition_header(not (inline and stored.is_image), stored.name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, max-age=300"
    return response
