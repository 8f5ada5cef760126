"""What reviewers do with the items of a register: each act is saved at once, may be undone, and is a `mend` of the
plan in the ledger. `extracted` never changes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from langnghe.acts.errors import ActError, Missing, Stale
from langnghe.plans import rules_register as rules
from langnghe.plans.doubts import Doubt, doubt, unique
from langnghe.plans.errors import needed
from langnghe.plans.models import ItemKind, ItemState, PlanDocument, RegisterItem
from langnghe.plans.rules import is_rule
from langnghe.plans.rules_repeats import Row, repeats
from langnghe.plans.services import registering
from langnghe.plans.services.bodies import Directory, day_figures
from langnghe.texts import clean_input
from langnghe.workflow.actor import Actor

MOST_STEPS = 20
"""How many steps back an item remembers."""

REPEAT_ACT = "reject_repeats"
"""The step by which tasks that only repeat a duty to report are struck: it says nothing against the reading."""

SETTLED = (ItemState.ACCEPTED, ItemState.MENDED, ItemState.ADDED, ItemState.REJECTED)


class Gone(ActError):
    """The item is no longer there: somebody took back the step that made it."""

    def __init__(self) -> None:
        super().__init__(_("Mục này không còn; có thể người khác vừa hoàn tác. Hãy tải lại trang."))


# --- from the reader --------------------------------------------------------------------------------------------------


def from_register(document: PlanDocument, register: Mapping[str, Any], directory: Directory, at: datetime) -> int:
    """Make the items of a document out of the reader's register in JSON. Returns how many."""
    made = []
    order = 0
    for kind, name in (
        ("task", "tasks"),
        ("indicator", "indicators"),
        ("report", "recurring_reports"),
        ("channel", "channels"),
        ("disclosure", "public_disclosures"),
    ):
        for found in register.get(name, ()):
            order += 1
            made.append(_found(document, kind, order, found, directory, at.date()))
    for number in repeated(enumerate(made)):
        made[number].doubts.append(REPEATS)
    RegisterItem.objects.bulk_create(made)
    return len(made)


REPEATS = gettext_noop("Chỉ nhắc lại chế độ báo cáo, đã có ở phần chế độ báo cáo.")
"""The doubt of a task that only repeats a duty to report."""


def repeated(rows: Iterable[tuple[int, RegisterItem]]) -> set[int]:
    """The keys of the tasks that only repeat a duty to report; rejected items do not count."""
    return repeats(
        Row(key, one.kind, one.start, one.end, one.current) for key, one in rows if one.state != ItemState.REJECTED
    )


def _found(
    document: PlanDocument, kind: str, order: int, found: Mapping[str, Any], directory: Directory, today: date
) -> RegisterItem:
    place = found.get("place") or rules.place_of(document.text, str(found.get("quote", "")))
    current = {
        name: found.get(name) for name in (*rules.FIELDS[kind], "path", "inherits_deadline_from") if name in found
    }
    sure = [float(value) for value in (found.get("confidence") or {}).values()]
    item = RegisterItem(
        document=document,
        kind=kind,
        order=order * 10,
        path=str(found.get("path") or "")[:300],
        extracted=dict(found),
        current=current,
        confidence=min(sure, default=1.0),
        start=place[0] if place else None,
        end=place[1] if place else None,
    )
    item.doubts = unique([*map(str, found.get("doubts") or ()), *doubts_of(item, document, directory, today)])
    return item


def doubts_of(item: RegisterItem, document: PlanDocument, directory: Directory, today: date) -> list[Doubt]:
    """What the city has to say about an item, apart from what the reader doubts: terms before the plan's date, bodies
    without members or that have ended, none in the lead."""
    found: list[Doubt] = []
    current = item.current
    if item.kind != ItemKind.TASK:
        return found
    term = current.get("deadline") or {}
    if rules.ends_before(term, document.issued_on):
        assert document.issued_on is not None
        found.append(
            doubt(
                gettext_noop("Hạn %(due)s trước ngày ban hành %(issued)s."),
                due=day_figures(date.fromisoformat(term["value"])),
                issued=day_figures(document.issued_on),
            )
        )
    if not current.get("lead"):
        found.append(gettext_noop("Chưa rõ cơ quan chủ trì."))
    carried = carried_by(item, document)
    on = document.issued_on or today
    for name in (*(current.get("lead") or ()), *(current.get("cooperate") or ())):
        if name not in carried:
            found.extend(directory.resolve(str(name), on=on, today=today).doubts)
    return unique(found)


