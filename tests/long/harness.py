"""The real program on a data folder of its own: PostgreSQL that keeps what it confirms, servers, workers, mail."""

from __future__ import annotations

import asyncio
import email
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from email.policy import default as default_policy
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from langnghe.cli.embedded import EmbeddedPostgres
from langnghe.cli.embedded.server import die_with_parent

SETTINGS = "langnghe.config.settings"

LOAD_FACTS = """
import django; django.setup()
from langnghe.demo import facts
from langnghe.worktime import clock
facts.load(at=clock.now())
"""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(url: str, home: Path, **more: str) -> dict[str, str]:
    """The environment of the program on that database: no HTTPS, no limits, nothing of the test run's own."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("LANGNGHE_", "PYTEST_", "DATABASE_"))
    }
    kept |= {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "DATABASE_URL": url,
        "LANGNGHE_HOME": str(home),
        "LANGNGHE_SECRET_KEY": "only-for-long-tests-" + "0" * 40,
        "LANGNGHE_DEMO": "0",
        "LANGNGHE_HTTPS": "0",
        "LANGNGHE_REQUIRE_MFA": "0",
        "LANGNGHE_SUBMISSIONS_PER_HOUR": "0",
        "LANGNGHE_LOOKUPS_PER_HOUR": "0",
        "LANGNGHE_MAIL": "mailbox",
        "LANGNGHE_LOG_LEVEL": "ERROR",
    }
    return kept | more


def run_python(code: str, env: Mapping[str, str], *, seconds: float = 300) -> str:
    """Run a piece of Python in the program's environment; gives what it prints. Raises when it fails."""
    done = subprocess.run(
        [sys.executable, "-c", code], env=dict(env), capture_output=True, text=True, timeout=seconds, check=False
    )
    if done.returncode != 0:
        raise AssertionError(f"exit code {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def run_command(arguments: Sequence[str], env: Mapping[str, str], *, seconds: float = 300) -> str:
    """Run a subcommand of `langnghe`; gives what it prints. Raises when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "langnghe.cli", *arguments],
        env=dict(env),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(f"{arguments}: exit code {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def open_folder(prefix: str) -> Path:
    """A new folder that the database's user can reach."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o755)
    return folder


class Program:
    """One process of the program that is killed and started again at once. Start it from the main thread."""

    def __init__(self, name: str, arguments: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        self.name, self._arguments, self._env, self._log = name, list(arguments), dict(env), log
        self._process: subprocess.Popen[bytes] | None = None
        self.started = 0.0

    def start(self) -> None:
        """Start it, with all that it starts in a group of its own."""
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "langnghe.cli", *self._arguments],
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        self.started = time.monotonic()

    @property
    def pid(self) -> int | None:
        """Its number while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self.started

    def kill(self) -> bool:
        """Kill it and all that it started, without a word; False when it did not run."""
        if self.pid is None or self._process is None:
            return False
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        return True

    def kill_child(self) -> bool:
        """Kill one of the processes that it started; it has to see to that itself. False when there is none."""
        if self.pid is None:
            return False
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        if not children:
            return False
        os.kill(int(children[0]), signal.SIGKILL)
        return True

    def stop(self) -> None:
        """Ask it to end, and kill it when it does not."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


def kill_database(server: EmbeddedPostgres) -> bool:
    """Kill PostgreSQL as a power cut would: the first process, which lets its own ones end."""
    pid = server.pid
    if pid is None:
        return False
    os.kill(pid, signal.SIGKILL)
    return True


class MailSink:
    """An SMTP server that takes every message and remembers whom it was for and which it was."""

    def __init__(self, *, delay: float = 0.0) -> None:
        self.port = free_port()
        self.taken: Counter[tuple[str, str]] = Counter()
        """(recipient, Message-ID) → how often it was taken."""
        self.subjects: Counter[tuple[str, str]] = Counter()
        self._delay = delay
        self._lock = threading.Lock()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=20)

    def start(self) -> None:
        """Listen."""
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self._controller.start()

    def stop(self) -> None:
        """End."""
        self._controller.stop()

    async def handle_DATA(self, smtp: SMTP, session: Session, envelope: Envelope) -> str:
        """Take one message. It counts before the answer goes out: the sender may be dead by then."""
        mail = email.message_from_bytes(envelope.content or b"", policy=default_policy)
        with self._lock:
            for recipient in envelope.rcpt_tos:
                self.taken[recipient, str(mail["Message-ID"])] += 1
                self.subjects[recipient, str(mail["Subject"])] += 1
        if self._delay:
            await asyncio.sleep(self._delay)
        return "250 OK"


TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
KEY = re.compile(rb'name="submission_key" value="([^"]+)"')


def remove(*folders: Path) -> None:
    """Delete folders, whatever stands in them."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def rows(url: str, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """What a query gives, on a connection of its own."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement.encode(), values).fetchall()
