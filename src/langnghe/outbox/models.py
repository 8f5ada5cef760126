"""Tables of the outbox: templates, messages, and the demo's mailbox."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from langnghe.outbox import catalogue, rules

# No CR, LF or other control character can stand in what becomes a header, whoever writes the row.
_CONTROL = "[\\u0001-\\u001f\\u007f]"


class Channel(models.TextChoices):
    """Ways to reach a person."""

    EMAIL = "email", _("Thư điện tử")


class MessageTemplate(models.Model):
    """Text of one message in one channel and language; administrators edit it."""

    code = models.CharField(_("mã"), max_length=60)
    channel = models.CharField(_("kênh"), max_length=20, choices=Channel.choices, default=Channel.EMAIL)
    language = models.CharField(_("ngôn ngữ"), max_length=8, default="vi")
    subject = models.CharField(_("tiêu đề"), max_length=200, blank=True)
    body = models.TextField(_("nội dung"), max_length=10_000)
    updated_at = models.DateTimeField(_("sửa lúc"))
    updated_by_id = models.BigIntegerField(_("người sửa"), null=True, blank=True)

    class Meta:
        verbose_name = _("mẫu thông báo")
        verbose_name_plural = _("mẫu thông báo")
        ordering = ["code", "channel", "language"]
        constraints = [
            models.UniqueConstraint(fields=["code", "channel", "language"], name="outbox_template_once"),
            models.CheckConstraint(condition=~Q(subject__regex=_CONTROL), name="outbox_template_one_line"),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.channel}, {self.language})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save and let this process read the templates anew."""
        from langnghe.outbox import templates  # it reads this model

        super().save(*args, **kwargs)
        templates.forget()

    def clean(self) -> None:
        """Only declared messages, only their placeholders, a subject for e-mail."""
        kind = catalogue.find(self.code)
        if kind is None:
            raise ValidationError({"code": _("Phần mềm không gửi thông báo nào có mã này.")})
        errors: dict[str, list[str]] = {}
        self.subject = rules.one_line(self.subject)
        for field in ("subject", "body"):
            for problem in rules.problems(getattr(self, field), kind.placeholders):
                errors.setdefault(field, []).append(_explain(problem, kind))
        if self.channel == Channel.EMAIL and not self.subject:
            errors.setdefault("subject", []).append(str(_("Hãy ghi tiêu đề thư.")))
        if errors:
            raise ValidationError(errors)


def _explain(problem: rules.Problem, kind: catalogue.MessageKind) -> str:
    if problem.code == "unknown":
        allowed = ", ".join(f"{{{name}}}" for name in sorted(kind.placeholders))
        return str(_("Không có giá trị {%(name)s}. Thông báo này dùng được: %(allowed)s.")) % {
            "name": problem.detail,
            "allowed": allowed,
        }
    return str(_("Dấu ngoặc nhọn chỉ dùng để bao tên giá trị, ví dụ {code}. Hãy sửa chỗ: “%(near)s”.")) % {
        "near": problem.detail
    }