def carried_by(item: RegisterItem, document: PlanDocument) -> dict[str, list[str]]:
    """Who carries on for bodies that have ended: as said for the whole document, and for this item. An empty list says
    that nobody does, and that a person has settled it."""
    whole = (document.head or {}).get("carried_by") or {}
    own = {name: heirs for name, heirs in (item.current.get("carried_by") or {}).items() if heirs}
    return {**whole, **own}


# --- the acts ---------------------------------------------------------------------------------------------------------


def accept(*, item_id: int, actor: Actor, at: datetime, expected_version: int | None = None) -> RegisterItem:
    """The item is right as it stands. Once more changes nothing."""
    item = _read(item_id)
    if item.state in (ItemState.ACCEPTED, ItemState.MENDED, ItemState.ADDED):
        return item

    def change(items: list[RegisterItem]) -> Mapping[str, Any]:
        one = items[0]
        one.state = _settled_state(one)
        return {"fields": []}

    return _act([item], "accept", change, actor=actor, at=at, versions=[expected_version])[0]


def accept_sure(
    *, document_id: int, actor: Actor, at: datetime, kind: str = "", expected_version: int | None = None
) -> int:
    """Accept everything that nobody has looked at and that has no doubt. Returns how many; one ledger entry."""
    changed: list[RegisterItem] = []

    def apply(document: PlanDocument) -> Mapping[str, Any]:
        rows = RegisterItem.objects.select_for_update().filter(document=document, state=ItemState.FOUND)
        for item in rows.filter(kind=kind) if kind else rows:
            if item.doubts:
                continue
            _remember(item, "accept", at)
            _touch(item, actor, at)
            item.state = ItemState.ACCEPTED
            changed.append(item)
        RegisterItem.objects.bulk_update(changed, ["state", "history", "version", "reviewed_by", "reviewed_at"])
        return {"what": "accept_sure", "items": [item.pk for item in changed]}

    if not RegisterItem.objects.filter(document_id=document_id, state=ItemState.FOUND, doubts=[]).exists():
        return 0
    registering.perform(
        document_id=document_id, act="mend", actor=actor, at=at, apply=apply, expected_version=expected_version
    )
    return len(changed)


def reject(*, item_id: int, actor: Actor, at: datetime, expected_version: int | None = None) -> RegisterItem:
    """The item is none. Once more changes nothing."""
    item = _read(item_id)
    if item.state == ItemState.REJECTED:
        return item

    def change(items: list[RegisterItem]) -> Mapping[str, Any]:
        items[0].state = ItemState.REJECTED
        return {}

    return _act([item], "reject", change, actor=actor, at=at, versions=[expected_version])[0]


def reject_repeats(*, document_id: int, actor: Actor, at: datetime, expected_version: int | None = None) -> list[int]:
    """Strike every task that nobody has looked at and that only repeats a duty to report. Returns their keys; one
    ledger entry, one step: undoing it for one of them undoes it for all."""
    changed: list[RegisterItem] = []

    def apply(document: PlanDocument) -> Mapping[str, Any]:
        rows = list(RegisterItem.objects.select_for_update().filter(document=document).order_by("order", "pk"))
        wanted = repeated((one.pk, one) for one in rows)
        group = secrets.token_hex(6)
        for item in rows:
            if item.pk in wanted and item.state == ItemState.FOUND:
                _remember(item, REPEAT_ACT, at, group)
                _touch(item, actor, at)
                item.state = ItemState.REJECTED
                changed.append(item)
        RegisterItem.objects.bulk_update(changed, ["state", "history", "version", "reviewed_by", "reviewed_at"])
        return {"what": REPEAT_ACT, "items": [item.pk for item in changed]}

    living = RegisterItem.objects.filter(document_id=document_id).exclude(state=ItemState.REJECTED)
    found = {one.pk: one for one in living}
    if any(found[key].state == ItemState.FOUND for key in repeated(found.items())):
        registering.perform(
            document_id=document_id, act="mend", actor=actor, at=at, apply=apply, expected_version=expected_version
        )
    return [item.pk for item in changed]


