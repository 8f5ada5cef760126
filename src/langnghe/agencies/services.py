"""Every write on agencies, people and roles; each is recorded in the ledger (kinds `agency` and `person`)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.agencies.models import CITY_WIDE_ROLES, Agency, Person, Reminding, RoleAssignment, Succession
from langnghe.ledger import services as ledger
from langnghe.workflow.actor import Actor

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """A password to be said and typed once: four groups of four signs that nobody confuses (79 bits)."""
    return "-".join("".join(secrets.choice(_LETTERS) for _sign in range(4)) for _group in range(4))


class AgencyError(Exception):
    """A change was not made; `message` is fit to be shown, `field` names the input."""

    def __init__(self, message: str, *, field: str = "") -> None:
        self.message = message
        self.field = field
        super().__init__(message)


_AGENCY_COLUMNS = (
    "name",
    "short_name",
    "email",
    "phone",
    "address",
    "duties",
    "receives_feedback",
    "source",
    "official_code",
)


def create_agency(*, values: Mapping[str, Any], actor: Actor, at: datetime) -> Agency:
    """A new agency. `values` are its columns; IntegrityError for a code that exists."""
    with transaction.atomic():
        agency = Agency(**values)
        agency.full_clean(exclude=["sort_key", "folded"])
        agency.save()
        ledger.record(
            kind="agency", subject_id=agency.pk, act="create", actor=actor, at=at,
            data={"code": agency.code, "name": agency.name, "valid_from": str(agency.valid_from)},
        )  # fmt: skip
    return agency


def change_agency(*, agency_id: int, values: Mapping[str, Any], actor: Actor, at: datetime) -> Agency:
    """Correct contact data and the like. A new name of the same body is a rename: see `end_agency`."""
    with transaction.atomic():
        agency = Agency.objects.select_for_update().get(pk=agency_id)
        changed = {
            name: value for name, value in values.items() if name in _AGENCY_COLUMNS and getattr(agency, name) != value
        }
        if not changed:
            return agency
        before = {name: getattr(agency, name) for name in changed}
        for name, value in changed.items():
            setattr(agency, name, value)
        agency.full_clean(exclude=["sort_key", "folded"])
        agency.save()
        ledger.record(
            kind="agency",
            subject_id=agency.pk,
            act="change",
            actor=actor,
            at=at,
            data={"before": before, "after": changed},
        )
    return agency


def end_agency(
    *, agency_id: int, kind: str, successor_ids: list[int], on: date, actor: Actor, at: datetime, note: str = ""
) -> list[Succession]:
    """End an agency the day before `on`; the first successor carries on what is open (cases follow by a job of the
    room `cases`), the others are recorded. The history keeps the old name."""
    with transaction.atomic():
        agency = Agency.objects.select_for_update().get(pk=agency_id)
        if agency.valid_to is not None:
            raise AgencyError(_("Cơ quan này đã kết thúc hoạt động."))
        if not successor_ids or agency_id in successor_ids:
            raise AgencyError(_("Hãy chọn cơ quan kế thừa khác."), field="successors")
        if on <= agency.valid_from:
            raise AgencyError(_("Ngày kết thúc phải sau ngày bắt đầu của cơ quan."), field="on")
        agency.valid_to = on - timedelta(days=1)
        agency.save()
        made = [
            Succession.objects.create(agency=agency, successor_id=key, kind=kind, on=on, main=index == 0, note=note)
            for index, key in enumerate(successor_ids)
        ]
        ledger.record(
            kind="agency", subject_id=agency.pk, act="end", actor=actor, at=at,
            data={"kind": kind, "on": str(on), "successors": successor_ids, "note": note},
        )  # fmt: skip
    return made


def rename_agency(
    *, agency_id: int, name: str, short_name: str, code: str, on: date, actor: Actor, at: datetime, note: str = ""
) -> Agency:
    """The same body under a new name from `on`: a new row that carries on, with the people and their roles; history
    stays with the old name. ValidationError for a code that exists."""
    with transaction.atomic():
        old = Agency.objects.select_for_update().get(pk=agency_id)
        columns = ("official_code", "kind", "email", "phone", "address", "duties", "receives_feedback", "source")
        values = {column: getattr(old, column) for column in columns}
        new = create_agency(
            values=values | {
                "parent_id": old.parent_id, "code": code, "name": name, "short_name": short_name, "valid_from": on,
            },
            actor=actor, at=at,
        )  # fmt: skip
        was_office = old.is_city_office
        end_agency(agency_id=old.pk, kind="rename", successor_ids=[new.pk], on=on, actor=actor, at=at, note=note)
        if was_office:
            new.is_city_office = True
            new.save(update_fields=["is_city_office"])
        move_roles(from_agency_id=old.pk, to_agency_id=new.pk, on=on, actor=actor, at=at)
    return new


def move_roles(*, from_agency_id: int, to_agency_id: int, on: date, actor: Actor, at: datetime) -> int:
    """From `on` the people of one agency hold the same roles in another. Returns how many roles moved."""
    with transaction.atomic():
        held = list(RoleAssignment.objects.select_for_update().filter(agency_id=from_agency_id, valid_to=None))
        for one in held:
            one.valid_to = on - timedelta(days=1)
            one.save(update_fields=["valid_to"])
            RoleAssignment.objects.get_or_create(
                person_id=one.person_id,
                role=one.role,
                agency_id=to_agency_id,
                valid_to=None,
                defaults={"valid_from": on},
            )
            ledger.record(
                kind="person", subject_id=one.person_id, act="move_role", actor=actor, at=at,
                data={"role": one.role, "from": from_agency_id, "to": to_agency_id, "on": str(on)},
            )  # fmt: skip
    return len(held)


def create_person(
    *,
    username: str,
    full_name: str,
    email: str,
    actor: Actor,
    at: datetime,
    password: str | None = None,
    phone: str = "",
    title: str = "",
) -> Person:
    """A new account; without a password it signs in through OpenID Connect or after a reset by the administrator.
    A password given here is known to somebody else: the person chooses another at the first sign-in."""
    with transaction.atomic():
        person = Person(username=username, full_name=full_name, email=email, phone=phone, title=title)
        person.set_password(password)
        person.must_change_password = password is not None
        person.full_clean()
        person.save()
        ledger.record(
            kind="person", subject_id=person.pk, act="create", actor=actor, at=at,
            data={"username": username}, personal={"full_name": full_name, "email": email},
        )  # fmt: skip
    return person


_PERSON_COLUMNS = ("full_name", "title", "email", "phone")


def change_person(*, person_id: int, values: Mapping[str, Any], actor: Actor, at: datetime) -> Person:
    """Correct name, title or contact. ValidationError by field when a value cannot be one."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person_id)
        changed = {
            name: value for name, value in values.items() if name in _PERSON_COLUMNS and getattr(person, name) != value
        }
        if not changed:
            return person
        for name, value in changed.items():
            setattr(person, name, value)
        person.full_clean()
        person.save()
        ledger.record(
            kind="person", subject_id=person.pk, act="change", actor=actor, at=at,
            data={"fields": sorted(changed)}, personal={name: str(value) for name, value in changed.items()},
        )  # fmt: skip
    return person