class Message(models.Model):
    """One message to one person. The key makes it unique: whoever enqueues it again gets this row."""

    class Status(models.TextChoices):
        """Where a message stands."""

        QUEUED = "queued", _("Chờ gửi")
        SENDING = "sending", _("Đang gửi")
        SENT = "sent", _("Đã gửi")
        FAILED = "failed", _("Không gửi được")
        PARKED = "parked", _("Chưa rõ đã gửi hay chưa")
        CANCELLED = "cancelled", _("Đã hủy")

    class Trouble(models.TextChoices):
        """Why a message did not go out."""

        NONE = "", ""
        UNREACHABLE = "unreachable", _("Không kết nối được máy chủ thư.")
        REFUSED = "refused", _("Máy chủ thư từ chối.")
        IN_DOUBT = "in_doubt", _("Mất kết nối sau khi đã chuyển nội dung: có thể thư đã đến nơi.")
        WORKER_LOST = "worker_lost", _("Tiến trình gửi dừng đột ngột khi đang gửi: có thể thư đã đến nơi.")
        NO_TEMPLATE = "no_template", _("Chưa có mẫu cho thông báo này.")
        NO_VALUE = "no_value", _("Mẫu dùng một giá trị mà phần mềm không đưa ra.")
        BAD_ADDRESS = "bad_address", _("Địa chỉ nhận không hợp lệ.")
        NOT_COMPOSED = "not_composed", _("Không dựng được thư từ nội dung này.")
        ERASED = "erased", _("Dữ liệu cá nhân đã xóa.")

    id = models.BigAutoField(primary_key=True)
    # C collation: unique and prefix search with one index.
    key = models.CharField(_("khóa"), max_length=200, db_collation="C")
    channel = models.CharField(_("kênh"), max_length=20, choices=Channel.choices)
    recipient = models.CharField(_("người nhận"), max_length=320, blank=True)
    language = models.CharField(_("ngôn ngữ"), max_length=8)
    template = models.CharField(_("mẫu"), max_length=60)
    subject = models.CharField(_("tiêu đề"), max_length=rules.SUBJECT_LENGTH, blank=True)
    body = models.TextField(_("nội dung"), blank=True)
    # Kept only while the text could not be made; see services.requeue.
    context = models.JSONField(_("giá trị chưa dùng"), default=dict, blank=True)
    status = models.CharField(_("tình trạng"), max_length=10, choices=Status.choices, default=Status.QUEUED)
    urgent = models.BooleanField(_("khẩn"), default=False)
    not_before = models.DateTimeField(_("gửi từ lúc"))
    attempts = models.PositiveSmallIntegerField(_("số lần thử"), default=0)
    trouble = models.CharField(_("trở ngại"), max_length=20, choices=Trouble.choices, blank=True, default="")
    last_error = models.CharField(_("lỗi gần nhất"), max_length=500, blank=True, default="")
    created_at = models.DateTimeField(_("tạo lúc"))
    sending_since = models.DateTimeField(_("bắt đầu gửi lúc"), null=True, blank=True)
    # Key of the advisory lock that the sending process holds: who gets the lock knows that the sender is gone.
    claim = models.BigIntegerField(_("dấu của tiến trình gửi"), null=True, blank=True)
    sent_at = models.DateTimeField(_("gửi xong lúc"), null=True, blank=True)
    kind = models.CharField(_("loại đối tượng"), max_length=40, blank=True, default="")
    subject_id = models.BigIntegerField(_("đối tượng"), null=True, blank=True)
    erased_at = models.DateTimeField(_("xóa dữ liệu cá nhân lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("thông báo")
        verbose_name_plural = _("thông báo")
        constraints = [
            models.UniqueConstraint(fields=["key"], name="outbox_message_once"),
            models.CheckConstraint(
                condition=Q(status__in=["queued", "sending", "sent", "failed", "parked", "cancelled"]),
                name="outbox_message_status",
            ),
            models.CheckConstraint(
                condition=~Q(status="sending") | Q(sending_since__isnull=False, claim__isnull=False),
                name="outbox_message_sending_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(sent_at__isnull=False), name="outbox_message_sent_known"
            ),
            models.CheckConstraint(
                condition=~Q(recipient__regex=_CONTROL) & ~Q(subject__regex=_CONTROL),
                name="outbox_message_one_line",
            ),
        ]
        indexes = [
            models.Index(
                fields=["urgent", "not_before", "id"], name="outbox_message_due", condition=Q(status="queued")
            ),
            models.Index(fields=["sending_since"], name="outbox_message_sending", condition=Q(status="sending")),
            models.Index(F("status"), F("id").desc(), name="outbox_message_status_list"),
            models.Index(F("kind"), F("subject_id"), F("id").desc(), name="outbox_message_subject"),
        ]

    def __str__(self) -> str:
        return self.key


class CaughtMail(models.Model):
    """A message caught instead of sent, so that the demo sends nothing to anybody.

    Not unique per message on purpose: a message sent twice would show twice.
    """

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="caught", verbose_name=_("thông báo"))
    message_header = models.CharField(_("mã thư"), max_length=320)
    sender = models.CharField(_("người gửi"), max_length=320)
    recipient = models.CharField(_("người nhận"), max_length=320, blank=True)
    subject = models.CharField(_("tiêu đề"), max_length=rules.SUBJECT_LENGTH, blank=True)
    body = models.TextField(_("nội dung"), blank=True)
    caught_at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("thư trong hộp thư thử")
        verbose_name_plural = _("thư trong hộp thư thử")
        indexes = [models.Index(F("recipient"), F("id").desc(), name="outbox_caught_recipient")]

    def __str__(self) -> str:
        return self.message_header
