"""What people do on the pages: only what a person sees, clicks and types, and a wait for what the page then says."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def photo(name: str = "anh-den.jpg", *, colour: str = "#3b4a2f") -> dict[str, Any]:
    """A photograph as a phone would send it, for a file input."""
    picture = Image.new("RGB", (960, 720), colour)
    draw = ImageDraw.Draw(picture)
    for step in range(0, 960, 60):
        draw.line((step, 0, 960 - step, 720), fill="#c9b458", width=3)
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=80)
    return {"name": name, "mimeType": "image/jpeg", "buffer": content.getvalue()}


def sign_in(page: Page, site: str, username: str, *, password: str) -> None:
    """Sign in through the page that staff use."""
    page.goto(f"{site}/can-bo/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.wait_for_url(lambda address: "/can-bo/" in address and "/dang-nhap/" not in address)


def fill(box: Locator, values: dict[str, Any]) -> None:
    """Fill the fields of a form by their names: texts, choices, radio buttons, files."""
    for name, value in values.items():
        control = box.locator(f'[name="{name}"]')
        kind = control.first.evaluate("one => one.tagName === 'INPUT' ? one.type : one.tagName.toLowerCase()")
        if kind == "radio":
            box.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "checkbox":
            control.set_checked(bool(value))
        elif kind == "select":
            control.select_option(str(value))
        elif kind == "file":
            control.set_input_files(value)
        else:
            control.fill(str(value))


def open_act(page: Page, act: str) -> Locator:
    """The form of an act on the case page, unfolded as a person would unfold it."""
    box = page.locator(f"#act-{act}")
    folded = page.locator("details.acts-other:not([open])", has=box)
    if folded.count():
        folded.locator("> summary").click()
    if box.get_attribute("open") is None:
        box.locator("> summary").click()
    expect(box.locator("form")).to_be_visible()
    return box


def do(page: Page, act: str, **values: Any) -> None:
    """Do one act on the case page that is open, say yes where the page asks, and wait until it says that it is done."""
    box = open_act(page, act)
    fill(box, values)
    asks = box.locator("form[data-confirm]").count()
    box.locator("form button:not([type=button])").last.click()
    if asks:
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name="Đồng ý").click()
    expect(page.locator("#flashes")).to_contain_text("Đã xong")


def upload(page: Page, label: str, *files: dict[str, Any]) -> None:
    """Choose files in a field with progress, and wait until each one has arrived."""
    page.get_by_label(label).set_input_files(list(files))
    for one in files:
        expect(page.locator(".file-item", has_text=one["name"])).to_contain_text("Đã gửi")


def code_and_secret(page: Page) -> tuple[str, str]:
    """The two codes on the receipt, as a person reads them off the page."""
    boxes = page.locator(".code-big")
    expect(boxes).to_have_count(2)
    return (boxes.nth(0).text_content() or "").strip(), (boxes.nth(1).text_content() or "").strip()


def track(page: Page, site: str, code: str, secret: str) -> None:
    """Open the sender's page with the two codes."""
    page.goto(f"{site}/tra-cuu/")
    page.get_by_label("Mã phản ánh").fill(code)
    page.get_by_label("Mã bí mật").fill(secret)
    page.get_by_role("button", name="Xem", exact=True).click()
    page.wait_for_url(lambda address: "/theo-doi/" in address)


def rate(page: Page, *, overall: int, others: int, comment: str = "") -> None:
    """Rate the four criteria and the whole on the sender's page."""
    box = page.locator("#danh-gia")
    for name, level in (("overall", overall), *((one, others) for one in ("forms", "ease", "handling", "notice"))):
        box.locator(f'.level:has(input[name="{name}"][value="{level}"])').click()
    if comment:
        box.locator('[name="comment"]').fill(comment)
    box.get_by_role("button", name="Gửi đánh giá").click()
    expect(page.locator("#flashes")).to_contain_text("Cảm ơn")
