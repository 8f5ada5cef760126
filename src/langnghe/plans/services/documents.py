"""Documents that order work: entered and read, confirmed into tasks, replaced by a corrected version, ended."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from langnghe.agencies.models import Agency
from langnghe.files import services as files
from langnghe.files.errors import FileRejected
from langnghe.files.models import StoredFile
from langnghe.ledger import services as ledger
from langnghe.plans import rules_register as rules
from langnghe.plans.errors import Missing, NotAllowed, PlanError, needed, refusal
from langnghe.plans.models import (
    Indicator,
    ItemKind,
    ItemState,
    PlanDocument,
    Reading,
    RegisterItem,
    Share,
    Task,
)
from langnghe.plans.models.documents import PlanKind
from langnghe.plans.models.tasks import DueKind
from langnghe.plans.reading.source import ReadingError, Source, plain
from langnghe.plans.rules import title_of
from langnghe.plans.rules_compare import Pair, Side, compare, likest
from langnghe.plans.services import bodies, engine, items, registering, shares
from langnghe.plans.services.bodies import Directory
from langnghe.plans.services.registering import perform
from langnghe.plans.workflow import ACTIVE, OPEN_STATES, PLAN, REVIEW, WITHDRAWN
from langnghe.texts import clean_input
from langnghe.workflow.actor import SYSTEM, Actor
from langnghe.worktime import services as worktime

QUICK_BYTES = 4_000_000
QUICK_PAGES = 60
FEW_LETTERS = 25
"""Files up to these bounds are read while the person waits; larger ones, and scans, by the worker."""

HEAD = ("kind", "number", "issued_on", "issuer", "title", "signer", "signer_title", "ends_on")


# --- entering ---------------------------------------------------------------------------------------------------------


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
    are left to the worker unless `later` is False. Raises PlanError with the field that is meant: for files that
    cannot be taken or read, a title that is missing, a parent or an earlier version that does not fit.
    """
    typed = _head(values or {})
    agency = Agency.objects.filter(pk=agency_id).first()
    if agency is None:
        raise PlanError(_("Hãy chọn cơ quan."), field="agency")
    if not registering.may_enter(actor, agency):
        raise refusal("agency")
    if kind not in PlanKind.values:
        raise PlanError(_("Hãy chọn loại văn bản."), field="kind")
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
            raise PlanError(_("Cơ quan này đã kết thúc."), field="agency")
        source: Source | None = None
        if data is not None:
            document.file = _store(data, name, at)
            if later and not quick(data):
                document.head = {"reading": {"state": "waiting", "since": at.isoformat()}}
                document.title = document.title or clean_input(name, single_line=True)[:600] or _("Văn bản đang đọc")
                registering.born(document, actor=actor, at=at, data={"file": document.file.sha256})
                files.attach(file_ids=[document.file.pk], kind=PLAN, subject_id=document.pk, at=at)
                return document
            source = _load(data, name)
        elif text.strip():
            source = plain(clean_input(text), name="")
        register = _read(source) if source is not None else None
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
            _link(document, at)
    return document


def read_waiting(*, document_id: int, at: datetime) -> bool:
    """Read the file of a document that waits for it (the worker's part). Whether it was read; once more does nothing.
    What cannot be read is noted on the document, which stays in review to be filled by hand."""
    document = PlanDocument.objects.select_related("file").get(pk=document_id)
    if document.head.get("reading", {}).get("state") != "waiting" or document.file is None:
        return False
    failed = ""
    try:
        with files.open_stored(document.file) as content:
            data = content.read()
        source: Source | None = _load(data, document.file.name)
        register = _read(source) if source is not None else None
    except (PlanError, OSError) as error:
        source = register = None
        failed = getattr(error, "message", "") or _("Không mở được tệp đã lưu. Hãy gửi lại tệp.")

    def apply(row: PlanDocument) -> Mapping[str, Any]:
        if row.head.get("reading", {}).get("state") != "waiting":
            raise NotAllowed("state", _("Văn bản này đã được đọc."))
        if source is None or register is None:
            row.head = {"reading": {"state": "failed", "message": failed}}
            return {"what": "read", "failed": True}
        _take_in(row, source, register, {name: value for name in HEAD if (value := getattr(row, name))})
        made = items.from_register(row, register, Directory(), at)
        return {"what": "read", "items": made}

    try:
        with transaction.atomic():
            document = perform(document_id=document_id, act="mend", actor=SYSTEM, at=at, apply=apply)
            if register is not None:
                _link(document, at)
    except NotAllowed:
        return False
    return source is not None


