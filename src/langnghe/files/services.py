"""Every write of the attachments: store, resumable uploads, claims of forms, attach, delete, clean up."""

from __future__ import annotations

import hashlib
import io
import logging
import re
import secrets
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any, BinaryIO, cast

from django.core import signing
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.db import DatabaseError, models, transaction
from django.utils.translation import gettext as _

from langnghe.files import conf, documents, images, rules, storage
from langnghe.files.conf import Limits
from langnghe.files.errors import FileRejected
from langnghe.files.models import StoredFile, UploadSession

__all__ = [
    "Progress",
    "append_chunk",
    "attach",
    "claim_token",
    "claimed",
    "delete_stored",
    "erase",
    "finish_upload",
    "open_stored",
    "remove_leftovers",
    "start_upload",
    "store",
    "store_text",
]

logger = logging.getLogger(__name__)

_BLOCK = 64 * 1024
_IN_MEMORY = 1024 * 1024
# Every part is an object of the store; a client that sends crumbs is stopped.
_MOST_PARTS = 1000
_CLAIM_SALT = "langnghe.files.claim"


# --- store -----------------------------------------------------------------------------------------------------------


def store(*, content: BinaryIO, name: str, at: datetime, limits: Limits | None = None) -> StoredFile:
    """Check a file by its content and keep it; images are made anew, documents stay byte for byte.

    Reads at most one byte more than is allowed, so that a file of any size costs no memory. The bytes are safe on the
    disk before the row is written; a rolled back transaction leaves bytes that the clean-up removes.
    FileRejected says, in Vietnamese, what is wrong and what to do. `name` is only for showing.
    """
    bounds = limits or conf.limits()
    with _draft(content, bounds) as (draft, size, digest):
        sniffed = rules.sniff(draft.read(rules.SNIFF_BYTES))
        _refuse_early(sniffed)
        draft.seek(0)
        whole = cast(BinaryIO, draft)
        if sniffed in ("jpeg", "png", "webp"):
            picture = images.remake(whole, sniffed, bounds)
            return _keep_image(picture, name, at)
        if sniffed == "pdf":
            kind = documents.check_pdf(whole)
        elif sniffed == "zip":
            kind = documents.check_zip(whole, bounds)
        else:
            kind = documents.check_ole(whole)
        draft.seek(0)
        key = _new_key(at, kind.extension)
        _save(key, File(cast(IO[Any], draft)))
        return _keep_row(key=key, name=name, kind=kind, size=size, digest=digest, at=at)


def store_text(*, content: BinaryIO, name: str, at: datetime, limits: Limits | None = None) -> StoredFile:
    """Keep a text or a web page byte for byte, for staff who enter documents; it is only ever given back as plain text.

    FileRejected as `store` raises it: for empty files, large ones, and whatever is no text.
    """
    bounds = limits or conf.limits()
    with _draft(content, bounds) as (draft, size, digest):
        head = draft.read(8192)
        # UTF-16 has NUL bytes after its mark; any other file with NUL is no text.
        if rules.sniff(head[: rules.SNIFF_BYTES]) or (b"\x00" in head and head[:2] not in (b"\xff\xfe", b"\xfe\xff")):
            raise documents.unknown_type()
        kind = rules.HTML if re.search(rb"(?i)<(?:html|body|!doctype)\b", head) else rules.TXT
        draft.seek(0)
        key = _new_key(at, kind.extension)
        _save(key, File(cast(IO[Any], draft)))
        return _keep_row(key=key, name=name, kind=kind, size=size, digest=digest, at=at)


@contextmanager
def _draft(content: BinaryIO, bounds: Limits) -> Iterator[tuple[IO[bytes], int, str]]:
    """A copy within the limits, at its beginning, with its size and digest."""
    # What Django's upload handler has counted already; see handlers.LimitedUploadHandler.
    known = getattr(content, "size", None)
    if isinstance(known, int) and known > bounds.max_bytes:
        raise _too_large(bounds)
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spooled:
        draft = cast(IO[bytes], spooled)
        size, digest = _copy(content, draft, bounds)
        if size == 0:
            raise FileRejected("empty", _("Tệp rỗng (0 byte). Ông/bà chọn lại tệp."))
        draft.seek(0)
        yield draft, size, digest


def _copy(content: BinaryIO, out: IO[bytes], limits: Limits) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    while block := content.read(min(_BLOCK, limits.max_bytes - size + 1)):
        size += len(block)
        if size > limits.max_bytes:
            raise _too_large(limits)
        digest.update(block)
        out.write(block)
    return size, digest.hexdigest()


