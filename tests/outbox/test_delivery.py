"""Delivery over a real SMTP connection: sent once, put back, given up, or parked; never sent twice."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from django.db import connection, transaction

from langnghe.outbox import rules, services
from langnghe.outbox.models import CaughtMail, Message
from tests.outbox.conftest import ADMINISTRATOR, AT, MailServer, hang_up, put

pytestmark = pytest.mark.django_db(transaction=True)

LATER = AT + timedelta(days=1)


def states() -> Counter[str]:
    """How many messages stand in each status."""
    return Counter(Message.objects.values_list("status", flat=True))


def only() -> Message:
    """The one message of the test."""
    return Message.objects.get()


# --- sent ------------------------------------------------------------------------------------------------------------


def test_a_mail_arrives_as_it_was_written(texts: None, server: MailServer) -> None:
    body = "Dòng một\n.dòng có chấm\n" + "ờ" * 3000
    message = put(context={"code": "HN-1 “Đường Giải Phóng”", "name": body})
    run = services.deliver(at=AT)
    assert (run.sent, run.taken) == (1, 1)
    (mail,) = server.mails
    assert mail["Subject"] == "Đã nhận HN-1 “Đường Giải Phóng”"
    assert mail["From"] == "Lắng Nghe Hà Nội <tra-loi@langnghe.example>"
    assert (mail["To"], mail["X-Test-Rcpt"]) == ("an.nguyen@dan.example", "an.nguyen@dan.example")
    assert mail["Message-ID"] == rules.message_id("k1", "langnghe.example")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(mail["Date"]) >= AT
    assert mail.get_content().splitlines() == message.body.splitlines()
    assert mail.get_content_charset() == "utf-8"
    sent = only()
    assert (sent.status, sent.attempts, sent.claim, sent.trouble) == ("sent", 1, None, "")
    assert sent.sent_at is not None
    assert services.deliver(at=LATER).taken == 0
    assert len(server.mails) == 1


def test_one_connection_carries_many_and_urgent_ones_first(texts: None, server: MailServer) -> None:
    for number in range(30):
        put(f"k{number}", urgent=number == 29)
    assert services.deliver(at=AT).sent == 30
    assert server.connections == 1
    assert server.ids()[0] == rules.message_id("k29", "langnghe.example")
    assert server.ids()[1:] == [rules.message_id(f"k{number}", "langnghe.example") for number in range(29)]


def test_a_server_that_closes_between_messages_costs_nothing(
    texts: None, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = services._settle

    def settle_and_close(*args: Any, **kwargs: Any) -> None:
        plain(*args, **kwargs)
        server.hang_up_all()

    monkeypatch.setattr(services, "_settle", settle_and_close)
    for number in range(3):
        put(f"k{number}")
    run = services.deliver(at=AT)
    assert (run.sent, run.put_back) == (3, 0)
    assert server.connections == 3
    assert len(server.ids()) == len(set(server.ids())) == 3


def test_nothing_is_sent_before_its_time(texts: None, server: MailServer) -> None:
    put("night", not_before=AT + timedelta(hours=10))
    put("urgent", not_before=AT + timedelta(hours=10), urgent=True)
    assert services.deliver(at=AT).sent == 1
    assert Message.objects.get(key="night").status == "queued"
    assert services.deliver(at=AT + timedelta(hours=10)).sent == 1


def test_a_run_is_bounded(texts: None, server: MailServer, settings: Any) -> None:
    for number in range(5):
        put(f"k{number}")
    assert services.deliver(at=AT, limit=2).sent == 2
    settings.LANGNGHE_OUTBOX_BATCH = 1
    assert services.deliver(at=AT).sent == 1
    settings.LANGNGHE_OUTBOX_RUN_SECONDS = -1
    assert services.deliver(at=AT).sent == 0


def test_sending_is_committed_before_the_attempt(texts: None, server: MailServer) -> None:
    seen: list[tuple[str, int]] = []

    async def look(server: MailServer, smtp: SMTP, envelope: Envelope) -> str:
        def read() -> None:
            row = only()
            seen.append((row.status, row.attempts))
            connection.close()

        await asyncio.get_running_loop().run_in_executor(None, read)
        return "250 OK"

    server.on_rcpt = look
    put()
    services.deliver(at=AT)
    assert seen == [("sending", 1)]


def test_delivery_within_a_transaction_is_refused(texts: None, server: MailServer) -> None:
    put()
    with pytest.raises(RuntimeError), transaction.atomic():
        services.deliver(at=AT)
    assert server.mails == []


def test_the_mailbox_catches_instead_of_sending(texts: None, settings: Any) -> None:
    settings.LANGNGHE_MAIL = "mailbox"
    put()
    assert services.deliver(at=AT).sent == 1
    caught = CaughtMail.objects.get()
    assert (caught.recipient, caught.subject) == ("an.nguyen@dan.example", "Đã nhận HN-0000-0001-4")
    assert caught.body == only().body


# --- put back and given up -------------------------------------------------------------------------------------------


def test_no_server_means_later(texts: None, server: MailServer) -> None:
    server.stop()
    put("a")
    put("b")
    run = services.deliver(at=AT)
    assert (run.put_back, run.taken) == (1, 1)  # the run ends: no use to try the next
    row = Message.objects.get(key="a")
    assert (row.status, row.trouble, row.attempts) == ("queued", "unreachable", 1)
    assert timedelta(seconds=45) <= row.not_before - AT <= timedelta(seconds=80)
    assert Message.objects.get(key="b").attempts == 0
    server.start()
    assert services.deliver(at=LATER).sent == 2
    assert len(server.mails) == 2


@pytest.mark.parametrize("stage", ["on_rcpt", "on_data"])
def test_a_passing_refusal_means_later_with_growing_waits(texts: None, server: MailServer, stage: str) -> None:
    async def busy(server: MailServer, smtp: SMTP, envelope: Envelope) -> str:
        return "451 4.3.0 Thử lại sau"

    setattr(server, stage, busy)
    put("a")
    put("b")
    run = services.deliver(at=AT)
    assert (run.put_back, run.taken) == (2, 2)
    assert server.connections == 1
    row = Message.objects.get(key="a")
    assert (row.status, row.trouble) == ("queued", "refused")
    assert row.last_error.startswith("451 4.3.0")
    waits = []
    for _attempt in range(11):
        now = max(Message.objects.values_list("not_before", flat=True))
        services.deliver(at=now)
        waits.append(Message.objects.get(key="a").not_before - now)
    assert states() == {"failed": 2}
    assert waits[4] > waits[0] * 5
    assert services.deliver(at=AT + timedelta(days=9)).taken == 0


def test_a_permanent_refusal_is_given_up_sooner(texts: None, server: MailServer) -> None:
    async def unknown(server: MailServer, smtp: SMTP, envelope: Envelope) -> str:
        return "550 5.1.1 Không có hộp thư này"

    server.on_rcpt = unknown
    put()
    for day in range(3):
        assert only().status == "queued"
        services.deliver(at=AT + timedelta(days=day))
    assert (only().status, only().attempts, only().trouble) == ("failed", 3, "refused")


def test_a_lost_connection_before_the_text_means_later(texts: None, server: MailServer) -> None:
    server.on_rcpt = hang_up
    put()
    run = services.deliver(at=AT)
    assert (run.put_back, run.parked) == (1, 0)
    assert only().trouble == "unreachable"


def test_starttls_is_required_where_it_is_set(texts: None, server: MailServer, settings: Any) -> None:
    settings.LANGNGHE_SMTP_TLS = "starttls"
    put()
    assert services.deliver(at=AT).put_back == 1
    assert server.mails == []
    assert only().trouble == "unreachable"


def test_a_row_that_makes_no_mail_does_not_stop_the_queue(texts: None, server: MailServer) -> None:
    put("a")
    put("b")
    Message.objects.filter(key="a").update(recipient="khong-phai")
    run = services.deliver(at=AT)
    assert (run.failed, run.sent) == (1, 1)
    assert Message.objects.get(key="a").trouble == "not_composed"


def test_erased_while_it_was_being_sent(texts: None, server: MailServer) -> None:
    async def erase_and_refuse(server: MailServer, smtp: SMTP, envelope: Envelope) -> str:
        def erase() -> None:
            services.erase(kind="case", subject_id=1, at=AT)
            connection.close()

        await asyncio.get_running_loop().run_in_executor(None, erase)
        return "451 an.nguyen@dan.example thử lại sau"

    server.on_rcpt = erase_and_refuse
    put(kind="case", subject_id=1)
    services.deliver(at=AT)
    row = only()
    assert (row.status, row.trouble, row.recipient, row.last_error) == ("failed", "erased", "", "")


# --- in doubt --------------------------------------------------------------------------------------------------------


def test_a_lost_connection_after_the_text_is_parked_and_never_sent_again(texts: None, server: MailServer) -> None:
    server.on_data = hang_up
    put()
    run = services.deliver(at=AT)
    assert (run.parked, run.sent, run.put_back) == (1, 0, 0)
    assert (only().status, only().trouble) == ("parked", "in_doubt")
    for day in range(1, 30):
        services.deliver(at=AT + timedelta(days=day))
        services.park_lost(at=AT + timedelta(days=day))
    assert len(server.mails) == 1


def test_an_administrator_may_send_it_again_under_the_same_id(texts: None, server: MailServer) -> None:
    server.on_data = hang_up
    put()
    services.deliver(at=AT)
    services.requeue(message_id=only().pk, actor=ADMINISTRATOR, at=AT)
    server.on_data = type(server)().on_data
    assert services.deliver(at=AT).sent == 1
    assert len(set(server.ids())) == 1
    assert len(server.ids()) == 2


def test_an_answer_that_is_none_is_in_doubt(texts: None, server: MailServer) -> None:
    async def babble(server: MailServer, smtp: SMTP, envelope: Envelope) -> str:
        return "hmm"

    server.on_data = babble
    put()
    assert services.deliver(at=AT).parked == 1


class HalfServer:
    """Takes the text but never its end: it stops reading after DATA and closes."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        conversation, _address = self.socket.accept()
        with conversation, conversation.makefile("rb") as lines:
            conversation.sendall(b"220 ready\r\n")
            for line in lines:
                verb = line[:4].upper()
                if verb == b"DATA":
                    conversation.sendall(b"354 go on\r\n")
                    # Closing with unread input resets the connection while the client is still writing.
                    conversation.recv(100)
                    return
                conversation.sendall(b"250 OK\r\n")


