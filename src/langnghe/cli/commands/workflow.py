"""`langnghe workflow`: prints the transition tables, as text or as a diagram."""

from __future__ import annotations

import argparse
import sys

help = "print the transition tables: every state, every act, who may do it and what it needs"
needs = "django"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One table or all, as text or as Mermaid."""
    parser.add_argument("kind", nargs="?", help="the table of this kind of subject, such as `case`; otherwise all")
    parser.add_argument("--mermaid", action="store_true", help="as Mermaid state diagrams, as docs/ show them")
    parser.add_argument(
        "--no-loops", action="store_true", help="leave out of the diagram the acts that do not change the state"
    )


def run(args: argparse.Namespace) -> int:
    """Print what is asked for; exit code 2 for an unknown kind."""
    from langnghe.workflow import table

    chosen = [entry for entry in table.tables() if args.kind in (None, entry.kind)]
    if args.kind is not None and not chosen:
        known = ", ".join(entry.kind for entry in table.tables())
        print(f"langnghe workflow: no table of kind {args.kind!r}; there are: {known}", file=sys.stderr)
        return 2
    pictures = [entry.as_mermaid(loops=not args.no_loops) if args.mermaid else entry.as_text() for entry in chosen]
    print("\n\n".join(pictures))
    return 0