def read_again(*, document_id: int, content: BinaryIO | bytes, name: str, actor: Actor, at: datetime) -> PlanDocument:
    """Give a document whose file could not be read another file. Only while nothing was found in it."""
    data = content if isinstance(content, bytes) else _bytes(content)

    def apply(row: PlanDocument) -> Mapping[str, Any]:
        if row.text or row.items.exists():
            raise PlanError(_("Văn bản này đã đọc được; muốn đọc tệp khác, hãy đưa vào như một bản mới."), field="file")
        row.file = _store(data, name, at)
        row.head = {"reading": {"state": "waiting", "since": at.isoformat()}}
        return {"what": "file", "file": row.file.sha256}

    with transaction.atomic():
        document = perform(document_id=document_id, act="mend", actor=actor, at=at, apply=apply)
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

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return True  # broken or locked: said at once
    try:
        if len(pdf) > QUICK_PAGES:
            return False
        return all(pdf[number].get_textpage().count_chars() >= FEW_LETTERS for number in range(len(pdf)))
    except pypdfium2.PdfiumError:
        return True
    finally:
        pdf.close()


def _bytes(content: BinaryIO) -> bytes:
    size = getattr(content, "size", None)
    if isinstance(size, int) and size == 0:
        raise PlanError(_("Tệp rỗng (0 byte). Ông/bà chọn lại tệp."), field="file")
    data = content.read()
    if isinstance(size, int) and not data:
        # What was larger than this site takes arrives empty, with its true size.
        raise PlanError(_("Tệp quá lớn. Hãy gửi bản nhỏ hơn, chỉ gồm văn bản của kế hoạch."), field="file")
    return data


def _store(data: bytes, name: str, at: datetime) -> StoredFile:
    from langnghe.files.rules import SNIFF_BYTES, sniff

    keep = files.store if sniff(data[:SNIFF_BYTES]) else files.store_text
    try:
        return keep(content=io.BytesIO(data), name=name, at=at)
    except FileRejected as error:
        if error.code == "type":
            message = _("Không đọc được loại tệp này. Hãy gửi tệp DOCX, PDF, TXT, HTML, hoặc ảnh chụp JPG, PNG.")
            raise PlanError(message, field="file") from error
        raise PlanError(error.message, field="file") from error


def _load(data: bytes, name: str) -> Source:
    from langnghe.plans.reading.formats import load

    try:
        return load(data, name)
    except ReadingError as error:
        raise PlanError(error.message, field="file") from error


def _read(source: Source) -> dict[str, Any]:
    from langnghe.plans.reading.reader import read

    register: dict[str, Any] = read(source, gazetteer=bodies.gazetteer()).to_json()
    return register


def _take_in(document: PlanDocument, source: Source, register: Mapping[str, Any], typed: Mapping[str, Any]) -> None:
    head = dict(register["document"])
    document.text, document.format = source.text.replace("\x00", " "), source.format[:8]
    if document.supersedes is not None and document.supersedes.head.get("carried_by"):
        head["carried_by"] = document.supersedes.head["carried_by"]  # said once, for every version
    document.head = head
    document.warnings = [*source.warnings, *register.get("warnings", ()), *head.get("doubts", ())]
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
        document.warnings = [*document.warnings, _("Chưa đọc được trích yếu; hãy ghi lại ở phần “Thông tin văn bản”.")]


