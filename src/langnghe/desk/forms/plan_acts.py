"""One form for each act on a share that asks for something, and how the act is done with it.

The table says which acts are possible; this module only says what each asks for. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from langnghe.agencies.models import Person, RoleAssignment
from langnghe.cases import catalogue
from langnghe.desk.forms.acts import FilesField, Key, Line, TextArea
from langnghe.desk.forms.plans import Day
from langnghe.plans.errors import needed
from langnghe.plans.models import PlanDocument, Share, Task
from langnghe.plans.services import documents
from langnghe.plans.services import shares as services
from langnghe.plans.services.engine import CARRIERS
from langnghe.texts import excerpt
from langnghe.workflow.actor import Actor


class People:
    """The people of an agency to whom a share may be given: one query, made when a form asks first."""

    def __init__(self, agency_id: int | None, at: datetime) -> None:
        self.agency_id, self.at = agency_id, at

    @cached_property
    def choices(self) -> list[tuple[str, Any]]:
        """For a choice of one of them."""
        if self.agency_id is None:
            return [("", _("Chọn người"))]
        day = self.at.date()
        held = RoleAssignment.objects.filter(agency_id=self.agency_id, role__in=CARRIERS, valid_from__lte=day)
        held = held.exclude(valid_to__lt=day)
        people = Person.objects.filter(is_active=True, pk__in=held.values("person_id")).order_by("full_name", "pk")
        named = [(str(one.pk), f"{one.full_name} · {one.title}" if one.title else one.full_name) for one in people]
        return [("", _("Chọn người")), *named]


class ShareForm(forms.Form):
    """A form of an act on one share, for one actor, at one time. `file_ids`: files kept by the view."""

    error_css_class = "is-invalid"
    use_required_attribute = False
    optional: ClassVar[frozenset[str]] = frozenset()
    """Fields that the table needs but the form fills by itself."""

    def __init__(
        self,
        *args: Any,
        share: Share,
        actor: Actor,
        at: datetime,
        people: People,
        needs: Collection[str] = (),
        **given: Any,
    ) -> None:
        self.share, self.actor, self.at, self.people = share, actor, at, people
        self.file_ids: list[UUID] = []
        self.uploaded: list[dict[str, Any]] = []
        super().__init__(*args, **given)
        for name, field in self.fields.items():
            field.required = name in needs and name not in self.optional
            field.error_messages["required"] = needed(name)
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and first values."""


class DelegateForm(ShareForm):
    """One clear person, in one unit."""

    person = Key(label=_("Người thực hiện"))
    unit = Line(label=_("Đơn vị"), max_length=160, help_text=_("Phòng, ban, bộ phận"))

    def prepare(self) -> None:
        """The people of the agency."""
        self.fields["person"].choices = self.people.choices  # type: ignore[attr-defined]
        self.fields["person"].initial = self.share.person_id
        self.fields["unit"].initial = self.share.unit


class EvidenceField(FilesField):
    """Evidence, sent in pieces where the browser can; what was sent is kept when something else is wrong."""

    keeps_uploads = True


class ReportForm(ShareForm):
    """How far it is."""

    percent = forms.IntegerField(
        label=_("Tiến độ, phần trăm"), min_value=0, max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": "0", "max": "100", "step": "5"}),
        error_messages={
            "invalid": _("Hãy ghi một số từ 0 đến 100."),
            "min_value": _("Hãy ghi một số từ 0 đến 100."),
            "max_value": _("Hãy ghi một số từ 0 đến 100."),
        },
    )  # fmt: skip
    text = TextArea(label=_("Đã làm gì, còn gì"), rows=4, max_length=10000)
    evidence = EvidenceField(label=_("Minh chứng"))

    def prepare(self) -> None:
        """As far as it was."""
        self.fields["percent"].initial = self.share.percent


class SubmitForm(ShareForm):
    """That it is done, with what shows it."""

    text = TextArea(label=_("Kết quả đạt được"), rows=4, max_length=10000)
    evidence = EvidenceField(
        label=_("Minh chứng"),
        help_text=_("Cần minh chứng: ít nhất một tệp, hoặc số văn bản cùng địa chỉ của văn bản."),
    )
    document = Line(label=_("Số văn bản"), max_length=120)
    link = Line(label=_("Địa chỉ của văn bản"), max_length=500, help_text=_("Bắt đầu bằng https://"))


