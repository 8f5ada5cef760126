"""Start, find again and stop an embedded PostgreSQL on a data folder.

What the folder holds:
    password   of the one database role, readable by the owner of the folder only
    cluster/   PostgreSQL's own data folder, or a link to it where root's folder cannot be reached by the server's user
    server.log what the server says

The server is a child of the process that starts it and is told by the kernel to stop when that process dies, however it
dies. Another process that asks for the same folder meanwhile gets the address of the running server.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
from psycopg import sql

from langnghe.cli.embedded.binaries import (
    Binaries,
    BinariesMissing,
    can_reach,
    find_binaries,
    open_root,
    reachable,
    server_account,
)

ROLE = DATABASE = "langnghe"
_LINUX = sys.platform.startswith("linux")
_PR_SET_PDEATHSIG = 1
_LONGEST_SOCKET_PATH = 100
_START_SECONDS = 60
_SETTINGS: Mapping[str, str] = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "200",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_wal_size": "2GB",
    "checkpoint_completion_target": "0.9",
    "synchronous_commit": "on",
    "log_min_messages": "warning",
}


class ServerFailed(RuntimeError):
    """The server did not start; the message ends with the last lines of its log."""


class EmbeddedPostgres:
    """A PostgreSQL server on `data_dir`, listening on the loopback address and a Unix socket.

    `port` is chosen freely when not given. `settings` go on top of the launcher's own. `binaries` may name a certain
    PostgreSQL; otherwise the one that fits the folder is found. Start it from the main thread: the kernel ties the
    server's life to the thread that started it.
    """

    def __init__(
        self,
        data_dir: Path | str,
        port: int | None = None,
        *,
        settings: Mapping[str, str] | None = None,
        binaries: Binaries | None = None,
    ) -> None:
        self.data_dir = Path(data_dir).absolute()
        self._wanted_port = port
        self._settings = {**_SETTINGS, **(settings or {})}
        self._account = server_account(self.cluster)
        self._binaries = binaries
        self._process: subprocess.Popen[bytes] | None = None
        self._port: int | None = None
        self._last_port: int | None = None

    # --- what callers ask --------------------------------------------------------------------------------------------
    @property
    def url(self) -> str:
        """The address of the application's database, with its password."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """The address of any database of the server."""
        if self._port is None:
            raise ServerFailed(f"The server on {self.data_dir} has not been started.")
        return f"postgres://{ROLE}:{self._password()}@127.0.0.1:{self._port}/{database}"

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data folder."""
        return (self.data_dir / "cluster").resolve()

    @property
    def bin_dir(self) -> Path:
        """The folder of `pg_dump`, `pg_restore`, `psql` and their like, of the server's version."""
        return self._programs().bin_dir

    @property
    def pid(self) -> int | None:
        """The process number of the running server, whoever started it."""
        return self._postmaster()[0]

    @property
    def owned(self) -> bool:
        """Whether this object started the server, and so will stop it."""
        return self._process is not None

    @property
    def alive(self) -> bool:
        """Whether the server that this object started still runs."""
        return self._process is not None and self._process.poll() is None

    # --- life --------------------------------------------------------------------------------------------------------
    def start(self) -> str:
        """Start the server, or find the one that runs on this folder already; give the address of the database."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self._only_one_starter():
            if self._find_running():
                return self.url
            if not (self.cluster / "PG_VERSION").is_file():
                self._create()
            self._clear_stale_pid()
            self._launch()
            self._make_database()
        return self.url

    def stop(self) -> None:
        """Stop the server if this object started it: open transactions are rolled back, committed ones are on disk."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        for sign, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
            process.send_signal(sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
                return

    def remove(self) -> None:
        """Stop the server and delete its data for good. A server that another process started is refused."""
        self.stop()
        if self.pid is not None:
            raise ServerFailed(f"The server on {self.data_dir} is in use (process {self.pid}); stop that first.")
        for folder in (self.cluster, self.data_dir):
            shutil.rmtree(folder, ignore_errors=True)

    def __enter__(self) -> EmbeddedPostgres:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- steps -------------------------------------------------------------------------------------------------------
    @contextlib.contextmanager
    def _only_one_starter(self) -> Iterator[None]:
        with (self.data_dir / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _password(self) -> str:
        return (self.data_dir / "password").read_text().strip()

    def _programs(self) -> Binaries:
        """The programs that fit the data folder: its own major version where it has one."""
        if self._binaries is None:
            marker = self.cluster / "PG_VERSION"
            major = int(marker.read_text()) if marker.is_file() else None
            try:
                self._binaries = find_binaries(major)
            except BinariesMissing as missing:
                hint = f" The data in {self.data_dir} is of version {major}: dump and restore it." if major else ""
                raise BinariesMissing(f"{missing}{hint}") from missing
        self._binaries = reachable(self._binaries, self._account)
        return self._binaries

    def _create(self) -> None:
        """Make a new cluster under a name of its own, so that an interrupted start leaves nothing half-made behind."""
        programs, account = self._programs(), self._account
        link = self.data_dir / "cluster"
        if link.is_symlink():
            link.unlink()
        in_place = account is None or can_reach(self.data_dir, account)
        made = Path(tempfile.mkdtemp(prefix="cluster-", dir=self.data_dir if in_place else open_root()))
        password_file = made.with_name(made.name + ".password")
        password = secrets.token_urlsafe(24)
        try:
            for path, content in ((self.data_dir / "password", password), (password_file, password)):
                path.unlink(missing_ok=True)
                with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
                    handle.write(content)
            if account is not None:
                for path in (made, password_file):
                    os.chown(path, account.uid, account.gid)
            # Vietnamese letters need a locale that knows lower case beyond ASCII; from 17 on PostgreSQL brings its own.
            if programs.major >= 17:
                locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            else:
                locale = ["--locale=C.UTF-8"]
            command = [programs / "initdb", "-D", str(made), "-U", ROLE, f"--pwfile={password_file}", *locale]
            command += ["--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums", "--no-instructions"]
            if self._settings.get("fsync") == "off":
                command.append("--no-sync")
            done = subprocess.run(command, capture_output=True, text=True, check=False, **self._as_account())
            if done.returncode != 0:
                raise ServerFailed(f"The database folder could not be made.\n{done.stderr.strip()}")
            if in_place:
                made.rename(link)
            else:
                link.symlink_to(made)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
        finally:
            password_file.unlink(missing_ok=True)

    def _launch(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            raise ServerFailed("Start the server from the main thread: it stops when the thread that started it ends.")
        programs = self._programs()
        log = self.data_dir / "server.log"
        for attempt in range(5):
            # After a crash the same port again, so that the addresses that others hold stay true.
            port = self._wanted_port or (self._last_port if attempt < 4 else None) or _free_port()
            socket_dir = str(self.cluster)
            if len(f"{socket_dir}/.s.PGSQL.{port}") > _LONGEST_SOCKET_PATH:
                socket_dir = ""  # too long for a Unix socket: TCP only
            settings = {
                **self._settings,
                "listen_addresses": "127.0.0.1",
                "port": str(port),
                "unix_socket_directories": socket_dir,
            }
            command = [programs / "postgres", "-D", str(self.cluster)]
            command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
            with log.open("ab") as output:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,  # Ctrl-C reaches the parent only, which stops the server last
                    # A fast shutdown then. Called after the change of user, which would clear it.
                    preexec_fn=die_with_parent(signal.SIGINT),
                    **self._as_account(),
                )
            if self._wait_until_ready():
                self._port = self._last_port = port
                return
            self._process = None
            # The port was taken meanwhile, or processes of a killed server still hold the shared memory.
            time.sleep(0.2 * (attempt + 1))
        raise ServerFailed(f"PostgreSQL did not start. The end of {log}:\n{_tail(log)}")

    def _wait_until_ready(self) -> bool:
        """Wait for the child to say that it is ready; False when it ended instead."""
        assert self._process is not None
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            if self._process.poll() is not None:
                return False
            lines = self._pid_file()
            if len(lines) >= 8 and lines[0] == str(self._process.pid) and lines[7].strip() == "ready":
                return True
            time.sleep(0.01)
        self.stop()
        return False

    def _find_running(self) -> bool:
        """Wait for a server that runs on the folder already until it answers; False when there is none (any more)."""
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            if self._process is not None and self._process.poll() is not None:
                self._process = None
            pid, self._port = self._postmaster()
            if pid is None:
                return False
            try:
                psycopg.connect(self.url, connect_timeout=5).close()
            except psycopg.OperationalError:  # on its way up, or just killed
                time.sleep(0.05)
            else:
                return True
        raise ServerFailed(f"The server that runs on {self.data_dir} (port {self._port}) does not answer.")

    def _make_database(self) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _pid_file(self) -> list[str]:
        try:
            return (self.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _postmaster(self) -> tuple[int | None, int | None]:
        """Number and port of the live server on this folder; nothing when there is none."""
        lines = self._pid_file()
        if len(lines) < 4 or not _serves(int(lines[0]), self.cluster):
            return None, None
        return int(lines[0]), int(lines[3])

    def _clear_stale_pid(self) -> None:
        """Remove a pid file whose number now belongs to a stranger or to a zombie.

        PostgreSQL clears the file of a dead server itself, but not when the number is taken again. The check that it
        makes then is made here too: no process may be left that is attached to the dead server's shared memory.
        """
        lines = self._pid_file()
        if len(lines) < 7 or not Path(f"/proc/{lines[0]}").exists():
            return
        if not _is_attached(segment=lines[6].split()[1]):
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _as_account(self) -> dict[str, Any]:
        """How a program is started: as the server's user, in a folder that everybody can enter, in plain English."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
        how: dict[str, Any] = {"cwd": "/", "env": {**environment, "LC_ALL": "C"}}
        if self._account is not None:
            how |= {"user": self._account.uid, "group": self._account.gid, "extra_groups": []}
        return how


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before it becomes another program: ask the kernel for this signal when the parent dies."""
    if not _LINUX:
        return None  # no such signal elsewhere; a server left behind is found again by the next start
    prctl, parent = ctypes.CDLL(None, use_errno=True).prctl, os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel was asked
            os._exit(1)

    return ask


def _serves(pid: int, folder: Path) -> bool:
    """Whether that process is a live server on that data folder: neither a stranger with its number nor a zombie.

    Reads only what every user may read about every process, because root in a container may not look further.
    """
    if _LINUX:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return state not in "ZX" and os.fsencode(folder) in arguments
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def _is_attached(segment: str) -> bool:
    """Whether any process uses that System V shared memory segment; True where the kernel does not tell."""
    try:
        rows = [line.split() for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]]
    except OSError:
        return True
    return any(row[1] == segment and row[6] != "0" for row in rows)


def _tail(log: Path, lines: int = 12) -> str:
    with contextlib.suppress(FileNotFoundError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    return ""
