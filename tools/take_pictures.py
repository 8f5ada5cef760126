"""Takes the pictures of docs/pictures from a demo city: `make pictures`, or

    python tools/take_pictures.py                        a demo of its own, in a temporary folder
    python tools/take_pictures.py --url … --home …       a demo that runs already, and its LANGNGHE_HOME
    python tools/take_pictures.py desk-gate phone-home   only these

One new case is sent in the demo (for the receipt); everything else is only looked at. Phones are 360 pixels wide at
double density, desks 1280 at single density. Each picture is reduced to a palette, so that it stays small.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
MOST_BYTES = 150_000
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 860}

# Cases of the demo, by their titles; the tool asks the database for their codes.
TITLES = {
    "new": "Mặt đường lún thành hố trên phố Huỳnh Thúc Kháng",
    "question": "Than tổ ong ở dãy hàng ăn Ngọc Lâm",
    "answered": "Rào chắn thi công kéo dài trên phố Trần Hưng Đạo",
    "public": "Phố Hoa Bằng cứ mưa 30 phút là ngập",
    "gate": "Loa quảng cáo cửa hàng điện thoại suốt ngày",
    "handling": "Bên giao thông xử phạt xe rác của hợp tác xã đang làm nhiệm vụ",
    "waiting": "Nước máy đục như nước gạo",
}

ASK = """
import json
from langnghe.agencies.models import RoleAssignment
from langnghe.cases import rules
from langnghe.cases.models import Case
from langnghe.demo.facts import PASSWORD
from langnghe.triage.models import Suggestion
from langnghe.cases.services.receive import key_bytes
titles = json.loads({titles!r})
found = {{}}
for name, title in titles.items():
    case = Case.objects.filter(title=title, restricted=False).exclude(state="merged").order_by("pk").first()
    if case is not None:
        secret = rules.derive_secret(key_bytes(), str(case.submission_key))
        handler = case.handler.username if case.handler is not None else ""
        found[name] = {{"code": case.code, "secret": secret, "handler": handler}}
narrowed = Case.objects.filter(restricted=True).exclude(state="diverted").order_by("pk").first()
found["restricted"] = {{"code": narrowed.code}} if narrowed is not None else None
people = {{}}
for held in RoleAssignment.objects.select_related("person", "agency").order_by("pk"):
    where = held.agency.code if held.agency else ""
    people.setdefault(f"{{held.role}}@{{where}}", held.person.username)
from langnghe.plans.models import PlanDocument, Share
from langnghe.reports.models import Meeting, Report
plan = PlanDocument.objects.filter(state="active", parent=None).order_by("pk").first()
share = Share.objects.filter(agency__code="so-xay-dung", obstacles__isnull=False).order_by("pk").first()
report = Report.objects.filter(agency__code="so-xay-dung").exclude(sections=[]).order_by("-due_on", "pk").first()
meeting = Meeting.objects.order_by("-on").first()
keys = {{"plan": plan, "share": share, "report": report, "meeting": meeting}}
keys = {{name: one.pk if one is not None else 0 for name, one in keys.items()}}
ready = Suggestion.objects.filter(case__title=titles["new"]).exists()
print("ANSWER" + json.dumps({{"cases": found, "people": people, "password": PASSWORD, "ready": ready, "keys": keys}}))
"""


class City:
    """A running demo: its address, its accounts, the cases to show."""

    def __init__(self, url: str, home: Path) -> None:
        self.url = url.rstrip("/")
        environment = {**os.environ, "LANGNGHE_HOME": str(home), "LANGNGHE_DEMO": "1"}
        code = ASK.format(titles=json.dumps(TITLES))
        done = subprocess.run(
            [*PROGRAM, "manage", "shell", "-c", code], env=environment, capture_output=True, text=True, check=False
        )
        answer = next((line for line in done.stdout.splitlines() if line.startswith("ANSWER")), "")
        if not answer:
            sys.exit(f"The demo's database does not answer:\n{done.stdout}{done.stderr}")
        known = json.loads(answer.removeprefix("ANSWER"))
        self.cases: dict[str, dict[str, str]] = known["cases"]
        self.people: dict[str, str] = known["people"]
        self.password: str = known["password"]
        self.ready: bool = known["ready"]
        self.keys: dict[str, int] = known["keys"]

    def account(self, who: str) -> str:
        """The account of somebody."""
        kind, _, name = who.partition(" of ")
        return self.cases[name][kind] if name else self.people[who]

    def code(self, name: str) -> str:
        """The code of a case, by its name in TITLES."""
        if not self.cases.get(name):
            raise LookupError(f"the demo has no case for {name!r}")
        return self.cases[name]["code"]


PROGRAM = [sys.executable, "-c", "import sys; from langnghe.cli.main import main; sys.exit(main())"]


@dataclass(frozen=True)
class Shot:
    """A picture: its name, who looks, and how to get there.

    `who` is a role and where it is held ("approver@so-xay-dung"), or "handler of" and a name in TITLES; '' is anybody.

    `top` is what the picture begins with when that is not the top of the page; `height` is in CSS pixels.
    """

    name: str
    who: str
    go: Callable[[Page, City], Any]
    height: int = 0
    top: str = ""

    @property
    def phone(self) -> bool:
        """Whether it is taken at a phone's width."""
        return self.name.startswith("phone-")


