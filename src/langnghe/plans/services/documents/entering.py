"""Documents are taken in and read: while the person waits, or by the worker."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from langnghe.acts.errors import ActError, Missing, NotAllowed
from langnghe.agencies.models import Agency
from langnghe.files import services as files
from langnghe.files.conf import MEGABYTE, document_limits
from langnghe.files.errors import FileRejected
from langnghe.files.models import StoredFile
from langnghe.files.rules import READ, SNIFF_BYTES, sniff
from langnghe.files.said import kinds_words
from langnghe.plans import rules_register as rules
from langnghe.plans.errors import refusal
from langnghe.plans.models import (
    PlanDocument,
)
from langnghe.plans.models.documents import PlanKind
from langnghe.plans.reading.source import ReadingError, Source, plain
from langnghe.plans.services import bodies, items, registering
from langnghe.plans.services.bodies import Directory
from langnghe.plans.services.documents.heads import HEAD, clean_head, link
from langnghe.plans.services.registering import perform
from langnghe.plans.workflow import ACTIVE, PLAN, WITHDRAWN
from langnghe.texts import clean_input
from langnghe.workflow.actor import SYSTEM, Actor

logger = logging.getLogger(__name__)

QUICK_BYTES = 4_000_000
QUICK_PAGES = 60
FEW_LETTERS = 25
"""Files up to these bounds are read while the person waits; larger ones, and scans, by the worker."""


def enter(
    *,
    agency_id: int,
    actor: Actor,
    at: datetime,
    content: BinaryIO | bytes | None = None,
    name: str = "",
    text: str = "",
    kind: str = PlanKind.PLAN,
    values: Mapping[str, Any] | None = None,
    parent_id: int | None = None,
    supersedes_id: int | None = None,
    later: bool = True,
) -> PlanDocument:
    """Take in a document: a file, pasted text, or neither (a directive entered by form). Returns it in review.

    `values` are what the person typed (number, issued_on, title, …); they win over what is read. Large files and scans
    are left to the worker unless `later` is False. Raises ActError with the field that is meant: for files that
    cannot be taken or read, a title that is missing, a parent or an earlier version that does not fit.
    """
    typed = clean_head(values or {})
    agency = Agency.objects.filter(pk=agency_id).first()
    if agency is None:
        raise ActError(_("Hãy chọn cơ quan."), field="agency")
    if not registering.may_enter(actor, agency):
        raise refusal("agency")
    if kind not in PlanKind.values:
        raise ActError(_("Hãy chọn loại văn bản."), field="kind")
    data = content if isinstance(content, bytes) or content is None else _bytes(content)
    with transaction.atomic():
        document = PlanDocument(
            kind=kind,
            agency=agency,
            parent=_parent(parent_id, agency),
            supersedes=_earlier(supersedes_id, agency),
            entered_by_id=actor.person_id,
            entered_at=at,
            **typed,
        )
        if not document.agency.is_active(at.date()):
            raise ActError(_("Cơ quan này đã kết thúc."), field="agency")
        source: Source | None = None
        if data is not None:
            document.file = _store(data, name, at)
            if later and not quick(data):
                document.head = {
                    "reading": {"state": "waiting", "since": at.isoformat(), "untitled": not document.title}
                }
                document.title = document.title or clean_input(name, single_line=True)[:600] or _("Văn bản đang đọc")
                registering.born(document, actor=actor, at=at, data={"file": document.file.sha256})
                files.attach(file_ids=[document.file.pk], kind=PLAN, subject_id=document.pk, at=at)
                return document
            source = _load(data, name)
        elif text.strip():
            # Tabs part the cells of a table that was copied; cleaning would make spaces of them.
            source = plain(
                "\n".join("\t".join(map(clean_input, row.split("\t"))) for row in text.splitlines()), name=""
            )
        register = _read(source) if source is not None else None
        if data is None and register is not None and _is_nothing(text, register):
            raise ActError(
                _(
                    "Đoạn dán vào quá ngắn và không có nhiệm vụ nào nhận ra được. Văn bản thì dán toàn văn; chỉ giao "
                    "một việc thì dùng trang “Giao một việc”."
                ),
                field="text",
            )
        if source is not None and register is not None:
            _take_in(document, source, register, typed)
        if not document.title:
            raise Missing({"title": _("Hãy ghi trích yếu (tên) của văn bản.")})
        registering.born(
            document, actor=actor, at=at, data={"file": document.file.sha256 if document.file else "", "kind": kind}
        )
        if document.file is not None:
            files.attach(file_ids=[document.file.pk], kind=PLAN, subject_id=document.pk, at=at)
        if register is not None:
            items.from_register(document, register, Directory(), at)
            link(document, at)
    return document


FEW_WORDS = 40
"""A pasted text of so many words is kept whatever is found in it."""
_FOUND = ("tasks", "indicators", "reports", "channels", "disclosures")


def _is_nothing(text: str, register: Mapping[str, Any]) -> bool:
    """Whether a pasted text is too short to be a document, and neither a task nor the head of one was found in it. A
    directive of one sentence that says who does what is a task."""
    head = register.get("document") or {}
    known = any(register.get(name) for name in _FOUND) or bool(head.get("number") or head.get("date"))
    return not known and len(text.split()) < FEW_WORDS


def read_waiting(*, document_id: int, at: datetime) -> bool:
    """Read the file of a document that waits for it (the worker's part). Whether it was read; once more does nothing.
    What cannot be read is noted on the document, which stays in review to be filled by hand."""
    document = PlanDocument.objects.select_related("file").get(pk=document_id)
    if document.head.get("reading", {}).get("state") != "waiting" or document.file is None:
        return False
    failed = ""
    kept = dict(document.head)

    def progress(done: int, pages: int) -> None:
        """Pages of a scan that are read: for whoever waits, not an act."""
        head = {**kept, "reading": {**kept["reading"], "done": done, "pages": pages}}
        PlanDocument.objects.filter(pk=document_id, head__reading__state="waiting").update(head=head)

    try:
        with files.open_stored(document.file) as content:
            data = content.read()
        source: Source | None = _load(data, document.file.name, progress)
        register = _read(source) if source is not None else None
    except (ActError, OSError) as error:
        source = register = None
        failed = getattr(error, "message", "") or _("Không mở được tệp đã lưu. Hãy gửi lại tệp.")

    def apply(row: PlanDocument) -> Mapping[str, Any]:
        if row.head.get("reading", {}).get("state") != "waiting":
            raise NotAllowed("state", _("Văn bản này đã được đọc."))
        if source is None or register is None:
            row.head = {"reading": {"state": "failed", "message": failed}}
            return {"what": "read", "failed": True}
        typed = {name: value for name in HEAD if (value := getattr(row, name))}
        if row.head["reading"].get("untitled"):
            row.title = typed["title"] = ""  # until now it bore the file's name
        _take_in(row, source, register, typed)
        made = items.from_register(row, register, Directory(), at)
        return {"what": "read", "items": made}

    try:
        with transaction.atomic():
            document = perform(document_id=document_id, act="mend", actor=SYSTEM, at=at, apply=apply)
            if register is not None:
                link(document, at)
    except NotAllowed:
        return False
    return source is not None


def read_again(
    *,
    document_id: int,
    content: BinaryIO | bytes,
    name: str,
    actor: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> PlanDocument:
    """Give a document whose file could not be read another file. Only while nothing was found in it."""
    data = content if isinstance(content, bytes) else _bytes(content)

    def apply(row: PlanDocument) -> Mapping[str, Any]:
        if row.text or row.items.exists():
            raise ActError(_("Văn bản này đã đọc được; muốn đọc tệp khác, hãy đưa vào như một bản mới."), field="file")
        row.file = _store(data, name, at)
        row.head = {"reading": {"state": "waiting", "since": at.isoformat()}}
        return {"what": "file", "file": row.file.sha256}

    with transaction.atomic():
        document = perform(
            document_id=document_id, act="mend", actor=actor, at=at, apply=apply, expected_version=expected_version
        )
        assert document.file is not None
        files.attach(file_ids=[document.file.pk], kind=PLAN, subject_id=document.pk, at=at)
    if quick(data):
        read_waiting(document_id=document.pk, at=at)
        document.refresh_from_db()
    return document


def quick(data: bytes) -> bool:
    """Whether a file can be read while a person waits: texts, Word files and PDFs with text, of moderate size."""
    if len(data) > QUICK_BYTES or data[:4] in (b"\x89PNG", b"II*\x00", b"MM\x00*") or data[:3] == b"\xff\xd8\xff":
        return False
    if b"%PDF-" not in data[:1024]:
        return True
    import pypdfium2

    from langnghe.plans.reading.formats.pdf import is_scan

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return True  # broken or locked: said at once
    try:
        if len(pdf) > QUICK_PAGES:
            return False
        if is_scan(pdf):
            return False
        return all(pdf[number].get_textpage().count_chars() >= FEW_LETTERS for number in range(len(pdf)))
    except pypdfium2.PdfiumError:
        return True
    finally:
        pdf.close()


def _bytes(content: BinaryIO) -> bytes:
    size = getattr(content, "size", None)
    if isinstance(size, int) and size == 0:
        raise ActError(_("Tệp rỗng (0 byte). Ông/bà chọn lại tệp."), field="file")
    data = content.read()
    if isinstance(size, int) and not data:
        # What was larger than this site takes arrives empty, with its true size.
        raise ActError(_too_large(), field="file")
    return data


def _too_large() -> str:
    return _(
        "Tệp lớn hơn %(number)s MB. Hãy quét lại ở 200 điểm ảnh/inch, đen trắng, hoặc chỉ gửi các trang của kế hoạch."
    ) % {"number": document_limits().max_bytes // MEGABYTE}


def _store(data: bytes, name: str, at: datetime) -> StoredFile:
    keep = files.store if sniff(data[:SNIFF_BYTES]) else files.store_text
    try:
        return keep(content=io.BytesIO(data), name=name, at=at, limits=document_limits())
    except FileRejected as error:
        if error.code == "too_large":
            raise ActError(_too_large(), field="file") from error
        if error.code == "type":
            message = _("Không đọc được loại tệp này. Hãy gửi %(kinds)s.") % {"kinds": kinds_words(READ)}
            raise ActError(message, field="file") from error
        raise ActError(error.message, field="file") from error


def _load(data: bytes, name: str, progress: Callable[[int, int], None] | None = None) -> Source:
    from langnghe.plans.reading.formats import load

    try:
        return load(data, name, progress=progress)
    except ReadingError as error:
        raise ActError(error.message, field="file") from error


def _read(source: Source) -> dict[str, Any]:
    """What the reader finds, fit to be kept. Where the reader itself fails, nothing is found and the person is told:
    the text is kept, and its tasks are added by hand."""
    from langnghe.plans.reading.reader import read

    try:
        register: dict[str, Any] = _storable(read(source, gazetteer=bodies.gazetteer()).to_json())
    except Exception:
        logger.exception("a document could not be read")
        warning = gettext_noop(
            "Hệ thống chưa tìm được nhiệm vụ trong văn bản này. Nguyên văn được giữ; hãy thêm từng nhiệm vụ."
        )
        return {"document": {}, "warnings": [warning]}
    return register


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _storable(value: Any) -> Any:
    """The value without signs that a database cannot keep (NUL, halves of characters); lengths stay."""
    if isinstance(value, str):
        return _UNSTORABLE.sub(" ", value)
    if isinstance(value, Mapping):
        return {str(key): _storable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(one) for one in value]
    return value


def _take_in(document: PlanDocument, source: Source, register: Mapping[str, Any], typed: Mapping[str, Any]) -> None:
    head = dict(register["document"])
    document.text, document.format = _storable(source.text), source.format[:8]
    if document.supersedes is not None and document.supersedes.head.get("carried_by"):
        head["carried_by"] = document.supersedes.head["carried_by"]  # said once, for every version
    document.head = head
    document.warnings = list(dict.fromkeys([*source.warnings, *register.get("warnings", ()), *head.get("doubts", ())]))
    found = {
        "number": (head.get("number") or "")[:60],
        "issued_on": rules.day_of(head.get("date")),
        "issuer": (head.get("issuer") or "")[:200],
        "title": " ".join((head.get("title") or "").replace("*", "").split())[:600],
        "signer": (head.get("signer") or "")[:120],
        "signer_title": (head.get("signer_title") or "")[:200],
    }
    for name, value in found.items():
        if not typed.get(name) and value:
            setattr(document, name, value)
    if not document.title:
        first = next((line.text for line in source.lines if len(line.text.split()) > 3), source.name)
        document.title = " ".join(first.split())[:300] or _("Văn bản chưa rõ trích yếu")
        document.warnings = [
            *document.warnings,
            gettext_noop("Chưa đọc được trích yếu; hãy ghi lại ở phần “Thông tin văn bản”."),
        ]


def _parent(parent_id: int | None, agency: Agency) -> PlanDocument | None:
    if parent_id is None:
        return None
    parent = PlanDocument.objects.filter(pk=parent_id).exclude(state=WITHDRAWN).first()
    if parent is None or parent.agency_id == agency.pk:
        raise ActError(_("Kế hoạch cấp trên phải là kế hoạch của cơ quan khác, còn hiệu lực."), field="parent")
    return parent


def _earlier(supersedes_id: int | None, agency: Agency) -> PlanDocument | None:
    if supersedes_id is None:
        return None
    earlier = PlanDocument.objects.filter(pk=supersedes_id, agency=agency).first()
    if earlier is None or earlier.state != ACTIVE:
        raise ActError(_("Chỉ thay thế được kế hoạch đang thực hiện của cùng cơ quan."), field="supersedes")
    waiting = PlanDocument.objects.filter(supersedes=earlier).exclude(state=WITHDRAWN).first()
    if waiting is not None:
        raise ActError(_("Kế hoạch này đã có một bản thay thế đang chờ xác nhận."), field="supersedes")
    # A version that was withdrawn lets go of its place.
    for dropped in PlanDocument.objects.filter(supersedes=earlier, state=WITHDRAWN):
        PlanDocument.objects.filter(pk=dropped.pk).update(supersedes=None)
    return earlier