def test_a_connection_lost_within_the_text_is_no_doubt(texts: None, server: MailServer, settings: Any) -> None:
    half = HalfServer()
    settings.LANGNGHE_SMTP_PORT = half.port
    message = put()
    # Far more than the buffers of both ends hold, so that the loss is noticed before the closing dot.
    Message.objects.filter(pk=message.pk).update(body="phản ánh " * 1_000_000)
    run = services.deliver(at=AT)
    assert (run.put_back, run.parked) == (1, 0)
    assert only().status == "queued"


def test_an_unknown_error_is_a_doubt_and_the_queue_goes_on(
    texts: None, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from langnghe.outbox.backends import SmtpMailer

    plain = SmtpMailer._content

    def odd(self: SmtpMailer, smtp: Any, data: bytes) -> None:
        if len(server.mails) == 1:
            server.mails.append(server.mails[0])
            raise ZeroDivisionError
        plain(self, smtp, data)

    monkeypatch.setattr(SmtpMailer, "_content", odd)
    for key in "abc":
        put(key)
    run = services.deliver(at=AT)
    assert (run.sent, run.parked) == (2, 1)
    assert Message.objects.get(key="b").status == "parked"


# --- several workers, and dead ones ----------------------------------------------------------------------------------


def test_many_workers_send_each_message_once(texts: None, server: MailServer) -> None:
    for number in range(120):
        put(f"k{number}")
    barrier = threading.Barrier(4)
    sent: list[int] = []

    def work() -> None:
        try:
            barrier.wait()
            sent.append(services.deliver(at=AT).sent)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(sent) == 120
    assert len(server.ids()) == len(set(server.ids())) == 120
    assert states() == {"sent": 120}


def start_sender(server: MailServer) -> subprocess.Popen[str]:
    """A sender in a process of its own, on the tests' database and mail server."""
    config = connection.settings_dict
    address = f"{config['HOST']}:{config['PORT']}/{config['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{config['USER']}:{config['PASSWORD']}@{address}",
        "DJANGO_SETTINGS_MODULE": "langnghe.config.settings",
        "LANGNGHE_MAIL": "smtp",
        "LANGNGHE_MAIL_FROM": "Lắng Nghe Hà Nội <tra-loi@langnghe.example>",
        "LANGNGHE_SMTP_HOST": "127.0.0.1",
        "LANGNGHE_SMTP_PORT": str(server.port),
        "LANGNGHE_SMTP_TLS": "none",
    }
    command = [sys.executable, str(Path(__file__).with_name("sender.py")), AT.isoformat()]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize(("stage", "reached"), [("on_rcpt", 2), ("on_data", 3)])
