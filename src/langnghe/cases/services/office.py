"""Acts of the city office: classify, transfer, clarify, decline, merge, urge; and of the named few who decide
whether something is a complaint or a denunciation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError, Missing
from langnghe.agencies.models import Agency
from langnghe.cases import catalogue
from langnghe.cases.errors import needed
from langnghe.cases.models import Case, Decline, DeclineReason, Diversion, InformationRequest, Merge, Urging
from langnghe.cases.services.engine import Change, perform
from langnghe.workflow.actor import Actor


def classify(
    *,
    case_id: int,
    actor: Actor,
    at: datetime,
    regime: str,
    field_id: int | None,
    urgency: str,
    subject: str = "",
    level: str = "",
    kind: str = "",
    procedure_id: int | None = None,
    expected_version: int | None = None,
) -> Case:
    """Say what a case is: regime, field, urgency, and under Decree 20/2008 (article 9.1) subject and class."""
    if regime == "admin":
        empty = {name: needed(name) for name, value in (("subject", subject), ("level", level)) if not value}
        if empty:
            raise Missing(empty)
    else:
        subject = level = ""

    def apply(case: Case) -> Change:
        chosen = catalogue.field(field_id)
        if chosen is None or chosen.regime != regime:
            raise ActError(_("Lĩnh vực này không thuộc loại đã chọn. Hãy chọn lại lĩnh vực."), field="field")
        old = {"regime": case.regime, "field": case.field_id, "urgency": case.urgency, "level": case.level}
        case.regime, case.field_id, case.urgency = regime, field_id, urgency
        case.subject, case.level, case.procedure_id = subject, level, procedure_id
        case.kind = kind or case.kind
        new = {
            "regime": regime,
            "field": field_id,
            "urgency": urgency,
            "level": level,
            "subject": subject,
            "procedure": procedure_id,
        }
        return Change(
            data={"before": old, "after": new},
            columns={"regime", "field", "urgency", "subject", "level", "procedure", "kind"},
            again=bool(old["urgency"]),
        )

    return perform(
        case_id, act="classify", actor=actor, at=at, apply=apply, expected_version=expected_version,
        given={"regime": regime, "field": field_id, "urgency": urgency},
    )  # fmt: skip


def transfer(
    *, case_id: int, actor: Actor, at: datetime, agency_id: int | None, reason: str, expected_version: int | None = None
) -> Case:
    """Hand a classified case to the agency that is responsible (Decree 20/2008, article 9.1: within 5 working days)."""

    def apply(case: Case) -> Change:
        agency = Agency.objects.filter(pk=agency_id or 0).first()
        if agency is None or not agency.is_active(at.date()) or not agency.receives_feedback:
            raise ActError(
                _("Cơ quan này không còn hoạt động hoặc không nhận phản ánh. Hãy chọn cơ quan khác."), field="agency"
            )
        before = case.agency_id
        case.agency, case.handler = agency, None
        case.hops += 1
        return Change(
            data={"agency_before": before, "agency": agency.pk, "hops": case.hops},
            personal={"reason": reason},
            words={"agency": agency.name, "reason": reason},
            columns={"agency", "handler", "hops"},
        )

    return perform(
        case_id, act="transfer", actor=actor, at=at, apply=apply, expected_version=expected_version,
        given={"agency": agency_id, "reason": reason},
    )  # fmt: skip


def clarify(*, case_id: int, actor: Actor, at: datetime, question: str, expected_version: int | None = None) -> Case:
    """Ask the sender before the case is transferred; deadlines pause."""

    def apply(case: Case) -> Change:
        InformationRequest.objects.create(case=case, question=question, asked_by_id=actor.person, asked_at=at)
        return Change(personal={"question": question}, words={"question": question})

    return perform(
        case_id, act="clarify", actor=actor, at=at, apply=apply, given={"question": question},
        expected_version=expected_version,
    )  # fmt: skip


def decline(
    *,
    case_id: int,
    actor: Actor,
    at: datetime,
    decline_reason_id: int | None,
    guidance: str,
    expected_version: int | None = None,
) -> Case:
    """Not accept a case, with a reason of the city's list and guidance where to go."""

    def apply(case: Case) -> Change:
        reason = DeclineReason.objects.get(pk=decline_reason_id or 0)
        Decline.objects.create(case=case, reason=reason, guidance=guidance, declined_by_id=actor.person, declined_at=at)
        return Change(
            data={"decline_reason": reason.pk},
            personal={"guidance": guidance},
            words={"reason": reason.text, "guidance": guidance},
        )

    return perform(
        case_id, act="decline", actor=actor, at=at, apply=apply, expected_version=expected_version,
        given={"decline_reason": decline_reason_id, "guidance": guidance},
    )  # fmt: skip