def mend(
    *, item_id: int, fields: Mapping[str, Any], actor: Actor, at: datetime, expected_version: int | None = None
) -> RegisterItem:
    """Change fields of the item; those not given stay. What a person has mended counts as looked at.

    Raises `Missing` or `ActError` (with `field`) for values that make no sense.
    """
    item = _read(item_id)
    document = PlanDocument.objects.select_related("agency").get(pk=item.document_id)
    wanted = clean_fields(item.kind, fields)
    directory = Directory()

    def change(items: list[RegisterItem]) -> Mapping[str, Any]:
        one = items[0]
        before = one.current
        one.current = {**before, **wanted}
        if "path" in wanted:
            one.path = str(wanted["path"])[:300]
        if "quote" in wanted and not rules.same_value("quote", before.get("quote"), wanted["quote"]):
            place = rules.place_of(document.text, str(wanted["quote"]))
            if place is not None:
                one.start, one.end = place
        names = [name for name, value in wanted.items() if not rules.same_value(name, before.get(name), value)]
        one.state = _settled_state(one)
        one.doubts = doubts_of(one, document, directory, at.date())
        return {"fields": names, "after": {name: wanted[name] for name in names if name in _PLAIN}}

    return _act([item], "mend", change, actor=actor, at=at, versions=[expected_version])[0]


_PLAIN = frozenset({"lead", "cooperate", "report_to", "who", "to"})
"""Fields whose new value stands in the ledger; the words of the plan do not."""


def split(
    *, item_id: int, position: int, actor: Actor, at: datetime, expected_version: int | None = None
) -> tuple[RegisterItem, RegisterItem]:
    """Two items for one, cut before the letter at `position` of the quote. The first keeps what was extracted."""
    item = _read(item_id)
    made: list[RegisterItem] = []

    def change(items: list[RegisterItem]) -> Mapping[str, Any]:
        one = items[0]
        try:
            first, second, here, there = rules.split(one.current, _place(one), position)
        except ValueError:
            raise ActError(_("Chọn chỗ tách nằm giữa nội dung, để cả hai phần đều có chữ."), field="position") from None
        other = RegisterItem(
            document_id=one.document_id,
            kind=one.kind,
            order=_order_after(one),
            path=one.path,
            current=second,
            state=ItemState.ADDED,
            start=there[0] if there else None,
            end=there[1] if there else None,
            doubts=list(one.doubts),
            reviewed_by_id=actor.person_id,
            reviewed_at=at,
            version=1,
            history=[{"act": "born", "group": one.history[-1]["group"], "at": at.isoformat()}],
        )
        other.save()
        one.current = first
        one.start, one.end = here if here else (one.start, one.end)
        one.state = _settled_state(one)
        made.append(other)
        return {"other": other.pk}

    return _act([item], "split", change, actor=actor, at=at, versions=[expected_version])[0], made[0]


def join(
    *, item_id: int, other_id: int, actor: Actor, at: datetime, expected_version: int | None = None
) -> RegisterItem:
    """One item for two: the first takes in the words of the second, which is rejected."""
    item, other = _read(item_id), _read(other_id)
    if item.document_id != other.document_id or item.kind != other.kind or item.pk == other.pk:
        raise ActError(_("Chỉ ghép được hai mục cùng loại của một văn bản."))
    if ItemState.REJECTED in (item.state, other.state):
        raise ActError(_("Mục đã bỏ thì không ghép được; hãy hoàn tác trước."))

    def change(items: list[RegisterItem]) -> Mapping[str, Any]:
        one, two = items
        one.current = rules.join(one.current, two.current)
        place = rules.place_of_both(_place(one), _place(two))
        if place is not None:
            one.start, one.end = place
        one.state = _settled_state(one)
        one.doubts = unique([*one.doubts, *two.doubts])
        two.state = ItemState.REJECTED
        return {"other": two.pk}

    return _act([item, other], "join", change, actor=actor, at=at, versions=[expected_version, None])[0]


def add(
    *,
    document_id: int,
    kind: str,
    fields: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    place: tuple[int, int] | None = None,
    after_id: int | None = None,
) -> RegisterItem:
    """Add what the reader missed, or a task of a document without text. The same words at the same place twice is the
    same item. `Missing` when the words are empty."""
    if kind not in ItemKind.values:
        raise ActError(_("Hãy chọn loại mục."), field="kind")
    wanted = clean_fields(kind, fields)
    if not wanted.get("quote"):
        raise Missing({"quote": needed("text")})
    fill(kind, wanted)
    directory = Directory()
    made: list[RegisterItem] = []

    def apply(document: PlanDocument) -> Mapping[str, Any]:
        where = place
        if where is None or not 0 <= where[0] < where[1] <= len(document.text):
            where = rules.place_of(document.text, wanted["quote"])
        rows = list(RegisterItem.objects.filter(document=document, kind=kind).order_by("order", "pk"))
        twin = next(
            (one for one in rows if one.current == wanted and _place(one) == where and one.extracted is None), None
        )
        if twin is not None:
            made.append(twin)
            return {"what": "add", "item": twin.pk, "again": True}
        previous = next((one for one in rows if one.pk == after_id), None)
        if previous is None and where is not None:
            before = [one for one in rows if one.start is not None and one.start <= where[0]]
            previous = before[-1] if before else None
        if previous is not None:
            order = _order_after(previous)
        else:
            order = (rows[-1].order + 10) if rows and where is None else max(1, (rows[0].order - 1) if rows else 10)
        item = RegisterItem(
            document=document,
            kind=kind,
            order=order,
            path=str(wanted.get("path") or "")[:300],
            current=wanted,
            state=ItemState.ADDED,
            start=where[0] if where else None,
            end=where[1] if where else None,
            reviewed_by_id=actor.person_id,
            reviewed_at=at,
            version=1,
        )
        item.doubts = doubts_of(item, document, directory, at.date())
        item.save()
        made.append(item)
        return {"what": "add", "item": item.pk}

    registering.perform(document_id=document_id, act="mend", actor=actor, at=at, apply=apply)
    return made[0]


