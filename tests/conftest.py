"""What every test may ask for. The database server itself comes from `langnghe.cli.embedded.pytest_plugin`."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings

from langnghe.cli.environment import collect_seldom

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.cases.city import City

ROOT = Path(__file__).resolve().parent.parent
REQUIRE_BROWSER = os.environ.get("LANGNGHE_REQUIRE_BROWSER") == "1"

# No test depends on how fast the machine is.
hypothesis_settings.register_profile("langnghe", deadline=None, derandomize=True)
hypothesis_settings.load_profile("langnghe")
# The synchronous Playwright runs an event loop in the test's thread; Django must not take it for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def find_chromium() -> str | None:
    """The Chromium to drive: CHROMIUM_PATH, or the first one on the path."""
    given = os.environ.get("CHROMIUM_PATH")
    names = [given] if given else ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return next((path for name in names if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out long tests unless they are asked for, and browser tests where there is no Chromium."""
    if "long" not in config.option.markexpr and not config.option.keyword:
        kept = [item for item in items if "long" not in item.keywords or _named(config, item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
    if find_chromium() is None and not REQUIRE_BROWSER:
        reason = "no Chromium found (install chromium, or set CHROMIUM_PATH)"
        for item in items:
            if "browser" in item.keywords:
                item.add_marker(pytest.mark.skipif(True, reason=reason))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep the garbage collector from walking all that was collected again and again: a tenth of the whole run."""
    gc.collect()
    gc.freeze()
    collect_seldom()


def _named(config: pytest.Config, item: pytest.Item) -> bool:
    """Whether the command line names this test, or its file, itself."""
    arguments = [argument.partition("::")[0] for argument in config.args]
    return any(Path(argument).resolve() == item.path for argument in arguments)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The optional folder of reference material beside the checkout."""
    folder = Path(os.environ.get("LANGNGHE_SHARED_DIR", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("the optional folder ../shared with reference material is not here")
    return folder


@pytest.fixture
def clock() -> Callable[[datetime], AbstractContextManager[object]]:
    """`with clock(at):` runs a block at a given moment of the program's own clock."""
    from langnghe.worktime import clock as program_clock

    return program_clock.frozen


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_ledger() -> Iterator[None]:
    """A test that commits is followed by a flush. The ledger refuses TRUNCATE, so its triggers rest meanwhile."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    def flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        plain(self, ["SET LOCAL session_replication_role = replica", *sql_list])

    plain = DatabaseOperations.execute_sql_flush
    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
    yield
    DatabaseOperations.execute_sql_flush = plain  # type: ignore[method-assign]


# --- browser ----------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the process. Tests that use it carry the mark `browser`."""
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if path is None:
        message = "no Chromium found (install chromium, or set CHROMIUM_PATH)"
        if REQUIRE_BROWSER:
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield chromium
        chromium.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts (one per person in a story): `new_context(phone=True)`, or Playwright's own options."""
    made: list[BrowserContext] = []

    def make(*, phone: bool = False, **options: object) -> BrowserContext:
        size = {"width": 360, "height": 740} if phone else {"width": 1280, "height": 900}
        options = {"viewport": size, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", **options}
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page at a desk's width."""
    return new_context().new_page()


@pytest.fixture
def phone_page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page at a phone's width of 360 pixels."""
    return new_context(phone=True).new_page()


@pytest.fixture(scope="session")
def axe_script() -> str:
    """The source of axe-core, which `langnghe assets` puts in a folder for tests only."""
    path = ROOT / "tests" / "assets" / "axe.min.js"
    if not path.is_file():
        pytest.fail("axe-core is missing: run `langnghe assets`")
    return path.read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _read_anew() -> None:
    """What a process keeps of the city's facts outlives a test's rollback: every test reads anew."""
    from langnghe.agencies import selectors as agencies
    from langnghe.cases import catalogue
    from langnghe.cases import settings as city_settings
    from langnghe.outbox import templates
    from langnghe.plans.selectors import figures as plan_figures
    from langnghe.worktime import selectors

    plan_figures.forget()
    catalogue.forget()
    city_settings.forget()
    templates.forget()
    selectors.forget()
    agencies.forget()


@pytest.fixture
def sign_in(city: City) -> Callable[[str], Client]:
    """`sign_in("clerk")`: a browser in which that person of the test's city is signed in."""
    from django.test import Client

    def make(name: str) -> Client:
        client = Client()
        client.force_login(city.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make
