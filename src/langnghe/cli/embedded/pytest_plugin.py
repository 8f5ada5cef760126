"""Gives a test run an embedded PostgreSQL, a home folder and keys of its own, before Django reads its settings.

Loaded by `-p` in pyproject.toml, because a conftest.py comes too late for that. One server serves all processes of a
parallel run: the first process starts it and hands its address down in the environment. With DATABASE_URL set, the
tests run on that server instead.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from langnghe.cli.embedded import EmbeddedPostgres

# Nothing in a test database outlives the run, so nothing has to reach the disk.
_UNSAFE_AND_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}
_started: list[tuple[EmbeddedPostgres | None, Path]] = []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(args: list[str]) -> Generator[None, object, object]:
    """Start the server before pytest-django loads the settings; do nothing in the children of a parallel run."""
    if "PYTEST_XDIST_WORKER" not in os.environ and "LANGNGHE_TEST_HOME" not in os.environ and not _only_tells(args):
        home = Path(tempfile.mkdtemp(prefix="langnghe-test-"))
        home.chmod(0o755)  # the server's user has to reach the folder below
        os.environ["LANGNGHE_TEST_HOME"] = os.environ["LANGNGHE_HOME"] = str(home)
        os.environ["LANGNGHE_SECRET_KEY"] = "only-for-tests-" + "0" * 50
        server = None
        if not os.environ.get("DATABASE_URL"):
            server = EmbeddedPostgres(home / "postgres", settings=_UNSAFE_AND_QUICK)
            os.environ["DATABASE_URL"] = server.start()
        _started.append((server, home))
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop what was started here, and delete it."""
    while _started:
        server, home = _started.pop()
        if server is not None:
            server.remove()
        shutil.rmtree(home, ignore_errors=True)


def _only_tells(args: list[str]) -> bool:
    return any(flag in args for flag in ("--help", "-h", "--version", "-V", "--markers", "--fixtures"))