def unlock(*, person_id: int, actor: Actor, at: datetime) -> int:
    """Forget the wrong passwords of an account, so that it can sign in at once. Returns how many counters went."""
    from axes.utils import reset

    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person_id)
        gone = int(reset(username=person.username))
        ledger.record(kind="person", subject_id=person.pk, act="unlock", actor=actor, at=at)
    return gone


def set_active(*, person_id: int, active: bool, actor: Actor, at: datetime) -> Person:
    """Open or lock an account."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person_id)
        person.is_active = active
        person.save(update_fields=["is_active"])
        ledger.record(
            kind="person", subject_id=person.pk, act="activate" if active else "deactivate", actor=actor, at=at
        )
    return person


def set_password(*, person_id: int, password: str, actor: Actor, at: datetime) -> None:
    """Set a new password for a person, who must change it at the next sign-in; every session of that person ends (the
    session hash changes)."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person_id)
        person.set_password(password)
        person.must_change_password = True
        person.save(update_fields=["password", "must_change_password"])
        ledger.record(kind="person", subject_id=person.pk, act="set_password", actor=actor, at=at)


def password_chosen(*, person_id: int, at: datetime) -> None:
    """The person chose a password of the own: nothing is asked any more. The password itself is written already."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person_id)
        person.must_change_password = False
        person.save(update_fields=["must_change_password"])
        actor = Actor("person", "staff", person.pk)
        ledger.record(kind="person", subject_id=person.pk, act="change_password", actor=actor, at=at)


def choose_reminders(*, person_id: int, reminders: str, actor: Actor, at: datetime) -> None:
    """The person chooses how to be reminded of tasks and reports. ValueError for a way that there is not."""
    if reminders not in Reminding.values:
        raise ValueError(f"no such way of reminding: {reminders!r}")
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person_id)
        if person.reminders == reminders:
            return
        person.reminders = reminders
        person.save(update_fields=["reminders"])
        ledger.record(
            kind="person", subject_id=person.pk, act="reminders", actor=actor, at=at, data={"reminders": reminders}
        )


def end_sessions(*, person_id: int) -> Person:
    """End every session of a person. Part of an act that the caller records."""
    person = Person.objects.select_for_update().get(pk=person_id)
    person.session_epoch += 1
    person.save(update_fields=["session_epoch"])
    return person


def remove_second_factor(*, person_id: int, actor: Actor, at: datetime) -> int:
    """Take away a lost second factor (and its recovery codes), after having seen the person; every session of that
    person ends. Returns how many means went. `AgencyError` when there is none."""
    from allauth.mfa.models import Authenticator

    with transaction.atomic():
        person = end_sessions(person_id=person_id)
        means = sorted(Authenticator.objects.filter(user=person).values_list("type", flat=True))
        if not means:
            raise AgencyError(_("Người này chưa đặt bước xác nhận thứ hai."))
        Authenticator.objects.filter(user=person).delete()
        ledger.record(
            kind="person", subject_id=person.pk, act="remove_second_factor", actor=actor, at=at, data={"means": means}
        )
    return len(means)


def grant_role(
    *, person_id: int, role: str, agency_id: int | None, actor: Actor, at: datetime, valid_from: date | None = None
) -> RoleAssignment:
    """Give a person a role in an agency, or a city-wide role (agency None). Idempotent."""
    if agency_id is None and role not in CITY_WIDE_ROLES:
        raise AgencyError(_("Vai trò này phải gắn với một cơ quan."), field="agency")
    with transaction.atomic():
        held, made = RoleAssignment.objects.get_or_create(
            person_id=person_id, role=role, agency_id=agency_id, valid_to=None,
            defaults={"valid_from": valid_from or at.date()},
        )  # fmt: skip
        if made:
            ledger.record(
                kind="person", subject_id=person_id, act="grant_role", actor=actor, at=at,
                data={"role": role, "agency": agency_id},
            )  # fmt: skip
    return held


def end_role(*, assignment_id: int, actor: Actor, at: datetime) -> RoleAssignment:
    """Take a role away from today on."""
    with transaction.atomic():
        held = RoleAssignment.objects.select_for_update().get(pk=assignment_id)
        if held.valid_to is None:
            held.valid_to = max(at.date() - timedelta(days=1), held.valid_from - timedelta(days=1))
            held.save(update_fields=["valid_to"])
            ledger.record(
                kind="person", subject_id=held.person_id, act="end_role", actor=actor, at=at,
                data={"role": held.role, "agency": held.agency_id},
            )  # fmt: skip
    return held
