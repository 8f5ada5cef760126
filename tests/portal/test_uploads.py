"""Uploads in parts: resumed after a lost connection, refused with a sentence, claimed by the form."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from langnghe.cases.models import Attachment
from langnghe.portal.views import uploads
from tests.cases.city import City

pytestmark = pytest.mark.django_db


def photo() -> bytes:
    """A real photo of some kilobytes."""
    out = io.BytesIO()
    Image.effect_noise((300, 200), 80).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def patch(client: Client, url: str, offset: Any, content: bytes) -> Any:
    """Send one part."""
    return client.generic(
        "PATCH", url, content, "application/offset+octet-stream", headers={"Upload-Offset": str(offset)}
    )


def test_an_upload_goes_on_after_a_lost_connection(city: City, form: Callable[..., dict[str, Any]]) -> None:
    client, data = Client(), photo()
    half = len(data) // 2
    begun = client.post("/tai-len/", {"name": "cột đèn.jpg", "size": len(data), "type": "image/jpeg"})
    assert begun.status_code == 201
    url = begun.json()["url"]
    assert patch(client, url, 0, data[:half]).json() == {"offset": half}
    assert patch(client, url, 0, data[:half]).json() == {"offset": half}, "sent twice is taken once"
    assert client.head(url)["Upload-Offset"] == str(half)
    done = patch(client, url, half, data[half:]).json()
    assert done["offset"] == len(data)
    assert client.post("/gui/", form(uploads=done["id"])).status_code == 302
    assert Attachment.objects.get().file.name == "cột đèn.jpg"


@pytest.mark.parametrize("size", ["", "-1", "x", "9" * 30, "٣", str(100 * 1024 * 1024), "0"])
def test_a_wrong_size_is_refused_with_a_sentence(city: City, size: str) -> None:
    response = Client().post("/tai-len/", {"name": "a.jpg", "size": size})
    assert response.status_code == 400
    assert "Ông/bà" in response.json()["message"]


def test_wrong_parts(city: City) -> None:
    client = Client()
    url = client.post("/tai-len/", {"name": "a.jpg", "size": "2000"}).json()["url"]
    assert patch(client, url, "x", b"abc").status_code == 400
    assert patch(client, url, 0, b"\0" * 2001).status_code == 400
    assert patch(client, url, 0, b"\0" * (1024 * 1024 + 1)).status_code == 400
    not_a_picture = patch(client, url, 0, b"MZ" + b"\0" * 1998)
    assert not_a_picture.status_code == 400
    assert not_a_picture.json()["message"]
    unknown = f"/tai-len/{uuid.uuid4()}"
    assert patch(client, unknown, 0, b"abc").status_code == 404
    assert client.head(unknown).status_code == 404
    assert client.delete(unknown).status_code == 204
    assert client.get(unknown).status_code == 405


def test_uploads_are_counted(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "UPLOADS_PER_HOUR", 1)
    client = Client()
    assert client.post("/tai-len/", {"name": "a.jpg", "size": "10"}).status_code == 201
    refused = client.post("/tai-len/", {"name": "a.jpg", "size": "10"})
    assert refused.status_code == 403
    assert "thử lại vào giờ sau" in refused.json()["message"]
