"""Every read of the attachments."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from langnghe.files.models import StoredFile


def find(file_id: uuid.UUID) -> StoredFile | None:
    """A file that is there, or None; one query. Whether somebody may see it is the caller's affair."""
    return StoredFile.objects.filter(pk=file_id, state=StoredFile.State.READY).first()


def files_of(*, kind: str, subject_id: int) -> list[StoredFile]:
    """Files given to one subject, oldest first; one query."""
    return list(
        StoredFile.objects.filter(kind=kind, subject_id=subject_id, state=StoredFile.State.READY).order_by(
            "attached_at", "created_at", "id"
        )
    )


def files_of_many(*, kind: str, subject_ids: Iterable[int]) -> dict[int, list[StoredFile]]:
    """Files given to several subjects of a kind; one query."""
    found: dict[int, list[StoredFile]] = {subject_id: [] for subject_id in subject_ids}
    rows = StoredFile.objects.filter(kind=kind, subject_id__in=list(found), state=StoredFile.State.READY).order_by(
        "attached_at", "created_at", "id"
    )
    for row in rows:
        if row.subject_id is not None:
            found[row.subject_id].append(row)
    return found
