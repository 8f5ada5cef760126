"""One form for each act of the transition table that asks for something, and how the act is done with it.

The table says which acts are possible; this module only says what each asks for. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from langnghe.agencies.selectors import people_with
from langnghe.cases import catalogue, services
from langnghe.cases import settings as city_settings
from langnghe.cases.errors import needed
from langnghe.cases.models import Case, DiversionKind, Outcome, Regime, Subject, Urgency
from langnghe.cases.models.case import Level
from langnghe.files import services as files
from langnghe.texts import clean_input
from langnghe.triage import selectors as triage_selectors
from langnghe.triage import services as triage
from langnghe.workflow.actor import Actor

Choices = list[tuple[str, Any]]


class TextArea(forms.CharField):
    """A longer text, cleaned of what nobody can see."""

    def __init__(self, *, rows: int = 4, max_length: int = 4000, **given: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), max_length=max_length, strip=True, **given)

    def to_python(self, value: Any) -> str:
        """Clean before the length is checked."""
        return clean_input(str(value)) if value else ""


class Line(forms.CharField):
    """One line of text, cleaned."""

    def to_python(self, value: Any) -> str:
        """Clean before the length is checked."""
        return clean_input(str(value), single_line=True) if value else ""


class Key(forms.TypedChoiceField):
    """A choice of a row by its key; None when nothing is chosen."""

    def __init__(self, **given: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **given)


class MultiFileInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; each is checked by its content when it is stored."""

    widget = MultiFileInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The uploaded files, as a list."""
        if not data:
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return []
        items = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(item, initial) for item in items]


class ActForm(forms.Form):
    """A form of an act on one case, for one actor, at one time."""

    error_css_class = "is-invalid"

    filled: ClassVar[frozenset[str]] = frozenset()
    """Needed fields that the form fills by itself when they are left empty."""

    def __init__(
        self, *args: Any, case: Case, actor: Actor, at: datetime, needs: Collection[str] = (), **given: Any
    ) -> None:
        self.case, self.actor, self.at = case, actor, at
        super().__init__(*args, **given)
        self.use_required_attribute = False
        for name, field in self.fields.items():
            field.required = name in needs and name not in self.filled
            field.error_messages["required"] = needed(name)
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and first values."""


def _agency_choices(at: datetime, *, without: int | None = None) -> Choices:
    found = catalogue.active_agencies(at.date(), keep=lambda row: row.receives_feedback and row.pk != without)
    city = [(str(row.pk), row.name) for row in found if row.kind != "commune"]
    communes = [(str(row.pk), row.name) for row in found if row.kind == "commune"]
    return [("", _("Chọn cơ quan")), (str(_("Sở, ban, ngành")), city), (str(_("Xã, phường")), communes)]


class ClassifyForm(ActForm):
    """What a case is; the suggestion of the model is chosen beforehand and said beside it."""

    regime = forms.ChoiceField(label=_("Loại"), choices=Regime.choices, widget=forms.RadioSelect)
    field = Key(label=_("Lĩnh vực"))
    urgency = forms.ChoiceField(label=_("Mức độ"), choices=Urgency.choices, widget=forms.RadioSelect)
    subject = forms.ChoiceField(
        label=_("Về (quy định, hành vi)"),
        choices=[("", _("Không áp dụng")), *Subject.choices],
        help_text=_("Chỉ với phản ánh về quy định, hành vi hành chính"),
    )
    level = forms.ChoiceField(
        label=_("Phân loại theo Điều 9 Nghị định 20/2008/NĐ-CP"), choices=[("", _("Không áp dụng")), *Level.choices]
    )
    procedure = Key(label=_("Thủ tục hành chính"))
    agency = Key(label=_("Chuyển ngay đến"), help_text=_("Để trống nếu chưa chuyển"))
    reason = TextArea(label=_("Lý do chuyển"), rows=2, max_length=1000)

    def prepare(self) -> None:
        """Choices by regime; first values from the case and the suggestion."""
        day = self.at.date()
        by_regime = [
            (label, [(str(row.pk), row.name) for row in catalogue.fields(day, code)]) for code, label in Regime.choices
        ]
        self.fields["field"].choices = [("", _("Chọn lĩnh vực")), *by_regime]  # type: ignore[attr-defined]
        self.fields["procedure"].choices = [  # type: ignore[attr-defined]
            ("", _("Không gắn thủ tục")),
            *((str(row.pk), row.name) for row in catalogue.procedures(day)),
        ]
        case, hint = self.case, triage_selectors.suggestion_of(self.case)
        first: dict[str, Any] = {
            "regime": case.regime,
            "field": case.field_id,
            "urgency": case.urgency or "normal",
            "subject": case.subject,
            "level": case.level,
            "procedure": case.procedure_id,
        }
        if hint is not None and case.state == "received":
            first["field"] = first["field"] or hint.field_id
            first["urgency"] = triage_selectors.chosen_urgency(hint) or first["urgency"]
            self.fields["field"].help_text = triage_selectors.explain_field(hint)
            self.fields["urgency"].help_text = triage_selectors.explain_urgency(hint)
            first["agency"] = hint.agency_id
            self.fields["agency"].help_text = triage_selectors.explain_agency(hint)
        self.fields["agency"].choices = _agency_choices(self.at)  # type: ignore[attr-defined]
        for name, value in first.items():
            self.fields[name].initial = value


