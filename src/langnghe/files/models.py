"""Tables of the attachments: stored files, and uploads under way."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """One file as it is kept: checked, images made anew. The row is written after the bytes are safe."""

    class Category(models.TextChoices):
        """How a file may be shown."""

        IMAGE = "image", _("Hình ảnh")
        DOCUMENT = "document", _("Tài liệu")

    class State(models.TextChoices):
        """Whether the bytes are there."""

        READY = "ready", _("Dùng được")
        DELETED = "deleted", _("Đã xóa")

    # Random, so that no address can be guessed.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField(_("mã băm SHA-256"), max_length=64)
    size = models.PositiveBigIntegerField(_("dung lượng"))
    media_type = models.CharField(_("loại"), max_length=100)
    category = models.CharField(_("nhóm"), max_length=10, choices=Category.choices)
    name = models.CharField(_("tên"), max_length=120)
    width = models.PositiveIntegerField(_("chiều ngang"), null=True, blank=True)
    height = models.PositiveIntegerField(_("chiều cao"), null=True, blank=True)
    storage_key = models.CharField(_("chỗ lưu"), max_length=200, unique=True)
    thumbnail_key = models.CharField(_("chỗ lưu ảnh nhỏ"), max_length=200, blank=True, default="")
    created_at = models.DateTimeField(_("lưu lúc"))
    state = models.CharField(_("tình trạng"), max_length=10, choices=State.choices, default=State.READY)
    kind = models.CharField(_("loại đối tượng"), max_length=40, blank=True, default="")
    subject_id = models.BigIntegerField(_("đối tượng"), null=True, blank=True)
    attached_at = models.DateTimeField(_("đính kèm lúc"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("xóa lúc"), null=True, blank=True)
    # Set once the store has confirmed that the bytes are gone; until then the clean-up tries again.
    removed_at = models.DateTimeField(_("hết dữ liệu lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("tệp")
        verbose_name_plural = _("tệp")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["ready", "deleted"]), name="files_state"),
            models.CheckConstraint(
                condition=Q(attached_at__isnull=True) | (~Q(kind="") & Q(subject_id__isnull=False)),
                name="files_attached_to_something",
            ),
            models.CheckConstraint(
                condition=~Q(category="image") | Q(width__gt=0, height__gt=0), name="files_image_size"
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "subject_id"], name="files_subject", condition=~Q(kind="")),
            models.Index(
                fields=["created_at"], name="files_loose", condition=Q(attached_at__isnull=True, state="ready")
            ),
            models.Index(
                fields=["deleted_at"], name="files_to_remove", condition=Q(state="deleted", removed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        """Whether it may be shown within a page."""
        return self.category == self.Category.IMAGE


class UploadSession(models.Model):
    """An upload in parts that may be broken off and go on. Who knows the token may go on with it."""

    token = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("tên"), max_length=300)
    expected_bytes = models.PositiveBigIntegerField(_("dung lượng"))
    received_bytes = models.PositiveBigIntegerField(_("đã nhận"), default=0)
    # [[storage key, bytes], …] in order: any machine can take the next part.
    parts = models.JSONField(_("các phần"), default=list)
    created_at = models.DateTimeField(_("bắt đầu lúc"))
    expires_at = models.DateTimeField(_("hết hạn lúc"), db_index=True)
    file = models.ForeignKey(
        StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("tệp")
    )

    class Meta:
        verbose_name = _("lượt tải lên")
        verbose_name_plural = _("lượt tải lên")
        constraints = [
            models.CheckConstraint(
                condition=Q(received_bytes__lte=models.F("expected_bytes")), name="files_upload_within_size"
            )
        ]

    def __str__(self) -> str:
        return str(self.token)
