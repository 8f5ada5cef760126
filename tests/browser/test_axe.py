"""Every page of every role in a real browser: nothing for axe to find, narrow enough, quiet, and nothing from outside.

Each page is looked at twice: on a phone of 360 pixels in light colours, and at a desk in dark ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import expect

from langnghe.agencies.models import Agency, Person, Role
from langnghe.cases import services
from langnghe.cases.models import Case, Field
from langnghe.cases.services import watching
from langnghe.cases.workflow import TABLE
from langnghe.desk.access import PUBLIC
from langnghe.desk.views.admin import catalogue
from langnghe.outbox import services as outbox
from langnghe.outbox.models import Message, MessageTemplate
from langnghe.plans.models import Body, Indicator, OwnItem
from langnghe.plans.services import indicators, shares, steps
from langnghe.portal.views.receipt import token_of
from langnghe.reports.models import Report
from langnghe.reports.services import meetings, writing
from langnghe.worktime.clock import Frozen
from langnghe.worktime.models import DeadlineRule
from tests.browser.acts import open_act, photo, sign_in, upload
from tests.browser.cases import Cases, settle
from tests.browser.conftest import PASSWORD
from tests.cases.city import City
from tests.desk.test_access import NAMES, own_routes
from tests.plans import builders as plan_builders
from tests.plans import registers
from tests.reports import builders as report_builders

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, ViewportSize

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS: tuple[tuple[ViewportSize, str], ...] = (
    ({"width": 360, "height": 740}, "light"),
    ({"width": 1280, "height": 900}, "dark"),
)

AXE = "(rules) => axe.run({ runOnly: rules, resultTypes: ['violations'] }).then((all) => all.violations)"

NO_PAGES = {
    "healthz", "metrics", "robots", "sitemap", "feed", "feed_agency", "feed_field", "suggestions", "upload",
    "upload_part", "case_file", "public_file", "file", "counter_known",
    "calendar_feed", "evidence", "plan_file", "report_file", "report_attachment", "meeting_file",
}  # fmt: skip
"""Answers that are no pages of their own: figures, feeds, files, fragments."""

ONLY_POSTED = {
    "case_act", "case_leave", "act", "follow", "unfollow", "admin_agency_end", "admin_agency_rename",
    "admin_person_act", "admin_calendar_confirm", "admin_calendar_clear", "admin_message_act", "admin_hours",
    "plan_do", "plan_delegate", "share_act", "share_steps", "own_act", "plan_act", "report_act", "report_attach",
    "report_take_new", "report_keep", "report_group_act", "report_rhythm", "report_duty_end", "meeting_settle",
    "meeting_freeze",
}  # fmt: skip
"""Addresses that only take something and lead on to a page (which is looked at by its own address)."""

STYLE = {"style", "style-desk", "style-case", "style-paper"}
"""The style guide has tests of its own."""


LEAD_ON = {"/can-bo/", "/tai-khoan/mat-khau/chua-co/"}
"""Addresses that lead on to the page that is meant for who asks."""


class Eye:
    """Looks at pages of one person and keeps what is wrong, so that one run tells everything."""

    def __init__(self, page: Page, site: str, axe_script: str) -> None:
        self.page, self.site, self.axe_script = page, site, axe_script
        self.wrong: list[str] = []
        self.seen: list[str] = []
        self._expected = 0
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self.wrong.append(f"{self.page.url}: {error}"))
        page.context.on("request", lambda request: self._ask(request.url))

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and "the server responded with a status of 4" not in text:
            self.wrong.append(f"{self.page.url}: console: {text}")

    def _ask(self, url: str) -> None:
        if not url.startswith((self.site, "data:", "blob:")):
            self.wrong.append(f"{self.page.url}: asks for {url}")

    def open(self, path: str, *, status: int = 200, looks: int = 2) -> None:
        """Go to an address and look."""
        answer = self.page.goto(self.site + path)
        assert answer is not None
        if answer.status != status:
            self.wrong.append(f"{path}: status {answer.status} instead of {status}")
            return
        if urlsplit(self.page.url).path != urlsplit(path).path and path not in LEAD_ON:
            self.wrong.append(f"{path}: leads to {self.page.url}")
            return
        self.look(path, looks=looks)

    def look(self, name: str, *, looks: int = 2) -> None:
        """Look at the page that is open."""
        page = self.page
        self.seen.append(name)
        page.evaluate("""() => document.querySelectorAll('main details').forEach((box) => { box.open = true })""")
        facts = page.evaluate(
            """() => ({
                h1: document.querySelectorAll('h1').length,
                title: document.title.trim(),
                lang: document.documentElement.lang,
                twice: [...document.querySelectorAll('[id]')].map((one) => one.id)
                    .filter((id, at, all) => all.indexOf(id) !== at),
            })"""
        )
        if facts["h1"] != 1 or not facts["title"] or facts["lang"] not in ("vi", "en") or facts["twice"]:
            self.wrong.append(f"{name}: {facts}")
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(self.axe_script)
        for size, scheme in LOOKS[:looks]:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            # The whole page in one window: bars that stick to an edge hide nothing then. (What they hide while one
            # goes through a page by keyboard is looked at in test_keyboard.)
            tall = max(int(page.evaluate("document.documentElement.scrollHeight")), 740)
            page.set_viewport_size({"width": size["width"], "height": min(tall + 200, 8000)})
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if over > 0:
                self.wrong.append(f"{name}: {over} pixels too wide at {size['width']}")
            found = page.evaluate(AXE, RULES)
            self.wrong += [
                f"{name} ({scheme}): {one['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
                for one in found
                for node in one["nodes"][:2]
            ]

    def done(self) -> None:
        """Nothing may have been wrong."""
        assert self.wrong == [], "\n".join(self.wrong)
        assert self.seen


@pytest.fixture
def cases(city: City, time: Frozen, settings: Any) -> Cases:
    """The small city with a case in every state; the demo's own pages are there too."""
    settings.DEMO = True
    settings.LANGNGHE_CLOCK_MOVABLE = True
    made = settle(city, time)
    watching.remind(at=time.at)
    outbox.deliver(at=time.at)
    return made