class NoteForm(ShareForm):
    """A word with it."""

    note = TextArea(label=_("Ý kiến"), rows=3, max_length=2000)


class ReopenForm(ShareForm):
    """Why it is taken up again, and by when."""

    note = TextArea(label=_("Vì sao mở lại"), rows=3, max_length=2000)
    due = Day(label=_("Hạn mới"), help_text=_("Để trống: giữ hạn cũ"))


class ExtendForm(ShareForm):
    """Another last day."""

    due = Day(label=_("Hạn mới"))
    note = TextArea(label=_("Lý do gia hạn"), rows=3, max_length=2000)


class ObstacleForm(ShareForm):
    """What stands in the way."""

    text = TextArea(
        label=_("Vướng mắc"), rows=4, max_length=5000,
        help_text=_("Vướng gì, từ khi nào, cần ai giải quyết. Nội dung được gửi lên cấp trên và vào báo cáo kỳ tới."),
    )  # fmt: skip


class AnswerForm(ShareForm):
    """An answer to one obstacle."""

    obstacle = Key(label=_("Trả lời vướng mắc"))
    answer = TextArea(label=_("Nội dung trả lời"), rows=4, max_length=5000)

    def prepare(self) -> None:
        """Those that wait, the oldest first."""
        waiting = sorted(
            (row for row in self.share.obstacles.all() if row.answered_at is None), key=lambda row: row.raised_at
        )
        self.fields["obstacle"].choices = [(str(row.pk), excerpt(row.text, 90)) for row in waiting]  # type: ignore[attr-defined]
        if len(waiting) < 2:
            del self.fields["obstacle"]