def merge(
    *, case_id: int, into_id: int | None, actor: Actor, at: datetime, expected_version: int | None = None
) -> Case:
    """Merge a duplicate into the case that is carried on. Rows are locked in the order of their keys."""
    with transaction.atomic():
        keys = sorted({case_id, into_id or case_id})
        rows = {row.pk: row for row in Case.objects.select_for_update().filter(pk__in=keys).order_by("pk")}

        def apply(case: Case) -> Change:
            into = rows.get(into_id or 0)
            if into is None or into.pk == case.pk or into.restricted:
                raise ActError(_("Không gộp được vào phản ánh này."), field="into")
            if into.state == "merged" or not into.is_open:
                raise ActError(_("Phản ánh được chọn đã kết thúc; hãy chọn phản ánh đang xử lý."), field="into")
            if case.merged.exists():
                raise ActError(
                    _("Phản ánh này đang nhận các phản ánh gộp khác; hãy gộp theo chiều ngược lại."), field="into"
                )
            case.merged_into = into
            Merge.objects.create(case=case, into=into, merged_by_id=actor.person, merged_at=at)
            return Change(
                data={"into": into.pk, "into_code": into.code},
                words={"note": into.code, "reason": into.code},
                columns={"merged_into"},
            )

        return perform(
            case_id, act="merge", actor=actor, at=at, apply=apply, given={"into": into_id},
            expected_version=expected_version,
        )  # fmt: skip


def unmerge(*, case_id: int, actor: Actor, at: datetime, reason: str, expected_version: int | None = None) -> Case:
    """Part a case from the one it was merged into: it is new again, its deadlines as from its receipt."""

    def apply(case: Case) -> Change:
        before = case.merged_into_id
        case.merged_into = None
        case.closed_at = None
        case.agency, case.handler = None, None
        Merge.objects.filter(case=case, parted_at=None).update(parted_at=at)
        return Change(
            data={"from_case": before}, personal={"reason": reason},
            columns={"merged_into", "closed_at", "agency", "handler"},
        )  # fmt: skip

    return perform(
        case_id, act="unmerge", actor=actor, at=at, apply=apply, given={"reason": reason},
        expected_version=expected_version,
    )  # fmt: skip


def urge(*, case_id: int, actor: Actor, at: datetime, note: str, expected_version: int | None = None) -> Case:
    """Remind the agency formally (đôn đốc), on record."""

    def apply(case: Case) -> Change:
        Urging.objects.create(case=case, agency_id=case.agency_id, text=note, urged_by_id=actor.person, urged_at=at)
        return Change(data={"agency": case.agency_id}, words={"note": note}, personal={"note": note})

    return perform(
        case_id,
        act="urge",
        actor=actor,
        at=at,
        apply=apply,
        given={"note": note},
        expected_version=expected_version,
    )


def restrict(*, case_id: int, actor: Actor, at: datetime, reason: str, expected_version: int | None = None) -> Case:
    """Narrow access to the named few at once, because a person or the model suspects a complaint or denunciation."""

    def apply(case: Case) -> Change:
        case.restricted = True
        Diversion.objects.create(case=case, suspected_at=at, suspected_by_id=actor.person_id, reason=reason)
        return Change(personal={"reason": reason}, columns={"restricted"})

    return perform(
        case_id, act="restrict", actor=actor, at=at, apply=apply, given={"reason": reason},
        expected_version=expected_version,
    )  # fmt: skip


def lift(*, case_id: int, actor: Actor, at: datetime, reason: str, expected_version: int | None = None) -> Case:
    """Decide that it is feedback after all: the ordinary way goes on."""

    def apply(case: Case) -> Change:
        case.restricted = False
        Diversion.objects.filter(case=case, decided_at=None).update(
            decided_at=at, decided_by_id=actor.person_id, decision=reason
        )
        return Change(personal={"reason": reason}, columns={"restricted"})

    return perform(
        case_id, act="lift", actor=actor, at=at, apply=apply, given={"reason": reason},
        expected_version=expected_version,
    )  # fmt: skip


def divert(
    *, case_id: int, actor: Actor, at: datetime, diversion: str, guidance: str, expected_version: int | None = None
) -> Case:
    """Decide that it is a complaint or a denunciation: it leaves the feedback procedure (Decree 20/2008, article 1)
    and the sender is told the right way in. Access stays narrowed."""

    def apply(case: Case) -> Change:
        Diversion.objects.filter(case=case, decided_at=None).update(
            kind=diversion, guidance=guidance, decided_at=at, decided_by_id=actor.person_id
        )
        return Change(data={"diversion": diversion}, personal={"guidance": guidance}, words={"guidance": guidance})

    return perform(
        case_id, act="divert", actor=actor, at=at, apply=apply, expected_version=expected_version,
        given={"diversion": diversion, "guidance": guidance},
    )  # fmt: skip
