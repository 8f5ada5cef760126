"""Published cases of real cities go in through the web form, are suggested for and classified; the accuracy is printed.

Their texts stay in the optional folder beside the checkout. Nothing of them is kept here.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from langnghe.agencies.models import Person, RoleAssignment
from langnghe.cases.models import Case, Field
from langnghe.demo import facts as demo_facts
from langnghe.intake import selectors as intake
from langnghe.triage.models import Choice, Suggestion
from langnghe.triage.services import suggesting, training
from langnghe.worktime.clock import Frozen
from tests.browser.acts import code_and_secret
from tests.cases.city import moment

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIELDS: dict[str, tuple[str, frozenset[str]]] = {
    "môi trường": ("field", frozenset({"rac-thai"})),
    "hạ tầng giao thông": ("field", frozenset({"giao-thong"})),
    "thoát nước": ("field", frozenset({"cap-thoat-nuoc"})),
    "chiếu sáng": ("field", frozenset({"chieu-sang"})),
    "trật tự đô thị": ("field", frozenset({"trat-tu-do-thi"})),
    "cây xanh": ("field", frozenset({"cay-xanh"})),
    "tiếng ồn": ("field", frozenset({"tieng-on"})),
    # One word there for what the demo's city parts by subject: the office of land, of records, or the one who served.
    "thủ tục hành chính": ("conduct", frozenset({"dat-dai", "dich-vu-cong", "can-bo-cong-chuc"})),
    # Questions of voters come in through the council there; the demo's city has no such field, so none is right.
    "kiến nghị cử tri": ("regulation", frozenset()),
}
"""The word of the record → what the sender would choose, and the demo's fields that mean the same."""

CLASSIFIED_AS = {"thủ tục hành chính": "dat-dai", "kiến nghị cử tri": "quy-dinh-chung"}
"""What the coordinator chooses where the record's word does not say it alone."""


def _word(record: dict[str, Any]) -> str:
    return re.sub(r"\s*\(.*\)", "", str(record["field"])).strip()


@pytest.fixture
def records(shared_dir: Path) -> list[dict[str, Any]]:
    """The real cases; skipped where the folder does not hold them."""
    path = shared_dir / "feedback" / "real-cases.jsonl"
    if not path.is_file():
        pytest.skip("the optional folder ../shared holds no real cases")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


@pytest.fixture
def hanoi(transactional_db: None, time: Frozen) -> Iterator[None]:
    """The demo's city without its cases, and a model trained on its labelled texts (all written for the demo)."""
    intake.forget()
    time.move_to(moment("2026-11-20 09:00"))
    demo_facts.load(at=time.at)
    assert training.train_anew(at=time.at) is not None
    yield
    intake.forget()


def _person(role: str) -> Person:
    held = RoleAssignment.objects.filter(role=role).select_related("person").order_by("pk").first()
    assert held is not None
    return held.person


def _signed_in(role: str) -> Client:
    client = Client()
    client.force_login(_person(role), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _form(record: dict[str, Any]) -> dict[str, str]:
    """What the sender of this record types: their communes are of other cities, so the place is told in words."""
    about = FIELDS[_word(record)][0]
    given = {"about": about, "title": record["title"], "body": record["content"], "place": "Như trong nội dung"}
    if about != "field":
        given |= {"name": "Người Gửi Thử", "address": "Số 1 phố Thử Nghiệm", "phone": "0900 000 001"}
    return given


def _by_hand(page: Page, site: str, record: dict[str, Any]) -> str:
    page.goto(f"{site}/gui/")
    given = _form(record)
    page.locator(f'input[name="about"][value="{given.pop("about")}"]').check()
    for name, value in given.items():
        page.locator(f'[name="{name}"]').fill(value)
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    page.get_by_role("button", name="Gửi phản ánh").click()
    page.wait_for_url(lambda address: "/bien-nhan/" in address)
    return code_and_secret(page)[0]


def _at_once(record: dict[str, Any]) -> str:
    key = uuid.uuid4()
    answer = Client().post("/gui/", {**_form(record), "step": "send", "submission_key": str(key)})
    assert answer.status_code == 302, answer.content.decode()
    return str(Case.objects.get(submission_key=key).code)


def _classify(office: Client, few: Client, case: Case, word: str) -> None:
    """The coordinator's act; what the model kept for the named few is looked at by one of them first."""
    if case.restricted:
        url = reverse("desk:act", args=[case.code, "lift"])
        assert few.post(url, {"version": case.version, "reason": "Là phản ánh, không phải đơn."}).status_code == 302
        case.refresh_from_db()
    about, codes = FIELDS[word]
    code = CLASSIFIED_AS.get(word) or min(codes)
    given: dict[str, Any] = {
        "version": case.version, "regime": "field" if about == "field" else "admin", "urgency": "normal",
        "field": Field.objects.get(code=code).pk,
    }  # fmt: skip
    if about != "field":
        given |= {"subject": about, "level": "b" if about == "conduct" else "c"}
    done = office.post(reverse("desk:act", args=[case.code, "classify"]), given)
    assert done.status_code == 302, done.content.decode()


def test_real_cases_come_out_classified(
    records: list[dict[str, Any]],
    hanoi: None,
    live_server: Any,
    time: Frozen,
    new_context: Callable[..., BrowserContext],
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    page = new_context(phone=True).new_page()
    made = {}
    for number, record in enumerate(records):
        code = _by_hand(page, str(live_server.url), record) if number < 2 else _at_once(record)
        made[code] = record
    assert len(made) == len(records)
    assert suggesting.suggest_waiting(at=time.at) == len(records)

    counts = dict.fromkeys(("scored", "answered", "right", "abstained", "best_guess_right", "kept_for_the_few"), 0)
    office, few = _signed_in("coordinator"), _signed_in("protected_reader")
    for code, record in made.items():
        case, word = Case.objects.get(code=code), _word(record)
        hint = Suggestion.objects.select_related("field").get(case=case)
        right = FIELDS[word][1]
        counts["kept_for_the_few"] += case.restricted
        if right:
            counts["scored"] += 1
            counts["answered"] += hint.field is not None
            counts["abstained"] += hint.field is None
            counts["right"] += hint.field is not None and hint.field.code in right
            counts["best_guess_right"] += hint.best_guess["field"] in right
        _classify(office, few, case, word)
    cases = Case.objects.filter(code__in=made)
    assert set(cases.values_list("state", flat=True)) == {"classified"}
    assert Choice.objects.filter(case__in=cases, question="field").count() == len(records)

    for name, value in counts.items():
        record_property(name, value)
    with capsys.disabled():
        print(f"\nreal cases, suggested field: {json.dumps(counts)}")
    assert counts["answered"] + counts["abstained"] == counts["scored"]
    assert counts["right"] * 2 > counts["answered"], "what is suggested is wrong more often than right"
    assert counts["best_guess_right"] * 2 > counts["scored"]
