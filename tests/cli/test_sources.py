"""What can be held against the sources themselves: layers, purity, migrations, texts, settings, lock files."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
from tests.conftest import ROOT

from langnghe.cli.commands.check import CHECKS

PACKAGE = ROOT / "src" / "langnghe"
IMPURE = ("django.db", "django.http", "django.conf", "django.core", "random", "secrets", "time", "os", "requests")


@pytest.mark.parametrize("name", sorted(CHECKS, key=lambda name: name != "types"))
def test_check_finds_nothing(name: str) -> None:
    """Types come first: without mypy's cache they take a minute, which the other process fills with other tests."""
    assert CHECKS[name]() == []


def pure_modules() -> list[Path]:
    return sorted([*PACKAGE.glob("*/rules.py"), *PACKAGE.glob("*/rules/*.py"), *PACKAGE.glob("*/workflow.py")])


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", pure_modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_rules_and_workflows_are_pure(path: Path) -> None:
    impure = {name for name in imports_of(path) if any(name == bad or name.startswith(f"{bad}.") for bad in IMPURE)}
    assert not impure


def test_one_clock_only() -> None:
    """Nobody asks the machine for the time but the program's own clock."""
    asks = re.compile(r"\btimezone\.now\(|\bdatetime\.(now|today|utcnow)\(|\bdate\.today\(|\btimezone\.localdate\(\)")
    offenders = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if path != PACKAGE / "worktime" / "clock.py" and asks.search(path.read_text(encoding="utf-8"))
    ]
    assert offenders == []


def tracked_files() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return listed.stdout.splitlines()


def test_lock_files_hold_hashes_and_no_address() -> None:
    python, npm = (ROOT / name for name in ("requirements.lock", "package-lock.json"))
    for path in (python, npm):
        assert not re.search(r"https?://", path.read_text())
    pinned = [line for line in python.read_text().splitlines() if re.match(r"[a-z0-9]", line)]
    assert len(pinned) > 50
    assert all(line.endswith("\\") for line in pinned), "every pinned package is followed by its hashes"
    assert npm.read_text().count('"integrity"') == npm.read_text().count('"node_modules/')


def test_no_third_party_file_is_tracked() -> None:
    foreign = re.compile(r"\.min\.(js|css)$|\.woff2?$|(^|/)(node_modules|vendor|third_party|build)/|\.mo$")
    assert [name for name in tracked_files() if foreign.search(name)] == []


def test_templates_keep_to_the_content_security_policy() -> None:
    """No inline style, script or handler: the policy would block them."""
    script = r"<script(?![^>]*\bsrc=|[^>]*json)[^>]*>"  # JSON is data, which the policy lets stand
    inline = re.compile(rf"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|{script}|<style\b|javascript:", re.IGNORECASE)
    offenders = [
        f"{path.relative_to(PACKAGE).as_posix()}: {match.group(0).strip()}"
        for path in sorted(PACKAGE.rglob("templates/**/*.html"))
        for match in inline.finditer(path.read_text(encoding="utf-8"))
    ]
    assert offenders == []
