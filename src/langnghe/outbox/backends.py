"""How a message leaves: over SMTP, or into the demo's mailbox.

What counts is what is known after an attempt. `NotSent`: the other side certainly did not take the message, so that
it may be tried again. `InDoubt`: it may have taken it, so that it must not be. Returning means that it took it.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from types import TracebackType
from typing import Protocol, Self

from langnghe.outbox import conf, rules
from langnghe.outbox.models import CaughtMail, Message

_LINE_START_DOT = re.compile(rb"^\.", re.MULTILINE)
# A server that has taken so many gets a new connection, as many servers close a long one by themselves.
_PER_CONNECTION = 100


class NotComposed(Exception):
    """The row cannot be made into a mail; trying again would not help."""


class NotSent(Exception):
    """Certainly not taken. `permanent`: a 5xx answer. `unreachable`: no use to go on with other messages now."""

    def __init__(self, detail: str, *, permanent: bool = False, unreachable: bool = False) -> None:
        super().__init__(detail)
        self.permanent = permanent
        self.unreachable = unreachable


class InDoubt(Exception):
    """The content was handed over and no answer came back."""


class Mailer(Protocol):
    """Sends messages one after another within one run."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, message: Message, *, at: datetime) -> None:
        """Hand over one message. Raises NotComposed, NotSent or InDoubt."""


def mailer() -> Mailer:
    """The backend that the setting LANGNGHE_MAIL names."""
    name = conf.mail_backend()
    if name == "smtp":
        return SmtpMailer(conf.smtp())
    if name == "mailbox":
        return MailboxMailer()
    raise ValueError(f"LANGNGHE_MAIL must be 'smtp' or 'mailbox', not {name!r}")


def ascii_address(address: str) -> str:
    """The address as SMTP takes it: the domain in its ASCII form. ValueError when it cannot be one."""
    local, _, domain = address.rpartition("@")
    if not local or not domain or not local.isascii():
        raise ValueError(f"not a mail address: {address!r}")
    return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"


def compose(message: Message, *, at: datetime) -> EmailMessage:
    """The mail as it goes out: plain UTF-8 text, a Message-ID made from the key. NotComposed when impossible."""
    try:
        mail = EmailMessage(policy=SMTP_POLICY)
        name, address = conf.mail_from()
        mail["From"] = Address(rules.one_line(name), addr_spec=ascii_address(address))
        mail["To"] = Address(addr_spec=ascii_address(message.recipient))
        if reply_to := conf.mail_reply_to():
            mail["Reply-To"] = Address(addr_spec=ascii_address(reply_to))
        mail["Subject"] = rules.one_line(message.subject)
        mail["Date"] = at
        mail["Message-ID"] = rules.message_id(message.key, conf.mail_domain())
        mail["Content-Language"] = message.language
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail.set_content(rules.plain_body(message.body) + "\n", charset="utf-8", cte="base64")
        mail.as_bytes()
    except Exception as error:  # the mail library raises many kinds; none of them may stop the queue
        raise NotComposed(f"{type(error).__name__}: {error}") from error
    return mail


class SmtpMailer:
    """Sends over SMTP with one connection for many messages."""

    def __init__(self, config: conf.Smtp) -> None:
        self._config = config
        self._smtp: smtplib.SMTP | None = None
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
            self._drop()

    def send(self, message: Message, *, at: datetime) -> None:
        """Hand over one message, over the open connection where it still works."""
        try:
            self._send(message, at)
        except (NotComposed, NotSent, InDoubt):
            raise
        except BaseException:
            # Nobody knows what the server waits for now.
            self._drop()
            raise

    def _send(self, message: Message, at: datetime) -> None:
        mail = compose(message, at=at)
        sender, recipient = ascii_address(conf.mail_from()[1]), ascii_address(message.recipient)
        data = mail.as_bytes()
        if self._count >= _PER_CONNECTION:
            self._drop()
        reused = self._smtp is not None
        smtp = self._open()
        try:
            self._envelope(smtp, sender, recipient)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            if not reused:
                raise NotSent(_detail(error), unreachable=True) from error
            # The server closed the idle connection; nothing of this message had been handed over.
            smtp = self._open()
            with self._definite():
                self._envelope(smtp, sender, recipient)
        self._content(smtp, data)
        self._count += 1

    def _open(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        config = self._config
        smtp: smtplib.SMTP | None = None
        try:
            if config.tls == "tls":
                context = ssl.create_default_context()
                smtp = smtplib.SMTP_SSL(
                    config.host, config.port, conf.mail_domain(), timeout=config.timeout, context=context
                )
            else:
                smtp = smtplib.SMTP(config.host, config.port, conf.mail_domain(), timeout=config.timeout)
            if smtp.sock is not None:
                # The text and its closing dot are two writes; without this the second waits 40 ms for the first.
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            smtp.ehlo_or_helo_if_needed()
            if config.tls == "starttls":
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo_or_helo_if_needed()
            if config.user:
                smtp.login(config.user, config.password)
        except (OSError, ValueError, smtplib.SMTPException) as error:  # TLS errors are OSError, odd names ValueError
            if smtp is not None:
                smtp.close()
            raise NotSent(_detail(error), unreachable=True) from error
        self._smtp, self._count = smtp, 0
        return smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    @contextlib.contextmanager
    def _definite(self) -> Iterator[None]:
        """Whatever breaks in here, the message was certainly not taken."""
        try:
            yield
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise NotSent(_detail(error), unreachable=True) from error

    def _envelope(self, smtp: smtplib.SMTP, sender: str, recipient: str) -> None:
        code, reply = smtp.mail(sender)
        if code == 250:
            code, reply = smtp.rcpt(recipient)
            if code in (250, 251):
                code, reply = smtp.docmd("DATA")
                if code == 354:
                    return
        self._refused(smtp, code, reply)

    def _refused(self, smtp: smtplib.SMTP, code: int, reply: bytes) -> None:
        detail = f"{code} {reply.decode('utf-8', 'replace')}"
        if code == 421:
            self._drop()
            raise NotSent(detail, unreachable=True)
        try:
            smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()
        raise NotSent(detail, permanent=500 <= code < 600)

    def _content(self, smtp: smtplib.SMTP, data: bytes) -> None:
        """The text, then the line with the dot that makes it count.

        A server must not deliver what was never ended (RFC 5321, 4.1.1.4), so the doubt begins with the dot.
        """
        if not data.endswith(b"\r\n"):
            data += b"\r\n"
        with self._definite():
            smtp.send(_LINE_START_DOT.sub(b"..", data))
        try:
            smtp.send(b".\r\n")
            code, reply = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise InDoubt(_detail(error)) from error
        if code == 250:
            return
        if 400 <= code < 600:
            self._refused(smtp, code, reply)
        self._drop()
        raise InDoubt(f"{code} {reply.decode('utf-8', 'replace')}")


def _detail(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        return f"{error.smtp_code} {reply.decode('utf-8', 'replace') if isinstance(reply, bytes) else reply}"
    return f"{type(error).__name__}: {error}"


class MailboxMailer:
    """Catches messages in the database, in a transaction of its own: a stand-in for a mail server."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, message: Message, *, at: datetime) -> None:
        """Put the message as composed into the mailbox."""
        mail = compose(message, at=at)
        CaughtMail.objects.create(
            message=message,
            message_header=mail["Message-ID"],
            sender=str(mail["From"]),
            recipient=message.recipient,
            subject=str(mail["Subject"]),
            body=rules.plain_body(message.body),
            caught_at=at,
        )
