"""A real mail server for the tests, and the texts that they send."""

from __future__ import annotations

import asyncio
import email
import socket
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from email.message import EmailMessage
from email.policy import default as default_policy
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from langnghe.outbox import catalogue, services, templates
from langnghe.outbox.models import Message
from langnghe.workflow.actor import Actor

AT = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
ADMINISTRATOR = Actor("person", "administrator", person_id=7, agency_id=1)
HANDLER = Actor("person", "handler", person_id=8, agency_id=1)

catalogue.declare("test.received", title="Đã nhận", placeholders={"code": "mã", "name": "tên"})

Answer = Callable[["MailServer", SMTP, Envelope], Awaitable[str]]


async def take(server: MailServer, smtp: SMTP, envelope: Envelope) -> str:
    """The plain server: takes everything."""
    return "250 OK"


class MailServer:
    """An SMTP server in a thread that keeps what reaches it. `on_rcpt` and `on_data` decide its answers."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.mails: list[EmailMessage] = []
        self.connections = 0
        self.on_rcpt: Answer = take
        self.on_data: Answer = take
        self._controller: Controller | None = None
        self._transports: list[asyncio.Transport] = []

    async def handle_EHLO(self, smtp: SMTP, session: Session, envelope: Envelope, hostname: str, lines: Any) -> Any:
        self.connections += 1
        assert smtp.transport is not None
        self._transports.append(smtp.transport)
        session.host_name = hostname
        return lines

    async def handle_RCPT(self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        answer = await self.on_rcpt(self, smtp, envelope)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, smtp: SMTP, session: Session, envelope: Envelope) -> str:
        mail = email.message_from_bytes(envelope.content or b"", policy=default_policy)
        assert isinstance(mail, EmailMessage)
        mail["X-Test-Rcpt"] = ",".join(envelope.rcpt_tos)
        self.mails.append(mail)
        return await self.on_data(self, smtp, envelope)

    def start(self) -> None:
        """Listen."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=20)
        self._controller.start()

    def stop(self) -> None:
        """Close the port, so that connections are refused."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def hang_up_all(self) -> None:
        """Close every open connection, as a server does that has waited long enough."""

        async def close() -> None:
            for transport in self._transports:
                transport.abort()
            self._transports.clear()

        assert self._controller is not None
        assert self._controller.loop is not None
        asyncio.run_coroutine_threadsafe(close(), self._controller.loop).result()

    def ids(self) -> list[str]:
        """Message-IDs of all that was taken in, in order."""
        return [str(mail["Message-ID"]) for mail in self.mails]


async def hang_up(server: MailServer, smtp: SMTP, envelope: Envelope) -> str:
    """Close the connection without an answer."""
    assert smtp.transport is not None
    smtp.transport.abort()
    await asyncio.sleep(0)
    raise asyncio.CancelledError


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    """A running mail server that the settings point to."""
    running = MailServer()
    settings.LANGNGHE_MAIL = "smtp"
    settings.LANGNGHE_MAIL_FROM = "Lắng Nghe Hà Nội <tra-loi@langnghe.example>"
    settings.LANGNGHE_SMTP_HOST = "127.0.0.1"
    settings.LANGNGHE_SMTP_PORT = running.port
    settings.LANGNGHE_SMTP_TLS = "none"
    settings.LANGNGHE_SMTP_TIMEOUT = 20
    running.start()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def _no_texts_of_other_tests() -> None:
    """A rolled back test leaves its texts in the process's copy."""
    templates.forget()


@pytest.fixture
def texts() -> None:
    """A template to send with. Ask for the database before it."""
    services.load_templates(
        [
            {
                "code": "test.received",
                "language": "vi",
                "subject": "Đã nhận {code}",
                "body": "Kính gửi {name},\n{code}.",
            },
            {"code": "test.received", "language": "en", "subject": "Received {code}", "body": "Dear {name},\n{code}."},
        ],
        at=AT,
    )


def put(key: str = "k1", **changes: Any) -> Message:
    """Enqueue one message of the tests."""
    arguments: dict[str, Any] = {
        "key": key,
        "channel": "email",
        "recipient": "an.nguyen@dan.example",
        "template": "test.received",
        "language": "vi",
        "context": {"code": "HN-0000-0001-4", "name": "Nguyễn Văn An"},
        "at": AT,
    }
    return services.enqueue(**(arguments | changes))