def _stale(item: RegisterItem, actor: Actor) -> Stale:
    return Stale(own=actor.person_id is not None and item.reviewed_by_id == actor.person_id)


def undo(*, item_id: int, actor: Actor, at: datetime, expected_version: int | None = None) -> RegisterItem | None:
    """Take back the last step of an item, and of the items that the same step concerned. None when that step had made
    the item. ActError when there is none, or a later step on one of the others has to be taken back first."""
    item = _read(item_id)
    if not item.history:
        if item.extracted is None and item.state == ItemState.ADDED:
            return reject(item_id=item_id, actor=actor, at=at, expected_version=expected_version)
        raise ActError(_("Mục này chưa có bước nào để hoàn tác."))
    group = item.history[-1]["group"]
    kept: list[RegisterItem | None] = [None]

    def apply(document: PlanDocument) -> Mapping[str, Any]:
        rows = list(RegisterItem.objects.select_for_update().filter(document=document).order_by("pk"))
        mine = next((one for one in rows if one.pk == item_id), None)
        if mine is None:
            raise Gone
        if expected_version is not None and mine.version != expected_version:
            raise _stale(mine, actor)
        concerned = [one for one in rows if any(step["group"] == group for step in one.history)]
        if mine not in concerned:
            raise _stale(mine, actor)
        if len(concerned) > 1 and any(one.history[-1]["group"] != group for one in concerned):
            raise ActError(_("Mục tách ra hoặc ghép vào đã được làm tiếp; hãy hoàn tác bước đó trước."))
        for one in concerned:
            step = one.history.pop()
            if step["act"] == "born":
                one.delete()
                continue
            for name in _KEPT:
                setattr(one, name, step["before"][name])
            one.version += 1
            one.save()
            if one.pk == item_id:
                kept[0] = one
        return {"what": "undo", "item": item_id}

    registering.perform(document_id=item.document_id, act="mend", actor=actor, at=at, apply=apply)
    return kept[0]


# --- values -----------------------------------------------------------------------------------------------------------


