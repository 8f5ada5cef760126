"""Headers of what is served."""

from __future__ import annotations

import pytest
from django.http import FileResponse

from langnghe.files import services
from langnghe.files.http import serve
from langnghe.files.models import StoredFile
from tests.files import builders
from tests.files.conftest import AT, content, keep

pytestmark = pytest.mark.django_db


def get(stored: StoredFile, *, inline: bool, thumbnail: bool = False) -> tuple[FileResponse, bytes]:
    """The answer and its body."""
    response = serve(stored, inline=inline, thumbnail=thumbnail)
    assert isinstance(response, FileResponse)
    body = b"".join(response)  # type: ignore[arg-type]
    response.close()
    return response, body


def test_an_image_may_be_shown_within_a_page() -> None:
    stored = keep(builders.jpeg(), "Ổ gà “lớn”.jpg")
    response, body = get(stored, inline=True)
    assert body == content(stored)
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Length"] == str(len(body))
    assert response["Content-Disposition"].startswith("inline; filename*=utf-8''%E1%BB%94%20g%C3%A0")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, max-age=300"
    assert stored.sha256 in response["ETag"]
    small, small_body = get(stored, inline=True, thumbnail=True)
    assert small["Content-Type"] == "image/jpeg"
    assert small["Content-Length"] == str(len(small_body))
    assert small_body == content(stored, thumbnail=True)


@pytest.mark.parametrize("data", [builders.pdf(), builders.docx(), builders.ole("Workbook")])
def test_a_document_is_always_downloaded(data: bytes) -> None:
    response, body = get(keep(data, "đơn"), inline=True, thumbnail=True)
    assert body == data
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_deleted_file_is_not_served() -> None:
    stored = services.delete_stored(file_id=keep(builders.pdf()).pk, at=AT)
    with pytest.raises(FileNotFoundError):
        serve(stored, inline=False)
