"""The texts that people read: found in the sources, and held against the English catalogue.

The sources are Vietnamese, so Vietnamese needs no catalogue of its own texts; `locale/en` must translate every one.
gettext's own programs are not needed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

import langnghe

PACKAGE = Path(langnghe.__file__).resolve().parent
ENGLISH = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"

_KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def collect() -> Catalog:
    """All texts of Python sources and templates, each with the places where it stands."""
    found = Catalog(charset="utf-8")
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            for line, message, context in _in_python(path):
                found.add(message, locations=[(path.relative_to(PACKAGE).as_posix(), line)], context=context)
    for path in sorted([*PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("templates/**/*.txt")]):
        for line, message, context in _in_template(path):
            found.add(message, locations=[(path.relative_to(PACKAGE).as_posix(), line)], context=context)
    return found


def _in_python(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    with path.open("rb") as handle:
        for line, message, _comments, context in extract("python", handle, _KEYWORDS, options={"encoding": "utf-8"}):
            yield line, message, context


def _in_template(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for call in _CALL.finditer(code):
        strings = list(ast.literal_eval(f"({call.group(2)},)"))
        context = strings.pop(0) if "p" in call.group(1).removesuffix("gettext") else None
        line = code.count("\n", 0, call.start()) + 1
        yield line, tuple(strings) if call.group(1).startswith("n") else strings[0], context


def read_english() -> Catalog:
    """The English catalogue as it is; an empty one where there is none yet."""
    if not ENGLISH.is_file():
        return Catalog(locale="en", project="langnghe", charset="utf-8", fuzzy=False)
    with ENGLISH.open("rb") as handle:
        return read_po(handle, locale="en")


def update_english() -> list[str]:
    """Bring the English catalogue in line with the sources: new texts empty, old ones gone. Gives what is left."""
    catalogue = read_english()
    # The date of the last extraction would change the file at every run.
    catalogue.update(collect(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    catalogue.header_comment = "# English for the Vietnamese texts of the sources; kept by `langnghe messages`."
    catalogue.last_translator, catalogue.language_team, catalogue.msgid_bugs_address = "", "English", ""
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as handle:
        write_po(handle, catalogue, width=120, sort_output=True, omit_header=False, include_lineno=False)
    return [_name(message) for message in catalogue if message.id and not _is_translated(message)]


def problems() -> list[str]:
    """What is wrong with the English catalogue: texts it lacks, has in vain, or translates with other placeholders."""
    found, english = collect(), read_english()
    wrong = []
    for message in found:
        if not message.id:
            continue
        there = english.get(message.id, message.context)
        if there is None or not _is_translated(there):
            where = message.locations[0][0] if message.locations else "?"
            wrong.append(f"not translated: {_name(message)} ({where})")
        elif _placeholders(there.id) != _placeholders(there.string or ""):
            wrong.append(f"other placeholders: {_name(message)}")
    wrong += [
        f"no longer used: {_name(message)}"
        for message in english
        if message.id and found.get(message.id, message.context) is None
    ]
    return wrong


def _name(message: Message) -> str:
    text = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
    return repr(text if len(text) <= 70 else text[:69] + "…")


def _is_translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return all(texts) and not message.fuzzy


def _placeholders(texts: str | tuple[str, ...] | list[str]) -> set[str]:
    """The placeholders of a text; of a text with a plural, those of its last form, which shows the number."""
    last = texts if isinstance(texts, str) else texts[-1]
    return set(_PLACEHOLDER.findall(last))
