"""Every subcommand explains itself, and the command line fails clearly."""

from __future__ import annotations

import pytest

from langnghe.cli.main import build_parser, main
from langnghe.cli.registry import find_commands, needs_of


@pytest.mark.parametrize("name", find_commands())
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    assert find_commands()[name].load().help in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("name", find_commands())
def test_every_command_says_what_it_needs(name: str) -> None:
    assert needs_of(find_commands()[name].load()) in {"database", "django", "nothing"}


def test_list_of_commands_is_complete() -> None:
    listed = build_parser().format_help()
    for name in ("serve", "worker", "demo", "migrate", "check", "assets", "manage"):
        assert f"    {name} " in listed


def test_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["nonsense"])
    assert end.value.code == 2
    assert "invalid choice: 'nonsense'" in capsys.readouterr().err
