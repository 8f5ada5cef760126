"""What pages let through that they must not: acts without proof, what is over, too much, and odd input."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from langnghe.cases import services
from langnghe.cases.models import Case
from langnghe.files.models import StoredFile
from langnghe.portal.views import common
from langnghe.publication import selectors as public
from langnghe.publication import services as publication
from langnghe.workflow.actor import SENDER
from tests.cases.city import City, moment
from tests.review.steps import answered, at, handling, pdf, transferred

pytestmark = pytest.mark.django_db


# --- in the sender's name ---------------------------------------------------------------------------------------------


def test_a_clerk_acts_for_a_sender_only_after_proof(city: City, sign_in: Callable[[str], Client]) -> None:
    case = transferred(city)
    clerk = sign_in("clerk")
    page = clerk.get(reverse("desk:case", args=[case.code]))
    assert page.status_code == 200
    assert reverse("desk:act", args=[case.code, "withdraw"]) not in page.content.decode()
    clerk.post(reverse("desk:act", args=[case.code, "withdraw"]), {"version": case.version})
    case.refresh_from_db()
    assert case.state == "transferred"


# --- the public copy --------------------------------------------------------------------------------------------------


def _shown(city: City, case: Case, when: Any) -> None:
    publication.prepare(case_id=case.pk, at=when)
    publication.show(case_id=case.pk, actor=city.actor("coordinator"), at=when)


def test_a_withdrawn_report_is_no_longer_public(city: City) -> None:
    case = handling(city)
    _shown(city, case, at("10:30"))
    assert public.public_case(case.code) is not None
    services.withdraw(case_id=case.pk, actor=SENDER, at=at("11:00"))
    assert public.public_case(case.code) is None
    assert not public.public_list(public.PublicFilter()).rows


def test_a_merged_report_is_no_longer_public(city: City) -> None:
    first, second = handling(city), transferred(city)
    _shown(city, second, at("10:30"))
    services.merge(case_id=second.pk, into_id=first.pk, actor=city.actor("coordinator"), at=at("11:30"))
    assert public.public_case(second.code) is None
    assert public.open_nearby(commune_id=city.commune.pk, since=at("08:00")) == []


def test_a_published_answer_stays_public_while_it_is_done_again(city: City) -> None:
    case = answered(city, handling(city), at("14:00"))
    publication.prepare(case_id=case.pk, at=at("14:30"))
    publication.confirm(case_id=case.pk, actor=city.actor("coordinator"), at=at("14:30"))
    assert public.public_case(case.code) is not None


def _locks(queries: CaptureQueriesContext) -> list[str]:
    """The tables in the order in which their rows are locked or changed."""
    found = []
    for query in queries.captured_queries:
        sql = query["sql"] or ""  # a prepared statement with bytes among its parameters has no text here
        for table in ("cases_case", "publication_publiccase"):
            locked = "FOR UPDATE" in sql and f'FROM "{table}"' in sql
            if locked or sql.startswith(f'UPDATE "{table}"'):
                found.append(table)
    return found


@pytest.mark.parametrize("act", ["hide", "withhold"])
def test_the_case_is_locked_before_its_public_copy(city: City, act: str) -> None:
    """`confirm` and `show` lock the case first: the other way round two coordinators would wait for each other."""
    case = answered(city, handling(city), at("14:00"))
    publication.prepare(case_id=case.pk, at=at("14:30"))
    publication.confirm(case_id=case.pk, actor=city.actor("coordinator"), at=at("14:30"))
    with CaptureQueriesContext(connection) as queries:
        getattr(publication, act)(case_id=case.pk, actor=city.actor("coordinator"), at=at("15:00"), reason="Còn tên")
    assert _locks(queries)[0] == "cases_case"


def test_the_legal_basis_passes_the_gate_too(city: City) -> None:
    basis = "Điều 9 Nghị định 20/2008/NĐ-CP; theo đơn của Nguyễn Thị Thử, 0900000123"
    case = handling(city)
    draft = services.Draft(
        outcome="explained", text="Tổ điện đã kiểm tra toàn tuyến và lên lịch thay bóng.", done_what="Kiểm tra",
        done_by="Tổ điện", done_on=at("14:00").date(), legal_basis=basis,
    )  # fmt: skip
    services.draft(case_id=case.pk, actor=city.actor("handler"), at=at("14:00"), content=draft)
    services.submit(case_id=case.pk, actor=city.actor("handler"), at=at("14:00"))
    services.approve(case_id=case.pk, actor=city.actor("approver"), at=at("14:10"))
    publication.prepare(case_id=case.pk, at=at("14:30"))
    copy = publication.confirm(case_id=case.pk, actor=city.actor("coordinator"), at=at("14:30"))
    assert "Thử" not in copy.legal_basis and "0900000123" not in copy.legal_basis
    assert "Điều 9 Nghị định 20/2008/NĐ-CP" in copy.legal_basis


# --- the sender of a merged case --------------------------------------------------------------------------------------


def test_the_sender_of_a_merged_case_finds_the_answer(city: City, noon: None) -> None:
    first = handling(city)
    receipt = city.receive(at("11:00"))
    services.merge(case_id=receipt.case.pk, into_id=first.pk, actor=city.actor("coordinator"), at=at("11:30"))
    browser = Client()
    browser.post(reverse("portal:track"), {"code": receipt.case.code, "secret": receipt.secret})
    link = reverse("portal:public_case", args=[first.code])
    page = reverse("portal:case", args=[receipt.case.code])
    assert link not in browser.get(page).content.decode()
    answered(city, first, at("14:00"))
    publication.prepare(case_id=first.pk, at=at("14:30"))
    publication.confirm(case_id=first.pk, actor=city.actor("coordinator"), at=at("14:30"))
    assert link in browser.get(page).content.decode()


# --- too much ---------------------------------------------------------------------------------------------------------


def test_files_of_a_form_count_like_uploads(city: City, noon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that is never sent must not fill the disk."""
    monkeypatch.setattr(common, "UPLOADS_PER_HOUR", 2)
    browser = Client()
    for _number in range(2):
        files = [SimpleUploadedFile(f"{name}.pdf", pdf().read()) for name in "ab"]
        given = {"about": "field", "body": "", "step": "preview", "submission_key": str(uuid.uuid4()), "files": files}
        answer = browser.post(reverse("portal:submit"), given)
    assert StoredFile.objects.count() == 2
    assert "files" in answer.context["form"].errors


