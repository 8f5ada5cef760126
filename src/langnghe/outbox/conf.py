"""Settings of the outbox, read when needed so that tests and the demo can change them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string


def _get(name: str, default: Any) -> Any:
    return getattr(settings, f"LANGNGHE_{name}", default)


@dataclass(frozen=True, slots=True)
class Smtp:
    """Where mail goes. `tls`: `starttls` (required), `tls` (from the first byte) or `none`. `timeout` in seconds."""

    host: str
    port: int
    user: str
    password: str
    tls: str
    timeout: float


def smtp() -> Smtp:
    """The mail server from the settings `LANGNGHE_SMTP_*`."""
    return Smtp(
        host=str(_get("SMTP_HOST", "localhost")),
        port=int(_get("SMTP_PORT", 587)),
        user=str(_get("SMTP_USER", "")),
        password=str(_get("SMTP_PASSWORD", "")),
        tls=str(_get("SMTP_TLS", "starttls")),
        timeout=float(_get("SMTP_TIMEOUT", 30)),
    )


def mail_backend() -> str:
    """`smtp` sends; `mailbox` catches messages in the database (the demo)."""
    return str(_get("MAIL", "mailbox"))


def mail_from() -> tuple[str, str]:
    """Display name and address of the sender."""
    return parseaddr(str(_get("MAIL_FROM", "Lắng Nghe <no-reply@localhost>")))


def mail_reply_to() -> str:
    """Address for answers, or ''."""
    return str(_get("MAIL_REPLY_TO", ""))


def mail_domain() -> str:
    """Domain of the Message-ID; without a setting that of the sender."""
    return str(_get("MAIL_DOMAIN", "")) or mail_from()[1].rpartition("@")[2] or "localhost"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Bounds of one run and of one message's tries."""

    batch: int
    run: timedelta
    attempts: int
    backoff: timedelta
    backoff_cap: timedelta
    grace: timedelta


def delivery() -> Delivery:
    """Bounds from the settings `LANGNGHE_OUTBOX_*`."""
    return Delivery(
        batch=int(_get("OUTBOX_BATCH", 500)),
        run=timedelta(seconds=float(_get("OUTBOX_RUN_SECONDS", 20))),
        attempts=int(_get("OUTBOX_ATTEMPTS", 12)),
        backoff=timedelta(seconds=float(_get("OUTBOX_BACKOFF_SECONDS", 60))),
        backoff_cap=timedelta(seconds=float(_get("OUTBOX_BACKOFF_CAP_SECONDS", 4 * 3600))),
        grace=timedelta(seconds=float(_get("OUTBOX_GRACE_SECONDS", 600))),
    )


def template_ttl() -> float:
    """Seconds for which a process may use its copy of the templates."""
    return float(_get("OUTBOX_TEMPLATE_TTL", 30))


def now() -> datetime:
    """The program's one clock. Named by a setting, because rooms of the ground do not import each other."""
    clock = cast(Callable[[], datetime], import_string(_get("CLOCK", "langnghe.worktime.clock.now")))
    return clock()