def at(path: str) -> Callable[[Page, City], Any]:
    """Go to an address."""
    return lambda page, city: page.goto(city.url + path)


def of(path: str, name: str) -> Callable[[Page, City], Any]:
    """Go to the page of the demo's plan, share, report or meeting; the path has %s where its key stands."""
    return lambda page, city: page.goto(city.url + path % city.keys[name])


def case(name: str, more: str = "", act: str = "") -> Callable[[Page, City], Any]:
    """Go to the staff page of a case, and open the form of an act."""

    def go(page: Page, city: City) -> None:
        page.goto(f"{city.url}/can-bo/phan-anh/{city.code(name)}/{more}")
        if act:
            _open(page.locator(".split-aside").get_by_text(act, exact=True).first)

    return go


def _open(what: Locator) -> None:
    details = what.locator("xpath=ancestor::details[not(@open)]")
    for index in range(details.count()):
        details.nth(index).evaluate("element => { element.open = true }")


def own_case(name: str) -> Callable[[Page, City], Any]:
    """Open a case as its sender does, with code and secret."""

    def go(page: Page, city: City) -> None:
        page.goto(f"{city.url}/tra-cuu/")
        page.fill("[name=code]", city.code(name))
        page.fill("[name=secret]", city.cases[name]["secret"])
        page.get_by_role("button", name="Xem", exact=False).last.click()
        page.wait_for_url("**/theo-doi/**")

    return go


def write(page: Page, city: City) -> None:
    """Fill in the form of a field report."""
    page.goto(f"{city.url}/gui/")
    page.check("[name=about][value=field]")
    page.fill(
        "[name=body]",
        "Đèn đường trước số nhà 12 ngõ 68 phố Cầu Giấy tắt năm hôm nay, tối đi lại rất nguy hiểm, nhất là các cụ già và"
        " trẻ em đi học thêm về. Mong sớm sửa chữa. Cần hỏi thêm xin gọi 0912 345 678.",
    )
    page.fill("[name=commune]", "Phường Cầu Giấy")
    page.fill("[name=place]", "Ngõ 68 phố Cầu Giấy, gần cổng trường tiểu học")
    page.wait_for_timeout(1500)


def preview(page: Page, city: City) -> None:
    """On to what the public will see."""
    write(page, city)
    page.click("button[value=preview]")
    page.wait_for_load_state()


def receipt(page: Page, city: City) -> None:
    """Send, and see the receipt."""
    preview(page, city)
    page.click("button[value=send]")
    page.wait_for_url("**/bien-nhan/**")


def paper(page: Page, city: City) -> None:
    """The receipt as it is printed."""
    receipt(page, city)
    page.goto(page.url.split("?")[0] + "in")


def keys(page: Page, city: City) -> None:
    """The table of keys over a queue."""
    page.goto(f"{city.url}/can-bo/van-phong/")
    page.keyboard.press("?")


