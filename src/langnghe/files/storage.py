"""Where the bytes lie: a folder, or S3 by setting. Every machine sees the same store."""

from __future__ import annotations

import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage
from django.utils.module_loading import import_string

from langnghe.files import conf


class FolderStorage(FileSystemStorage):
    """A folder on which "saved" means: on the disk, complete, under its name, also after a power cut."""

    def _save(self, name: str, content: File[Any]) -> str:
        target = Path(self.path(name))
        self._make_folder(target.parent)
        draft = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
        try:
            with draft.open("xb") as out:
                draft.chmod(0o600)
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
        return name

    def _make_folder(self, folder: Path) -> None:
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for path in reversed(missing):
            path.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def current() -> Storage:
    """The store that the settings name."""
    return _open(conf.url(), str(conf.folder()))


@lru_cache(maxsize=8)
def _open(url: str, folder: str) -> Storage:
    if not url:
        return FolderStorage(location=folder)
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise ImproperlyConfigured("LANGNGHE_FILES_URL must look like s3://bucket/prefix?region=…&endpoint=https://…")
    try:
        make_config = import_string("botocore.config.Config")
        make_store = import_string("storages.backends.s3.S3Storage")
    except ImportError as error:
        raise ImproperlyConfigured("LANGNGHE_FILES_URL needs the extra: pip install 'langnghe[s3]'") from error
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    store: Storage = make_store(
        bucket_name=parts.netloc,
        location=parts.path.strip("/"),
        region_name=options.get("region"),
        endpoint_url=options.get("endpoint"),
        client_config=make_config(
            connect_timeout=10,
            read_timeout=60,
            retries={"max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": options.get("addressing", "auto")},
            # Stores other than Amazon's do not all know the newer checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
        default_acl=None,
        file_overwrite=False,
        querystring_auth=True,
    )
    return store
