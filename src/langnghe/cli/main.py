"""The entry of the command `langnghe`: reads the arguments, makes ready what the subcommand needs, runs it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from langnghe import __version__
from langnghe.cli import environment
from langnghe.cli.embedded import BinariesMissing, ServerFailed
from langnghe.cli.registry import find_commands, needs_of


def build_parser(only: str | None = None) -> argparse.ArgumentParser:
    """The parser with all subcommands; with `only`, just that one is imported, which is quicker."""
    parser = argparse.ArgumentParser(
        prog="langnghe",
        description="Lắng Nghe: feedback of a city's people, received, handled, answered, published and rated.",
        epilog="`langnghe COMMAND --help` tells more. Settings come from the environment.",
    )
    parser.add_argument("--version", action="version", version=f"langnghe {__version__}")
    subparsers = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for name, command in find_commands().items():
        if only is not None and name != only:
            continue
        module = command.load()
        subparser = subparsers.add_parser(name, help=module.help, description=module.help)
        subparser.set_defaults(module=module)
        module.add_arguments(subparser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and give its exit code: 0 well, 1 failed, 2 wrong arguments, 130 stopped by Ctrl-C, 141 nobody
    read the output any more."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    only = arguments[0] if arguments and arguments[0] in find_commands() else None
    args = build_parser(only).parse_args(arguments)
    environment.end_on_signals()
    try:
        needs = needs_of(args.module)
        if needs == "database":
            environment.provide_database()
        if needs != "nothing":
            environment.setup_django()
        code = args.module.run(args) or 0
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output has seen enough (`… | head`). What is left in the buffer must go nowhere, or the
        # interpreter complains at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except (BinariesMissing, ServerFailed) as error:
        print(f"langnghe: {error}", file=sys.stderr)
        return 1
