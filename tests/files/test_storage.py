"""The two stores: a folder, and S3 over real HTTP against a small server that speaks as much of it as is needed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.core.files.base import ContentFile

from langnghe.files import services, storage
from langnghe.files.errors import FileRejected
from langnghe.files.models import StoredFile
from tests.files import builders
from tests.files.conftest import AT, content, keep, on_disk


def test_the_folder_refuses_to_be_left(folder: Path) -> None:
    with pytest.raises(SuspiciousOperation):
        storage.current().save("../outside", ContentFile(b"x"))
    assert not (folder.parent / "outside").exists()


def test_a_broken_write_leaves_nothing(folder: Path) -> None:
    class Broken(ContentFile):
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            yield b"half"
            raise OSError("the reader broke off")

    with pytest.raises(OSError, match="broke off"):
        storage.current().save("files/a", Broken(b""))
    assert on_disk(folder) == []


@pytest.mark.parametrize("url", ["http://bucket", "s3://", "ftp://x/y"])
def test_an_odd_address_is_a_clear_error(url: str, settings: Any) -> None:
    settings.LANGNGHE_FILES_URL = url
    with pytest.raises(ImproperlyConfigured, match="s3://bucket"):
        storage.current()


class Bucket(BaseHTTPRequestHandler):
    """PUT, GET, HEAD, DELETE of objects and the listing of one bucket."""

    objects: dict[str, bytes] = {}
    protocol_version = "HTTP/1.1"

    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix("/tep/")

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        assert "aws-chunked" not in self.headers.get("Content-Encoding", "")
        assert self.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=tests/")
        self.objects[self._key()] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, ETag='"x"')

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        if "prefix" in query:
            self._list(query["prefix"][0])
        elif self._key() in self.objects:
            self._answer(200, self.objects[self._key()], ETag='"x"')
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def do_HEAD(self) -> None:
        if self._key() in self.objects:
            self._answer(200, ETag='"x"', Content_Length=str(len(self.objects[self._key()])))
        else:
            self._answer(404)

    def do_DELETE(self) -> None:
        self.objects.pop(self._key(), None)
        self._answer(204)

    def _list(self, prefix: str) -> None:
        below = [key.removeprefix(prefix) for key in self.objects if key.startswith(prefix)]
        files = sorted(name for name in below if "/" not in name)
        folders = sorted({name.partition("/")[0] for name in below if "/" in name})
        rows = [f"<Contents><Key>{escape(prefix + name)}</Key></Contents>" for name in files]
        rows += [f"<CommonPrefixes><Prefix>{escape(prefix + name)}/</Prefix></CommonPrefixes>" for name in folders]
        body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(rows)}</ListBucketResult>"
        self._answer(200, body.encode(), Content_Type="application/xml")

    def log_message(self, format: str, *args: Any) -> None:
        return None


@pytest.fixture
def bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """A running store that the settings point to; what is in it."""
    pytest.importorskip("storages.backends.s3", reason="the extra s3 is not installed", exc_type=ImportError)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "tests")
    Bucket.objects = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    settings.LANGNGHE_FILES_URL = f"s3://tep/lang-nghe?region=han-1&addressing=path&endpoint={endpoint}"
    yield Bucket.objects
    server.shutdown()
    server.server_close()


@pytest.mark.django_db(transaction=True)
def test_the_whole_life_of_a_file_on_s3(bucket: dict[str, bytes], folder: Path) -> None:
    image, document = keep(builders.jpeg(300, 200), "Ảnh.jpg"), keep(builders.docx())
    assert content(document) == builders.docx()
    assert len(content(image, thumbnail=True)) > 100
    assert set(bucket) == {f"lang-nghe/{key}" for key in (image.storage_key, image.thumbnail_key, document.storage_key)}
    data = builders.pdf()
    token = services.start_upload(name="đơn.pdf", size=len(data), at=AT).token
    for offset in range(0, len(data), 50):
        services.append_chunk(token=token, offset=offset, content=data[offset : offset + 50], at=AT)
    assert content(services.finish_upload(token=token, at=AT)) == data
    assert not [key for key in bucket if "/uploads/" in key]

    services.attach(file_ids=[document.pk], kind="case", subject_id=1, at=AT)
    services.delete_stored(file_id=image.pk, at=AT)
    bucket["lang-nghe/files/2026/11/20/stray.jpg"] = b"left by a crash"
    bucket[f"lang-nghe/uploads/2026/11/20/{'0' * 32}/0-abc"] = b"left by a crash"
    services.remove_leftovers(at=AT + timedelta(days=3))
    assert set(bucket) == {f"lang-nghe/{document.storage_key}"}
    assert on_disk(folder) == []


@pytest.mark.django_db
def test_a_store_that_is_away_gives_clear_words(bucket: dict[str, bytes], settings: Any) -> None:
    settings.LANGNGHE_FILES_URL = "s3://tep/x?region=han-1&addressing=path&endpoint=http://127.0.0.1:9"
    with pytest.raises(FileRejected) as error:
        keep(builders.pdf())
    assert error.value.code == "unavailable"
    assert not StoredFile.objects.exists()