def _head(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a person typed about a document, fit to be kept."""
    sizes = {"number": 60, "issuer": 200, "title": 600, "signer": 120, "signer_title": 200}
    kept: dict[str, Any] = {}
    for name, size in sizes.items():
        if values.get(name):
            kept[name] = clean_input(str(values[name]), single_line=True)[:size]
    for name in ("issued_on", "ends_on"):
        if isinstance(values.get(name), date):
            kept[name] = values[name]
    if kept.get("issued_on") and kept.get("ends_on") and kept["ends_on"] < kept["issued_on"]:
        raise PlanError(_("Ngày kết thúc phải sau ngày ban hành."), field="ends_on")
    return kept


def _parent(parent_id: int | None, agency: Agency) -> PlanDocument | None:
    if parent_id is None:
        return None
    parent = PlanDocument.objects.filter(pk=parent_id).exclude(state=WITHDRAWN).first()
    if parent is None or parent.agency_id == agency.pk:
        raise PlanError(_("Kế hoạch cấp trên phải là kế hoạch của cơ quan khác, còn hiệu lực."), field="parent")
    return parent


def _earlier(supersedes_id: int | None, agency: Agency) -> PlanDocument | None:
    if supersedes_id is None:
        return None
    earlier = PlanDocument.objects.filter(pk=supersedes_id, agency=agency).first()
    if earlier is None or earlier.state != ACTIVE:
        raise PlanError(_("Chỉ thay thế được kế hoạch đang thực hiện của cùng cơ quan."), field="supersedes")
    waiting = PlanDocument.objects.filter(supersedes=earlier).exclude(state=WITHDRAWN).first()
    if waiting is not None:
        raise PlanError(_("Kế hoạch này đã có một bản thay thế đang chờ xác nhận."), field="supersedes")
    # A version that was withdrawn lets go of its place.
    for dropped in PlanDocument.objects.filter(supersedes=earlier, state=WITHDRAWN):
        PlanDocument.objects.filter(pk=dropped.pk).update(supersedes=None)
    return earlier


def _link(document: PlanDocument, at: datetime) -> None:
    """Tie the items to those of the earlier version, and the tasks to those of the plan above. Suggestions only."""
    if document.supersedes_id:
        old_keys = {}
        pairs = versions(document)
        for pair in pairs:
            if pair.old is not None and pair.new is not None:
                old_keys[int(str(pair.new.key))] = int(str(pair.old.key))
        changed = list(RegisterItem.objects.filter(pk__in=old_keys))
        for item in changed:
            item.same_as_id = old_keys[item.pk]
        RegisterItem.objects.bulk_update(changed, ["same_as"])
    if document.parent_id:
        above = list(Task.objects.filter(document_id=document.parent_id).values_list("pk", "text"))
        changed = []
        for item in RegisterItem.objects.filter(document=document, kind=ItemKind.TASK):
            found = likest(str(item.current.get("quote", "")), above)
            if found is not None:
                item.current = {**item.current, "under": found}
                changed.append(item)
        RegisterItem.objects.bulk_update(changed, ["current"])


# --- reviewing --------------------------------------------------------------------------------------------------------


def mend_head(
    *,
    document_id: int,
    values: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> PlanDocument:
    """Change number, date, title and so on; terms and members are looked at again from the new date."""
    wanted = _head(values)
    directory = Directory()

    def apply(document: PlanDocument) -> Mapping[str, Any]:
        before = document.issued_on
        for name in HEAD:
            if name in values:
                setattr(document, name, wanted.get(name) or (None if name in ("issued_on", "ends_on") else ""))
        if values.get("kind") in PlanKind.values:
            document.kind = values["kind"]
        elif not document.kind:
            document.kind = PlanKind.PLAN
        if not document.title:
            raise Missing({"title": needed("title")})
        if document.issued_on != before:
            _doubt_anew(document, directory, at)
        return {"what": "head", "fields": sorted(wanted)}

    return perform(
        document_id=document_id, act="mend", actor=actor, at=at, apply=apply, expected_version=expected_version
    )


def carry(*, document_id: int, heirs: Mapping[str, Sequence[str]], actor: Actor, at: datetime) -> PlanDocument:
    """Say once for a whole document who carries on for bodies that have ended since. No heirs: the work stays under
    the old name, followed up by the plan's owner."""
    directory = Directory()

    def apply(document: PlanDocument) -> Mapping[str, Any]:
        said = dict(document.head.get("carried_by") or {})
        for name, given in heirs.items():
            names = [clean_input(str(one), single_line=True)[:200] for one in given]
            said[name] = list(dict.fromkeys(one for one in names if one))
        document.head = {**document.head, "carried_by": said}
        _doubt_anew(document, directory, at)
        return {"what": "carry", "heirs": {name: said[name] for name in heirs}}

    return perform(document_id=document_id, act="mend", actor=actor, at=at, apply=apply)


def _doubt_anew(document: PlanDocument, directory: Directory, at: datetime) -> None:
    rows = list(RegisterItem.objects.select_for_update().filter(document=document, kind=ItemKind.TASK))
    for item in rows:
        said = list(map(str, (item.extracted or {}).get("doubts") or ()))
        item.doubts = list(dict.fromkeys([*said, *items.doubts_of(item, document, directory, at.date())]))
    RegisterItem.objects.bulk_update(rows, ["doubts"])


def same_number(document: PlanDocument) -> list[PlanDocument]:
    """Other documents with this number and year: to be warned of, not refused. One query."""
    if not document.number:
        return []
    found = PlanDocument.objects.filter(number__iexact=document.number).exclude(pk=document.pk).exclude(state=WITHDRAWN)
    if document.issued_on:
        found = found.filter(Q(issued_on__year=document.issued_on.year) | Q(issued_on=None))
    found = found.exclude(pk=document.supersedes_id or 0).exclude(supersedes=document)
    return list(found.defer("text", "head").order_by("-pk")[:5])


def versions(document: PlanDocument) -> list[Pair]:
    """What a corrected version changes: the tasks of the new one beside those of the old one, then what is gone."""
    if document.supersedes_id is None:
        return []
    rows = RegisterItem.objects.filter(
        document_id__in=[document.pk, document.supersedes_id], kind=ItemKind.TASK
    ).exclude(state=ItemState.REJECTED)
    old: list[Side] = []
    new: list[Side] = []
    for item in rows.order_by("order", "pk"):
        side = Side(item.pk, item.path, item.current)
        (new if item.document_id == document.pk else old).append(side)
    return compare(old, new)


# --- confirming -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Summary:
    """What confirming would make."""

    tasks: int
    agencies: int
    outside: int
    shares: int
    indicators: int
    reports: int
    waiting: int
    doubts: int


def summary(document: PlanDocument, rows: Sequence[RegisterItem], directory: Directory, today: date) -> Summary:
    """What confirming these items would make. No query."""
    agencies: set[int] = set()
    outside: set[str] = set()
    count = 0
    tasks = [row for row in rows if row.kind == ItemKind.TASK and row.state != ItemState.REJECTED]
    for row in tasks:
        for part in _parts_of(row, document, directory, today):
            count += 1
            if part.agency_id is None:
                outside.add(part.name)
            else:
                agencies.add(part.agency_id)
    living = [row for row in rows if row.state != ItemState.REJECTED]
    return Summary(
        tasks=len(tasks),
        agencies=len(agencies),
        outside=len(outside),
        shares=count,
        indicators=sum(row.kind == ItemKind.INDICATOR for row in living),
        reports=sum(row.kind == ItemKind.REPORT for row in living),
        waiting=sum(row.state == ItemState.FOUND for row in living),
        doubts=sum(row.state == ItemState.FOUND and bool(row.doubts) for row in living),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    agency_id: int | None
    name: str
    lead: bool
    via: str


def _parts_of(item: RegisterItem, document: PlanDocument, directory: Directory, today: date) -> list[_Part]:
    """Who gets a share of a task: members of collectives on the plan's date, successors today, those whom a person has
    named to carry on; outside bodies by name. An agency has one share of a task, as lead when it is named as one."""
    on = document.issued_on or today
    carried = items.carried_by(item, document)
    found: dict[tuple[int | None, str], _Part] = {}
    for lead, names in ((True, item.current.get("lead") or ()), (False, item.current.get("cooperate") or ())):
        for name in map(str, names):
            heirs = [str(one) for one in carried.get(name) or ()]
            for meant in heirs or [name]:
                resolved = directory.resolve(meant, on=today if heirs else on, today=today)
                via = name if resolved.collective or heirs else ""
                if not resolved.carriers:
                    found.setdefault((None, meant), _Part(None, meant, lead, via if heirs else ""))
                for carrier in resolved.carriers:
                    key = (carrier.agency.pk, "")
                    found.setdefault(key, _Part(carrier.agency.pk, carrier.was, lead, via or carrier.was))
    return list(found.values())


def confirm(*, document_id: int, actor: Actor, at: datetime, expected_version: int | None = None) -> PlanDocument:
    """Let the register count: tasks, a share for each agency, indicators; the earlier version gives way, and what was
    done of it is kept. One transaction. NotAllowed while an item has not been looked at or the date is missing."""

    def apply(document: PlanDocument) -> Mapping[str, Any]:
        document.confirmed_by_id, document.confirmed_at = actor.person_id, at
        rows = list(RegisterItem.objects.select_for_update().filter(document=document).order_by("order", "pk"))
        kept = [row for row in rows if row.state != ItemState.REJECTED]
        document.accuracy = rules.tally(
            (row.kind, row.state, row.extracted, row.current, bool((row.extracted or {}).get("doubts") or row.doubts))
            for row in rows
        )
        return {"tasks": sum(row.kind == ItemKind.TASK for row in kept), "items": len(kept)}

    with transaction.atomic():
        document = registering.lock(document_id)
        if document.state == REVIEW and document.issued_on is None:
            raise PlanError(
                _("Hãy ghi ngày ban hành: hạn và cơ quan thực hiện được tính từ ngày này."), field="issued_on"
            )
        document = perform(
            document_id=document_id, act="confirm", actor=actor, at=at, apply=apply, expected_version=expected_version
        )
        rows = list(
            RegisterItem.objects.filter(document=document).exclude(state=ItemState.REJECTED).order_by("order", "pk")
        )
        directory = Directory()
        _make_indicators(document, [row for row in rows if row.kind == ItemKind.INDICATOR], directory, at)
        made = _make_tasks(document, [row for row in rows if row.kind == ItemKind.TASK], at)
        if document.supersedes_id:
            _take_over(document, made, actor=actor, at=at)
        given = {share.pk for share in _give(made, document, directory, actor=actor, at=at)}
        if document.supersedes_id:
            dropped = Share.objects.filter(task__document=document, state__in=OPEN_STATES).exclude(pk__in=given)
            for share in dropped.order_by("pk"):
                note = _("Bản thay thế không còn giao việc này cho cơ quan.")
                shares.cancel(share_id=share.pk, note=note, actor=SYSTEM, at=at)
    return document


def _make_tasks(document: PlanDocument, rows: Sequence[RegisterItem], at: datetime) -> list[Task]:
    last = Task.objects.filter(document=document).order_by("-order").values_list("order", flat=True).first() or 0
    above = set(Task.objects.filter(document_id=document.parent_id).values_list("pk", flat=True))
    made = [_task(document, row, last + number, above, at) for number, row in enumerate(rows, 1)]
    return Task.objects.bulk_create(made)


def _task(document: PlanDocument, row: RegisterItem, order: int, above: set[int], at: datetime) -> Task:
    now = row.current
    term = now.get("deadline") or {}
    value = rules.day_of(term.get("value"))
    kind = str(term.get("type") or "none")
    if kind not in DueKind.values or (kind in ("date", "month", "quarter", "year") and value is None):
        kind = DueKind.NONE
    words = str(term.get("quote") or "")
    quote = str(now.get("quote") or "")
    return Task(
        document=document,
        item=row,
        under_id=now.get("under") if now.get("under") in above else None,
        order=order,
        path=row.path,
        title=title_of(quote)[:300] or quote[:300],
        text=quote,
        deliverable=str(now.get("deliverable") or "")[:500],
        lead_names=list(now.get("lead") or ()),
        partner_names=list(now.get("cooperate") or ()),
        report_to=str(now.get("report_to") or "")[:300],
        weight=int(now.get("weight") or 1),
        due_kind=kind,
        due_on=value if kind not in ("none", "recurring", "ongoing") else None,
        due_before=bool(term.get("before")),
        rrule=str(term.get("rrule") or "")[:200] if kind == "recurring" else "",
        due_words=words[:300],
        created_at=at,
    )


def _make_indicators(
    document: PlanDocument, rows: Sequence[RegisterItem], directory: Directory, at: datetime
) -> list[Indicator]:
    made = []
    for row in rows:
        now = row.current
        target = now.get("target") or {}
        value = target.get("value")
        low, high = (value[0], value[-1]) if isinstance(value, list) and value else (value, None)
        made.append(
            Indicator(
                document=document,
                item=row,
                name=str(now.get("name") or now.get("quote") or "")[:500],
                unit=str(now.get("unit") or "")[:120],
                baseline=_number(now.get("baseline")),
                baseline_year=_year(now.get("baseline_year")),
                op=str(target.get("op") or "")[:24],
                value=_number(low),
                value_high=_number(high),
                due_on=rules.day_of(now.get("due_on")) or document.ends_on,
                less_is_better=bool(now.get("less_is_better")),
            )
        )
    return Indicator.objects.bulk_create(made)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _year(value: Any) -> int | None:
    return value if isinstance(value, int) and 1900 <= value <= 2200 else None


def _give(
    tasks: Iterable[Task], document: PlanDocument, directory: Directory, *, actor: Actor, at: datetime
) -> list[Share]:
    parts = []
    for task in tasks:
        assert task.item is not None
        for part in _parts_of(task.item, document, directory, at.date()):
            name = part.name if part.agency_id is None else ""
            parts.append(shares.Part(task=task, agency_id=part.agency_id, body_name=name, lead=part.lead, via=part.via))
    return shares.assign_many(parts=parts, actor=actor, at=at)


def _take_over(document: PlanDocument, made: Sequence[Task], *, actor: Actor, at: datetime) -> None:
    """What was done under the earlier version goes to the same tasks of this one; the rest of it is taken back."""
    earlier = registering.lock(document.supersedes_id or 0)
    if earlier.state != ACTIVE:
        raise PlanError(_("Bản trước không còn hiệu lực, nên không thay thế được nữa."))
    old_tasks = {task.item_id: task for task in Task.objects.filter(document=earlier)}
    for task in made:
        same = task.item.same_as_id if task.item is not None else None
        old = old_tasks.get(same) if same else None
        if old is None:
            continue
        task.document = document
        for share in Share.objects.select_for_update().filter(task=old).order_by("pk"):
            _move(share, task, actor=actor, at=at)
        Task.objects.filter(under=old).update(under=task)
    for indicator in Indicator.objects.filter(document=document).select_related("item"):
        old_item = _same_indicator(indicator, earlier)
        if old_item is not None:
            Reading.objects.filter(indicator=old_item).update(indicator=indicator)
    for share in Share.objects.filter(task__document=earlier, state__in=OPEN_STATES).order_by("pk"):
        note = _("Bản thay thế số %(number)s không còn giao việc này.") % {"number": document.number or document.title}
        shares.cancel(share_id=share.pk, note=note, actor=SYSTEM, at=at)
    perform(
        document_id=earlier.pk, act="supersede", actor=actor, at=at, apply=lambda _row: {"by": document.pk},
    )  # fmt: skip


def _move(share: Share, task: Task, *, actor: Actor, at: datetime) -> None:
    """A share stays what it is, with its progress; its task, and so perhaps its last day, is another."""
    before = share.due_at
    share.task = task
    columns = {"task"}
    if share.state in OPEN_STATES:
        columns |= engine.set_due(share, engine.due_of(task, on=at.date()))
    share.save(update_fields=columns)
    ledger.record(
        kind=engine.KIND,
        subject_id=share.pk,
        act="moved",
        actor=actor,
        at=at,
        data={"task": task.pk, "due": share.due_at.isoformat() if share.due_at else None},
    )
    if share.state in OPEN_STATES and share.due_at != before:
        worktime.cancel(kind=engine.KIND, subject_id=share.pk, at=at)
        if share.due_at is not None and share.due_at >= at:
            day = share.due_at.astimezone(at.tzinfo).date()
            promise = worktime.Promise(share.pk, day, share.agency_id or task.document.agency_id, share.person_id)
            worktime.open_on_dates(kind=engine.KIND, step=engine.STEP, promises=[promise], start=at)


def _same_indicator(indicator: Indicator, earlier: PlanDocument) -> Indicator | None:
    if indicator.item is not None and indicator.item.same_as_id:
        return Indicator.objects.filter(document=earlier, item_id=indicator.item.same_as_id).first()
    return Indicator.objects.filter(document=earlier, name=indicator.name, unit=indicator.unit).first()


# --- single assignments -----------------------------------------------------------------------------------------------


def add_task(
    *,
    document_id: int,
    fields: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Task:
    """Give one more task under a document that is being carried out (B9). `fields` as those of a register's task;
    `quote` is the task in words."""
    wanted = items.clean_fields(ItemKind.TASK, fields)
    if not wanted.get("quote"):
        raise Missing({"quote": needed("text")})
    if not wanted.get("lead"):
        raise Missing({"lead": _("Hãy chọn cơ quan chủ trì.")})
    items._fill(ItemKind.TASK, wanted)
    made: list[RegisterItem] = []

    def apply(document: PlanDocument) -> Mapping[str, Any]:
        last = document.items.order_by("-order").values_list("order", flat=True).first() or 0
        item = RegisterItem.objects.create(
            document=document,
            kind=ItemKind.TASK,
            order=last + 10,
            path=str(wanted.get("path") or "")[:300],
            current=wanted,
            state=ItemState.ADDED,
            reviewed_by_id=actor.person_id,
            reviewed_at=at,
        )
        made.append(item)
        return {"item": item.pk}

    with transaction.atomic():
        document = perform(
            document_id=document_id, act="add_task", actor=actor, at=at, apply=apply,
            given={"title": wanted["quote"]}, expected_version=expected_version,
        )  # fmt: skip
        tasks = _make_tasks(document, made, at)
        _give(tasks, document, Directory(), actor=actor, at=at)
    return tasks[0]


def assign_single(
    *,
    agency_id: int,
    kind: str,
    values: Mapping[str, Any],
    fields: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    parent_id: int | None = None,
) -> PlanDocument:
    """Enter a directive, conclusion or letter with one task, and give it at once (B9)."""
    if not fields.get("lead"):
        raise Missing({"lead": _("Hãy chọn cơ quan chủ trì.")})
    with transaction.atomic():
        document = enter(
            agency_id=agency_id, kind=kind, actor=actor, at=at, parent_id=parent_id,
            values={"issued_on": at.date(), **{name: value for name, value in values.items() if value}},
        )  # fmt: skip
        items.add(document_id=document.pk, kind=ItemKind.TASK, fields=fields, actor=actor, at=at)
        return confirm(document_id=document.pk, actor=actor, at=at)


# --- ends -------------------------------------------------------------------------------------------------------------


def withdraw(
    *, document_id: int, reason: str, actor: Actor, at: datetime, expected_version: int | None = None
) -> PlanDocument:
    """Take back a document that was entered by mistake; nothing of it ever counted. What was read is kept."""
    reason = clean_input(reason)

    def apply(document: PlanDocument) -> Mapping[str, Any]:
        document.head = {**document.head, "withdrawn": reason[:1000]}
        return {}

    return perform(
        document_id=document_id, act="withdraw", actor=actor, at=at, apply=apply, given={"reason": reason},
        expected_version=expected_version,
    )  # fmt: skip


def supersede(*, document_id: int, by_id: int, actor: Actor, at: datetime) -> PlanDocument:
    """Say that a document in force is replaced by another one in force, without comparing them: what is open of it is
    taken back."""
    by = PlanDocument.objects.filter(pk=by_id, state=ACTIVE).exclude(pk=document_id).first()
    if by is None:
        raise PlanError(_("Chọn văn bản thay thế đang thực hiện."), field="by")
    with transaction.atomic():
        document = perform(
            document_id=document_id, act="supersede", actor=actor, at=at, apply=lambda _row: {"by": by.pk}
        )
        for share in Share.objects.filter(task__document=document, state__in=OPEN_STATES).order_by("pk"):
            note = _("Đã có văn bản thay thế: %(title)s.") % {"title": str(by)[:200]}
            shares.cancel(share_id=share.pk, note=note, actor=SYSTEM, at=at)
    return document


def finish(*, document_id: int, actor: Actor, at: datetime, expected_version: int | None = None) -> PlanDocument:
    """End a plan of which nothing is open any more."""
    return perform(
        document_id=document_id, act="finish", actor=actor, at=at, apply=lambda _row: {},
        expected_version=expected_version,
    )  # fmt: skip


# --- under a plan above -----------------------------------------------------------------------------------------------


def owed_above(document: PlanDocument) -> list[Task]:
    """Tasks of the plan above in which this agency has a share. One query."""
    if document.parent_id is None:
        return []
    mine = Share.objects.filter(task__document_id=document.parent_id, agency_id=document.agency_id)
    living = mine.exclude(state__in=["cancelled", "handed_over"])
    return list(Task.objects.filter(pk__in=living.values("task_id")).order_by("order"))


def uncovered(document: PlanDocument) -> list[Task]:
    """Those of `owed_above` that no task of the agency's own plan details. Two queries."""
    owed = owed_above(document)
    if not owed:
        return []
    if document.state == REVIEW:
        rows = RegisterItem.objects.filter(document=document, kind=ItemKind.TASK).exclude(state=ItemState.REJECTED)
        covered = {row.current.get("under") for row in rows.only("current")}
    else:
        covered = set(Task.objects.filter(document=document).values_list("under_id", flat=True))
    return [task for task in owed if task.pk not in covered]
