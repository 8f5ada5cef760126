"""The embedded server: it starts, keeps what was committed when it is killed, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from langnghe.cli.embedded import Binaries, BinariesMissing, EmbeddedPostgres, ServerFailed, binaries, find_binaries

SMALL = {"shared_buffers": "16MB", "max_connections": "20"}


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("pg")
    yield path / "postgres"
    server = EmbeddedPostgres(path / "postgres")
    if (path / "postgres").exists() and server.pid is None:
        server.remove()


def rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert found is not None
    return int(found[0])


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def wait_until_gone(pid: int) -> None:
    for _ in range(1000):
        if not is_alive(pid):
            return
        time.sleep(0.02)
    pytest.fail(f"process {pid} is still there")


def test_second_start_keeps_the_data(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=SMALL) as server, psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        first = server.pid
    assert first is not None
    assert not is_alive(first)
    with EmbeddedPostgres(folder, settings=SMALL) as server:
        assert rows(server.url) == 1


def test_killed_server_comes_back_with_what_was_committed(folder: Path) -> None:
    server = EmbeddedPostgres(folder, settings=SMALL)
    server.start()
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    for round_ in range(3):
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("INSERT INTO kept VALUES (%s)", [round_])
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
            server.start()
        assert rows(server.url) == round_ + 1
    server.stop()
    assert server.pid is None


def test_a_running_server_is_used_again_and_left_running(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=SMALL) as first:
        second = EmbeddedPostgres(folder)
        assert second.start() == first.url
        assert not second.owned
        second.stop()
        assert first.pid is not None
        with pytest.raises(ServerFailed, match="in use"):
            second.remove()


def test_stale_pid_file_with_a_strangers_number_does_not_hinder_a_start(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=SMALL) as server:
        stale = (server.cluster / "postmaster.pid").read_text().splitlines()
    owner = server.cluster.stat()
    stranger = subprocess.Popen(["sleep", "60"], user=owner.st_uid if os.geteuid() == 0 else None)
    try:
        (server.cluster / "postmaster.pid").write_text("\n".join([str(stranger.pid), *stale[1:]]) + "\n")
        os.chown(server.cluster / "postmaster.pid", owner.st_uid, owner.st_gid)
        with EmbeddedPostgres(folder, settings=SMALL) as again:
            assert again.pid != stranger.pid
            assert again.pid is not None
    finally:
        stranger.kill()
        stranger.wait()


def test_server_dies_with_the_process_that_started_it(folder: Path) -> None:
    code = (
        "import sys, time; from langnghe.cli.embedded import EmbeddedPostgres as E\n"
        f"s = E(sys.argv[1], settings={SMALL!r}); s.start(); print(s.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.kill()
    wait_until_gone(pid)


def test_passwords_are_needed_and_only_the_owner_may_read_ours(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=SMALL) as server:
        assert (folder / "password").stat().st_mode & 0o077 == 0
        wrong = server.url.replace((folder / "password").read_text(), "wrong")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)


def test_server_is_never_started_from_a_thread(folder: Path) -> None:
    errors: list[BaseException] = []

    def start() -> None:
        try:
            EmbeddedPostgres(folder).start()
        except ServerFailed as error:
            errors.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert len(errors) == 1


def test_vietnamese_letters_have_a_lower_case(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=SMALL) as server, psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT lower('ĐƯỜNG Ở HÀ NỘI')").fetchone() == ("đường ở hà nội",)
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)


def test_remove_leaves_nothing(folder: Path) -> None:
    server = EmbeddedPostgres(folder, settings=SMALL)
    server.start()
    cluster = server.cluster
    server.remove()
    assert not folder.exists()
    assert not cluster.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that the server's user cannot reach")
def test_data_folder_that_the_servers_user_cannot_reach(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.parent.chmod(0o700)
    server = EmbeddedPostgres(folder, settings=SMALL)
    with server:
        cluster = server.cluster
        assert folder not in cluster.parents
        assert folder.parent.stat().st_mode & 0o777 == 0o700
    server.remove()
    assert not cluster.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has programs that the server's user cannot reach")
def test_programs_that_the_servers_user_cannot_reach(
    folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    closed, opened = tmp_path_factory.mktemp("closed"), Path(tempfile.mkdtemp(prefix="langnghe-open-"))
    opened.chmod(0o755)
    request.addfinalizer(lambda: shutil.rmtree(opened))
    monkeypatch.setattr(binaries, "_OPEN_ROOT", opened)
    found = find_binaries(18)
    package = found.bin_dir.parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, closed / part.name, symlinks=True)
    closed.chmod(0o700)
    out_of_reach = Binaries(closed / package.name / "pginstall" / "bin", 18)
    for _ in range(2):  # the copy is made once and then used
        with EmbeddedPostgres(folder, settings=SMALL, binaries=out_of_reach) as server:
            assert server.bin_dir.is_relative_to(opened)
            assert server.pid is not None
        shutil.rmtree(server.cluster)
        folder.joinpath("cluster").unlink()
    assert len(list(opened.iterdir())) == 1


def test_oldest_supported_version_of_the_system(folder: Path) -> None:
    try:
        oldest = find_binaries(15)
    except BinariesMissing as missing:
        pytest.skip(str(missing))
    first = EmbeddedPostgres(folder, settings=SMALL, binaries=oldest)
    with first, psycopg.connect(first.url) as connection:
        assert connection.info.server_version // 10000 == 15
        assert connection.execute("SELECT lower('ĐƯỜNG Ở HÀ NỘI')").fetchone() == ("đường ở hà nội",)
    with EmbeddedPostgres(folder, settings=SMALL) as again:
        assert again.bin_dir == oldest.bin_dir, "the folder's own version is found"


def test_unknown_version_is_said() -> None:
    with pytest.raises(BinariesMissing, match="PostgreSQL 9 was not found"):
        find_binaries(9)


def test_programs_for_dump_and_restore_are_beside_the_server(folder: Path) -> None:
    version = subprocess.run(
        [EmbeddedPostgres(folder).bin_dir / "pg_dump", "--version"], capture_output=True, text=True, check=True
    )
    assert "PostgreSQL" in version.stdout
