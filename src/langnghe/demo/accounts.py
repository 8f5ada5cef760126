"""Which accounts the demo has, and where each begins: printed at the start."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from langnghe.agencies.models import Role, RoleAssignment
from langnghe.demo.facts import PASSWORD

SHOWN = (
    (Role.COORDINATOR, "", "desk:office"),
    (Role.FOCAL_POINT, "so-xay-dung", "desk:mine"),
    (Role.HANDLER, "so-xay-dung", "desk:mine"),
    (Role.APPROVER, "so-xay-dung", "desk:approvals"),
    (Role.HEAD, "so-xay-dung", "desk:agency"),
    (Role.FOCAL_POINT, "phuong-hoan-kiem", "desk:mine"),
    (Role.CLERK, "", "desk:counter"),
    (Role.PROTECTED_READER, "", "desk:restricted"),
    (Role.OBSERVER, "", "desk:late"),
    (Role.ADMINISTRATOR, "", "desk:admin_home"),
)
"""A role, the agency in which it is held ('' for the whole city), and its first page."""


def describe() -> list[str]:
    """Lines for the terminal: role, agency, account, address of the first page."""
    base = settings.BASE_URL.rstrip("/")
    lines = [f"  {'Người dân, doanh nghiệp':<46}{'không cần tài khoản':<28}{base}{reverse('portal:home')}", ""]
    for role, agency, page in SHOWN:
        held = (
            RoleAssignment.objects.filter(role=role, **({"agency__code": agency} if agency else {"agency": None}))
            .select_related("person", "agency")
            .order_by("pk")
            .first()
        )
        if held is not None:
            where = f" · {held.agency.short_name}" if held.agency else ""
            lines.append(f"  {Role(role).label + where:<46}{held.person.username:<28}{base}{reverse(page)}")
    return [
        *lines,
        "",
        f"  Mật khẩu của mọi tài khoản thử: {PASSWORD}",
        f"  Hộp thư thử: {base}{reverse('desk:mailbox')}",
    ]
