"""The administrator's pages: who may open them, what they change, and that each change leaves proof."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from langnghe.agencies.models import Agency, Person, RoleAssignment, Succession
from langnghe.cases import catalogue
from langnghe.cases import settings as city_settings
from langnghe.cases.models import Field, Setting
from langnghe.desk.urls_admin import urlpatterns
from langnghe.intake import selectors as intake
from langnghe.ledger.models import Entry, ReadLog
from langnghe.outbox import services as outbox
from langnghe.outbox.models import CaughtMail, Message, MessageTemplate
from langnghe.worktime import clock as program_clock
from langnghe.worktime import selectors as worktime
from langnghe.worktime.models import CalendarDay, CalendarYear, DeadlineRule
from tests.cases.city import City, moment
from tests.desk_admin.conftest import PASSWORD, ROLES

AT = moment("2026-03-04 09:30")


@pytest.fixture(autouse=True)
def _day(clock: Any, db: None) -> Iterator[None]:
    for forget in (catalogue.forget, intake.forget, city_settings.forget, worktime.forget):
        forget()
    with clock(AT), translation.override("vi"):
        yield
    for forget in (catalogue.forget, intake.forget, city_settings.forget, worktime.forget):
        forget()


@pytest.fixture
def parked(city: City) -> Message:
    """A message of which nobody knows whether it went out."""
    message = outbox.enqueue(
        key="case:1:received",
        channel="email",
        recipient="nguoi.gui@vidu.vn",
        template="received",
        language="vi",
        context=dict.fromkeys(("code", "name", "title", "url"), "x"),
        at=AT,
        kind="case",
        subject_id=1,
    )
    Message.objects.filter(pk=message.pk).update(status="parked", trouble="in_doubt")
    message.refresh_from_db()
    return message


def acts(kind: str, subject_id: int) -> list[str]:
    return list(Entry.objects.filter(kind=kind, subject_id=subject_id).order_by("seq").values_list("act", flat=True))


@pytest.fixture
def addresses(city: City, parked: Message) -> dict[str, list[Any]]:
    """Arguments for every address of the administrator that needs some."""
    rule = DeadlineRule.objects.order_by("pk")[0]
    return {
        "erase": [city.receive(AT).case.code],
        "admin_agency": [city.works.pk],
        "admin_agency_end": [city.works.pk],
        "admin_agency_rename": [city.works.pk],
        "admin_person": [city.people["handler"].pk],
        "admin_person_act": [city.people["handler"].pk],
        "admin_calendar_confirm": [2027],
        "admin_calendar_clear": ["2026-04-30"],
        "admin_rule": [rule.pk],
        "admin_rows": ["kenh"],
        "admin_row_new": ["linh-vuc"],
        "admin_row": ["linh-vuc", city.field.pk],
        "admin_template": ["received", "vi"],
        "admin_message": [parked.pk],
        "admin_message_act": [parked.pk],
    }


POST_ONLY = {"admin_person_act", "admin_calendar_confirm", "admin_calendar_clear", "admin_message_act"}
OTHERS = {"counter", "counter_known", "counter_receipt", "counter_for_sender", "counter_acts"}
ALSO = {"admin_ledger": {"observer"}, "mailbox": set(ROLES.values())}


@pytest.mark.parametrize("name", sorted(ROLES))
def test_every_page_is_for_the_administrator_only(
    name: str, sign_in: Callable[[str], Client], addresses: dict[str, list[Any]], settings: Any
) -> None:
    settings.DEMO, settings.LANGNGHE_MAIL, settings.LANGNGHE_CLOCK_MOVABLE = True, "mailbox", True
    client = sign_in(name)
    seen = 0
    for pattern in urlpatterns:
        if pattern.name in OTHERS:
            continue
        url = reverse(f"desk:{pattern.name}", args=addresses.get(str(pattern.name), []))
        may = ROLES[name] == "administrator" or ROLES[name] in ALSO.get(str(pattern.name), set())
        if pattern.name in POST_ONLY:
            assert client.get(url).status_code in (405, 403), url
            if not may:
                assert client.post(url, {"act": "lock"}).status_code == 403, url
        else:
            assert client.get(url).status_code == (200 if may else 403), url
            if not may:
                assert client.post(url, {}).status_code in (403, 405), url
        seen += 1
    assert seen >= 30


def test_visitors_are_sent_to_sign_in(addresses: dict[str, list[Any]]) -> None:
    for pattern in urlpatterns:
        url = reverse(
            f"desk:{pattern.name}",
            args=addresses.get(str(pattern.name), ["x"] if "<str" in str(pattern.pattern) else []),
        )
        answer = Client().post(url) if pattern.name in POST_ONLY | {"counter_known"} else Client().get(url)
        assert answer.status_code == 302 and reverse("account_login") in answer.url, url


def test_no_page_costs_more_than_twelve_queries(
    admin: Client, addresses: dict[str, list[Any]], django_assert_max_num_queries: Any, settings: Any
) -> None:
    settings.DEMO, settings.LANGNGHE_MAIL, settings.LANGNGHE_CLOCK_MOVABLE = True, "mailbox", True
    for pattern in urlpatterns:
        if pattern.name in OTHERS | POST_ONLY:
            continue
        url = reverse(f"desk:{pattern.name}", args=addresses.get(str(pattern.name), []))
        admin.get(url)  # fills the catalogues that a process keeps
        with django_assert_max_num_queries(12):
            admin.get(url)


def test_pages_hold_no_inline_script_or_style(admin: Client, addresses: dict[str, list[Any]], settings: Any) -> None:
    settings.DEMO, settings.LANGNGHE_MAIL, settings.LANGNGHE_CLOCK_MOVABLE = True, "mailbox", True
    for pattern in urlpatterns:
        if pattern.name in OTHERS | POST_ONLY:
            continue
        url = reverse(f"desk:{pattern.name}", args=addresses.get(str(pattern.name), []))
        page = admin.get(url).content.decode()
        assert " style=" not in page and not re.search(r"<script(?![^>]*\bsrc=)", page), url
        assert not re.search(r"\son[a-z]+=", page), url
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), (url, [one for one in ids if ids.count(one) > 1])


# --- agencies ---------------------------------------------------------------------------------------------------------


def test_agencies_are_found_without_diacritics(city: City, admin: Client) -> None:
    page = admin.get(reverse("desk:admin_agencies"), {"q": "so xay"}).content.decode()
    assert "Sở Xây dựng" in page and "Sở Công Thương" not in page
    none = admin.get(reverse("desk:admin_agencies"), {"q": "không có đâu"}).content.decode()
    assert "Không có cơ quan nào như vậy" in none


def test_agencies_are_paged_by_key(city: City, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from langnghe.agencies import selectors

    first = selectors.list_agencies(on=AT.date(), size=2)
    second = selectors.list_agencies(on=AT.date(), size=2, after=first.next)
    assert first.next and not second.next
    assert {row.pk for row in first.rows} | {row.pk for row in second.rows} == set(
        Agency.objects.values_list("pk", flat=True)
    )
    assert admin.get(reverse("desk:admin_agencies"), {"sau": "rác"}).status_code == 200


def test_an_agency_is_made_and_corrected(city: City, admin: Client) -> None:
    url = reverse("desk:admin_agency_new")
    values = {
        "code": "so-y-te",
        "kind": "department",
        "name": "Sở Y tế",
        "short_name": "Sở Y tế",
        "valid_from": "2026-03-01",
        "receives_feedback": "on",
    }
    for wrong, field in (
        ({"code": "Sở Y"}, "code"),
        ({"name": ""}, "name"),
        ({"valid_from": "mai"}, "valid_from"),
        ({"kind": "x"}, "kind"),
        ({"email": "x"}, "email"),
    ):
        answer = admin.post(url, values | wrong)
        assert answer.status_code == 200 and field in answer.context["form"].errors
    assert admin.post(url, values).status_code == 302
    made = Agency.objects.get(code="so-y-te")
    assert acts("agency", made.pk) == ["create"]
    again = admin.post(url, values)
    assert again.status_code == 200 and again.context["form"].errors
    page = reverse("desk:admin_agency", args=[made.pk])
    assert admin.post(page, {"name": "Sở Y tế", "short_name": "Sở Y tế", "phone": "024 1234"}).status_code == 302
    made.refresh_from_db()
    assert made.phone == "024 1234" and not made.receives_feedback and acts("agency", made.pk) == ["create", "change"]
    assert "024 1234" in admin.get(page).content.decode()
    assert admin.get(reverse("desk:admin_agency", args=[999_999])).status_code == 404


def test_an_agency_ends_and_its_people_follow(city: City, admin: Client) -> None:
    url = reverse("desk:admin_agency_end", args=[city.partner.pk])
    values = {"kind": "merge", "on": "2026-04-01", "main": city.works.pk, "move": "on", "note": "Nghị quyết thử"}
    for wrong, field in (
        ({"main": ""}, "main"),
        ({"on": ""}, "on"),
        ({"on": "2020-01-01"}, "on"),
        ({"note": ""}, "note"),
        ({"main": city.partner.pk}, "main"),
    ):
        answer = admin.post(url, values | wrong)
        assert answer.status_code == 200 and field in answer.context["form"].errors, wrong
    city.partner.refresh_from_db()
    assert city.partner.valid_to is None
    assert admin.post(url, values | {"second": city.commune.pk}).status_code == 302
    city.partner.refresh_from_db()
    assert city.partner.valid_to == date(2026, 3, 31)
    assert list(Succession.objects.order_by("pk").values_list("successor_id", "main")) == [
        (city.works.pk, True),
        (city.commune.pk, False),
    ]
    moved = RoleAssignment.objects.get(person=city.people["partner_head"], valid_to=None)
    assert moved.agency == city.works and moved.valid_from == date(2026, 4, 1)
    assert acts("agency", city.partner.pk) == ["end"] and acts("person", city.people["partner_head"].pk) == [
        "move_role"
    ]
    again = admin.post(url, values)
    assert again.status_code == 200 and "đã kết thúc" in again.content.decode()
    assert "Sở Xây dựng" in admin.get(reverse("desk:admin_agency", args=[city.partner.pk])).content.decode()


def test_even_the_city_office_can_be_renamed(city: City, admin: Client) -> None:
    url = reverse("desk:admin_agency_rename", args=[city.office.pk])
    values = {
        "name": "Văn phòng Thành phố",
        "short_name": "Văn phòng TP",
        "code": "van-phong-tp",
        "on": "2026-05-01",
        "note": "Quyết định thử",
    }
    assert "code" in admin.post(url, values | {"code": "so-xay-dung"}).context["form"].errors
    city.office.refresh_from_db()
    assert city.office.valid_to is None, "a failed rename changes nothing"
    assert admin.post(url, values).status_code == 302
    new = Agency.objects.get(code="van-phong-tp")
    city.office.refresh_from_db()
    assert new.is_city_office and new.valid_from == date(2026, 5, 1) and city.office.valid_to == date(2026, 4, 30)
    assert city.office.name == "Văn phòng Ủy ban nhân dân Thành phố", "history keeps the old name"


# --- people -----------------------------------------------------------------------------------------------------------


def test_people_are_found_by_name_role_and_agency(city: City, admin: Client) -> None:
    url = reverse("desk:admin_people")

    def found(**asked: Any) -> list[str]:
        return [row.username for row in admin.get(url, asked).context["page"].rows]

    assert found(q="can bo handler") == ["handler", "handler2"]
    assert found(vai="observer") == ["observer"]
    assert found(cq=city.partner.pk) == ["partner_focal", "partner_head"]
    assert found(khoa="co") == [] and len(found(khoa="khong")) == len(city.people)
    assert found(vai="xyz", cq="abc", sau="zzz") == []


def test_people_made_in_bulk_are_found_too(city: City, admin: Client) -> None:
    Person.objects.bulk_create([Person(username="moi", full_name="Đặng Thị Ngọc Ánh")])
    assert "Đặng Thị Ngọc Ánh" in admin.get(reverse("desk:admin_people"), {"q": "dang anh"}).content.decode()


def test_a_person_gets_an_account_and_a_password_once(city: City, admin: Client) -> None:
    url = reverse("desk:admin_person_new")
    values = {
        "username": "moi.lan",
        "full_name": "Lê Thị Lan",
        "email": "lan@vidu.vn",
        "role": "handler",
        "agency": city.works.pk,
    }
    for wrong, field in (
        ({"username": "Có dấu"}, "username"),
        ({"full_name": ""}, "full_name"),
        ({"email": "x@"}, "email"),
        ({"agency": ""}, "agency"),
        ({"username": "handler"}, "username"),
    ):
        answer = admin.post(url, values | wrong)
        assert answer.status_code == 200 and field in answer.context["form"].errors, wrong
    page = admin.post(url, values)
    password = page.context["password"]
    assert page.status_code == 200 and "no-store" in page["Cache-Control"] and password in page.content.decode()
    person = Person.objects.get(username="moi.lan")
    assert person.check_password(password) and acts("person", person.pk) == ["create", "grant_role"]
    assert password not in str(
        list(Entry.objects.filter(kind="person", subject_id=person.pk).values_list("data", flat=True))
    )
    client = Client()
    assert client.post(reverse("account_login"), {"login": "moi.lan", "password": password}).status_code == 302


def test_a_person_is_corrected_locked_and_opened(city: City, admin: Client, handler: Person) -> None:
    page, act = reverse("desk:admin_person", args=[handler.pk]), reverse("desk:admin_person_act", args=[handler.pk])
    assert admin.post(page, {"full_name": "Tên Mới", "email": "không phải"}).status_code == 200
    assert admin.post(page, {"full_name": "Tên Mới", "email": "moi@vidu.vn"}).status_code == 302
    assert admin.post(act, {"act": "lock"}).status_code == 302
    handler.refresh_from_db()
    assert handler.full_name == "Tên Mới" and not handler.is_active and "ten moi" in handler.folded
    client = Client()
    client.post(reverse("account_login"), {"login": "handler", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    assert admin.post(act, {"act": "open"}).status_code == 302
    assert acts("person", handler.pk) == ["change", "deactivate", "activate"]
    assert admin.post(act, {"act": "xyz"}).status_code == 404


def test_a_new_password_ends_the_sessions(city: City, admin: Client, handler: Person) -> None:
    client = Client()
    client.post(reverse("account_login"), {"login": "handler", "password": PASSWORD})
    assert "_auth_user_id" in client.session
    shown = admin.post(reverse("desk:admin_person_act", args=[handler.pk]), {"act": "password"})
    handler.refresh_from_db()
    assert handler.check_password(shown.context["password"]) and not handler.check_password(PASSWORD)
    assert client.get(reverse("account_change_password")).status_code == 302


def test_wrong_passwords_are_forgotten_on_demand(city: City, admin: Client, handler: Person) -> None:
    for _try in range(8):
        last = Client().post(reverse("account_login"), {"login": "handler", "password": "sai"})
    assert last.status_code == 429
    assert "handler" in admin.get(reverse("desk:admin_home")).content.decode()
    admin.post(reverse("desk:admin_person_act", args=[handler.pk]), {"act": "unlock"})
    assert Client().post(reverse("account_login"), {"login": "handler", "password": PASSWORD}).status_code == 302
    assert acts("person", handler.pk) == ["unlock"]


def test_roles_are_granted_and_ended(city: City, admin: Client) -> None:
    person = city.people["observer"]
    act = reverse("desk:admin_person_act", args=[person.pk])
    bad = admin.post(act, {"act": "grant", "role": "approver", "agency": ""})
    assert bad.status_code == 200 and "phải gắn với một cơ quan" in bad.content.decode()
    assert admin.post(act, {"act": "grant", "role": "approver", "agency": city.works.pk}).status_code == 302
    held = RoleAssignment.objects.get(person=person, role="approver")
    assert admin.post(act, {"act": "end", "role": held.pk}).status_code == 302
    held.refresh_from_db()
    assert held.valid_to == AT.date() - timedelta(days=1) and acts("person", person.pk) == ["grant_role", "end_role"]
    other = RoleAssignment.objects.get(person=city.people["clerk"])
    assert admin.post(act, {"act": "end", "role": other.pk}).status_code == 404, "another person's role"


def test_the_administrator_cannot_lock_themselves_out(city: City, admin: Client) -> None:
    me = city.people["administrator"]
    act = reverse("desk:admin_person_act", args=[me.pk])
    admin.post(act, {"act": "lock"})
    admin.post(act, {"act": "end", "role": RoleAssignment.objects.get(person=me).pk})
    me.refresh_from_db()
    assert me.is_active and RoleAssignment.objects.get(person=me).valid_to is None


# --- calendar and rules -----------------------------------------------------------------------------------------------


def test_a_day_is_set_changed_and_cleared(city: City, admin: Client) -> None:
    url = reverse("desk:admin_calendar")
    values = {"day": "2026-11-23", "kind": "off", "reason": "Nghỉ thử", "source": "Thông báo thử", "confirmed": "on"}
    for wrong, field in (
        ({"day": "x"}, "day"),
        ({"kind": "half"}, "kind"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 300}, "reason"),
    ):
        answer = admin.post(url, values | wrong)
        assert answer.status_code == 200 and field in answer.context["form"].errors, wrong
    assert admin.post(url, values).status_code == 302
    assert CalendarDay.objects.get(date=date(2026, 11, 23)).confirmed
    page = admin.get(url, {"nam": "2026", "sua": "2026-11-23"}).content.decode()
    assert "Nghỉ thử" in page and 'value="2026-11-23"' in page
    assert admin.post(url, values | {"reason": "Nghỉ khác"}).status_code == 302
    assert not worktime.calendar().is_working(date(2026, 11, 23))
    assert admin.post(reverse("desk:admin_calendar_clear", args=["2026-11-23"])).status_code == 302
    assert not CalendarDay.objects.filter(date=date(2026, 11, 23)).exists()
    assert admin.post(reverse("desk:admin_calendar_clear", args=["hôm-qua"])).status_code == 404
    assert Entry.objects.filter(kind="calendar", role="administrator").count() == 3


def test_the_warning_of_a_missing_year_goes_when_it_is_confirmed(city: City, admin: Client) -> None:
    CalendarYear.objects.filter(year=2027).delete()
    home = admin.get(reverse("desk:admin_home")).content.decode()
    assert "Chưa có lịch làm việc năm 2027" in home
    confirm = reverse("desk:admin_calendar_confirm", args=[2027])
    assert (
        "confirm" in admin.post(confirm, {"source": ""}).context and not CalendarYear.objects.filter(year=2027).exists()
    )
    assert admin.post(confirm, {"source": "Thông báo số 1"}).status_code == 302
    assert (
        "năm 2027"
        not in admin.get(reverse("desk:admin_home")).content.decode().split("Sắp thay đổi")[0].split("Cần quản trị")[1]
    )
    assert admin.post(reverse("desk:admin_calendar_confirm", args=[1999]), {"source": "x"}).status_code == 404


def test_working_hours_from_a_day_on(city: City, admin: Client) -> None:
    url = reverse("desk:admin_hours")
    values = {"valid_from": "2026-06-01", "periods": "07:30-11:30,13:00-17:00", "weekdays": ["1", "2", "3", "4", "5"]}
    for wrong, field in (
        ({"periods": "sáng và chiều"}, "periods"),
        ({"periods": "10:00-09:00"}, "periods"),
        ({"weekdays": []}, "weekdays"),
    ):
        assert field in admin.post(url, values | wrong).context["form"].errors
    assert admin.post(url, values).status_code == 302
    assert "07:30-11:30,13:00-17:00" in admin.get(reverse("desk:admin_calendar")).content.decode()


def test_a_rule_is_replaced_from_a_day_on(city: City, admin: Client) -> None:
    url = reverse("desk:admin_rule_new")
    old = next(rule for rule in worktime.all_rules() if rule.code == "admin-answer" and rule.valid_to is None)
    model = admin.get(url, {"tu": old.pk}).content.decode()
    assert 'value="admin-answer"' in model
    values = {
        "code": "admin-answer",
        "step": "answer",
        "regime": "admin",
        "urgency": "",
        "amount": "10",
        "unit": "working_days",
        "valid_from": "2026-07-01",
        "source": "Quyết định thử",
    }
    for wrong, field in (
        ({"amount": "0"}, "amount"),
        ({"amount": "mười"}, "amount"),
        ({"source": ""}, "source"),
        ({"unit": "x"}, "unit"),
        ({"valid_to": "2026-06-01"}, "valid_to"),
        ({"step": "x"}, "step"),
    ):
        answer = admin.post(url, values | wrong)
        assert answer.status_code == 200 and field in answer.context["form"].errors, wrong
    assert admin.post(url, values).status_code == 302
    new = DeadlineRule.objects.get(code="admin-answer", valid_from=date(2026, 7, 1))
    old.refresh_from_db()
    assert old.valid_to == date(2026, 6, 30) and acts("deadline_rule", new.pk)
    page = reverse("desk:admin_rule", args=[new.pk])
    assert admin.get(page).status_code == 200
    assert admin.post(page, {"act": "withdraw"}).status_code == 302
    assert not DeadlineRule.objects.filter(pk=new.pk).exists()
    running = reverse("desk:admin_rule", args=[old.pk])
    refused = admin.post(running, {"act": "withdraw"}, follow=True)
    assert "chỉ kết thúc được" in refused.content.decode()
    assert "valid_to" in admin.post(running, {"act": "end", "valid_to": "2001-01-01"}).context["form"].errors


def test_the_calculator_says_when_and_why(city: City, admin: Client) -> None:
    url = reverse("desk:admin_rules")
    page = admin.get(url, {"rule": "admin-answer", "start": "2026-08-21T16:45"}).content.decode()
    # 15 working days: Saturday 22/8 is worked for Monday 31/8; 1 and 2 September are off.
    assert "hết ngày thứ" in page and "15 ngày làm việc" in page and "Quốc khánh" in page
    assert "start" in admin.get(url, {"rule": "admin-answer", "start": "x"}).context["form"].errors
    assert "rule" in admin.get(url, {"rule": "không có", "start": "2026-08-21T16:45"}).context["form"].errors
    assert admin.get(url, {"xem": "cu"}).status_code == 200


# --- catalogues -------------------------------------------------------------------------------------------------------

NEW: dict[str, dict[str, Any]] = {
    "linh-vuc": {"regime": "field", "keywords": "ngập\nthoát nước"},
    "thu-tuc": {"term_days": "15"},
    "kenh": {"contact": "Quầy số 2", "staff_entry": "on"},
    "ly-do": {"text": "Chưa rõ nội dung.", "guidance": "Gửi lại rõ hơn."},
    "mau-cau": {"text": "Cảm ơn ông/bà đã phản ánh."},
}


@pytest.mark.parametrize("slug", sorted(NEW))
def test_catalogue_rows_are_made_changed_and_ended(city: City, admin: Client, slug: str) -> None:
    from langnghe.cases.services.catalogue import MODELS
    from langnghe.desk.views.admin.catalogue import SLUGS

    kind = SLUGS[slug]
    values = {"code": "muc-thu", "name": "Mục thử", **NEW[slug]}
    new = reverse("desk:admin_row_new", args=[slug])
    for wrong, field in (
        ({"code": "có dấu"}, "code"),
        ({"name": ""}, "name"),
        ({"name": "x" * 300}, "name"),
        ({"valid_from": "x"}, "valid_from"),
    ):
        assert field in admin.post(new, values | wrong).context["form"].errors
    assert admin.post(new, values).status_code == 302
    row = MODELS[kind]._default_manager.get(code="muc-thu")
    assert "code" in admin.post(new, values).context["form"].errors, "a code is there once"
    page = reverse("desk:admin_row", args=[slug, row.pk])
    assert admin.get(page).status_code == 200
    dates = {"valid_from": "2026-01-01", "valid_to": "2025-01-01"}
    assert "valid_to" in admin.post(page, values | dates).context["form"].errors
    assert admin.post(page, values | {"name": "Tên khác", "valid_to": "2026-03-03"}).status_code == 302
    row.refresh_from_db()
    assert row.name == "Tên khác" and row.code == "muc-thu" and acts(kind, row.pk) == ["create", "change"]
    entry = Entry.objects.get(kind=kind, subject_id=row.pk, act="change")
    assert entry.data["before"]["name"] == "Mục thử" and entry.data["after"]["valid_to"] == "2026-03-03"
    assert "Tên khác" in admin.get(reverse("desk:admin_rows", args=[slug])).content.decode()


def test_a_changed_field_is_seen_at_once(city: City, admin: Client) -> None:
    assert [row.name for row in catalogue.fields(AT.date(), "field")] == ["Chiếu sáng"]
    admin.post(
        reverse("desk:admin_row", args=["linh-vuc", city.field.pk]),
        {"name": "Đèn đường", "regime": "field", "keywords": ""},
    )
    assert [row.name for row in catalogue.fields(AT.date(), "field")] == ["Đèn đường"]
    assert Field.objects.get(pk=city.field.pk).default_agency_id is None


def test_unknown_catalogues_and_rows_are_not_found(admin: Client) -> None:
    assert admin.get("/can-bo/quan-tri/danh-muc/xyz/").status_code == 404
    assert admin.get(reverse("desk:admin_row", args=["linh-vuc", 999_999])).status_code == 404


def test_a_value_of_the_city_holds_from_its_day(city: City, admin: Client) -> None:
    url = reverse("desk:admin_settings")
    values = {"code": "hotline", "value": "1022, nhánh 7", "valid_from": "2026-03-04", "source": "Công văn thử"}
    for wrong, field in (
        ({"value": ""}, "value"),
        ({"value": "[1, 2"}, "value"),
        ({"source": ""}, "source"),
        ({"code": "có dấu"}, "code"),
        ({"valid_from": ""}, "valid_from"),
    ):
        answer = admin.post(url, values | wrong)
        assert answer.status_code == 200 and field in answer.context["form"].errors, wrong
    assert admin.post(url, values).status_code == 302
    assert city_settings.text("hotline", AT.date()) == "1022, nhánh 7"
    assert city_settings.text("hotline", AT.date() - timedelta(days=1)) == "1022"
    before = Setting.objects.get(code="hotline", valid_from=date(2025, 1, 1))
    assert before.valid_to == date(2026, 3, 3)
    assert admin.post(url, values | {"value": "1022"}).status_code == 302, "the same day again corrects the row"
    assert Setting.objects.filter(code="hotline").count() == 2
    row = Setting.objects.get(code="hotline", valid_from=date(2026, 3, 4))
    assert acts("setting", row.pk) == ["set", "set"] and row.value == 1022
    assert "1022, nhánh 7" not in admin.get(url, {"sua": row.pk}).content.decode()
    earlier = {**values, "valid_from": "2026-02-01", "value": "1900"}
    assert admin.post(url, earlier).status_code == 302
    assert Setting.objects.get(code="hotline", valid_from=date(2026, 2, 1)).valid_to == date(2026, 3, 3)


# --- messages ---------------------------------------------------------------------------------------------------------


def test_a_template_is_checked_shown_and_kept(city: City, admin: Client) -> None:
    url = reverse("desk:admin_template", args=["received", "vi"])
    for wrong, field in (
        ({"subject": "", "body": "x"}, "subject"),
        ({"subject": "x", "body": ""}, "body"),
        ({"subject": "x", "body": "{khong_co}"}, "body"),
        ({"subject": "{", "body": "x"}, "subject"),
    ):
        answer = admin.post(url, {**wrong, "step": "save"})
        assert answer.status_code == 200 and field in answer.context["form"].errors, wrong
    values = {"subject": "Đã nhận {code}", "body": "Kính gửi {name}: {title}"}
    shown = admin.post(url, {**values, "step": "preview"})
    assert "Đã nhận HN-4827-1936-5" in shown.content.decode()
    assert MessageTemplate.objects.get(code="received", language="vi").subject == "received {code}"
    assert admin.post(url, {**values, "step": "save"}).status_code == 302
    row = MessageTemplate.objects.get(code="received", language="vi")
    assert row.subject == "Đã nhận {code}" and acts("message_template", row.pk) == ["edit"]
    english = reverse("desk:admin_template", args=["received", "en"])
    assert admin.post(english, {"subject": "Received {code}", "body": "Dear {name}", "step": "save"}).status_code == 302
    assert admin.get("/can-bo/quan-tri/mau-thong-bao/xyz/vi/").status_code == 404
    assert admin.get("/can-bo/quan-tri/mau-thong-bao/received/fr/").status_code == 404


def test_recipients_are_masked_until_somebody_looks(city: City, admin: Client, parked: Message) -> None:
    listed = admin.get(reverse("desk:admin_messages"), {"tt": "parked"}).content.decode()
    assert "ng•••@vidu.vn" in listed and "nguoi.gui@vidu.vn" not in listed
    page = reverse("desk:admin_message", args=[parked.pk])
    assert "nguoi.gui@vidu.vn" not in admin.get(page).content.decode() and not ReadLog.objects.exists()
    assert "nguoi.gui@vidu.vn" in admin.post(page, {"act": "open"}).content.decode()
    read = ReadLog.objects.get()
    assert read.kind == "message" and read.subject_id == parked.pk and read.actor_id == city.people["administrator"].pk
    assert "Thông báo" in admin.get(reverse("desk:admin_reads")).content.decode()
    assert admin.get(reverse("desk:admin_reads"), {"ai": "không-ai"}).status_code == 200


def test_a_parked_message_is_sent_again_or_cancelled(city: City, admin: Client, parked: Message) -> None:
    act = reverse("desk:admin_message_act", args=[parked.pk])
    missing = admin.post(act, {"act": "requeue", "reason": ""})
    assert missing.status_code == 200 and "reason" in missing.context["form"].errors
    assert admin.post(act, {"act": "requeue", "reason": "Người gửi báo chưa nhận"}).status_code == 302
    parked.refresh_from_db()
    assert parked.status == "queued"
    assert admin.post(act, {"act": "cancel", "reason": "Gửi nhầm"}).status_code == 302
    refused = admin.post(act, {"act": "cancel", "reason": "lần nữa"})
    assert refused.status_code == 200 and "không làm được nữa" in refused.content.decode()
    assert acts("message", parked.pk) == ["requeue", "cancel"]
    assert admin.post(act, {"act": "xyz"}).status_code == 404


def test_the_mailbox_is_there_in_the_demo_only(
    city: City, sign_in: Callable[[str], Client], parked: Message, settings: Any
) -> None:
    client = sign_in("handler")
    url = reverse("desk:mailbox")
    settings.DEMO, settings.LANGNGHE_MAIL = False, "smtp"
    assert client.get(url).status_code == 404
    settings.DEMO, settings.LANGNGHE_MAIL = True, "mailbox"
    assert "Chưa có thư nào" in client.get(url).content.decode()
    CaughtMail.objects.create(
        message=parked,
        message_header="<x@y>",
        sender="a@b.vn",
        recipient="nguoi.gui@vidu.vn",
        subject="Đã nhận",
        body="<b>x</b> http://127.0.0.1/y",
        caught_at=AT,
    )
    page = client.get(url, {"den": "nguoi.gui@vidu.vn"}).content.decode()
    assert "Đã nhận" in page and "<b>x</b>" not in page
    assert "Đã nhận" not in client.get(url, {"den": "khac@vidu.vn"}).content.decode()
    assert client.get(url, {"truoc": "9" * 30}).status_code == 200


# --- clock and ledger -------------------------------------------------------------------------------------------------


def test_the_clock_moves_where_it_may(city: City, admin: Client, settings: Any) -> None:
    url = reverse("desk:clock")
    settings.LANGNGHE_CLOCK_MOVABLE = False
    assert admin.get(url).status_code == 404 and admin.post(url, {"act": "ngay"}).status_code == 404
    settings.LANGNGHE_CLOCK_MOVABLE = True
    program_clock.forget()
    assert admin.post(url, {"act": "ngay"}).status_code == 302
    assert program_clock.offset() == timedelta(days=1)
    assert "at" in admin.post(url, {"act": "to", "at": "x"}).context["form"].errors
    assert "at" in admin.post(url, {"act": "to", "at": "1066-10-14T09:00"}).context["form"].errors
    assert admin.post(url, {"act": "to", "at": "2030-01-02T09:00"}).status_code == 302
    assert program_clock.offset() > timedelta(days=365)
    assert admin.post(url, {"act": "reset"}).status_code == 302
    assert program_clock.offset() == timedelta()


def test_the_ledger_shows_the_history_of_anything(city: City, admin: Client) -> None:
    from langnghe.ledger import services as ledger

    admin.post(reverse("desk:admin_person_act", args=[city.people["handler"].pk]), {"act": "lock"})
    case = city.receive(AT).case
    while ledger.seal(at=AT) is not None:
        pass
    url = reverse("desk:admin_ledger")
    page = admin.get(url)
    assert page.context["seals"][0]["hash"] in page.content.decode()
    assert "Khóa tài khoản" in admin.get(url, {"kind": "person", "key": "handler"}).content.decode()
    found = admin.get(url, {"kind": "case", "key": case.code.lower()}).content.decode()
    assert "Gửi phản ánh" in found
    for kind, key in (("case", "không phải mã"), ("agency", "xyz"), ("person", "9" * 30)):
        assert "key" in admin.get(url, {"kind": kind, "key": key}).context["form"].errors
    assert "kind" in admin.get(url, {"kind": "xyz", "key": "1"}).context["form"].errors


def test_the_history_of_a_restricted_case_is_not_shown(city: City, admin: Client) -> None:
    from langnghe.cases import services

    case = city.receive(AT).case
    services.restrict(case_id=case.pk, actor=city.actor("coordinator"), at=AT, reason="Nghi là tố cáo")
    page = admin.get(reverse("desk:admin_ledger"), {"kind": "case", "key": case.code})
    assert "key" in page.context["form"].errors


def test_the_first_page_says_what_does_not_run(city: City, admin: Client, parked: Message) -> None:
    page = admin.get(reverse("desk:admin_home")).content.decode()
    assert "Chưa chạy" in page and "Cần xem" in page and "1 chưa rõ" in page
    assert "giá trị giả định" in page
