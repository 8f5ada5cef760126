"""Erasing a sender's personal data by law (Law 91/2025/QH15 on personal data): the data goes, the proof stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import override

from langnghe.acts.errors import ActError
from langnghe.cases import rules
from langnghe.cases.models import (
    Answer,
    Attachment,
    Case,
    Cooperation,
    Decline,
    Diversion,
    ExtensionRequest,
    InformationRequest,
    Note,
    Rating,
    Sender,
    Urging,
)
from langnghe.cases.search import vector
from langnghe.cases.services.engine import KIND, Change, perform
from langnghe.files import services as files
from langnghe.ledger import services as ledger
from langnghe.outbox import services as outbox
from langnghe.workflow.actor import Actor

_STAFF_TEXTS: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (InformationRequest, ("question",)),
    (Cooperation, ("question", "reply")),
    (Answer, ("text", "done_what", "done_by", "returned_note", "fulfilment")),
    (ExtensionRequest, ("reason", "note")),
    (Diversion, ("reason", "guidance", "decision")),
    (Decline, ("guidance",)),
    (Note, ("text",)),
    (Urging, ("text",)),
)
"""What staff wrote stays, but for the sender's own data where it is repeated."""

_OWN_FILES = (Attachment.Role.REPORT, Attachment.Role.REPLY)


def erased_words(language: str = "vi") -> str:
    """The sentence that stands where the sender's words stood."""
    with override(language):
        return _("Nội dung đã được xóa theo quy định về bảo vệ dữ liệu cá nhân.")


def _known(case: Case) -> list[str]:
    sender = Sender.objects.filter(case=case).first()
    if sender is None:
        return []
    values = [sender.name, sender.phone, sender.email, *rules.doors(sender.address)]
    return [value for value in values if value]


def erase_sender(*, case_id: int, reason: str, actor: Actor, at: datetime, expected_version: int | None = None) -> Case:
    """Erase the sender's data of an ended case: who it was, what was written and sent along, wherever it was repeated.

    Gone: the sender's row, title, body, place, replies and comments (a standing sentence in their place), the bytes of
    the sender's files, the followers, the texts of all messages, the salts of the ledger. Kept: state, times, agencies,
    what staff did; in staff's own texts the sender's data is blotted out. `reason` stays on record: `ActError` when it
    names the sender. Doing it again (after a restore) is fine. The public copy is the affair of `publication`, which
    calls this in its own transaction.
    """

    def apply(case: Case) -> Change:
        known = _known(case)
        if rules.blot(reason, known) != reason:
            raise ActError(
                _("Lý do được lưu lâu dài: không ghi tên, địa chỉ, số điện thoại của người gửi."), field="reason"
            )
        said = erased_words(case.language)
        Sender.objects.filter(case=case).update(
            name="", address="", phone="", email="", contact_key="", publish_name=False, notify=False, erased_at=at
        )
        case.title, case.body, case.place, case.latitude, case.longitude = said[:200], said, "", None, None
        case.search = vector(code=case.code, title="", body="", place="")
        InformationRequest.objects.filter(case=case).exclude(reply="").update(reply=said)
        Rating.objects.filter(case=case).exclude(comment="").update(comment="")
        for model, columns in _STAFF_TEXTS:
            _blot(model, columns, case, known)
        own = list(Attachment.objects.filter(case=case, role__in=_OWN_FILES).values_list("pk", "file_id"))
        for _pk, file_id in own:
            files.delete_stored(file_id=file_id, at=at)
        Attachment.objects.filter(pk__in=[pk for pk, _file in own]).delete()
        followers = case.followers.all().delete()[0]
        messages = outbox.erase(kind=KIND, subject_id=case.pk, at=at)
        ledger.erase(kind=KIND, subject_id=case.pk)
        return Change(
            data={"reason": reason, "files": len(own), "followers": followers, "messages": messages},
            columns={"title", "body", "place", "latitude", "longitude", "search"},
        )

    return perform(
        case_id, act="erase", actor=actor, at=at, apply=apply, given={"reason": reason},
        expected_version=expected_version,
    )  # fmt: skip


def _blot(model: type[models.Model], columns: Sequence[str], case: Case, known: Sequence[str]) -> None:
    for row in model._default_manager.filter(case=case):
        changed = []
        for name in columns:
            text = getattr(row, name)
            kept = rules.blot(text, known)
            if kept != text:
                setattr(row, name, kept)
                changed.append(name)
        if changed:
            row.save(update_fields=changed)