def test_a_killed_sender_leaves_one_message_in_doubt(texts: None, server: MailServer, stage: str, reached: int) -> None:
    for number in range(6):
        put(f"k{number}")
    sender: list[subprocess.Popen[str]] = []
    started = threading.Event()
    calls = 0

    async def kill(server: MailServer, smtp: SMTP, envelope: Envelope) -> str:
        nonlocal calls
        calls += 1
        if calls == 3:
            await asyncio.get_running_loop().run_in_executor(None, started.wait)
            sender[0].send_signal(signal.SIGKILL)
            sender[0].wait()
        return "250 OK"

    setattr(server, stage, kill)
    sender.append(start_sender(server))
    started.set()
    assert sender[0].wait(60) == -signal.SIGKILL
    assert len(server.mails) == reached
    assert states() == {"sent": 2, "sending": 1, "queued": 3}

    assert services.park_lost(at=AT + timedelta(minutes=5)) == 0  # the grace period
    assert services.park_lost(at=AT + timedelta(minutes=30)) == 1
    parked = Message.objects.get(status="parked")
    assert (parked.key, parked.trouble) == ("k2", "worker_lost")
    assert services.deliver(at=LATER).sent == 3
    assert states() == {"sent": 5, "parked": 1}
    assert len(server.ids()) == len(set(server.ids()))


