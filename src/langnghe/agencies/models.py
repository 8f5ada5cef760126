"""Who: agencies with their dates and successors, people, and the roles that people hold in agencies."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from langnghe.texts import fold, vietnamese_sort_key

if TYPE_CHECKING:
    _CharField = models.CharField[str, str]
else:
    _CharField = models.CharField


class AgencyKind(models.TextChoices):
    """What kind of body an agency is."""

    CITY = "city", _("Ủy ban nhân dân Thành phố")
    OFFICE = "office", _("Văn phòng")
    DEPARTMENT = "department", _("Sở, ban, ngành")
    CENTRE = "centre", _("Trung tâm")
    COMMUNE = "commune", _("Ủy ban nhân dân xã, phường")
    DISTRICT = "district", _("Ủy ban nhân dân quận, huyện, thị xã")
    FRONT = "front", _("Mặt trận Tổ quốc")


class Agency(models.Model):
    """A body of the city between two dates; what became of it stands in `Succession`."""

    code = models.SlugField(max_length=60, unique=True)
    official_code = models.CharField(
        max_length=20, blank=True, help_text=_("Mã đơn vị hành chính của cơ quan thống kê")
    )
    kind = models.CharField(max_length=12, choices=AgencyKind.choices)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=300, blank=True)
    duties = models.CharField(max_length=500, blank=True)
    receives_feedback = models.BooleanField(default=True)
    is_city_office = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)
    sort_key = models.CharField(max_length=500, editable=False, db_collation="C")
    folded = models.CharField(max_length=400, editable=False)

    class Meta:
        ordering: ClassVar = ["sort_key"]
        constraints: ClassVar = [
            models.CheckConstraint(name="agency_dates", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))),
            models.UniqueConstraint(
                name="one_city_office", fields=["is_city_office"], condition=Q(is_city_office=True, valid_to=None)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "sort_key"], name="agency_kind")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the order key and the search text in step with the names."""
        self.sort_key = vietnamese_sort_key(self.name)
        self.folded = fold(f"{self.name} {self.short_name} {self.official_code}")[:400]
        super().save(*args, **kwargs)

    def is_active(self, on: date) -> bool:
        """Whether the agency exists on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class SuccessionKind(models.TextChoices):
    """How one agency became another."""

    MERGE = "merge", _("Hợp nhất")
    SPLIT = "split", _("Chia tách")
    RENAME = "rename", _("Đổi tên")


class Succession(models.Model):
    """What became of an agency: from `on`, `successor` carries on what `agency` had open."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="predecessions")
    kind = models.CharField(max_length=8, choices=SuccessionKind.choices)
    on = models.DateField()
    main = models.BooleanField(default=True, help_text=_("Nhận tiếp việc đang mở"))
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "successor"], name="succession_once"),
            models.CheckConstraint(name="succession_other", condition=~Q(agency=F("successor"))),
        ]

    def __str__(self) -> str:
        return f"{self.agency} → {self.successor}"


class Role(models.TextChoices):
    """What a person may do, held in one agency or in the whole city."""

    COORDINATOR = "coordinator", _("Điều phối viên")
    FOCAL_POINT = "focal_point", _("Cán bộ đầu mối")
    HANDLER = "handler", _("Chuyên viên xử lý")
    APPROVER = "approver", _("Lãnh đạo duyệt")
    HEAD = "head", _("Thủ trưởng cơ quan")
    CLERK = "clerk", _("Cán bộ tiếp nhận")
    PROTECTED_READER = "protected_reader", _("Người xử lý đơn khiếu nại, tố cáo")
    OBSERVER = "observer", _("Giám sát")
    ADMINISTRATOR = "administrator", _("Quản trị hệ thống")


CITY_WIDE_ROLES = frozenset({Role.COORDINATOR, Role.PROTECTED_READER, Role.OBSERVER, Role.ADMINISTRATOR, Role.CLERK})


class Reminding(models.TextChoices):
    """How a person is reminded of tasks of plans and of reports."""

    DIGEST = "digest", _("Một thư tổng hợp mỗi buổi sáng")
    SINGLE = "single", _("Mỗi việc một thư, ngay khi đến mốc nhắc")


class PersonManager(BaseUserManager["Person"]):
    """Makes accounts of staff."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Person:
        """A person with a usable password, or with none when `password` is None."""
        person = self.model(username=username, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class FoldedField(_CharField):
    """The search form of other columns, made whenever a row is written, also by `bulk_create`."""

    def __init__(self, *args: Any, sources: tuple[str, ...] = (), **options: Any) -> None:
        self.sources = sources
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        """To the database it is a column of text."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The folded sources."""
        text = fold(" ".join(str(getattr(model_instance, source)) for source in self.sources))[: self.max_length]
        setattr(model_instance, self.attname, text)
        return text


class Person(AbstractBaseUser):
    """A member of staff who signs in. Citizens need no account."""

    username = models.CharField(max_length=60, unique=True)
    full_name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=5, default="vi")
    is_active = models.BooleanField(default=True)
    reminders = models.CharField(
        max_length=8, choices=Reminding.choices, default=Reminding.DIGEST, db_default=Reminding.DIGEST
    )
    must_change_password = models.BooleanField(default=False, help_text="the password came from somebody else")
    session_epoch = models.PositiveIntegerField(default=0, help_text="raised to end every session of the person")
    created_at = models.DateTimeField(auto_now_add=True)
    folded = FoldedField(
        max_length=400, editable=False, default="", sources=("full_name", "username", "title", "email", "phone")
    )

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["full_name"]
    EMAIL_FIELD = "email"
    is_staff = False
    is_superuser = False
    objects = PersonManager()

    class Meta:
        ordering: ClassVar = ["username"]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        """The name shown beside acts."""
        return self.full_name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # What every session must carry: Django's digest of the password, and the epoch once it was raised.
        made: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        return f"{made}.{self.session_epoch}" if self.session_epoch else made

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        """Django's permissions are not used: rights come from roles."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """Django's permissions are not used: rights come from roles."""
        return False


class RoleAssignment(models.Model):
    """One role of one person, in one agency (None: the whole city), between two dates."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="roles")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="role_once", fields=["person", "role", "agency"], condition=Q(valid_to=None), nulls_distinct=False
            ),
            models.CheckConstraint(
                name="role_scope",
                condition=Q(agency__isnull=False) | Q(role__in=sorted(CITY_WIDE_ROLES)),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["agency", "role"], name="role_of_agency")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"
