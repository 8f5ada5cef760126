"""Resumable uploads of the public forms; the protocol is in ui/assets/js/upload.js."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from langnghe.files import conf
from langnghe.files import services as files
from langnghe.files.errors import FileRejected
from langnghe.intake import services
from langnghe.portal.views.common import UPLOADS_PER_HOUR, address_of
from langnghe.texts import whole_number
from langnghe.ui.access import public
from langnghe.worktime import clock


def _refused(message: str, status: int = 400) -> JsonResponse:
    return JsonResponse({"message": message}, status=status)


@public
@require_POST
def start(request: HttpRequest) -> HttpResponseBase:
    """Begin: name, size → 201 {url, offset}."""
    at = clock.now()
    size = request.POST.get("size", "")
    if not size.isascii() or not size.isdigit() or len(size) > 15:
        return _refused(_("Ông/bà chọn lại tệp."))
    if not services.throttle(purpose="upload", address=address_of(request), limit=UPLOADS_PER_HOUR, at=at):
        return _refused(_("Đã gửi quá nhiều tệp từ mạng này. Ông/bà thử lại vào giờ sau, hoặc gửi không kèm tệp."), 403)
    try:
        begun = files.start_upload(name=request.POST.get("name", "")[:300], size=int(size), at=at)
    except FileRejected as refused:
        return _refused(refused.message)
    return JsonResponse({"url": reverse("portal:upload_part", args=[begun.token]), "offset": begun.offset}, status=201)


@public
@require_http_methods(["PATCH", "HEAD", "DELETE"])
def part(request: HttpRequest, token: UUID) -> HttpResponseBase:
    """PATCH: the next part, at the end the claim of the file. HEAD: where to go on. DELETE: not wanted any more."""
    at = clock.now()
    if request.method == "DELETE":
        return HttpResponse(status=204)  # what nobody claims is cleaned up
    try:
        if request.method == "HEAD":
            return _where(token)
        length = request.META.get("CONTENT_LENGTH") or "0"
        size = whole_number(length)
        if size is None or size > conf.chunk_bytes():
            return _refused(_("Phần tệp gửi lên quá lớn. Ông/bà chọn lại tệp."))
        offset = request.headers.get("Upload-Offset", "")
        if not offset.isascii() or not offset.isdigit() or len(offset) > 15:
            return _refused(_("Ông/bà chọn lại tệp."))
        stands = files.append_chunk(token=token, offset=int(offset), content=request.read(conf.chunk_bytes()), at=at)
        answer: dict[str, object] = {"offset": stands.offset}
        if stands.complete:
            stored = files.finish_upload(token=token, at=at)
            answer["id"] = files.claim_token([stored.pk], at=at)
        return JsonResponse(answer)
    except FileRejected as refused:
        status = {"unavailable": 503, "upload_expired": 404}.get(refused.code, 400)
        return _refused(refused.message, status)


def _where(token: UUID) -> HttpResponse:
    stands = files.append_chunk(token=token, offset=0, content=b"", at=clock.now())
    response = HttpResponse(status=200)
    response["Upload-Offset"] = str(stands.offset)
    return response
