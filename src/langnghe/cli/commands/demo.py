"""`langnghe demo`: the whole program with a demo city, on this machine, from one command."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from importlib import import_module, util

from langnghe.cli import environment
from langnghe.cli.children import Child
from langnghe.cli.embedded import EmbeddedPostgres

help = "start the program with a demo city: database, web server, worker"
needs = "nothing"
_HEALTHY_SECONDS = 90


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and whether to begin anew."""
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("PORT", "8000")), help="port (default: PORT, or 8000)"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--reset", action="store_true", help="delete the data of the demo first")
    parser.add_argument("--no-start", action="store_true", help="prepare the data only, start nothing")


def run(args: argparse.Namespace) -> int:
    """Prepare, start, say where, watch, and stop everything at the end."""
    base_url = f"http://{args.host}:{args.port}"
    if not args.no_start and not _is_free(args.host, args.port):
        print(f"Port {args.port} is in use. Choose another one: make demo PORT={args.port + 1}", file=sys.stderr)
        return 1
    os.environ.setdefault("LANGNGHE_DEMO", "1")
    os.environ.setdefault("LANGNGHE_BASE_URL", base_url)
    if args.host not in {"127.0.0.1", "localhost"}:
        os.environ.setdefault("LANGNGHE_HOSTS", "*")
    if args.reset and not _reset():
        return 1
    server = environment.provide_database()
    environment.setup_django()
    _prepare()
    if args.no_start:
        return 0
    children = [
        Child("web server", ["serve", "--host", args.host, "--port", str(args.port)]),
        Child("worker", ["worker"]),
    ]
    try:
        for child in children:
            child.start()
        if not _wait_until_healthy(base_url, children):
            return 1
        _tell(base_url)
        _watch(children, server)
    except (KeyboardInterrupt, SystemExit):
        print("\nStopping …", flush=True)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.wait()
        if server is not None:
            server.stop()
    return 0


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _reset() -> bool:
    """Delete the embedded database and the files; an operator's own database is never touched."""
    if os.environ.get("DATABASE_URL"):
        print("DATABASE_URL is set. Empty that database yourself, then start the demo again.", file=sys.stderr)
        return False
    EmbeddedPostgres(environment.database_folder()).remove()
    shutil.rmtree(environment.home() / "files", ignore_errors=True)
    return True


def _prepare() -> None:
    """Migrate, and load the demo city unless it is there."""
    from django.core.management import call_command

    from langnghe.cli.commands.migrate import migrate

    print("Preparing the database …", flush=True)
    migrate(verbosity=0)
    print("Loading the demo city …", flush=True)
    call_command("load_demo")


def _wait_until_healthy(base_url: str, children: list[Child]) -> bool:
    """Whether /healthz says well in time, while all children live."""
    end, answer = time.monotonic() + _HEALTHY_SECONDS, "no answer"
    while time.monotonic() < end:
        dead = [child.name for child in children if child.pid is None]
        if dead:
            print(f"The {' and the '.join(dead)} did not start; the reason stands above.", file=sys.stderr)
            return False
        try:
            with urllib.request.urlopen(f"{base_url}/healthz", timeout=5):
                return True
        except urllib.error.HTTPError as error:
            answer = f"status {error.code}"
            with contextlib.suppress(ValueError):
                answer = json.dumps(json.load(error).get("checks"))
        except OSError:
            pass
        time.sleep(0.3)
    print(f"The program does not get well. /healthz: {answer}", file=sys.stderr)
    return False


def _tell(base_url: str) -> None:
    """Print where to go and as whom."""
    print(f"\nLắng Nghe: {base_url}\n")
    if util.find_spec("langnghe.demo.accounts") is not None:
        described = import_module("langnghe.demo.accounts").describe()
        print(described if isinstance(described, str) else "\n".join(str(line) for line in described))
    print("\nCtrl-C stops everything. The data stays for the next start; `make demo-reset` begins anew.", flush=True)


def _watch(children: list[Child], server: EmbeddedPostgres | None) -> None:
    """Until a signal comes, start again whatever dies."""
    while True:
        time.sleep(0.5)
        if server is not None and server.owned and not server.alive:
            print("The database died; it starts again.", file=sys.stderr, flush=True)
            server.start()
        for child in children:
            if child.keep_alive():
                print(f"The {child.name} died; it starts again.", file=sys.stderr, flush=True)
