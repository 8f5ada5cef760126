"""Which accounts the demo has: printed at the start."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from langnghe.agencies.models import Role, RoleAssignment
from langnghe.demo.facts import PASSWORD

SHOWN = (
    (Role.COORDINATOR, ""),
    (Role.FOCAL_POINT, "so-xay-dung"),
    (Role.HANDLER, "so-xay-dung"),
    (Role.APPROVER, "so-xay-dung"),
    (Role.HEAD, "so-xay-dung"),
    (Role.FOCAL_POINT, "phuong-hoan-kiem"),
    (Role.CLERK, ""),
    (Role.PROTECTED_READER, ""),
    (Role.OBSERVER, ""),
    (Role.ADMINISTRATOR, ""),
)
"""A role, and the agency in which it is held ('' for the whole city)."""


def describe() -> list[str]:
    """Lines for the terminal: role, agency, account, address of the first page."""
    base = settings.BASE_URL.rstrip("/")
    lines = [f"  {'Người dân, doanh nghiệp':<46}{'không cần tài khoản':<28}{base}{reverse('portal:home')}", ""]
    for role, agency in SHOWN:
        held = (
            RoleAssignment.objects.filter(role=role, **({"agency__code": agency} if agency else {"agency": None}))
            .select_related("person", "agency")
            .order_by("pk")
            .first()
        )
        if held is not None:
            where = f" · {held.agency.short_name}" if held.agency else ""
            lines.append(f"  {Role(role).label + where:<46}{held.person.username:<28}{base}{reverse('desk:home')}")
    return [
        *lines,
        "",
        f"  Mật khẩu của mọi tài khoản thử: {PASSWORD}",
        f"  Hộp thư thử: {base}{reverse('desk:mailbox')}",
    ]