def clean_fields(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an item as they are kept: known names only, texts without odd characters. ActError or Missing."""
    known = {*rules.FIELDS[kind], *rules.EXTRAS.get(kind, ()), "path"}
    kept: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in known:
            continue
        if name in ("lead", "cooperate"):
            names = [clean_input(str(one), single_line=True)[:200] for one in value or ()]
            kept[name] = list(dict.fromkeys(one for one in names if one))
        elif name == "deadline":
            kept[name] = clean_term(value)
        elif isinstance(value, str):
            kept[name] = clean_input(value, single_line=name != "quote")[: 20_000 if name == "quote" else 1000] or None
        else:
            kept[name] = value
    if "lead" in kept and "cooperate" in kept:
        kept["cooperate"] = [one for one in kept["cooperate"] if one not in kept["lead"]]
    if "quote" in kept and not kept["quote"]:
        raise Missing({"quote": needed("text")})
    weight = kept.get("weight")
    if weight is not None and not (isinstance(weight, int) and 1 <= weight <= 100):
        raise ActError(_("Trọng số từ 1 đến 100."), field="weight")
    return kept


def clean_term(term: Mapping[str, Any] | None) -> dict[str, Any]:
    """A term that can be kept. ActError with the field that is wrong."""
    given = dict(term or {})
    type_ = given.get("type") or "none"
    if type_ not in ("none", "date", "month", "quarter", "year", "recurring", "ongoing"):
        raise ActError(_("Loại thời hạn không hợp lệ."), field="deadline_type")
    value = rules.day_of(given.get("value"))
    rrule = str(given.get("rrule") or "") or None
    if type_ in ("date", "month", "quarter", "year") and value is None:
        raise ActError(_("Hãy chọn ngày của hạn."), field="deadline_value")
    if type_ == "recurring" and rrule is not None and not is_rule(rrule):
        raise ActError(_("Chu kỳ này chưa hiểu được; hãy chọn một chu kỳ trong danh sách."), field="deadline_rrule")
    return {
        "type": type_,
        "value": value.isoformat() if value is not None and type_ not in ("none", "ongoing", "recurring") else None,
        "before": bool(given.get("before")),
        "rrule": rrule if type_ == "recurring" else None,
        "quote": clean_input(str(given.get("quote") or ""), single_line=True)[:300] or None,
    }


def fill(kind: str, wanted: dict[str, Any]) -> None:
    empty: Mapping[str, Any] = {"lead": [], "cooperate": [], "deadline": clean_term(None)}
    for name in rules.FIELDS[kind]:
        wanted.setdefault(name, empty.get(name))
    if kind != ItemKind.TASK:
        for name in ("name", "what", "who", "due", "unit"):
            if name in rules.FIELDS[kind] and not wanted.get(name):
                wanted[name] = wanted["quote"][:300] if name in ("name", "what") else ""


# --- inside -----------------------------------------------------------------------------------------------------------

_KEPT = ("state", "current", "start", "end", "path", "doubts")
Change = Callable[[list[RegisterItem]], Mapping[str, Any]]


def _read(item_id: int) -> RegisterItem:
    item = RegisterItem.objects.filter(pk=item_id).first()
    if item is None:
        raise Gone
    return item


def _place(item: RegisterItem) -> tuple[int, int] | None:
    return (item.start, item.end) if item.start is not None and item.end is not None else None


def _settled_state(item: RegisterItem) -> ItemState:
    """What a settled item is: added by hand, as it was read, or mended."""
    if item.extracted is None:
        return ItemState.ADDED
    changed = rules.changed_fields(item.kind, item.extracted, item.current)
    return ItemState.MENDED if changed else ItemState.ACCEPTED


def _remember(item: RegisterItem, act: str, at: datetime, group: str = "") -> None:
    before = {name: getattr(item, name) for name in _KEPT}
    step = {"act": act, "group": group or secrets.token_hex(6), "at": at.isoformat(), "before": before}
    item.history = [*item.history, step][-MOST_STEPS:]


def _touch(item: RegisterItem, actor: Actor, at: datetime) -> None:
    item.version += 1
    item.reviewed_by_id, item.reviewed_at = actor.person_id, at


def _order_after(item: RegisterItem) -> int:
    """A place after an item. The gaps are ten wide; where they are used up the order of making decides."""
    used = set(
        RegisterItem.objects.filter(
            document_id=item.document_id, order__range=(item.order, item.order + 10)
        ).values_list("order", flat=True)
    )
    following = min((one for one in used if one > item.order), default=item.order + 10)
    return (item.order + following + 1) // 2 if following - item.order > 1 else item.order


def _act(
    items: Sequence[RegisterItem],
    what: str,
    change: Change,
    *,
    actor: Actor,
    at: datetime,
    versions: Iterable[int | None],
) -> list[RegisterItem]:
    """One step on one or two items of a document, saved at once."""
    wanted = [item.pk for item in items]
    expected = list(versions)
    locked: list[RegisterItem] = []

    def apply(document: PlanDocument) -> Mapping[str, Any]:
        rows = {one.pk: one for one in RegisterItem.objects.select_for_update().filter(pk__in=wanted)}
        if len(rows) < len(wanted):
            raise Gone
        locked.extend(rows[pk] for pk in wanted)
        for one, version in zip(locked, expected, strict=True):
            if version is not None and one.version != version:
                raise _stale(one, actor)
        group = secrets.token_hex(6)
        for one in locked:
            _remember(one, what, at, group)
            _touch(one, actor, at)
        data = change(locked)
        for one in locked:
            one.save()
        return {"what": what, "item": wanted[0], **data}

    registering.perform(document_id=items[0].document_id, act="mend", actor=actor, at=at, apply=apply)
    return locked


__all__ = [
    "Gone",
    "accept",
    "accept_sure",
    "add",
    "clean_fields",
    "clean_term",
    "doubts_of",
    "from_register",
    "join",
    "mend",
    "reject",
    "reject_repeats",
    "repeated",
    "split",
    "undo",
]
