"""`langnghe ledger`: checks the ledger, seals it, and shows the proof of one subject."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langnghe.ledger.services import Finding

help = "check the ledger, seal what waits, show the proof of one subject"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The three things one can do with the ledger."""
    verbs = parser.add_subparsers(title="verbs", dest="verb", metavar="VERB", required=True)
    verify = verbs.add_parser("verify", help="read every row again; exit code 1 and the rows' names when one is wrong")
    verify.add_argument("--json", action="store_true", help="as JSON: {rows, findings: [{what, kind, …}]}")
    verify.add_argument("--limit", type=int, default=1_000, help="stop after this many findings (default: 1000)")
    verify.add_argument(
        "--head", type=_head, metavar="NUMBER:HASH", help="a seal's number and hash as noted outside, to compare with"
    )
    verify.set_defaults(do=_verify)
    seal = verbs.add_parser("seal", help="seal what waits, and print the last seal's number and hash, to note outside")
    seal.set_defaults(do=_seal)
    proof = verbs.add_parser("proof", help="print the proof of one subject as JSON, or check such a document")
    proof.add_argument("kind", nargs="?", help="the kind of the subject, such as `case`")
    proof.add_argument("id", nargs="?", type=int, help="its number in the database")
    proof.add_argument("--check", type=Path, metavar="FILE", help="check a proof printed earlier, by itself alone")
    proof.set_defaults(do=_proof)


def run(args: argparse.Namespace) -> int:
    """Do the verb; exit code 1 when something is wrong with the ledger or the proof."""
    code: int = args.do(args)
    return code


def _head(text: str) -> tuple[int, bytes]:
    number, _, digest = text.partition(":")
    try:
        return int(number), bytes.fromhex(digest)
    except ValueError:
        raise argparse.ArgumentTypeError("write it as NUMBER:HASH, such as 17:3fa9…") from None


def _verify(args: argparse.Namespace) -> int:
    from langnghe.ledger import services

    rows = 0

    def progress(count: int) -> None:
        nonlocal rows
        rows = count
        if sys.stderr.isatty():
            print(f"\r{count} rows read", end="", file=sys.stderr, flush=True)

    findings = services.verify(progress=progress, limit=args.limit, expect=args.head)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if args.json:
        print(json.dumps({"rows": rows, "findings": [_as_dict(found) for found in findings]}, ensure_ascii=False))
    else:
        for found in findings:
            print(found)
        print(f"{rows} rows read, {len(findings)} findings")
    return 1 if findings else 0


def _as_dict(found: Finding) -> dict[str, object]:
    return {name: getattr(found, name) for name in found.__slots__}


def _seal(args: argparse.Namespace) -> int:
    from langnghe.ledger import selectors, services
    from langnghe.worktime import clock

    count = 0
    while (made := services.seal(at=clock.now())) is not None:
        count += made.count
    last = selectors.seal_state().last
    print(f"{count} rows sealed; head: " + (f"{last.id}:{bytes(last.hash).hex()}" if last is not None else "none"))
    return 0


def _proof(args: argparse.Namespace) -> int:
    from langnghe.ledger import proofs

    if args.check is not None:
        try:
            problems = proofs.verify_proof(json.loads(args.check.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            problems = [str(error)]
        print("\n".join(problems) or "The proof holds.")
        return 1 if problems else 0
    if args.kind is None or args.id is None:
        print("langnghe ledger proof: give KIND and ID, or --check FILE", file=sys.stderr)
        return 2
    document = proofs.proof(args.kind, args.id)
    if not document["entries"]:
        print(f"langnghe ledger proof: the ledger has nothing of {args.kind} {args.id}", file=sys.stderr)
        return 1
    print(json.dumps(document, ensure_ascii=False, indent=2))
    return 0