@pytest.fixture
def eye(site: str, new_context: Callable[..., BrowserContext], axe_script: str) -> Callable[..., Eye]:
    """`eye(client)`: a browser with the cookies of a test client."""

    def make(client: Client | None = None) -> Eye:
        context = new_context(viewport=LOOKS[0][0], reduced_motion="reduce")
        if client is not None:
            host = urlsplit(site).hostname or ""
            context.add_cookies(
                [
                    {"name": name, "value": one.value, "url": site.replace("http:", "https:"), "secure": True}
                    if name.startswith("__Host-")
                    else {
                        "name": name,
                        "value": one.value,
                        "domain": host,
                        "path": one["path"] or "/",
                        "secure": name.startswith("__Secure-"),
                    }
                    for name, one in client.cookies.items()
                ]
            )
        return Eye(context.new_page(), site, axe_script)

    return make


def _signed_in(city: City, name: str) -> Client:
    client = Client()
    client.force_login(city.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _first(model: Any, **wanted: Any) -> Any:
    found = model.objects.filter(**wanted).order_by("pk").first()
    assert found is not None, model
    return found


def _parameters(name: str) -> list[list[Any]]:
    """How to open a route that takes parameters; cases and their papers have tests of their own below."""
    known: dict[str, Callable[[], list[list[Any]]]] = {
        "admin_agency": lambda: [[one.pk] for one in Agency.objects.order_by("pk")[:2]],
        "admin_person": lambda: [[one.pk] for one in Person.objects.order_by("pk")[:2]],
        "admin_rule": lambda: [[_first(DeadlineRule).pk]],
        "admin_rows": lambda: [[slug] for slug in _slugs()],
        "admin_row_new": lambda: [[slug] for slug in _slugs()],
        "admin_row": lambda: [[_slugs()[0], _first(Field).pk]],
        "admin_template": lambda: [[one.code, one.language] for one in MessageTemplate.objects.order_by("pk")[:1]],
        "admin_message": lambda: [[_first(Message).pk]],
    }
    return known[name]() if name in known else []


def _slugs() -> list[str]:
    return list(catalogue.SLUGS)


ELSEWHERE = {
    "receipt", "receipt_print", "case", "public_case", "follow_confirm", "sender", "duplicates", "gate",
    "counter_receipt", "counter_acts", "bulk", "erase",
    "plan", "plan_indicators", "task", "indicator", "share", "own_item", "plan_review", "plan_item", "plan_body",
    "report", "report_section", "report_version", "report_group", "report_template", "meeting",
    "meeting_screen", "meeting_print", "plan_giving",
}  # fmt: skip
"""Routes with parameters that the tests below, or that of confirming (`test_register`), open by hand."""


def test_every_route_is_looked_at() -> None:
    """A new page has to be told here how it is opened."""
    unknown = [
        (path, route.name)
        for path, route in own_routes()
        if "<" in path
        and route.name not in NO_PAGES | ONLY_POSTED | STYLE | ELSEWHERE
        and route.name not in _WITH_PARAMETERS
    ]
    assert unknown == []


_WITH_PARAMETERS = {
    "admin_agency", "admin_person", "admin_rule", "admin_rows", "admin_row_new", "admin_row", "admin_template",
    "admin_message",
}  # fmt: skip


def test_pages_of_visitors_and_the_administrator(cases: Cases, eye: Callable[..., Eye]) -> None:
    """All routes that ask for no case and are for everybody, or for the administrator alone."""
    eyes = {PUBLIC: eye(), "administrator": eye(_signed_in(cases.city, "administrator"))}
    for access, addresses in _routes():
        role = PUBLIC if access == PUBLIC else "administrator" if access == {"administrator"} else ""
        for address in addresses if role else ():
            eyes[role].open(address)
    for looking in eyes.values():
        looking.done()


def test_pages_of_staff(cases: Cases, eye: Callable[..., Eye]) -> None:
    """All routes that ask for no case, with every role that may open them. The first role looks twice."""
    eyes = {role: eye(_signed_in(cases.city, NAMES[role])) for role in sorted(Role.values)}
    for access, addresses in _routes():
        if access in (PUBLIC, {"administrator"}):
            continue
        for number, role in enumerate(sorted(access)):
            for address in addresses:
                eyes[role].open(address, looks=1 if number else 2)
    for looking in eyes.values():
        looking.done()


def _routes() -> Iterator[tuple[Any, list[str]]]:
    """Who may open a route, and the addresses to open it by."""
    for path, route in own_routes():
        name = route.name or ""
        if name not in NO_PAGES | ONLY_POSTED | STYLE | ELSEWHERE:
            addresses = [_address(name, given) for given in _parameters(name)] if "<" in path else ["/" + path]
            yield route.callback.access, addresses  # type: ignore[attr-defined]


def _address(name: str, given: list[Any]) -> str:
    for space in ("desk:", "portal:"):
        try:
            return reverse(space + name, args=given)
        except NoReverseMatch:
            continue
    raise AssertionError(name)


BY_STAFF = (
    ("received", "coordinator"), ("repeat", "coordinator"), ("conduct", "coordinator"), ("clarifying", "coordinator"),
    ("classified", "coordinator"), ("transferred", "focal"), ("accepted", "focal"), ("handling", "handler"),
    ("handling", "approver"), ("handling", "partner_focal"), ("handling", "observer"), ("awaiting_sender", "handler"),
    ("awaiting_approval", "approver"), ("returned", "handler"), ("answered", "coordinator"),
    ("published", "coordinator"), ("withheld", "coordinator"), ("dissatisfied", "head"), ("reopened", "focal"),
    ("closed", "observer"), ("declined", "coordinator"), ("withdrawn", "coordinator"), ("merged", "coordinator"),
    ("restricted", "protected"), ("diverted", "protected"),
)  # fmt: skip
"""A case in each state, seen by somebody who can do something with it."""

TWICE = {"received", "handling", "awaiting_approval", "answered", "dissatisfied"}
"""The fullest ones are looked at on a phone and at a desk, the others on a phone."""


def test_case_pages_of_staff(cases: Cases, eye: Callable[..., Eye]) -> None:
    """The case page in every state, with every form of an act unfolded."""
    shown: dict[str, Eye] = {}
    for name, who in BY_STAFF:
        if who not in shown:
            shown[who] = eye(_signed_in(cases.city, who))
        shown[who].open(f"/can-bo/phan-anh/{cases[name].code}/#{name}", looks=2 if name in TWICE else 1)
    assert {cases[name].state for name, _who in BY_STAFF} == set(TABLE.states)
    for looking in shown.values():
        looking.done()


def test_pages_around_a_case(cases: Cases, eye: Callable[..., Eye]) -> None:
    """The gate, repeats side by side, the sender's data, what was missing in a form, an act that came too late."""
    looking = eye(_signed_in(cases.city, "coordinator"))
    for name in ("answered", "published", "handling", "received"):
        looking.open(f"/can-bo/phan-anh/{cases[name].code}/cong-khai/")
    looking.open(f"/can-bo/phan-anh/{cases['repeat'].code}/trung/")
    expect(looking.page.get_by_role("button", name="Gộp vào").first).to_be_visible()
    looking.open("/can-bo/tim/?q=den+duong&sort=")
    looking.open("/can-bo/tim/?q=khong-co-gi-nhu-the")
    looking.open("/can-bo/phan-anh/TN-0000-0000-0/", status=404)
    page = looking.page
    page.goto(f"{looking.site}/can-bo/phan-anh/{cases['received'].code}/")
    page.get_by_role("button", name="Xem người gửi").click()
    expect(page.get_by_text("Nguyễn Thị Thử")).to_be_visible()
    looking.look("sender")
    page.goto(f"{looking.site}/can-bo/phan-anh/{cases['classified'].code}/")
    box = open_act(page, "transfer")
    box.get_by_role("button", name="Chuyển cơ quan xử lý").click()
    expect(page.locator("#act-transfer .error").first).to_be_visible()
    looking.look("an act with something missing")
    page.goto(f"{looking.site}/can-bo/van-phong/")
    page.get_by_role("main").locator('input[name="case"]').first.check()
    page.get_by_role("main").locator('button[name="act"][value="classify"]').click()
    expect(page.get_by_role("heading", name="Phân loại", level=1)).to_be_visible()
    looking.look("an act on several rows")
    page.get_by_role("main").get_by_role("button", name="Phân loại").click()
    expect(page.locator(".error-summary")).to_be_visible()
    looking.look("an act on several rows with something missing")
    # Somebody else's page of an administrator is refused in plain words.
    looking.open("/can-bo/quan-tri/", status=403)
    looking.done()


def test_pages_of_erasing(cases: Cases, eye: Callable[..., Eye]) -> None:
    """Which case, what would go, what was missing; a case that is still open."""
    looking = eye(_signed_in(cases.city, "administrator"))
    looking.open("/can-bo/quan-tri/xoa-du-lieu/?ma=khong-phai-ma", status=422)
    looking.open(f"/can-bo/phan-anh/{cases['handling'].code}/xoa-du-lieu/")
    looking.open(f"/can-bo/phan-anh/{cases['closed'].code}/xoa-du-lieu/")
    looking.page.evaluate("() => document.querySelector('main form').requestSubmit()")
    expect(looking.page.locator(".error-summary")).to_be_visible()
    looking.look("erasing with something missing")
    looking.done()


def test_pages_of_the_counter(cases: Cases, eye: Callable[..., Eye]) -> None:
    """Entering for somebody else, the receipt, what was wrong, and acting in the sender's name."""
    looking = eye(_signed_in(cases.city, "clerk"))
    page = looking.page
    page.goto(f"{looking.site}/can-bo/quay/")
    send = page.get_by_role("main").locator("form button:not([type=button])").last
    send.click()
    expect(page.locator(".error-summary")).to_be_visible()
    looking.look("the counter with something missing")
    page.locator('[name="about"][value="field"]').check()
    page.locator('[name="body"]').fill("Nắp hố ga trước số nhà 12 vỡ đã ba tuần, xe máy dễ sụp.")
    page.locator('[name="commune"]').first.fill("Phường Thử")
    page.locator('[name="place"]').fill("Trước số 12 phố Thử Nghiệm")
    page.locator('[name="channel"]').first.select_option(str(cases.city.counter.pk))
    page.get_by_role("main").locator("form button:not([type=button])").last.click()
    page.wait_for_url(lambda address: "/quay/giay/" in address)
    looking.look("the counter's receipt")
    for name in ("awaiting_sender", "published", "dissatisfied", "received"):
        page.goto(f"{looking.site}/can-bo/quay/thay/")
        page.locator('[name="code"]').fill(cases[name].code)
        page.locator('[name="proof"]').fill(cases.secrets[name])
        page.get_by_role("button", name="Đối chiếu").click()
        page.wait_for_url(lambda address: "/quay/thay/" in address and len(address) > len("/quay/thay/") + 40)
        looking.look(f"for the sender: {name}")
    looking.done()


def test_pages_of_registers_and_reports(cases: Cases, eye: Callable[..., Eye]) -> None:
    """A register beside its text, an item being mended and split, a body; a report in its forms, who has sent theirs,
    a template, a meeting."""
    city, at = cases.city, cases.time.at
    plan_builders.texts()
    report_builders.texts()
    report_builders.templates()
    office = city.actor("coordinator")
    report = report_builders.owed(city, at=at)
    other = Report.objects.get(agency=city.partner, due_on=report.due_on)
    writing.refill(report_id=report.pk, actor=city.actor("focal"), at=at)
    document = registers.entered(agency_id=city.office.pk, actor=office, at=at)
    item = registers.item(document, "1")
    meeting = meetings.call_meeting(agency_id=city.office.pk, rhythm="month", on=at.date(), actor=office, at=at)
    meetings.conclude(
        meeting_id=meeting.pk, text="Sở Xây dựng thay hết đèn hỏng.", agency_id=city.works.pk,
        due_on=date(2026, 3, 31), actor=office, at=at,
    )  # fmt: skip
    shown = {name: eye(_signed_in(city, name)) for name in ("coordinator", "focal", "head")}
    base = f"/can-bo/ke-hoach/{document.pk}/xac-nhan/"
    for path in (
        base, f"{base}?cach=sua&muc={item.pk}", f"{base}?cach=tach&muc={item.pk}", f"{base}?them=indicator",
        f"/can-bo/ke-hoach/co-quan/{Body.objects.order_by('pk')[0].pk}/", f"/can-bo/bao-cao/nhan/{report.pk}/",
        f"/can-bo/bao-cao/{other.pk}/", f"/can-bo/giao-ban/{meeting.pk}/", f"/can-bo/giao-ban/{meeting.pk}/in/",
        f"/can-bo/giao-ban/{meeting.pk}/?ban=nay",
        f"/can-bo/giao-ban/{meeting.pk}/trinh-chieu/", f"/can-bo/giao-ban/{meeting.pk}/trinh-chieu/?muc=qua-han",
        f"/can-bo/giao-ban/{meeting.pk}/trinh-chieu/?muc=ket-luan-moi",
        f"/can-bo/bao-cao/mau/{report.duty.template.code}/",
    ):  # fmt: skip
        shown["coordinator"].open(path)
    section = Report.objects.get(pk=report.pk).sections[0]["code"]
    for path in (
        f"/can-bo/bao-cao/{report.pk}/", f"/can-bo/bao-cao/{report.pk}/muc/{section}/",
        f"/can-bo/bao-cao/{report.pk}/ban/1/", "/can-bo/bao-cao/", "/can-bo/bao-cao/?xem=da-gui",
    ):  # fmt: skip
        shown["focal"].open(path)
    shown["head"].open(f"/can-bo/bao-cao/{report.pk}/", looks=1)
    wrong = [one for looking in shown.values() for one in looking.wrong]
    assert wrong == [], "\n".join(wrong)


def test_pages_of_plans(cases: Cases, eye: Callable[..., Eye]) -> None:
    """A plan with its tree, a task of several agencies, shares in several states, an indicator, own items."""
    city, at = cases.city, cases.time.at
    plan_builders.texts()
    office = city.actor("coordinator")
    share = plan_builders.given(city, city.works, at=at, path="II.1.a", deliverable="Bảng niêm yết")
    plan, task = share.task.document, share.task
    shares.assign(task=task, agency_id=city.partner.pk, lead=False, actor=office, at=at)
    late = plan_builders.task(plan, at=at, title="Đã quá hạn", path="II.1.b", due_on=date(2026, 2, 27))
    waiting = shares.assign(task=late, agency_id=city.works.pk, actor=office, at=at)
    handler = city.actor("handler")
    for one in (share, waiting):
        shares.delegate(share_id=one.pk, person_id=handler.person_id, actor=city.actor("focal"), at=at)
    steps.add(share_id=share.pk, title="Dự thảo bảng", due_on=date(2026, 4, 1), actor=handler, at=at)
    photo_id = plan_builders.picture(at)
    shares.report(share_id=share.pk, percent=40, text="Đã thống kê.", file_ids=[photo_id], actor=handler, at=at)
    shares.raise_obstacle(share_id=share.pk, text="Thiếu kinh phí in.", actor=handler, at=at)
    shares.submit(
        share_id=waiting.pk, text="Đã xong.", document="12/BC", link="https://vanban.example/12", actor=handler, at=at
    )
    plan_builders.plan(city.works, actor=city.actor("head"), at=at, parent=plan, number="7/KH-SXD")
    indicator = Indicator.objects.create(
        document=plan, name="Tỷ lệ hài lòng", unit="%", op="range_increase_pct", value=3, value_high=5, baseline=79.73,
        baseline_year=2025, due_on=date(2026, 12, 31), agency=city.works,
    )  # fmt: skip
    for day, value in ((5, 80.2), (20, 80.6)):
        indicators.add_reading(
            indicator_id=indicator.pk, on=date(2026, 2, day), value=value, source="Khảo sát", actor=office, at=at
        )
    item = OwnItem.objects.create(
        person=city.people["handler"], title="Họp tổ", starts_on=at.date(), ends_on=at.date(), created_at=at
    )
    shown = {name: eye(_signed_in(city, name)) for name in ("handler", "focal", "head", "coordinator")}
    base = f"/can-bo/ke-hoach/{plan.pk}/"
    shown["coordinator"].open(base)
    shown["coordinator"].open(f"{base}?tinh-trang=done")
    shown["head"].open(f"/can-bo/nhiem-vu/{waiting.pk}/")
    shown["focal"].open("/can-bo/ke-hoach/viec-co-quan/")
    for path in (
        f"/can-bo/nhiem-vu/{share.pk}/", f"/can-bo/ke-hoach/nhiem-vu/{task.pk}/", f"{base}chi-tieu/",
        f"/can-bo/chi-tieu/{indicator.pk}/", f"/can-bo/chuong-trinh/viec/{item.pk}/", "/can-bo/chuong-trinh/?ky=nam",
        "/can-bo/ke-hoach/viec-cua-toi/", "/can-bo/ke-hoach/lich/?thang=2026-06", "/can-bo/ke-hoach/bang/",
        "/can-bo/ke-hoach/tim/?q=niem+yet", "/can-bo/ke-hoach/qua-han/",
    ):  # fmt: skip
        shown["handler"].open(path)
    for path in (
        f"{base}?in=1", f"/can-bo/nhiem-vu/{share.pk}/?in=1", f"{base}chi-tieu/?in=1", "/can-bo/chuong-trinh/?in=1",
        "/can-bo/ke-hoach/qua-han/?in=1", "/can-bo/ke-hoach/lich/?in=1&thang=2026-06", "/can-bo/ke-hoach/bang/?in=1",
    ):  # fmt: skip
        shown["coordinator"].open(path, looks=1)
    page = shown["handler"].page
    page.goto(f"{shown['handler'].site}/can-bo/nhiem-vu/{share.pk}/")
    box = open_act(page, "report")
    box.locator('[name="percent"]').fill("")
    box.get_by_role("button", name="Cập nhật tiến độ").click()
    expect(page.locator("#act-report .error").first).to_be_visible()
    shown["handler"].look("a report with something missing")
    wrong = [one for looking in shown.values() for one in looking.wrong]
    assert wrong == [], "\n".join(wrong)


def test_pages_of_a_sender(cases: Cases, eye: Callable[..., Eye]) -> None:
    """The form with mistakes, the preview, the receipt and its paper, tracking in every state, following."""
    lent = Client()
    for name, case in cases.made.items():
        opened = lent.post("/tra-cuu/", {"code": case.code, "secret": cases.secrets[name]})
        assert opened.status_code == 302, name
    looking = eye(lent)
    page = looking.page
    for name in cases.made:
        looking.open(f"/theo-doi/{cases[name].code}")
    page.goto(f"{looking.site}/theo-doi/{cases['published'].code}")
    page.locator("#danh-gia").get_by_role("button", name="Gửi đánh giá").click()
    expect(page.locator(".error-summary")).to_be_visible()
    looking.look("a rating with something missing")

    page.goto(f"{looking.site}/gui/")
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    expect(page.locator(".error-summary")).to_be_visible()
    looking.look("the form with mistakes")
    page.locator('input[name="about"][value="field"]').check()
    page.get_by_label("Chuyện gì đã xảy ra?").fill("Ba bóng đèn cuối ngõ 12 tắt đã một tuần, gọi tôi số 0912 345 678.")
    page.get_by_label("Xã, phường nơi xảy ra").fill("Phường Thử")
    upload(page, "Ảnh, giấy tờ", photo("den-hong.jpg"))
    page.get_by_label("Địa điểm").fill("Cuối ngõ 12 phố Thử Nghiệm")
    looking.look("the form filled in")
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    expect(page.get_by_role("heading", name="Xem lại trước khi gửi")).to_be_visible()
    looking.look("the preview")
    page.get_by_role("button", name="Gửi phản ánh").click()
    page.wait_for_url(lambda address: "/bien-nhan/" in address)
    looking.look("the receipt")
    looking.open(f"/bien-nhan/{token_of(cases['received'].pk)}/in")
    looking.open("/bien-nhan/qua-han/", status=410)

    stranger = eye()
    stranger.open(f"/theo-doi/{cases['received'].code}")
    for name in ("published", "closed", "handling"):
        stranger.open(f"/cong-khai/{cases[name].code}/")
    stranger.open("/cong-khai/?q=den+duong")
    stranger.open("/cong-khai/?q=khong-co-gi-nhu-the")
    stranger.open("/khong-co-trang-nay/", status=404)
    follower = services.follow(
        case=Case.objects.get(pk=cases["handling"].pk), email="ban@vidu.example", language="vi", at=cases.time.at
    )
    stranger.open(f"/theo-doi-cung/{follower.token}")
    stranger.open(f"/theo-doi-cung/{follower.token}/bo")
    stranger.page.goto(f"{stranger.site}/cong-khai/{cases['handling'].code}/")
    stranger.page.locator("#theo-doi").get_by_role("button", name="Theo dõi").click()
    expect(stranger.page.locator("#theo-doi .error").first).to_be_visible()
    stranger.look("following without an address")
    looking.done()
    stranger.done()


def test_signing_in_and_english_pages(cases: Cases, eye: Callable[..., Eye]) -> None:
    """Signing in, what went wrong, and the account's own pages."""
    stranger = eye()
    stranger.open("/tai-khoan/dang-nhap/")
    stranger.page.get_by_label("Tên đăng nhập").fill("handler")
    stranger.page.get_by_label("Mật khẩu").fill("khong-dung")
    stranger.page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(stranger.page.locator(".error-summary")).to_be_visible()
    stranger.look("a wrong password")
    sign_in(stranger.page, stranger.site, "handler", password=PASSWORD)
    stranger.open("/tai-khoan/xac-nhan/")
    stranger.page.get_by_label("Mật khẩu").fill(PASSWORD)
    stranger.page.get_by_role("main").get_by_role("button").last.click()
    stranger.page.wait_for_url(lambda address: "/xac-nhan/" not in address)
    for path in ("bao-mat/", "mat-khau/", "bao-mat/ung-dung/them/", "bao-mat/khoa/", "bao-mat/khoa/them/"):
        stranger.open(f"/tai-khoan/{path}")
    stranger.open("/tai-khoan/dang-xuat/")

    # With an app for codes the sign-in has a second step, and the account more pages.
    person = cases.city.people["head"]
    TOTP.activate(person, generate_totp_secret())
    spare = RecoveryCodes.activate(person)
    codes = eye()
    codes.page.goto(f"{codes.site}/tai-khoan/dang-nhap/")
    codes.page.get_by_label("Tên đăng nhập").fill("head")
    codes.page.get_by_label("Mật khẩu").fill(PASSWORD)
    codes.page.get_by_role("button", name="Đăng nhập", exact=True).click()
    codes.page.wait_for_url(lambda address: "/bao-mat/ma/" in address)
    codes.look("the second step")
    codes.page.locator('[name="code"]').first.fill(spare.get_unused_codes()[0])
    codes.page.get_by_role("main").locator("form button:not([type=button])").first.click()
    codes.page.wait_for_url(lambda address: "/can-bo/" in address)
    codes.open("/tai-khoan/bao-mat/xac-nhan/")
    codes.page.goto(f"{codes.site}/tai-khoan/xac-nhan/")
    codes.page.get_by_label("Mật khẩu").fill(PASSWORD)
    codes.page.get_by_role("main").get_by_role("button").last.click()
    codes.page.wait_for_url(lambda address: "/xac-nhan/" not in address)
    codes.open("/tai-khoan/bao-mat/")
    codes.open("/tai-khoan/bao-mat/ma-du-phong/")
    codes.done()
    stranger.done()

    # The switch leads to the same page in English, and says so to a screen reader.
    looking = eye()
    page = looking.page
    page.goto(looking.site)
    page.locator('[lang="en"]').first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    for path in ("/", "/gui/", "/tra-cuu/", "/cong-khai/", f"/cong-khai/{cases['published'].code}/"):
        looking.open(path)
    looking.done()
