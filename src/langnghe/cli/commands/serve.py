"""`langnghe serve`: the web server. Any number of them may run, on any number of machines."""

from __future__ import annotations

import argparse
import gc
import os
from typing import Any

help = "serve the pages over HTTP (gunicorn)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and with how many processes and threads."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("PORT", "8000")), help="port (default: PORT, or 8000)"
    )
    # Two threads a process: four of them wait for each other so much that a fifth of the work is lost.
    parser.add_argument(
        "--workers", type=int, default=2 * min(os.cpu_count() or 1, 4), help="processes (default: %(default)s)"
    )
    parser.add_argument("--threads", type=int, default=2, help="threads in each process (default: %(default)s)")
    parser.add_argument("--timeout", type=int, default=60, help="seconds until a stuck process is ended")
    parser.add_argument("--access-log", action="store_true", help="write a line per request to standard output")


def settle(worker: object = None) -> None:
    """Load what the first request would load, and take it out of the garbage collector's sight (see
    `environment.collect_seldom`)."""
    from django.urls import get_resolver

    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()


def run(args: argparse.Namespace) -> None:
    """Serve until SIGTERM or Ctrl-C; requests under way are finished."""
    from gunicorn.app.base import BaseApplication

    options: dict[str, Any] = {
        "bind": f"{args.host}:{args.port}",
        "workers": args.workers,
        "threads": args.threads,
        "worker_class": "gthread",
        "timeout": args.timeout,
        "graceful_timeout": 15,
        "keepalive": 15,
        "accesslog": "-" if args.access_log else None,
        "loglevel": "warning",
        "proc_name": "langnghe-serve",
        # Signs of life of the processes are written to this file system: memory, where there is one.
        "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,
        "post_worker_init": settle,
        "control_socket_disable": True,
        # Which forwarded headers are believed is for the settings to say (LANGNGHE_PROXIES).
        "secure_scheme_headers": {},
    }

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in options.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            from langnghe.config.wsgi import application

            return application

    Server().run()