def gate(page: Page, city: City) -> None:
    """The marks before publication."""
    case("gate", "cong-khai/")(page, city)


OFFICE, READER, CLERK = "coordinator@", "protected_reader@", "clerk@"
FOCAL, APPROVER, HEAD = (f"{role}@so-xay-dung" for role in ("focal_point", "approver", "head"))
OBSERVER, ADMIN = "observer@", "administrator@"

SHOTS = (
    Shot("phone-home", "", at("/"), 900),
    Shot("phone-write", "", write, 900),
    Shot("phone-suggestions", "", write, 900, top="label[for=id_body]"),
    Shot("phone-preview", "", preview, 900),
    Shot("phone-receipt", "", receipt, 900),
    Shot("phone-track", "", own_case("question"), 900),
    Shot("phone-answer", "", own_case("answered"), 900),
    Shot("phone-rate", "", own_case("answered"), 900, top="#danh-gia"),
    Shot("phone-public", "", at("/cong-khai/"), 900),
    Shot("phone-public-case", "", lambda page, city: page.goto(f"{city.url}/cong-khai/{city.code('public')}/"), 900),
    Shot("desk-receipt-paper", "", paper, 1150),
    Shot("desk-sign-in", "", at("/tai-khoan/dang-nhap/"), 620),
    Shot("desk-office", OFFICE, at("/can-bo/van-phong/")),
    Shot("desk-classify", OFFICE, case("new", act="Phân loại")),
    Shot("desk-repeats", OFFICE, case("new", "trung/")),
    Shot("desk-gate", OFFICE, gate),
    Shot("desk-late", OFFICE, at("/can-bo/qua-han/")),
    Shot("desk-keys", OFFICE, keys),
    Shot("desk-focal", FOCAL, at("/can-bo/viec-cua-toi/"), 620),
    Shot("desk-draft", "handler of handling", case("handling", act="Soạn trả lời"), 1000),
    Shot("desk-approve", APPROVER, case("waiting")),
    Shot("desk-head", HEAD, at("/can-bo/co-quan/")),
    Shot("desk-counter", CLERK, at("/can-bo/quay/")),
    Shot("desk-restricted", READER, at("/can-bo/han-che/"), 620),
    Shot("desk-accuracy", OBSERVER, at("/can-bo/goi-y/")),
    Shot("desk-admin", ADMIN, at("/can-bo/")),
    Shot("desk-calendar", ADMIN, at("/can-bo/quan-tri/lich/")),
    Shot("plan-enter", OFFICE, at("/can-bo/ke-hoach/nhap/")),
    Shot("plan-review", OFFICE, of("/can-bo/ke-hoach/%s/xac-nhan/", "plan")),
    Shot("plan-tree", OFFICE, of("/can-bo/ke-hoach/%s/", "plan")),
    Shot("plan-late", OFFICE, at("/can-bo/ke-hoach/qua-han/")),
    Shot("plan-indicators", OFFICE, of("/can-bo/ke-hoach/%s/chi-tieu/", "plan")),
    Shot("plan-agency", FOCAL, at("/can-bo/ke-hoach/viec-co-quan/")),
    Shot("plan-share", FOCAL, of("/can-bo/nhiem-vu/%s/", "share")),
    Shot("plan-report", FOCAL, of("/can-bo/bao-cao/%s/", "report")),
    Shot("plan-received", OFFICE, at("/can-bo/bao-cao/nhan/")),
    Shot("plan-meeting", OFFICE, of("/can-bo/giao-ban/%s/", "meeting")),
    Shot("plan-room", OFFICE, of("/can-bo/giao-ban/%s/trinh-chieu/", "meeting")),
    Shot("plan-today", HEAD, at("/can-bo/")),
)