def _too_large(limits: Limits) -> FileRejected:
    return FileRejected(
        "too_large",
        _("Tệp lớn hơn %(number)s MB. Ông/bà chọn ảnh nhỏ hơn hoặc gửi không kèm ảnh; nội dung đã nhập vẫn được giữ.")
        % {"number": limits.max_bytes // conf.MEGABYTE},
    )


def _refuse_early(sniffed: str) -> None:
    """What the first bytes rule out."""
    if sniffed == "heic":
        raise FileRejected(
            "heic",
            _(
                "Ảnh dạng HEIC của điện thoại chưa nhận được. Ông/bà gửi ảnh chụp màn hình của ảnh này, hoặc chọn "
                "“Tương thích nhất” trong phần cài đặt máy ảnh rồi chụp lại; nội dung đã nhập vẫn được giữ."
            ),
        )
    if not sniffed:
        raise documents.unknown_type()


def _new_key(at: datetime, extension: str) -> str:
    # By day, so that the clean-up reads only the folders of some days.
    return f"files/{at:%Y/%m/%d}/{uuid.uuid4().hex}.{extension}"


def _save(key: str, content: File[Any]) -> None:
    try:
        saved = storage.current().save(key, content)
    except Exception as error:  # a full disk, a store that does not answer: the person keeps what was typed
        logger.exception("a file could not be stored")
        raise _unavailable() from error
    if saved != key:
        raise RuntimeError("the store changed the name of a file")


def _unavailable() -> FileRejected:
    return FileRejected(
        "unavailable",
        _(
            "Hệ thống chưa lưu được tệp lúc này. Ông/bà thử lại sau ít phút hoặc gửi không kèm tệp; "
            "nội dung đã nhập vẫn được giữ."
        ),
    )


def _keep_image(picture: images.Picture, name: str, at: datetime) -> StoredFile:
    key = _new_key(at, picture.kind.extension)
    small = f"{key.rpartition('.')[0]}.small.jpg"
    _save(key, ContentFile(picture.data))
    _save(small, ContentFile(picture.thumbnail))
    return _keep_row(
        key=key,
        name=name,
        kind=picture.kind,
        size=len(picture.data),
        digest=hashlib.sha256(picture.data).hexdigest(),
        at=at,
        thumbnail=small,
        width=picture.width,
        height=picture.height,
    )


def _keep_row(
    *,
    key: str,
    name: str,
    kind: rules.Kind,
    size: int,
    digest: str,
    at: datetime,
    thumbnail: str = "",
    width: int | None = None,
    height: int | None = None,
) -> StoredFile:
    return StoredFile.objects.create(
        sha256=digest,
        size=size,
        media_type=kind.media_type,
        category=StoredFile.Category.IMAGE if kind.image else StoredFile.Category.DOCUMENT,
        name=rules.display_name(name, kind.extension, _("ảnh") if kind.image else _("tệp")),
        width=width,
        height=height,
        storage_key=key,
        thumbnail_key=thumbnail,
        created_at=at,
    )


def open_stored(stored: StoredFile, *, thumbnail: bool = False) -> BinaryIO:
    """The bytes of a file, to be closed by the caller. FileNotFoundError when it is deleted or has no such form."""
    key = stored.thumbnail_key if thumbnail else stored.storage_key
    if stored.state != StoredFile.State.READY or not key:
        raise FileNotFoundError(str(stored.pk))
    return cast(BinaryIO, storage.current().open(key, "rb"))


# --- resumable uploads -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an upload stands: `offset` is the next byte wanted; `accepted` says whether this part was taken."""

    token: uuid.UUID
    offset: int
    expected: int
    accepted: bool = True

    @property
    def complete(self) -> bool:
        """Whether all bytes are here."""
        return self.offset == self.expected


def start_upload(*, name: str, size: int, at: datetime, limits: Limits | None = None) -> Progress:
    """Begin an upload of `size` bytes in parts. FileRejected (too_large, empty) before the first byte is sent."""
    bounds = limits or conf.limits()
    if size > bounds.max_bytes:
        raise _too_large(bounds)
    if size < 1:
        raise FileRejected("empty", _("Tệp rỗng (0 byte). Ông/bà chọn lại tệp."))
    cleaned = re.sub(r"[\x00\ud800-\udfff]", "", name)[:300]
    session = UploadSession.objects.create(
        name=cleaned, expected_bytes=size, created_at=at, expires_at=at + conf.upload_life()
    )
    return Progress(session.token, 0, size)


def append_chunk(*, token: uuid.UUID, offset: int, content: bytes, at: datetime) -> Progress:
    """Take the next part. At another offset than the wanted one nothing is taken and the wanted one comes back.

    So a client that lost its connection sends again, and learns where to go on. The part is safe before the answer.
    FileRejected when the upload is over or unknown, when a part goes beyond the announced size or is larger than
    `LANGNGHE_FILES_CHUNK_BYTES`, and at the first part when its type is not taken.
    """
    with transaction.atomic():
        session = _session(token, at, lock=True)
        if session.file_id is not None or offset != session.received_bytes or not content:
            return Progress(token, session.received_bytes, session.expected_bytes, accepted=False)
        if len(content) > conf.chunk_bytes() or offset + len(content) > session.expected_bytes:
            raise FileRejected("too_large", _("Phần tệp gửi lên lớn hơn dung lượng đã báo. Ông/bà chọn lại tệp."))
        if offset == 0 and (len(content) >= rules.SNIFF_BYTES or len(content) == session.expected_bytes):
            _refuse_early(rules.sniff(content[: rules.SNIFF_BYTES]))
        if len(session.parts) >= _MOST_PARTS:
            raise FileRejected("too_large", _("Tệp bị chia thành quá nhiều phần. Ông/bà chọn lại tệp."))
        key = f"uploads/{session.created_at:%Y/%m/%d}/{token.hex}/{offset}-{secrets.token_hex(4)}"
        _save(key, ContentFile(content))
        session.parts.append([key, len(content)])
        session.received_bytes += len(content)
        session.save(update_fields=["parts", "received_bytes"])
    return Progress(token, session.received_bytes, session.expected_bytes)


def finish_upload(*, token: uuid.UUID, at: datetime, limits: Limits | None = None) -> StoredFile:
    """Make the stored file of a complete upload; once more gives back the same file.

    FileRejected as in `store`, and upload_incomplete when bytes are missing; a rejected upload is removed.
    """
    rejected: FileRejected | None = None
    with transaction.atomic():
        session = _session(token, at, lock=True)
        if session.file is not None:
            return session.file
        if session.received_bytes != session.expected_bytes:
            raise FileRejected("upload_incomplete", _("Tệp tải lên chưa trọn. Ông/bà chờ tải xong hoặc chọn lại tệp."))
        parts = [str(key) for key, _bytes in session.parts]
        try:
            with _Parts(storage.current(), parts) as content:
                session.file = store(content=cast(BinaryIO, content), name=session.name, at=at, limits=limits)
        except OSError as error:  # the store does not answer; the parts stay for another try
            logger.exception("an upload could not be read back")
            raise _unavailable() from error
        except FileRejected as error:
            if error.code == "unavailable":
                raise
            rejected = error
            session.delete()
        else:
            session.parts = []
            session.save(update_fields=["file", "parts"])
        transaction.on_commit(lambda: _remove(parts))
    if rejected is not None:
        raise rejected
    return cast(StoredFile, session.file)


def _session(token: uuid.UUID, at: datetime, *, lock: bool = False) -> UploadSession:
    rows = UploadSession.objects.all()
    if lock:
        rows = rows.select_for_update(of=("self",))
    session = rows.filter(token=token, expires_at__gt=at).first()
    if session is None:
        raise FileRejected("upload_expired", _("Lượt tải lên này không còn hiệu lực. Ông/bà chọn lại tệp."))
    return session


class _Parts(io.RawIOBase):
    """The parts of an upload as one stream, one part open at a time."""

    def __init__(self, store_: Storage, keys: Sequence[str]) -> None:
        self._store = store_
        self._keys: Iterator[str] = iter(keys)
        self._part: File[Any] | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            if self._part is None:
                key = next(self._keys, None)
                if key is None:
                    return 0
                self._part = self._store.open(key, "rb")
            block: bytes = self._part.read(len(buffer))
            if block:
                buffer[: len(block)] = block
                return len(block)
            self._part.close()
            self._part = None

    def close(self) -> None:
        if self._part is not None:
            self._part.close()
            self._part = None
        super().close()


# --- claims: what a form that is shown again keeps -------------------------------------------------------------------


def claim_token(file_ids: Iterable[uuid.UUID], *, at: datetime, owner: str = "") -> str:
    """A signed value for a hidden field that says which files this form has uploaded already.

    `owner` ties it to one browser (such as a random value of a cookie), so that it is of no use to anybody else.
    """
    ids = [file_id.hex for file_id in file_ids]
    return signing.dumps({"f": ids, "o": owner, "t": int(at.timestamp())}, salt=_CLAIM_SALT, compress=True)


def claimed(token: str, *, at: datetime, owner: str = "", life: timedelta | None = None) -> list[StoredFile]:
    """The files of a claim, in their order: those that are still there and belong to nothing yet.

    An empty list for an empty, forged, expired or other owner's token: a form then simply has no files.
    """
    if not token or len(token) > 4000:
        return []
    try:
        claim = signing.loads(token, salt=_CLAIM_SALT)
        ids = [uuid.UUID(hex=value) for value in claim["f"]]
        made = datetime.fromtimestamp(claim["t"], tz=at.tzinfo)
        mine = secrets.compare_digest(str(claim["o"]).encode(), owner.encode())
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return []
    if not mine or at - made > (life or conf.orphan_age()):
        return []
    found = _free().filter(pk__in=ids).in_bulk()
    return [found[file_id] for file_id in dict.fromkeys(ids) if file_id in found]


def attach(
    *, file_ids: Sequence[uuid.UUID], kind: str, subject_id: int, at: datetime, limits: Limits | None = None
) -> list[StoredFile]:
    """Give files to a subject, in the caller's transaction. The same subject again is fine; another one is not.

    FileRejected: too_many, or not_yours when a file is gone or belongs to something else.
    """
    bounds = limits or conf.limits()
    wanted = list(dict.fromkeys(file_ids))
    if len(wanted) > bounds.max_files:
        raise FileRejected(
            "too_many",
            _("Mỗi lần gửi kèm nhiều nhất %(number)s tệp. Ông/bà bỏ bớt tệp.") % {"number": bounds.max_files},
        )
    with transaction.atomic():
        rows = {
            row.pk: row
            for row in StoredFile.objects.select_for_update()
            .filter(pk__in=wanted, state=StoredFile.State.READY)
            .order_by("pk")
        }
        for file_id in wanted:
            row = rows.get(file_id)
            if row is None or (row.attached_at is not None and (row.kind, row.subject_id) != (kind, subject_id)):
                raise FileRejected("not_yours", _("Có tệp không còn dùng được. Ông/bà chọn lại tệp rồi gửi."))
        StoredFile.objects.filter(pk__in=wanted, attached_at__isnull=True).update(
            kind=kind, subject_id=subject_id, attached_at=at
        )
        for row in rows.values():
            if row.attached_at is None:
                row.kind, row.subject_id, row.attached_at = kind, subject_id, at
    return [rows[file_id] for file_id in wanted]


# --- delete and clean up ---------------------------------------------------------------------------------------------


def delete_stored(*, file_id: uuid.UUID, at: datetime) -> StoredFile:
    """Delete a file: its bytes go when the transaction commits, the row stays without the name. Twice is fine."""
    with transaction.atomic():
        stored = StoredFile.objects.select_for_update().get(pk=file_id)
        if stored.state == StoredFile.State.READY:
            _mark_deleted([stored], at)
    return stored


def erase(*, kind: str, subject_id: int, at: datetime) -> int:
    """Delete all files given to a subject (erasure of its personal data); returns how many."""
    if not kind:
        raise ValueError("erase needs the kind of the subject")
    with transaction.atomic():
        rows = list(
            StoredFile.objects.select_for_update()
            .filter(kind=kind, subject_id=subject_id, state=StoredFile.State.READY)
            .order_by("pk")
        )
        _mark_deleted(rows, at)
    return len(rows)


def _mark_deleted(rows: Sequence[StoredFile], at: datetime) -> None:
    for row in rows:
        row.state, row.deleted_at = StoredFile.State.DELETED, at
        row.name = rules.display_name("", row.storage_key.rpartition(".")[2], _("tệp đã xóa"))
    StoredFile.objects.bulk_update(rows, ["state", "deleted_at", "name"])
    transaction.on_commit(lambda: _remove_deleted(rows, at))


def _remove_deleted(rows: Sequence[StoredFile], at: datetime) -> int:
    """Remove the bytes of deleted files; those that the store does not let go now stay marked for the clean-up."""
    gone = [row.pk for row in rows if _remove(_keys(row)) == len(_keys(row))]
    return StoredFile.objects.filter(pk__in=gone).update(removed_at=at)


def _keys(stored: StoredFile) -> list[str]:
    return [key for key in (stored.storage_key, stored.thumbnail_key) if key]


def _free() -> models.QuerySet[StoredFile]:
    """Files that belong to nothing: not attached, and no row of another room points at them."""
    rows = StoredFile.objects.filter(state=StoredFile.State.READY, attached_at__isnull=True)
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or relation.related_model is UploadSession:
            continue
        model = cast(type[models.Model], relation.related_model)
        pointing = model._base_manager.filter(**{relation.field.attname: models.OuterRef("pk")})
        rows = rows.filter(~models.Exists(pointing))
    return rows


def _remove(keys: Iterable[str]) -> int:
    """Delete objects of the store; returns how many are gone. What fails now is found by the clean-up later."""
    store_ = storage.current()
    removed = 0
    for key in keys:
        try:
            store_.delete(key)
            removed += 1
        except Exception:  # whatever the store raises, the rest must go on
            logger.exception("a stored object could not be removed")
    return removed


def remove_leftovers(*, at: datetime, days: int = 7, limit: int = 500) -> int:
    """Remove what belongs to nothing: bytes of deleted files, expired uploads, files never attached, bytes without row.

    Nothing younger than LANGNGHE_FILES_ORPHAN_HOURS is touched, so a transaction under way loses nothing. `days` says
    how far back the store is searched for bytes that a crash or a rolled back transaction left behind. Returns how
    many things went.
    """
    deleted = list(
        StoredFile.objects.filter(state=StoredFile.State.DELETED, removed_at__isnull=True).order_by("deleted_at")[
            :limit
        ]
    )
    return (
        _remove_deleted(deleted, at) + _expired_uploads(at, limit) + _loose_files(at, limit) + _stray_objects(at, days)
    )


def _expired_uploads(at: datetime, limit: int) -> int:
    removed = 0
    with transaction.atomic():
        # The row of a finished upload stays until it expires, so that finishing again gives the same file.
        for session in UploadSession.objects.select_for_update(skip_locked=True).filter(expires_at__lte=at)[:limit]:
            keys = [str(key) for key, _bytes in session.parts]
            session.delete()
            transaction.on_commit(lambda keys=keys: _remove(keys))  # type: ignore[misc]
            removed += 1
    return removed


def _loose_files(at: datetime, limit: int) -> int:
    removed = 0
    old = _free().filter(created_at__lt=at - conf.orphan_age())
    for pk in list(old.order_by("created_at").values_list("pk", flat=True)[:limit]):
        try:
            with transaction.atomic():
                row = (
                    StoredFile.objects.select_for_update(skip_locked=True)
                    .filter(pk=pk, attached_at__isnull=True, state=StoredFile.State.READY)
                    .first()
                )
                if row is None:
                    continue
                UploadSession.objects.filter(file=row).delete()
                keys = _keys(row)
                row.delete()
                transaction.on_commit(lambda keys=keys: _remove(keys))  # type: ignore[misc]
                removed += 1
        except (models.ProtectedError, models.RestrictedError, DatabaseError):
            # Something took it in this moment.
            continue
    return removed


def _stray_objects(at: datetime, days: int) -> int:
    """Objects of the last days that no row knows, older than the grace period."""
    store_ = storage.current()
    first = int(conf.orphan_age() / timedelta(days=1)) + 1
    removed = 0
    for back in range(first, first + days):
        day = at - timedelta(days=back)
        folder = f"files/{day:%Y/%m/%d}"
        names = _names(store_, folder)
        keys = {f"{folder}/{name}" for name in names}
        known = set(
            StoredFile.objects.filter(state=StoredFile.State.READY, storage_key__in=keys).values_list(
                "storage_key", flat=True
            )
        )
        known |= set(
            StoredFile.objects.filter(state=StoredFile.State.READY, thumbnail_key__in=keys).values_list(
                "thumbnail_key", flat=True
            )
        )
        removed += _remove(sorted(keys - known))
        removed += _stray_parts(store_, f"uploads/{day:%Y/%m/%d}")
    return removed


def _stray_parts(store_: Storage, folder: str) -> int:
    tokens = _folders(store_, folder)
    valid = {name for name in tokens if re.fullmatch(r"[0-9a-f]{32}", name)}
    live = {
        token.hex
        for token in UploadSession.objects.filter(token__in=[uuid.UUID(hex=name) for name in valid])
        .exclude(parts=[])
        .values_list("token", flat=True)
    }
    removed = 0
    for name in sorted(valid - live):
        removed += _remove(f"{folder}/{name}/{part}" for part in _names(store_, f"{folder}/{name}"))
        _remove([f"{folder}/{name}"])
    return removed


def _names(store_: Storage, folder: str) -> list[str]:
    try:
        return store_.listdir(folder)[1]
    except FileNotFoundError:
        return []


def _folders(store_: Storage, folder: str) -> list[str]:
    try:
        return store_.listdir(folder)[0]
    except FileNotFoundError:
        return []
