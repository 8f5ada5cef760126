"""Receiving: one submission becomes one case, with its deadlines, its receipt and its first ledger entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings as django_settings
from django.db import IntegrityError

from langnghe.agencies.selectors import office_id
from langnghe.cases import rules
from langnghe.cases import settings as city_settings
from langnghe.cases.errors import SAYS
from langnghe.cases.models import Attachment, Case, Sender
from langnghe.cases.models.case import NO_DUE
from langnghe.cases.search import TO_VECTOR
from langnghe.cases.services import engine
from langnghe.cases.workflow import RECEIVED, TABLE
from langnghe.database import insert, journey, prepared
from langnghe.ledger import services as ledger
from langnghe.texts import make_code
from langnghe.workflow.actor import Actor
from langnghe.workflow.table import START
from langnghe.worktime import services as worktime


@dataclass(frozen=True, slots=True)
class NewSender:
    """Who sends, as given. Feedback under Decree 20/2008 needs name, address and a contact (article 7)."""

    name: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    type: str = "citizen"
    publish_name: bool = False


@dataclass(frozen=True, slots=True)
class NewCase:
    """What came in, cleaned and checked by intake. `submission_key` makes the same submission one case only."""

    regime: str
    title: str
    body: str
    channel_id: int
    submission_key: UUID
    kind: str = "report"
    subject: str = ""
    language: str = "vi"
    commune_id: int | None = None
    place: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    field_id: int | None = None
    procedure_id: int | None = None
    sender: NewSender | None = None
    file_ids: Sequence[UUID] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender gets at once. `secret` is shown here only; the case keeps a digest."""

    case: Case
    secret: str
    repeated: bool = False


def key_bytes() -> bytes:
    """The key of codes, secrets and contact digests."""
    return django_settings.SECRET_KEY.encode()


def receive(*, new: NewCase, actor: Actor, at: datetime, received_at: datetime | None = None) -> Receipt:
    """Make the case of a submission: two journeys to the database, one transaction, durable when it returns.

    `received_at` is given when a paper or a call came in earlier than it is entered. The same `submission_key` again
    returns the case that exists. Raises `Missing` for empty inputs and IntegrityError for unknown references.
    """
    secret = rules.derive_secret(key_bytes(), str(new.submission_key))
    row = TABLE.require(START, "receive", {actor.role})
    given = {"title": new.title, "body": new.body, "regime": new.regime, "channel": new.channel_id}
    if empty := row.missing(given):
        raise SAYS.missing(empty)
    try:
        with journey():
            case = _make(new, secret, actor=actor, at=at, received_at=received_at or at)
            if new.sender is not None:
                engine.send(case, row.message, actor=actor, at=at)
    except IntegrityError as error:
        if "case_submission" not in str(error):
            raise
        known = Case.objects.get(submission_key=new.submission_key)
        return Receipt(case=known, secret=secret, repeated=True)
    return Receipt(case=case, secret=secret)


def _make(new: NewCase, secret: str, *, actor: Actor, at: datetime, received_at: datetime) -> Case:
    with prepared() as cursor:
        cursor.execute("SELECT nextval('cases_case_id_seq')")
        number = cursor.fetchone()[0]
    prefix = city_settings.text("case_prefix", at.date(), "LN")
    case = Case(
        pk=number,
        code=make_code(number, prefix=prefix, key=key_bytes()),
        secret_digest=rules.secret_digest(secret),
        state=RECEIVED,
        last_act="receive",
        version=1,
        regime=new.regime,
        kind=new.kind,
        subject=new.subject,
        channel_id=new.channel_id,
        language=new.language,
        title=new.title,
        body=new.body,
        commune_id=new.commune_id,
        place=new.place,
        latitude=new.latitude,
        longitude=new.longitude,
        field_id=new.field_id,
        procedure_id=new.procedure_id,
        entered_by_id=actor.person_id,
        submission_key=new.submission_key,
        received_at=received_at,
        state_since=at,
        search=rules.search_text(new.title, new.place, new.body),
    )
    steps = [
        (step, rule)
        for verb, *names in TABLE.require(START, "receive", {actor.role}).deadline
        for step in names
        if verb == "open" and (rule := engine.rule_of(case, step, received_at)) is not None
    ]
    opened = worktime.open_deadlines(
        kind=engine.KIND, subject_id=case.pk, steps=steps, start=received_at, agency_id=office_id(at.date())
    )
    case.due_at = min((deadline.due_at for deadline in opened), default=NO_DUE)
    insert([case], made={"search": TO_VECTOR})
    personal: dict[str, str] = {"body": new.body}
    if new.sender is not None:
        sender = Sender(
            case=case,
            type=new.sender.type,
            name=new.sender.name,
            address=new.sender.address,
            phone=new.sender.phone,
            email=new.sender.email,
            publish_name=new.sender.publish_name,
            contact_key=rules.contact_key(key_bytes(), phone=new.sender.phone, email=new.sender.email),
        )
        insert([sender])
        case.new_sender = sender  # type: ignore[attr-defined]
        personal |= {"sender": f"{sender.name}|{sender.address}|{sender.phone}|{sender.email}"}
    engine.attach(case, new.file_ids, role=Attachment.Role.REPORT, actor=actor, at=at)
    ledger.begin(
        kind=engine.KIND,
        subject_id=case.pk,
        act="receive",
        actor=actor,
        at=at,
        data={
            "to": RECEIVED,
            "version": 1,
            "code": case.code,
            "regime": case.regime,
            "kind": case.kind,
            "channel": case.channel_id,
            "received_at": received_at.isoformat(),
            "files": [str(file_id) for file_id in new.file_ids],
        },
        personal=personal,
    )
    return case


__all__ = ["NewCase", "NewSender", "Receipt", "receive"]