# --- odd input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", ["²", "٣", "9" * 5000, "-1"])
def test_odd_numbers_are_no_server_error(city: City, sign_in: Callable[[str], Client], odd: str) -> None:
    case = transferred(city)
    office, admin = sign_in("coordinator"), sign_in("administrator")
    note = office.post(reverse("desk:act", args=[case.code, "note"]), {"version": odd, "note": "Ghi chú"})
    assert note.status_code in (302, 422)
    gate = office.post(reverse("desk:gate", args=[case.code]), {"version": odd, "act": "show", "keep": odd})
    assert gate.status_code in (302, 422)
    word = quote(odd[:1500])
    for address in (
        f"{reverse('desk:search')}?linh-vuc={word}&co-quan={word}&noi={word}",
        f"{reverse('portal:public_list')}?linh-vuc={word}",
    ):
        assert office.get(address).status_code == 200
    for address in (
        f"{reverse('desk:admin_ledger')}?truoc={word}",
        f"{reverse('desk:admin_ledger')}?kind=agency&key={word}",
        f"{reverse('desk:admin_reads')}?truoc={word}",
        f"{reverse('desk:admin_agencies')}?sau=a%7C{word}",
        f"{reverse('desk:admin_people')}?co-quan={word}",
        f"{reverse('desk:admin_messages')}?truoc={word}&sau={word}",
    ):
        assert admin.get(address).status_code in (200, 404), address


def test_a_version_that_is_none_is_not_a_way_around(city: City, sign_in: Callable[[str], Client]) -> None:
    """Without the version that was seen, an act would overwrite what somebody else did meanwhile."""
    case = transferred(city)
    office = sign_in("coordinator")
    answer = office.post(reverse("desk:act", args=[case.code, "note"]), {"version": "khong", "note": "Ghi chú"})
    assert answer.status_code == 422
    case.refresh_from_db()
    assert case.last_act == "transfer"


