"""A stored file as an answer to a request. Rights are checked by the caller."""

from __future__ import annotations

from django.http import FileResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from langnghe.files.models import StoredFile
from langnghe.files.services import open_stored


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
