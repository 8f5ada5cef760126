"""Writes the pages of docs/ that are made from the program: `python tools/write_docs.py`.

docs/developer/workflow.md comes from the transition tables, docs/operator/settings.md from the list of settings. A test
compares both with what this makes.
"""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"

WORKFLOW = """# The transition tables

Made from the tables in the code by `python tools/write_docs.py`; a test holds this page to them. In a terminal,
`langnghe workflow` prints every row for every state, `langnghe workflow --mermaid` the diagrams.

In the lists, *same agency* means that the actor works for the agency that has the case (a handler: that the case is the
actor's own); *needs* are the fields that must be given, *guards* what else must hold. A deadline effect names the steps
of the deadline rules. A message is written `audience:template`.
"""

TITLES = {"case": "Cases", "message": "Messages"}

SETTINGS = """# Settings

All settings are environment variables. Made from the code by `python tools/write_docs.py`; `langnghe settings` prints
the same list, and `langnghe check settings` says which is missing here.

`LANGNGHE_HTTPS` and `LANGNGHE_REQUIRE_MFA` are on unless the demo or debugging is, `LANGNGHE_MAIL` is `smtp` unless
the demo is. An empty default means: not set.

| setting | default | meaning |
|---|---|---|
"""


def workflow() -> str:
    """The page of the transition tables."""
    from django.utils import translation

    import langnghe.cases.workflow
    import langnghe.outbox.workflow  # noqa: F401 - the import registers the table
    from langnghe.workflow.table import tables

    parts = [WORKFLOW]
    with translation.override("vi"):
        for table in sorted(tables(), key=lambda one: one.kind):
            parts.append(f"## {TITLES.get(table.kind, table.kind.capitalize())}\n")
            parts.append("```mermaid\n" + table.as_mermaid(loops=False) + "\n```\n")
            parts.append("| state | words | group |\n|---|---|---|")
            parts += [
                f"| `{code}` | {state.label} | {'final' if state.final else state.group} |"
                for code, state in table.states.items()
            ]
            parts.append("\n| act | words | from | to | who | needs | guards | deadlines | tells |\n|" + "---|" * 9)
            for row in table.transitions:
                sources = _codes(source or "(new)" for source in row.sources)
                if len(row.sources) == len([code for code, state in table.states.items() if not state.final]):
                    sources = "every open state"
                if len(row.sources) == len(table.states):
                    sources = "every state"
                guards = (["same agency"] if row.same_agency else []) + [f"`{name}`" for name in row.guards]
                effects = "; ".join(" ".join(effect) for effect in row.deadline)
                target, told = f"`{row.target}`" if row.target else "stays", _codes(row.message.split())
                cells = (
                    f"`{row.act}`", str(row.label), sources, target, _codes(sorted(row.roles)), _codes(row.needs),
                    ", ".join(guards), effects, told,
                )  # fmt: skip
                parts.append("| " + " | ".join(cells) + " |")
            parts.append("")
    return "\n".join(parts)


def _codes(names: object) -> str:
    return ", ".join(f"`{name}`" for name in names)  # type: ignore[attr-defined]


def settings() -> str:
    """The page of the settings."""
    from langnghe.cli.commands.settings import variables

    # On a machine with its own LANGNGHE_HOME, or in the demo, defaults differ: the page shows those of production.
    production = {"LANGNGHE_HOME": "var", "LANGNGHE_HTTPS": "1", "LANGNGHE_REQUIRE_MFA": "1", "LANGNGHE_MAIL": "smtp"}
    rows = []
    for name, default, meaning in variables():
        default = production.get(name, default)
        rows.append(f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} |")
    return SETTINGS + "\n".join(rows) + "\n"


PAGES = {"developer/workflow.md": workflow, "operator/settings.md": settings}


def main() -> None:
    """Write both."""
    from langnghe.cli.environment import setup_django

    setup_django()
    for name, make in PAGES.items():
        (DOCS / name).write_text(make(), encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