def test_a_slow_sender_is_not_taken_for_dead(texts: None, server: MailServer) -> None:
    answer = threading.Event()
    reached = threading.Event()

    async def slow(server: MailServer, smtp: SMTP, envelope: Envelope) -> str:
        reached.set()
        await asyncio.get_running_loop().run_in_executor(None, answer.wait)
        return "250 OK"

    server.on_data = slow
    put()
    sender = start_sender(server)
    assert reached.wait(60)
    assert services.park_lost(at=LATER) == 0
    assert only().status == "sending"
    answer.set()
    assert sender.communicate(timeout=60)[0].split() == ["1", "0", "0", "0"]
    assert only().status == "sent"


def test_a_sender_that_lost_its_lock_may_still_confirm(texts: None, server: MailServer) -> None:
    parked: list[int] = []

    async def park(server: MailServer, smtp: SMTP, envelope: Envelope) -> str:
        def recover() -> None:
            # As after a restart of the database: the lock is gone, the sender lives.
            with connection.cursor() as cursor:
                cursor.execute("UPDATE outbox_message SET claim = claim + 1")
            parked.append(services.park_lost(at=LATER))
            with connection.cursor() as cursor:
                cursor.execute("UPDATE outbox_message SET claim = claim - 1")
            connection.close()

        await asyncio.get_running_loop().run_in_executor(None, recover)
        return "250 OK"

    server.on_data = park
    put()
    services.deliver(at=AT)
    assert parked == [1]
    assert (only().status, only().trouble) == ("sent", "")


def test_a_sender_that_comes_too_late_changes_nothing(texts: None, server: MailServer) -> None:
    async def take_over(server: MailServer, smtp: SMTP, envelope: Envelope) -> str:
        def act() -> None:
            Message.objects.update(status="parked", claim=None)
            services.cancel(message_id=only().pk, actor=ADMINISTRATOR, at=AT)
            connection.close()

        await asyncio.get_running_loop().run_in_executor(None, act)
        return "250 OK"

    server.on_data = take_over
    put()
    services.deliver(at=AT)
    assert only().status == "cancelled"


def test_no_lock_is_left_behind(texts: None, server: MailServer) -> None:
    put()
    services.deliver(at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        assert cursor.fetchone() == (0,)


def test_the_jobs_are_registered_and_run(texts: None, server: MailServer) -> None:
    from langnghe.outbox import jobs
    from langnghe.worktime import clock

    put()
    with clock.frozen(AT):
        jobs.deliver_due(0)
        jobs.park_lost(0)
    assert only().status == "sent"
    assert {task.queue for task in (jobs.deliver_due, jobs.park_lost)} == {"outbox"}