def test_odd_page_keys_are_no_server_error(city: City, sign_in: Callable[[str], Client]) -> None:
    from langnghe.cases.selectors import encode_key

    transferred(city)
    office = sign_in("coordinator")
    keys = ["x", "²", encode_key(moment("0001-01-01 00:00"), 10**30), encode_key(moment("9999-12-31 23:59"), -5)]
    for key in keys:
        assert office.get(f"{reverse('desk:search')}?trang={quote(key)}").status_code == 200
        assert office.get(f"{reverse('portal:public_list')}?trang={quote(key)}").status_code == 200


def test_nul_in_any_question_is_no_server_error(city: City, sign_in: Callable[[str], Client]) -> None:
    case = transferred(city)
    office, admin = sign_in("coordinator"), sign_in("administrator")
    asked = (
        (admin, "desk:admin_agencies", "sau", "q"), (admin, "desk:admin_people", "sau", "q"),
        (admin, "desk:admin_catalogue", "sau", "q"), (admin, "desk:admin_messages", "khoa", "q"),
        (admin, "desk:admin_ledger", "kind", "key"), (admin, "desk:admin_reads", "ai", "truoc"),
        (office, "desk:search", "q", "tinh-trang"), (office, "desk:counter", "kenh", "q"),
        (office, "portal:public_list", "q", "trang"), (office, "portal:track", "ma", "q"),
    )  # fmt: skip
    for client, name, *names in asked:
        for one in names:
            answer = client.get(f"{reverse(name)}?{one}=a%00%7C1&kind=agency&key=a%00")
            assert answer.status_code in (200, 400, 404), (name, one)
    for given in ({"act": "withhold", "reason": "a\x00b"}, {"act": "show", "extra": "a\x00b"}):
        answer = office.post(reverse("desk:gate", args=[case.code]), {"version": case.version, **given})
        assert answer.status_code in (302, 400, 422), given
    for path in (reverse("portal:suggestions"), reverse("portal:upload"), reverse("desk:counter_known")):
        answer = office.post(
            path,
            {
                "name": "a\x00",
                "size": "5",
                "body": "đèn hỏng \x00 ở ngõ này",
                "commune": "\x00",
                "phone": "\x0009123456789",
            },
        )
        assert answer.status_code in (200, 201, 400), path


# --- hidden and shown again -------------------------------------------------------------------------------------------


def test_a_hidden_copy_is_not_linked_and_shown_again_in_one_step(city: City, sign_in: Callable[[str], Client]) -> None:
    receipt = city.receive(at("08:00"))
    case = receipt.case
    office = city.actor("coordinator")
    services.classify(
        case_id=case.pk, actor=office, at=at("08:10"), regime="field", field_id=city.field.pk, urgency="normal"
    )
    services.transfer(case_id=case.pk, actor=office, at=at("08:20"), agency_id=city.works.pk, reason="Đúng")
    services.accept(case_id=case.pk, actor=city.actor("focal"), at=at("08:30"))
    services.assign(case_id=case.pk, actor=city.actor("focal"), at=at("08:40"), handler_id=city.people["handler"].pk)
    answered(city, case, at("14:00"))
    publication.prepare(case_id=case.pk, at=at("14:30"))
    publication.confirm(case_id=case.pk, actor=office, at=at("14:30"))
    desk, sender = sign_in("coordinator"), Client()
    sender.post(reverse("portal:track"), {"code": case.code, "secret": receipt.secret})
    tracking, shown = reverse("portal:case", args=[case.code]), reverse("portal:public_case", args=[case.code])
    assert shown in sender.get(tracking).content.decode() and sender.get(shown).status_code == 200
    gate = reverse("desk:gate", args=[case.code])
    assert "show_again" not in desk.get(gate).content.decode(), "nothing is hidden"
    publication.hide(case_id=case.pk, actor=office, at=at("15:00"), reason="Còn tên")
    page = sender.get(tracking).content.decode()
    assert shown not in page and "được gỡ xuống" in page
    assert 'value="show_again"' in desk.get(gate).content.decode()
    case.refresh_from_db()
    assert desk.post(gate, {"act": "show_again", "version": case.version}).status_code == 302
    assert sender.get(shown).status_code == 200 and shown in sender.get(tracking).content.decode()
    case.refresh_from_db()
    assert case.state == "published"
    again = public.public_case(case.code)
    assert again is not None and again.published_at == at("14:30")
    refused = desk.post(gate, {"act": "show_again", "version": case.version})
    assert refused.status_code == 422
