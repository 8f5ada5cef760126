"""What happens to a case beside its state: questions, answers, co-operation, extensions, ratings, notes."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from langnghe.cases.models.case import Case


class InformationRequest(models.Model):
    """A question to the sender, and what was replied. While it waits, deadlines are paused."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="questions")
    question = models.TextField(max_length=4000)
    asked_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reply = models.TextField(max_length=10000, blank=True)
    replied_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="one_open_question", fields=["case"], condition=Q(replied_at=None, lapsed_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"question {self.pk} of {self.case_id}"


class Cooperation(models.Model):
    """A question to a partner agency, with a deadline of its own (kind `cooperation` in worktime)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="cooperations")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    question = models.TextField(max_length=4000)
    asked_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reply = models.TextField(max_length=10000, blank=True)
    replied_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    replied_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="one_open_cooperation", fields=["case", "agency"], condition=Q(replied_at=None)
            )
        ]
        indexes: ClassVar = [
            models.Index(name="cooperation_queue", fields=["agency", "asked_at"], condition=Q(replied_at=None))
        ]

    def __str__(self) -> str:
        return f"cooperation {self.pk} of {self.case_id}"


class Outcome(models.TextChoices):
    """What an answer says became of the matter."""

    SOLVED = "solved", _("Đã giải quyết")
    EXPLAINED = "explained", _("Đã giải thích")
    SCHEDULED = "scheduled", _("Hẹn thời điểm thực hiện")
    OUTSIDE_POWER = "outside_power", _("Ngoài thẩm quyền")
    COLLECTED = "collected", _("Tập hợp để sửa quy định")


class IsOneOf(models.Func):
    """Whether a key stands in an array of keys."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


class AnswerState(models.TextChoices):
    """Where an answer stands."""

    DRAFT = "draft", _("Đang soạn")
    SUBMITTED = "submitted", _("Đã trình")
    RETURNED = "returned", _("Bị trả lại")
    APPROVED = "approved", _("Đã duyệt")
    REPLACED = "replaced", _("Đã thay bằng trả lời khác")


class Answer(models.Model):
    """An answer to a case in one round: what was decided, what was done, by whom and when, with its proof."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="answers")
    round = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=AnswerState.choices, default=AnswerState.DRAFT)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)
    text = models.TextField(max_length=20000, blank=True)
    done_what = models.TextField(max_length=2000, blank=True)
    done_by = models.CharField(max_length=200, blank=True)
    done_on = models.DateField(null=True)
    legal_basis = models.CharField(max_length=500, blank=True)
    scheduled_on = models.DateField(null=True)
    other_agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    other_body = models.CharField(max_length=200, blank=True)
    drafted_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, related_name="+")
    drafters = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_default=[],
        help_text="everybody who wrote this answer or the one it was made from",
    )
    drafted_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    returned_note = models.TextField(max_length=2000, blank=True)
    fulfilled_at = models.DateTimeField(null=True)
    fulfilment = models.TextField(max_length=4000, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_living_answer", fields=["case", "round"], condition=~Q(state="replaced")),
            models.CheckConstraint(
                name="answer_four_eyes", condition=~Q(state="approved") | ~Q(decided_by=models.F("drafted_by"))
            ),
            models.CheckConstraint(
                name="answer_four_eyes_all",
                condition=~Q(state="approved") | ~Q(IsOneOf(models.F("decided_by"), models.F("drafters"))),
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk} of {self.case_id}"

    @property
    def written_by(self) -> set[int]:
        """The keys of everybody who wrote this answer: none of them approves it."""
        return {self.drafted_by_id, *self.drafters}


class ExtensionRequest(models.Model):
    """A request for more time, and the decision."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="extensions")
    days = models.PositiveSmallIntegerField()
    reason = models.TextField(max_length=2000)
    requested_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    granted = models.BooleanField(null=True)
    note = models.TextField(max_length=2000, blank=True)
    decided_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_open_extension", fields=["case"], condition=Q(decided_at=None)),
            models.CheckConstraint(name="extension_days", condition=Q(days__gte=1, days__lte=60)),
        ]

    def __str__(self) -> str:
        return f"extension {self.pk} of {self.case_id}"


class Rating(models.Model):
    """The sender's rating of one round: the four criteria and the whole, each 1 (very dissatisfied) to 5."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="ratings")
    round = models.PositiveSmallIntegerField()
    forms = models.PositiveSmallIntegerField(help_text="criterion 1: ways to send feedback")
    ease = models.PositiveSmallIntegerField(help_text="criterion 2: easy to send feedback")
    handling = models.PositiveSmallIntegerField(help_text="criterion 3: received and handled actively")
    notice = models.PositiveSmallIntegerField(help_text="criterion 4: told of the result in time")
    overall = models.PositiveSmallIntegerField()
    comment = models.TextField(max_length=2000, blank=True)
    rated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_rating", fields=["case", "round"]),
            models.CheckConstraint(
                name="rating_levels",
                condition=Q(
                    forms__range=(1, 5),
                    ease__range=(1, 5),
                    handling__range=(1, 5),
                    notice__range=(1, 5),
                    overall__range=(1, 5),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"rating of {self.case_id}, round {self.round}"


class DiversionKind(models.TextChoices):
    """What a diverted case really is."""

    COMPLAINT = "complaint", _("Khiếu nại")
    DENUNCIATION = "denunciation", _("Tố cáo")


class Diversion(models.Model):
    """A suspicion that a case is a complaint or a denunciation, and what was decided."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="diversions")
    suspected_at = models.DateTimeField()
    suspected_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(max_length=2000)
    kind = models.CharField(max_length=12, choices=DiversionKind.choices, blank=True)
    guidance = models.TextField(max_length=4000, blank=True)
    decision = models.TextField(max_length=2000, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_open_suspicion", fields=["case"], condition=Q(decided_at=None))
        ]

    def __str__(self) -> str:
        return f"diversion {self.pk} of {self.case_id}"


class Decline(models.Model):
    """That a case was not accepted: the city's reason, and where the sender was told to go."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="decline")
    reason = models.ForeignKey("cases.DeclineReason", on_delete=models.PROTECT, related_name="+")
    guidance = models.TextField(max_length=4000)
    declined_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, related_name="+")
    declined_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"decline of {self.case_id}"


class Merge(models.Model):
    """That a case was merged into another, and perhaps parted again."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="merges")
    into = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="absorbed")
    merged_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    parted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.case_id} into {self.into_id}"


class Note(models.Model):
    """An internal note on a case; never public."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(max_length=4000)
    author = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"note {self.pk} of {self.case_id}"


class Urging(models.Model):
    """A formal reminder by a person (đôn đốc), with a record."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="urgings")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(max_length=2000)
    urged_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, related_name="+")
    urged_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"urging {self.pk} of {self.case_id}"


class Follower(models.Model):
    """Somebody who follows an open case instead of sending it again: told of the answer by e-mail."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="followers")
    email = models.EmailField()
    language = models.CharField(max_length=5, default="vi")
    token = models.CharField(max_length=43, unique=True)
    confirmed_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    told_round = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="of which answer it was told last")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="follow_once", fields=["case", "email"])]
        indexes: ClassVar = [models.Index(name="follow_asked", fields=["asked_at"], condition=Q(confirmed_at=None))]

    def __str__(self) -> str:
        return f"follower of {self.case_id}"