class TransferForm(ActForm):
    """Which agency, and why."""

    agency = Key(label=_("Cơ quan xử lý"))
    reason = TextArea(label=_("Lý do chuyển"), rows=3, max_length=1000)

    def prepare(self) -> None:
        """The suggested agency is chosen; a case that went in circles says so."""
        self.fields["agency"].choices = _agency_choices(self.at)  # type: ignore[attr-defined]
        hint = triage_selectors.suggestion_of(self.case)
        if hint is not None and hint.agency_id:
            self.fields["agency"].initial = hint.agency_id
            self.fields["agency"].help_text = triage_selectors.explain_agency(hint)
        if self.case.hops >= 2:
            self.fields["reason"].help_text = _(
                "Phản ánh đã chuyển %(n)s lần. Hãy thống nhất với cơ quan nhận trước khi chuyển tiếp."
            ) % {"n": self.case.hops}


class QuestionForm(ActForm):
    """A question to the sender."""

    question = TextArea(label=_("Cần người gửi bổ sung điều gì"), rows=4, max_length=2000)


class DeclineForm(ActForm):
    """Why not, and where to go."""

    filled = frozenset({"guidance"})

    decline_reason = Key(label=_("Lý do không tiếp nhận"))
    guidance = TextArea(
        label=_("Hướng dẫn người gửi"),
        rows=4,
        max_length=2000,
        help_text=_("Để trống: dùng hướng dẫn sẵn có của lý do đã chọn."),
    )

    def prepare(self) -> None:
        """The city's reasons."""
        rows = catalogue.decline_reasons(self.at.date())
        self.fields["decline_reason"].choices = [("", _("Chọn lý do")), *((str(row.pk), row.name) for row in rows)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The guidance of the chosen reason where none was written."""
        cleaned = super().clean() or {}
        chosen = next(
            (row for row in catalogue.decline_reasons(self.at.date()) if row.pk == cleaned.get("decline_reason")), None
        )
        if chosen is not None and not cleaned.get("guidance"):
            cleaned["guidance"] = chosen.guidance
        return cleaned


class ReasonForm(ActForm):
    """Only a reason."""

    reason = TextArea(label=_("Lý do"), rows=3, max_length=2000)


class NoteForm(ActForm):
    """Only a note."""

    note = TextArea(label=_("Nội dung"), rows=3, max_length=2000)


class ReplyForm(ActForm):
    """An answer in words."""

    reply = TextArea(label=_("Nội dung trả lời"), rows=5, max_length=8000)


class MergeForm(ActForm):
    """The case to merge into, by its code."""

    into = Line(label=_("Mã phản ánh để gộp vào"), max_length=30)

    def clean_into(self) -> int | None:
        """The case of that code."""
        from langnghe.texts import CodeError, parse_code

        try:
            code = parse_code(self.cleaned_data["into"])
        except CodeError:
            raise forms.ValidationError(_("Mã không đúng. Ví dụ: %(code)s") % {"code": self.case.code}) from None
        found = Case.objects.filter(code=code).values_list("pk", flat=True).first()
        if found is None:
            raise forms.ValidationError(_("Không có phản ánh mang mã này."))
        return int(found)


class DivertForm(ActForm):
    """Complaint or denunciation, and what the sender is told."""

    filled = frozenset({"guidance"})

    diversion = forms.ChoiceField(label=_("Đây là"), choices=DiversionKind.choices, widget=forms.RadioSelect)
    guidance = TextArea(
        label=_("Hướng dẫn người gửi"),
        rows=5,
        max_length=3000,
        help_text=_("Để trống: dùng hướng dẫn chung của Thành phố."),
    )

    def clean(self) -> dict[str, Any]:
        """The city's guidance where none was written."""
        cleaned = super().clean() or {}
        if cleaned.get("diversion") and not cleaned.get("guidance"):
            cleaned["guidance"] = city_settings.text(f"{cleaned['diversion']}_guidance", self.at.date())
        return cleaned


class AssignForm(ActForm):
    """One clear person."""

    handler = Key(label=_("Người xử lý"))

    def prepare(self) -> None:
        """The handlers and focal points of the agency; who drafted the first answer of a reopened case is left out."""
        day = self.at.date()
        people = [
            *people_with("handler", agency_id=self.case.agency_id, on=day),
            *people_with("focal_point", agency_id=self.case.agency_id, on=day),
        ]
        before = {key for row in self.case.answers.all() if row.round < self.case.round for key in row.written_by}
        seen = {person.pk: person for person in people if person.pk not in before}
        self.fields["handler"].choices = [  # type: ignore[attr-defined]
            ("", _("Chọn người")),
            *(
                (str(pk), f"{person.full_name} · {person.title}" if person.title else person.full_name)
                for pk, person in seen.items()
            ),
        ]
        self.fields["handler"].initial = self.case.handler_id


class PartnerForm(ActForm):
    """Which partner, and what is asked."""

    partner = Key(label=_("Cơ quan phối hợp"))
    question = TextArea(label=_("Nội dung cần phối hợp"), rows=4, max_length=2000)

    def prepare(self) -> None:
        """Every other agency."""
        self.fields["partner"].choices = _agency_choices(self.at, without=self.case.agency_id)  # type: ignore[attr-defined]


class ExtensionForm(ActForm):
    """How many working days more, and why."""

    days = forms.IntegerField(
        label=_("Số ngày làm việc cần thêm"),
        min_value=1,
        max_value=60,
        error_messages={
            "invalid": _("Hãy ghi số ngày, ví dụ 5."),
            "min_value": _("Ít nhất 1 ngày."),
            "max_value": _("Nhiều nhất 60 ngày."),
        },
    )
    reason = TextArea(label=_("Lý do"), rows=3, max_length=2000)


class AnswerForm(ActForm):
    """The draft of an answer with its proof."""

    outcome = forms.ChoiceField(label=_("Kết quả"), choices=[("", _("Chọn kết quả")), *Outcome.choices])
    text = TextArea(label=_("Trả lời người gửi"), rows=10, max_length=15000)
    done_what = TextArea(label=_("Đã làm việc gì"), rows=2, max_length=2000)
    done_by = Line(label=_("Ai làm"), max_length=200)
    done_on = forms.DateField(
        label=_("Ngày làm"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Hãy ghi ngày, ví dụ 26/02/2026.")},
    )
    legal_basis = Line(
        label=_("Căn cứ pháp lý"),
        max_length=500,
        help_text=_("Số văn bản, điều, khoản; bắt buộc khi trả lời về quy định"),
    )
    scheduled_on = forms.DateField(
        label=_("Ngày hẹn thực hiện"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Chỉ khi kết quả là hẹn thời điểm; ngày này được theo dõi như một thời hạn"),
        error_messages={"invalid": _("Hãy ghi ngày, ví dụ 26/02/2026.")},
    )
    other_body = Line(label=_("Cơ quan có thẩm quyền"), max_length=200, help_text=_("Chỉ khi ngoài thẩm quyền"))
    proof = FilesField(label=_("Bằng chứng: ảnh, tài liệu"))
    drop_proof = forms.MultipleChoiceField(label=_("Bỏ bằng chứng đã đính kèm"), widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        """What was drafted so far."""
        for name in ("outcome", "text", "done_what", "done_by", "done_on"):
            self.fields[name].quiet = True  # type: ignore[attr-defined]
        answer = next(
            (row for row in self.case.answers.all() if row.round == self.case.round and row.state != "replaced"), None
        )
        if answer is not None:
            for name in (
                "outcome",
                "text",
                "done_what",
                "done_by",
                "done_on",
                "legal_basis",
                "scheduled_on",
                "other_body",
            ):
                self.fields[name].initial = getattr(answer, name)
        elif self.case.agency is not None:
            self.fields["done_by"].initial = self.case.agency.name
        proofs = [row for row in self.case.attachments.all() if row.role == "proof" and row.round == self.case.round]
        if proofs:
            self.fields["drop_proof"].choices = [(str(row.pk), row.file.name) for row in proofs]  # type: ignore[attr-defined]
        else:
            del self.fields["drop_proof"]

    def insert(self, paragraph: str) -> None:
        """Put a canned paragraph at the end of the draft; its places in braces stay to be filled in."""
        written = str(self.fields["text"].initial or "").rstrip()
        self.fields["text"].initial = f"{written}\n\n{paragraph}".strip()


def canned_for(case: Case, at: datetime) -> list[tuple[int, str, str]]:
    """The paragraphs that fit a case: key, name, text with what is known filled in. From the catalogue."""
    agency = case.agency.name if case.agency is not None else ""
    known = {"{code}": case.code, "{agency}": agency, "{subject}": case.title, " {name}": ""}
    found = []
    for row in catalogue.canned_texts(at.date()):
        if row.regime not in ("", case.regime) or row.field_id not in (None, case.field_id):
            continue
        if row.agency_id not in (None, case.agency_id):
            continue
        text = row.text
        for place, value in known.items():
            text = text.replace(place, value)
        found.append((row.pk, row.name, text))
    return found


class ReportForm(ActForm):
    """That a promise was kept, with proof."""

    report = TextArea(label=_("Đã thực hiện việc gì, kết quả ra sao"), rows=4, max_length=3000)
    proof = FilesField(label=_("Bằng chứng: ảnh, tài liệu"))


class NothingForm(ActForm):
    """An act that asks for nothing."""


Run = Callable[..., Case]


@dataclass(frozen=True, slots=True)
class ActSpec:
    """How an act is asked for and done. `run` takes the cleaned data and the common arguments."""

    form: type[ActForm]
    run: Callable[[dict[str, Any], dict[str, Any]], Case]
    multipart: bool = False


def _store(uploads: list[Any], at: datetime) -> list[Any]:
    return [files.store(content=upload, name=upload.name or "", at=at).pk for upload in uploads]


def _draft(data: dict[str, Any], common: dict[str, Any]) -> Case:
    content = services.Draft(
        outcome=data["outcome"],
        text=data["text"],
        done_what=data["done_what"],
        done_by=data["done_by"],
        done_on=data["done_on"],
        legal_basis=data["legal_basis"],
        scheduled_on=data["scheduled_on"],
        other_body=data["other_body"],
        proof_ids=_store(data.get("proof") or [], common["at"]),
        drop_proof_ids=[int(key) for key in data.get("drop_proof") or []],
    )
    return services.draft(content=content, **common)


def _classify(data: dict[str, Any], common: dict[str, Any]) -> Case:
    """Classify and, where an agency is chosen, transfer at once: two acts on record, one page for the coordinator."""
    case = triage.confirm_classification(
        regime=data["regime"],
        field_id=data["field"],
        urgency=data["urgency"],
        subject=data["subject"],
        level=data["level"],
        procedure_id=data["procedure"],
        **common,
    )
    if data["agency"] is None:
        return case
    return triage.confirm_transfer(
        agency_id=data["agency"], reason=data["reason"], **{**common, "expected_version": case.version}
    )


ACTS: dict[str, ActSpec] = {
    "classify": ActSpec(ClassifyForm, _classify),
    "transfer": ActSpec(
        TransferForm, lambda d, c: triage.confirm_transfer(agency_id=d["agency"], reason=d["reason"], **c)
    ),
    "clarify": ActSpec(QuestionForm, lambda d, c: services.clarify(question=d["question"], **c)),
    "clarified": ActSpec(ReplyForm, lambda d, c: services.reply(text=d["reply"], **c)),
    "clarify_lapsed": ActSpec(NothingForm, lambda _d, c: services.continue_without(**c)),
    "decline": ActSpec(
        DeclineForm, lambda d, c: services.decline(decline_reason_id=d["decline_reason"], guidance=d["guidance"], **c)
    ),
    "merge": ActSpec(MergeForm, lambda d, c: triage.confirm_duplicate(into_id=d.get("into"), **c)),
    "unmerge": ActSpec(ReasonForm, lambda d, c: services.unmerge(reason=d["reason"], **c)),
    "urge": ActSpec(NoteForm, lambda d, c: services.urge(note=d["note"], **c)),
    "restrict": ActSpec(ReasonForm, lambda d, c: services.restrict(reason=d["reason"], **c)),
    "lift": ActSpec(ReasonForm, lambda d, c: triage.confirm_feedback(reason=d["reason"], **c)),
    "divert": ActSpec(
        DivertForm, lambda d, c: triage.confirm_diversion(diversion=d["diversion"], guidance=d["guidance"], **c)
    ),
    "accept": ActSpec(NothingForm, lambda _d, c: services.accept(**c)),
    "return_to_office": ActSpec(ReasonForm, lambda d, c: services.return_to_office(reason=d["reason"], **c)),
    "assign": ActSpec(AssignForm, lambda d, c: services.assign(handler_id=d["handler"], **c)),
    "ask_partner": ActSpec(
        PartnerForm, lambda d, c: services.ask_partner(partner_id=d["partner"], question=d["question"], **c)
    ),
    "drop_partner": ActSpec(ReasonForm, lambda d, c: services.drop_partner(reason=d["reason"], **c)),
    "partner_answer": ActSpec(ReplyForm, lambda d, c: services.partner_answer(reply=d["reply"], **c)),
    "ask_sender": ActSpec(QuestionForm, lambda d, c: services.ask_sender(question=d["question"], **c)),
    "sender_reply": ActSpec(ReplyForm, lambda d, c: services.reply(text=d["reply"], **c)),
    "continue_without": ActSpec(NothingForm, lambda _d, c: services.continue_without(**c)),
    "request_extension": ActSpec(
        ExtensionForm, lambda d, c: services.request_extension(days=d["days"], reason=d["reason"], **c)
    ),
    "grant_extension": ActSpec(NoteForm, lambda d, c: services.decide_extension(grant=True, note=d["note"], **c)),
    "refuse_extension": ActSpec(NoteForm, lambda d, c: services.decide_extension(grant=False, note=d["note"], **c)),
    "draft": ActSpec(AnswerForm, _draft, multipart=True),
    "submit": ActSpec(NothingForm, lambda _d, c: services.submit(**c)),
    "send_back": ActSpec(NoteForm, lambda d, c: services.send_back(note=d["note"], **c)),
    "approve": ActSpec(NothingForm, lambda _d, c: services.approve(**c)),
    "redo": ActSpec(NoteForm, lambda d, c: services.redo(note=d["note"], **c)),
    "fulfil": ActSpec(
        ReportForm,
        lambda d, c: services.fulfil(report=d["report"], proof_ids=_store(d.get("proof") or [], c["at"]), **c),
        multipart=True,
    ),
    "withdraw": ActSpec(NothingForm, lambda _d, c: services.withdraw(**c)),
    "close": ActSpec(NothingForm, lambda _d, c: services.close(**c)),
    "note": ActSpec(NoteForm, lambda d, c: services.note(text=d["note"], **c)),
}
"""Acts done on the case page itself."""

ELSEWHERE = frozenset(
    {"receive", "publish", "withhold", "show", "show_again", "hide", "rate", "reopen", "succeed", "erase"}
)
"""Acts with pages of their own: the gate to the public, the counter, the sender's page, the administrator, jobs."""
