"""Which accounts the demo has, and where each begins: printed at the start."""

from __future__ import annotations

from django.conf import settings

from langnghe.demo.facts import PASSWORD

ACCOUNTS = (
    ("Điều phối viên Văn phòng", "vp.lan", "/can-bo/"),
    ("Đầu mối Sở Xây dựng", "sxd.dau-moi", "/can-bo/"),
)


def describe() -> list[str]:
    """Lines for the terminal: address, role, account."""
    base = settings.BASE_URL.rstrip("/")
    lines = [f"  Người dân, doanh nghiệp     {base}/", ""]
    lines += [f"  {role:<28}{name:<26}{base}{path}" for role, name, path in ACCOUNTS]
    return [*lines, "", f"  Mật khẩu của mọi tài khoản thử: {PASSWORD}"]
