"""Every subcommand explains itself, and the command line fails clearly."""

from __future__ import annotations

import os
import subprocess
import sys

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


def test_output_that_nobody_reads_any_more_is_no_error() -> None:
    """`langnghe workflow | head -1`: the reader goes before everything is written."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "langnghe.cli", "workflow"], stdout=writer, stderr=subprocess.PIPE, text=True,
            check=False,
        )  # fmt: skip
    finally:
        os.close(writer)
    assert done.stderr == ""
    assert done.returncode == 141


@pytest.mark.django_db
def test_admin_prepare_and_create_may_be_done_again(capsys: pytest.CaptureFixture[str]) -> None:
    from langnghe.agencies.models import Agency, Person, RoleAssignment
    from langnghe.outbox.models import MessageTemplate
    from langnghe.worktime.models import DeadlineRule

    def admin(*given: str) -> tuple[int, str, str]:
        args = build_parser("admin").parse_args(["admin", *given])
        code = args.module.run(args)
        said = capsys.readouterr()
        return code, said.out, said.err

    for _again in range(2):
        assert admin("prepare", "--office", "Văn phòng thử", "--short", "VP", "--code", "vp")[0] == 0
    assert Agency.objects.get().name == "Văn phòng thử"
    assert DeadlineRule.objects.exists() and MessageTemplate.objects.filter(language="en").exists()
    assert admin("create", "quantri")[0] == 1, "a new account needs a name"
    assert admin("create", "quantri", "--name", "A", "--email", "not an address")[0] == 1
    assert not Person.objects.exists()
    code, out, _err = admin("create", "quantri", "--name", "Nguyễn Văn A")
    person = Person.objects.get()
    first = out.split()[-1]
    assert code == 0 and person.check_password(first) and person.must_change_password
    code, out, _err = admin("create", "quantri")
    person.refresh_from_db()
    assert code == 0 and person.check_password(first) and "Password" not in out
    Person.objects.update(is_active=False, must_change_password=False)
    code, out, _err = admin("create", "quantri", "--new-password")
    person.refresh_from_db()
    assert code == 0 and person.check_password(out.split()[-1]) and person.is_active and person.must_change_password
    assert RoleAssignment.objects.get().role == "administrator"