class HandOverForm(ShareForm):
    """Who carries it on."""

    agency = Key(label=_("Cơ quan làm tiếp"))
    note = TextArea(label=_("Căn cứ, lý do"), rows=2, max_length=2000)

    def prepare(self) -> None:
        """Every other agency that exists."""
        found = catalogue.active_agencies(self.at.date(), keep=lambda row: row.pk != self.share.agency_id)
        city = [(str(row.pk), row.name) for row in found if row.kind != "commune"]
        communes = [(str(row.pk), row.name) for row in found if row.kind == "commune"]
        self.fields["agency"].choices = [  # type: ignore[attr-defined]
            ("", _("Chọn cơ quan")), (str(_("Sở, ban, ngành")), city), (str(_("Xã, phường")), communes)
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShareSpec:
    """How an act is asked for and done. `run` takes the cleaned data, the kept files and the common arguments."""

    form: type[ShareForm]
    run: Callable[[dict[str, Any], list[UUID], dict[str, Any]], Share]
    multipart: bool = False


SHARE_ACTS: dict[str, ShareSpec] = {
    "delegate": ShareSpec(DelegateForm, lambda d, _f, c: services.delegate(person_id=d["person"], unit=d["unit"], **c)),
    "report": ShareSpec(
        ReportForm, lambda d, f, c: services.report(percent=d["percent"], text=d["text"], file_ids=f, **c), True
    ),
    "submit": ShareSpec(
        SubmitForm,
        lambda d, f, c: services.submit(text=d["text"], file_ids=f, document=d["document"], link=d["link"], **c),
        True,
    ),
    "accept": ShareSpec(NoteForm, lambda d, _f, c: services.accept(note=d["note"], **c)),
    "return": ShareSpec(NoteForm, lambda d, _f, c: services.return_(note=d["note"], **c)),
    "reopen": ShareSpec(ReopenForm, lambda d, _f, c: services.reopen(note=d["note"], due=d["due"], **c)),
    "extend": ShareSpec(ExtendForm, lambda d, _f, c: services.extend(due=d["due"], note=d["note"], **c)),
    "raise_obstacle": ShareSpec(ObstacleForm, lambda d, _f, c: services.raise_obstacle(text=d["text"], **c)),
    "answer_obstacle": ShareSpec(
        AnswerForm,
        lambda d, _f, c: services.answer_obstacle(obstacle_id=d.get("obstacle"), answer=d["answer"], **c),
    ),
    "urge": ShareSpec(NoteForm, lambda d, _f, c: services.urge(note=d["note"], **c)),
    "hand_over": ShareSpec(
        HandOverForm, lambda d, _f, c: services.hand_over(agency_id=d["agency"], note=d["note"], **c)
    ),
    "carry_on": ShareSpec(HandOverForm, lambda d, _f, c: services.carry_on(agency_id=d["agency"], note=d["note"], **c)),
    "cancel": ShareSpec(NoteForm, lambda d, _f, c: services.cancel(note=d["note"], **c)),
}
"""Acts done on the page of a share itself."""

SHARE_ELSEWHERE = frozenset({"assign", "renew"})
"""Given when a plan is confirmed or a task is added; opened by the worker when a period begins."""


# --- acts on a plan ---------------------------------------------------------------------------------------------------


class PlanForm(forms.Form):
    """A form of an act on one plan."""

    error_css_class = "is-invalid"
    use_required_attribute = False

    def __init__(self, *args: Any, plan: PlanDocument, at: datetime, **given: Any) -> None:
        self.plan, self.at = plan, at
        super().__init__(*args, **given)
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and first values."""


class TaskForm(PlanForm):
    """One more task under a plan that is being carried out."""

    quote = TextArea(label=_("Nhiệm vụ"), rows=3, max_length=4000, error_messages={"required": needed("text")})
    lead = Key(label=_("Cơ quan chủ trì"), error_messages={"required": _("Hãy chọn cơ quan chủ trì.")})
    due = Day(label=_("Hạn"), required=False, help_text=_("Để trống: không ghi hạn"))
    deliverable = Line(label=_("Kết quả, sản phẩm"), max_length=500, required=False)

    def prepare(self) -> None:
        """The agencies that exist; an agency's own plan is carried by itself first of all."""
        found = catalogue.active_agencies(self.at.date())
        self.fields["lead"].choices = [("", _("Chọn cơ quan")), *((str(row.pk), row.name) for row in found)]  # type: ignore[attr-defined]
        if not self.plan.agency.is_city_office:
            self.fields["lead"].initial = self.plan.agency_id

    def clean_due(self) -> Any:
        """Not before the plan itself."""
        due = self.cleaned_data["due"]
        if due is not None and due < self.at.date():
            raise forms.ValidationError(_("Hạn mới không thể là ngày đã qua."))
        return due

    def fields_of(self, data: dict[str, Any]) -> dict[str, Any]:
        """As the service takes them."""
        agency = catalogue.agency(data["lead"])
        term = {"type": "date", "value": data["due"].isoformat()} if data["due"] else {"type": "none"}
        return {
            "quote": data["quote"], "lead": [agency.name] if agency is not None else [], "deadline": term,
            "deliverable": data["deliverable"],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanSpec:
    """How an act on a plan is asked for and done."""

    form: type[PlanForm]
    run: Callable[[Any, dict[str, Any]], PlanDocument | Task]


PLAN_ACTS: dict[str, PlanSpec] = {
    "add_task": PlanSpec(TaskForm, lambda form, c: documents.add_task(fields=form.fields_of(form.cleaned_data), **c)),
    "finish": PlanSpec(PlanForm, lambda _form, c: documents.finish(**c)),
}
"""Acts done on the page of a plan itself."""

PLAN_ELSEWHERE = frozenset({"enter", "mend", "confirm", "withdraw", "supersede"})
"""Acts of the pages of the register; the last one is done by confirming the version that takes the plan's place."""


class BulkForm(forms.Form):
    """One person for several shares of the own agency."""

    person = Key(label=_("Người thực hiện"))

    def __init__(self, *args: Any, people: People, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["person"].choices = people.choices  # type: ignore[attr-defined]
        self.fields["person"].error_messages["required"] = needed("person")


class StepForm(forms.Form):
    """One step of a share."""

    error_css_class = "is-invalid"
    use_required_attribute = False

    title = Line(label=_("Bước"), max_length=300, error_messages={"required": _("Hãy ghi bước cần làm.")})
    person = Key(label=_("Người làm"), required=False)
    due_on = Day(label=_("Hạn"), required=False)

    def __init__(self, *args: Any, people: People, **given: Any) -> None:
        super().__init__(*args, **given)
        named = [("", _("Người thực hiện chung")), *people.choices[1:]]
        self.fields["person"].choices = named  # type: ignore[attr-defined]
