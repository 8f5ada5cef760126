"""The documents hold to the program: generated pages, links, pictures, and the commands that they give."""

from __future__ import annotations

import importlib.util
import re
import shlex
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from tests.cases.city import City, build

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
PICTURE_BYTES = 300_000

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<img [^>]*?src=\"([^\"]+)\"")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def links(path: Path) -> Iterator[str]:
    """Addresses of links and pictures of a page, outside of code."""
    for match in LINK.finditer(CODE.sub("", read(path))):
        yield match[1] or match[2]


def anchors(path: Path) -> set[str]:
    """The names that headings of a page get, as forges make them."""
    found = set()
    for line in CODE.sub("", read(path)).splitlines():
        if line.startswith("#"):
            heading = re.sub(r"[`*]", "", line.lstrip("#").strip()).lower()
            kept = "".join(c for c in heading if c in " -_" or unicodedata.category(c)[0] in "LNM")
            found.add(kept.replace(" ", "-"))
    return found


@pytest.fixture
def city(db: None) -> City:
    """The small city."""
    return build()


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    """The tool that writes the generated pages."""
    spec = importlib.util.spec_from_file_location("write_docs", ROOT / "tools" / "write_docs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_readme_begins_with_the_two_commands() -> None:
    lines = [line.split("#")[0].strip() for line in read(ROOT / "README.md").splitlines()[1:] if line.strip()]
    assert lines[:2] == ["make demo", "make test"]


def test_workflow_page_is_what_the_tables_say(writer: ModuleType) -> None:
    from langnghe.cases.workflow import TABLE

    page = read(DOCS / "developer" / "workflow.md")
    assert page == writer.workflow(), "run: python tools/write_docs.py"
    assert TABLE.as_mermaid(loops=False) in page


def test_every_setting_is_documented() -> None:
    """Defaults depend on the environment that the tests run in; names and meanings do not."""
    from langnghe.cli.commands.settings import variables

    lines = read(DOCS / "operator" / "settings.md").splitlines()
    rows = {line.split("|")[1].strip(): line for line in lines if line.startswith("| `")}
    known = {f"`{each}`": meaning for each, _default, meaning in variables()}
    assert set(known) <= set(rows), "run: python tools/write_docs.py"
    assert [each for each, meaning in known.items() if f"| {meaning} |" not in rows[each]] == []
    assert [each for each in rows if each.startswith("`LANGNGHE_") and each not in known] == []


def test_settings_named_elsewhere_exist() -> None:
    from langnghe.cli.commands.settings import variables

    known = {each for each, _default, _meaning in variables()}
    only_tests = {"LANGNGHE_REQUIRE_BROWSER", "LANGNGHE_SHARED_DIR"}
    for page in PAGES:
        named = {found.rstrip("_") for found in re.findall(r"LANGNGHE_[A-Z_]+", read(page))}
        unknown = {one for one in named - known - only_tests if not any(each.startswith(one + "_") for each in known)}
        assert not unknown, f"{name(page)} names {sorted(unknown)}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name(page)} links to {link}"
        assert target.is_relative_to(ROOT), f"{name(page)} links outside: {link}"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), f"{name(page)} links to a heading that is not there: {link}"


def test_pictures_are_there_and_small() -> None:
    from PIL import Image

    kinds = (".png", ".jpg", ".svg")
    used = {(page.parent / link).resolve() for page in PAGES for link in links(page) if link.endswith(kinds)}
    there = {path for path in (DOCS / "pictures").iterdir() if path.is_file()}
    assert len(used) >= 20
    assert used - there == set()
    assert there - used == set(), "pictures that no page shows"
    for path in sorted(used):
        assert path.stat().st_size < PICTURE_BYTES, path.name
        with Image.open(path) as picture:
            assert picture.width in (720, 1280), f"{path.name} is {picture.width} pixels wide"


def test_every_picture_says_what_it_shows() -> None:
    for page in PAGES:
        text = CODE.sub("", read(page))
        assert not re.search(r"!\[\s*\]\(", text), f"{name(page)} has a picture without words"
        assert all('alt="' in tag for tag in re.findall(r"<img [^>]*>", text)), name(page)


def test_pictures_can_be_taken_again() -> None:
    tool = read(ROOT / "tools" / "take_pictures.py")
    taken = set(re.findall(r'Shot\(\s*"([a-z-]+)"', tool))
    assert taken == {path.stem for path in (DOCS / "pictures").iterdir()}
    assert "take_pictures.py" in read(ROOT / "Makefile")


def test_every_role_and_decision_has_its_place() -> None:
    from langnghe.agencies.models import Role

    officers = read(DOCS / "officer" / "README.md").lower()
    assert [role.label for role in Role if str(role.label).lower() not in officers] == []
    for path in (DOCS / "decisions").glob("*.md"):
        assert re.search(r"\b20\d\d\b", "\n".join(read(path).splitlines()[:4])), f"{path.name} has no date"


def test_commands_that_documents_give_exist() -> None:
    from langnghe.cli.registry import find_commands

    known = find_commands()
    for page in PAGES:
        for command in re.findall(r"(?:^|[`/ ])langnghe ([a-z]+)", "\n".join(CODE.findall(read(page)))):
            assert command in known, f"{name(page)}: langnghe {command}"
    targets = set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE))
    for page in PAGES:
        for target in re.findall(r"`make ([a-z-]+)", read(page)):
            assert target in targets, f"{name(page)}: make {target}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_pages_speak_of_the_product_only(page: Path) -> None:
    """Nothing of the place and the way in which it was made."""
    text = read(page)
    for word in (r"/home/", r"/root\b", r"/tmp/", r"\bTODO\b"):
        assert not re.search(word, text), f"{name(page)} holds {word}"


@pytest.mark.django_db
def test_first_administrator_of_the_operators_guide(
    client: Client, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """The example makes an empty database a city in which an administrator can work."""
    from langnghe.agencies.models import Agency, Person
    from langnghe.cli.main import build_parser
    from langnghe.outbox.models import MessageTemplate
    from langnghe.worktime.models import DeadlineRule

    guide = read(DOCS / "operator" / "README.md")
    for step in ("prepare", "create"):
        line = next(line for line in guide.splitlines() if line.strip().startswith(f"langnghe admin {step} "))
        args = build_parser("admin").parse_args(shlex.split(line)[1:])
        assert args.module.run(args) == 0
    assert Agency.objects.get().is_city_office
    assert MessageTemplate.objects.exists() and DeadlineRule.objects.exists()
    person = Person.objects.get()
    assert person.must_change_password and person.check_password(capsys.readouterr().out.split()[-1])
    client.force_login(person)
    assert client.get("/can-bo/quan-tri/").headers["Location"] == "/tai-khoan/mat-khau/"
    Person.objects.update(must_change_password=False)
    client.force_login(person)
    settings.REQUIRE_SECOND_FACTOR = True
    assert client.get("/can-bo/quan-tri/").headers["Location"].startswith("/tai-khoan/bao-mat/")
    settings.REQUIRE_SECOND_FACTOR = False
    for path in ("", "co-quan/", "nguoi-dung/", "lich/", "thoi-han/", "danh-muc/", "mau-thong-bao/"):
        assert client.get(f"/can-bo/quan-tri/{path}").status_code == 200, path
    assert client.get("/").status_code == 200
