"""Own items of a person's work plan (B6). They are the person's alone; nobody is told, nothing is owed."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError
from langnghe.plans.models import OwnItem, Share

MOST_DAYS = 366 * 3
MOST_ITEMS = 2000
"""Own items that a person may keep; enough for years, and a page stays a page."""


def add_item(
    *, person_id: int, title: str, starts_on: date, ends_on: date, at: datetime, note: str = "",
    share_id: int | None = None,
) -> OwnItem:  # fmt: skip
    """Put an item into the own work plan. `share_id`: a task that the person holds. Raises ActError."""
    _check(title, starts_on, ends_on)
    if OwnItem.objects.filter(person_id=person_id).count() >= MOST_ITEMS:
        raise ActError(_("Chương trình công tác đã có quá nhiều việc. Hãy bỏ bớt việc cũ."))
    return OwnItem.objects.create(
        person_id=person_id, title=title.strip(), note=note.strip(), starts_on=starts_on, ends_on=ends_on,
        share_id=_held(person_id, share_id), created_at=at,
    )  # fmt: skip


def change_item(
    *, item_id: int, person_id: int, title: str, starts_on: date, ends_on: date, note: str = "",
    share_id: int | None = None,
) -> OwnItem:  # fmt: skip
    """Change an own item. Raises ActError; OwnItem.DoesNotExist for an item that is not the person's."""
    _check(title, starts_on, ends_on)
    with transaction.atomic():
        item = OwnItem.objects.select_for_update(of=("self",)).get(pk=item_id, person_id=person_id)
        kept = item.share_id == share_id
        item.title, item.note = title.strip(), note.strip()
        item.starts_on, item.ends_on = starts_on, ends_on
        item.share_id = share_id if kept else _held(person_id, share_id)
        item.save(update_fields=["title", "note", "starts_on", "ends_on", "share"])
    return item


def set_done(*, item_id: int, person_id: int, done: bool, at: datetime) -> OwnItem:
    """Tick an own item, or untick it. OwnItem.DoesNotExist for an item that is not the person's."""
    with transaction.atomic():
        item = OwnItem.objects.select_for_update(of=("self",)).get(pk=item_id, person_id=person_id)
        if done != (item.done_at is not None):
            item.done_at = at if done else None
            item.save(update_fields=["done_at"])
    return item


def remove_item(*, item_id: int, person_id: int) -> None:
    """Take an own item out. OwnItem.DoesNotExist for an item that is not the person's."""
    OwnItem.objects.get(pk=item_id, person_id=person_id).delete()


def _check(title: str, starts_on: date, ends_on: date) -> None:
    if not title.strip():
        raise ActError(_("Hãy ghi việc cần làm."), field="title")
    if len(title.strip()) > 300:
        raise ActError(_("Hãy ghi ngắn hơn 300 chữ cái."), field="title")
    if ends_on < starts_on:
        raise ActError(_("Ngày kết thúc phải sau ngày bắt đầu."), field="ends_on")
    if (ends_on - starts_on).days > MOST_DAYS:
        raise ActError(_("Việc kéo dài quá ba năm. Hãy chia nhỏ."), field="ends_on")


def _held(person_id: int, share_id: int | None) -> int | None:
    if share_id is None:
        return None
    if not Share.objects.filter(pk=share_id, person_id=person_id).exists():
        raise ActError(_("Ông/bà không giữ nhiệm vụ này."), field="share")
    return share_id
