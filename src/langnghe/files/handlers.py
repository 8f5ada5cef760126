"""How Django receives files of a form: what is too large is counted, not kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.urls import Resolver404, resolve

from langnghe.files import conf
from langnghe.files.conf import Limits

View = TypeVar("View", bound=Callable[..., Any])


def takes(limits: Callable[[], Limits]) -> Callable[[View], View]:
    """Mark a view whose forms take files within other limits than attachments."""

    def mark(view: View) -> View:
        view.takes = limits  # type: ignore[attr-defined]
        return view

    return mark


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes each file to a temporary one, but no more of it than `services.store` would take.

    A file of 100 MB costs neither memory nor disk; it arrives empty, with its true size, so that `store` rejects it
    with a clear message while the other fields of the form are kept.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._most = self._limits().max_bytes
        self._seen = 0

    def _limits(self) -> Limits:
        """Those of the view that the form is sent to."""
        try:
            view = resolve(self.request.path_info).func if self.request is not None else None
        except Resolver404:
            view = None
        chosen: Callable[[], Limits] = getattr(view, "takes", conf.limits)
        return chosen()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep the chunk unless the file is too large by now."""
        self._seen += len(raw_data)
        if self._seen <= self._most:
            self.file.write(raw_data)
        elif self.file.tell():
            self.file.seek(0)
            self.file.truncate()

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """The file, or for one that was too large an empty one of the true size."""
        if file_size <= self._most:
            return super().file_complete(file_size)
        self.file.close()
        empty = SimpleUploadedFile(self.file_name or "", b"", self.content_type or "application/octet-stream")
        empty.size = file_size
        return empty