def main() -> int:
    """Take the pictures; 1 when one could not be taken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="only these pictures (default: all)")
    parser.add_argument("--url", help="address of a demo that runs already")
    parser.add_argument("--home", type=Path, default=Path("var"), help="its LANGNGHE_HOME (default: var)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to put them (default: docs/pictures)")
    args = parser.parse_args()
    if unknown := set(args.names) - {shot.name for shot in SHOTS}:
        parser.error(f"no such picture: {', '.join(sorted(unknown))}")
    wanted = [shot for shot in SHOTS if not args.names or shot.name in args.names]
    args.folder.mkdir(parents=True, exist_ok=True)
    if args.url:
        return take(City(args.url, args.home), wanted, args.folder)
    with tempfile.TemporaryDirectory(prefix="langnghe-pictures-") as home:
        return with_own_demo(Path(home), lambda city: take(city, wanted, args.folder))


def with_own_demo(home: Path, then: Callable[[City], int]) -> int:
    """Start a demo in that folder, wait until its suggestions are there, and stop it at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ, "LANGNGHE_HOME": str(home), "LANGNGHE_SECRET_KEY": "pictures", "LANGNGHE_BASE_URL": "http://langnghe.example",
    }  # fmt: skip
    environment.pop("DATABASE_URL", None)
    os.environ["LANGNGHE_SECRET_KEY"] = "pictures"
    demo = subprocess.Popen([*PROGRAM, "demo", "--port", str(port)], env=environment, start_new_session=True)
    try:
        _wait(demo, url)
        end = time.monotonic() + 180
        while not (city := City(url, home)).ready and time.monotonic() < end:
            time.sleep(5)  # the worker learns from the demo's cases, then looks at what is new
        return then(city)
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(60)


def _wait(demo: subprocess.Popen[bytes], url: str) -> None:
    end = time.monotonic() + 240
    while time.monotonic() < end:
        if demo.poll() is not None:
            sys.exit("The demo did not start; the reason stands above.")
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    sys.exit("The demo does not get well.")


def take(city: City, wanted: list[Shot], folder: Path) -> int:
    """Take the pictures one after the other, each person in a browser of their own."""
    failed = []
    path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        contexts: dict[tuple[str, bool], BrowserContext] = {}
        for shot in wanted:
            try:
                context = contexts.get((shot.who, shot.phone))
                if context is None:
                    context = contexts[shot.who, shot.phone] = _context(browser, city, shot)
                page = context.new_page()
                shot.go(page, city)
                size = save(shot, page, folder / f"{shot.name}.png")
                page.close()
            except Exception as error:
                failed.append(shot.name)
                print(f"{shot.name}: {str(error).splitlines()[0]}", file=sys.stderr, flush=True)
            else:
                print(f"{shot.name}.png  {size // 1000} KB", flush=True)
        browser.close()
    if failed:
        print(f"Not taken: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _context(browser: Browser, city: City, shot: Shot) -> BrowserContext:
    context = browser.new_context(
        viewport=PHONE if shot.phone else DESK,  # type: ignore[arg-type]
        device_scale_factor=2 if shot.phone else 1,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        color_scheme="light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    if shot.who:
        page = context.new_page()
        page.goto(f"{city.url}/tai-khoan/dang-nhap/")
        page.fill("[name=login]", city.account(shot.who))
        page.fill("[name=password]", city.password)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/can-bo/**")
        page.close()
    return context


def save(shot: Shot, page: Page, path: Path) -> int:
    """Take the picture, with as many colours as its size allows; its size in bytes. A page of an error is refused."""
    page.wait_for_load_state("networkidle")
    size = dict(PHONE if shot.phone else DESK)
    if shot.height:
        size["height"] = shot.height
        page.set_viewport_size(size)  # type: ignore[arg-type]
    if shot.top:
        page.locator(shot.top).first.evaluate(
            "element => window.scrollTo(0, element.getBoundingClientRect().top + window.scrollY - 16)"
        )
    else:
        page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(300)
    if page.locator("h1").count() == 0 or page.title().startswith(("404", "500")):
        raise RuntimeError(f"no page at {page.url}: {page.title()}")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in (256, 128, 64, 32):
        data = io.BytesIO()
        picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            data, "PNG", optimize=True
        )
        if data.tell() < MOST_BYTES:
            break
    path.write_bytes(data.getvalue())
    return data.tell()


if __name__ == "__main__":
    sys.exit(main())
