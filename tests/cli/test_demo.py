"""The demo as a whole: it starts from nothing, keeps its data, survives the death of its parts, and stops cleanly."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from langnghe.cli.embedded import EmbeddedPostgres

pytestmark = pytest.mark.long


class Demo:
    """A demo in a folder and on a port of its own, run as a user would run it."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("LANGNGHE_")}
        self.environment.pop("DATABASE_URL", None)
        self.environment["LANGNGHE_HOME"] = str(home)
        self.process: subprocess.Popen[str] | None = None

    def start(self, *arguments: str) -> str:
        """Start it; the text printed until it is ready."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "langnghe.cli", "demo", "--port", str(self.port), *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                return "".join(lines)
        pytest.fail("the demo ended: " + "".join(lines))

    def family(self) -> list[psutil.Process]:
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def part(self, *words: str) -> psutil.Process:
        """The child whose command line holds these words."""
        assert self.process is not None
        for child in psutil.Process(self.process.pid).children():
            if all(word in child.cmdline() for word in words):
                return child
        raise AssertionError(f"no child with {words}")

    def health(self) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=30) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            return dict(json.load(error))
        except OSError as error:
            return {"status": str(error)}

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    tmp_path.chmod(0o755)
    running = Demo(tmp_path / "home")
    yield running
    running.stop(signal.SIGTERM)
    eventually(lambda: EmbeddedPostgres(tmp_path / "home" / "postgres").pid is None)
    EmbeddedPostgres(tmp_path / "home" / "postgres").remove()


def eventually(holds: Callable[[], bool], seconds: int = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.2)
    pytest.fail("it did not come to that in time")


def test_demo_from_first_start_to_last_stop(demo: Demo) -> None:
    told = demo.start()
    assert f"http://127.0.0.1:{demo.port}" in told
    assert "vp." in told, "accounts are told"
    assert demo.health()["status"] == "ok"

    for words in (["worker"], ["serve"]):
        killed = demo.part(*words)
        for process in [killed, *killed.children(recursive=True)]:
            process.kill()
        eventually(lambda words=words, killed=killed: _back(demo, words, killed.pid))
        eventually(lambda: demo.health()["status"] == "ok")

    database = next(child for child in demo.family() if child.name() == "postgres" and "-D" in child.cmdline())
    worker = demo.part("worker").pid
    database.kill()
    eventually(lambda: demo.health()["status"] == "ok")
    assert demo.part("worker").pid == worker, "the worker comes back by itself"

    family = demo.family()
    assert demo.stop() == 0
    assert [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE] == []

    again = demo.start()
    assert "is there already" in again
    assert demo.health()["status"] == "ok"


def _back(demo: Demo, words: list[str], old: int) -> bool:
    try:
        return demo.part(*words).pid != old
    except (AssertionError, psutil.NoSuchProcess):
        return False


def test_everything_dies_with_the_demo(demo: Demo) -> None:
    demo.start()
    family = demo.family()
    assert demo.process is not None
    demo.process.kill()
    eventually(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in family))


def test_port_in_use_is_said(demo: Demo, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", demo.port))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "-m", "langnghe.cli", "demo", "--port", str(demo.port)],
            env=demo.environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"make demo PORT={demo.port + 1}" in done.stderr
    demo.process = subprocess.Popen(["true"], text=True)
