"""Another agency's shares, evidence, reports, drafts, meetings and calendars: looked for by number, in bulk and in
hidden fields, by everybody who has no business there. Nothing opens, nothing moves, nothing is written down as done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from langnghe.acts.errors import ActError
from langnghe.agencies.models import RoleAssignment
from langnghe.desk.forms.plan_acts import SHARE_ACTS
from langnghe.desk.views.reports.report import FORMS
from langnghe.files.models import StoredFile
from langnghe.ledger.models import Entry
from langnghe.plans.models import CalendarFeed, Indicator, OwnItem, PlanDocument, PlanStep, Reading, RegisterItem, Share
from langnghe.plans.services import feeds, shares, steps
from langnghe.reports.models import Conclusion, Report, ReportDraft, ReportDuty
from langnghe.reports.services import meetings, writing
from langnghe.worktime import clock
from tests.cases.city import City, moment
from tests.plans import builders
from tests.plans.registers import entered
from tests.reports.builders import city_of_plans, owed

pytestmark = pytest.mark.django_db

AT = moment("2026-03-03 09:00")
"""As the clock of `sign_in`."""
STRANGERS = ("partner_head", "partner_focal", "commune_focal", "observer", "clerk", "administrator", "protected")
SECRET = "Khảo sát kín của cơ quan khác"


@pytest.fixture
def city(db: None) -> City:
    return city_of_plans()


@pytest.fixture(autouse=True)
def _time(settings: Any) -> Iterator[None]:
    settings.REQUIRE_SECOND_FACTOR = False
    with clock.frozen(AT):
        yield


@pytest.fixture
def report(city: City) -> Report:
    """A report of the department of works, being written; its task has evidence, a step, an obstacle."""
    at = moment("2026-03-03 09:00")
    made = owed(city, at=at)
    focal = city.actor("focal")
    writing.refill(report_id=made.pk, actor=focal, at=at)
    writing.write_section(
        report_id=made.pk, code="de-xuat", title="", blocks=[{"index": 0, "text": SECRET}], actor=focal, at=at
    )
    share = Share.objects.get(agency=city.works)
    shares.report(share_id=share.pk, percent=30, text=SECRET, file_ids=[builders.picture(at)], actor=focal, at=at)
    shares.raise_obstacle(share_id=share.pk, text=SECRET, actor=focal, at=at)
    steps.add(share_id=share.pk, title=SECRET, due_on=None, person_id=None, actor=focal, at=at)
    return Report.objects.get(pk=made.pk)


def standing() -> list[Any]:
    """Everything that an act would change."""
    return [
        Entry.objects.count(), PlanDocument.objects.count(), Reading.objects.count(), ReportDraft.objects.count(),
        StoredFile.objects.filter(attached_at__isnull=False).count(), CalendarFeed.objects.count(),
        Conclusion.objects.count(), OwnItem.objects.count(), list(PlanStep.objects.values_list("pk", "done_at")),
        sorted(Share.objects.values_list("pk", "state", "version", "person", "percent", "due_at").iterator(), key=str),
        sorted(Report.objects.values_list("pk", "state", "version").iterator(), key=str),
        sorted(ReportDuty.objects.values_list("pk", "ends_on", "rrule").iterator(), key=str),
        sorted(RegisterItem.objects.values_list("pk", "state", "version").iterator(), key=str),
    ]  # fmt: skip


GIVEN = {
    "note": "x", "text": "x", "percent": "77", "due": "2026-12-01", "title": "x", "document": "1", "act": "add",
    "link": "https://a.example/1", "answer": "x", "number": "1/BC", "seen": "", "t-0": "x", "version": "", "key": "x",
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGERS)
def test_strangers_neither_read_nor_move_another_agencys_work(
    city: City, report: Report, sign_in: Callable[[str], Client], name: str
) -> None:
    share = Share.objects.get(agency=city.works)
    plan = share.task.document_id
    own = OwnItem.objects.create(
        person=city.people["head"], title=SECRET, starts_on=AT.date(), ends_on=AT.date(), created_at=AT
    )
    own_meeting = meetings.call_meeting(
        agency_id=city.works.pk, rhythm="month", on=AT.date(), actor=city.actor("head"), at=AT
    )
    held = meetings.conclude(
        meeting_id=own_meeting.pk, agency_id=None, text=SECRET, due_on=None, as_task=False, actor=city.actor("head"),
        at=AT,
    )  # fmt: skip
    waiting = entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT)
    item = RegisterItem.objects.filter(document=waiting).first()
    indicator = Indicator.objects.create(
        document_id=plan, name="Tỷ lệ", unit="%", op=">=", value=9.0, agency=city.works
    )
    stored = StoredFile.objects.get(kind="progress")
    step = PlanStep.objects.get()
    duty = ReportDuty.objects.filter(agency=city.works).first()
    assert item is not None and duty is not None
    client, before = sign_in(name), standing()

    def get(route: str, *args: Any) -> Any:
        return client.get(reverse(f"desk:{route}", args=args))

    def post(route: str, *args: Any, **data: Any) -> Any:
        return client.post(reverse(f"desk:{route}", args=args), {**GIVEN, **data})

    assert get("evidence", stored.pk).status_code in (403, 404)
    page = get("share", share.pk)
    assert page.status_code == 403 or name == "observer" or SECRET not in page.content.decode()
    hidden = ["report", "report_section", "report_version", "report_file"]
    arguments: dict[str, list[Any]] = {"report_section": ["de-xuat"], "report_version": [1], "report_file": ["docx"]}
    for route in hidden:
        assert get(route, report.pk, *arguments.get(route, [])).status_code in (403, 404), route
    shut = [get("own_item", own.pk).status_code, get("report_group", report.pk).status_code]
    if name != "observer":
        shut += [get(one, own_meeting.pk).status_code for one in ("meeting", "meeting_screen", "meeting_print")]
        shut.append(get("meeting_file", own_meeting.pk, "docx").status_code)
    assert set(shut) <= {403, 404}

    for act in SHARE_ACTS:
        person, heir = city.people["handler"].pk, city.partner.pk
        answer = post("share_act", share.pk, act, person=person, agency=heir, version=share.version)
        assert answer.status_code in (302, 403), act
    for act in ("add", "done", "undone", "up", "remove"):
        assert post("share_steps", share.pk, act=act, step=step.pk).status_code in (403, 404)
    for mine in city.people.values():
        post("plan_delegate", share=[f"{share.pk}-{share.version}"], person=mine.pk)
    for act in FORMS:
        assert post("report_act", report.pk, act, version=report.version).status_code in (403, 404), act
    for route in ("report_section", "report_keep", "report_take_new"):
        assert post(route, report.pk, "de-xuat").status_code in (403, 404)
    assert post("report_version", report.pk, 1).status_code in (403, 404)
    assert post("report_attach", report.pk).status_code in (403, 404)
    for act in ("don-doc", "lap", "tong-hop"):
        assert post("report_group_act", report.pk, act, part=[report.pk]).status_code in (403, 404)
    for act in ("accept", "reject", "undo", "mend", "split", "join"):
        assert post("plan_item", waiting.pk, item.pk, act=act, version=item.version).status_code == 403
    for act in ("nhan-het", "bo-nhac-lai", "ke-thua", "them", "dau-van-ban", "tep", "xac-nhan", "rut"):
        assert post("plan_act", waiting.pk, act, reason="x", version=waiting.version).status_code == 403
    for act in ("add_task", "finish"):
        assert post("plan_do", plan, act, lead=city.partner.pk, version=share.task.document.version).status_code in (
            302,
            403,
        )
    for act in ("reading", "terms"):
        post("indicator", indicator.pk, act=act, on="2026-03-01", value="1", source="x", baseline="1")
    post("report_duty_end", duty.pk)
    post("report_rhythm", item.pk, rhythm="FREQ=MONTHLY", day="1")
    assert post("meeting_settle", held.pk).status_code in (302, 403, 404)
    city_meeting = meetings.call_meeting(
        agency_id=city.office.pk, rhythm="month", on=AT.date(), actor=city.actor("coordinator"), at=AT
    )
    before[0] += 1
    post("meeting", city_meeting.pk, agency=city.works.pk, due="2026-12-01")
    post("own_act", own.pk, act="done")
    post("calendar_feeds", agency=city.works.pk, act="renew")
    for agency in (city.works.pk, city.office.pk):
        post("plan_enter", act="van-ban", agency=agency, kind="plan")
        post("plan_enter", act="giao-viec", agency=agency, kind="letter", quote="x" * 20, lead=["Sở Xây dựng"])
    assert standing() == before
    own.refresh_from_db()
    assert own.done_at is None


def test_a_role_that_has_ended_ends_within_the_session(
    city: City, report: Report, sign_in: Callable[[str], Client]
) -> None:
    client, share = sign_in("focal"), Share.objects.get(agency=city.works)
    page = reverse("desk:report", args=[report.pk])
    assert client.get(page).status_code == 200
    RoleAssignment.objects.filter(person=city.people["focal"]).update(valid_to=date(2026, 3, 2))
    before = standing()
    assert client.get(page).status_code == 403
    for address in (
        reverse("desk:share_act", args=[share.pk, "report"]),
        reverse("desk:report_section", args=[report.pk, "de-xuat"]),
        reverse("desk:report_keep", args=[report.pk, "de-xuat"]), reverse("desk:plan_delegate"),
    ):  # fmt: skip
        assert client.post(address, GIVEN).status_code == 403
    # The same person in another agency reads what is there, and nothing of the old one's.
    RoleAssignment.objects.create(
        person=city.people["focal"], role="head", agency=city.partner, valid_from=date(2026, 3, 3)
    )
    assert client.get(page).status_code == 404
    assert SECRET not in client.get(reverse("desk:share", args=[share.pk])).content.decode()
    assert standing() == before


def test_what_was_seen_before_somebody_else_acted_is_refused(
    city: City, report: Report, sign_in: Callable[[str], Client]
) -> None:
    client, share = sign_in("focal"), Share.objects.get(agency=city.works)
    for version in (share.version - 1, share.version + 1, "x", "-1", "9" * 40):
        before = standing()
        answer = client.post(reverse("desk:share_act", args=[share.pk, "report"]), {**GIVEN, "version": version})
        assert answer.status_code == 422 and standing() == before, version
    for version in (report.version - 1, "x"):
        answer = client.post(reverse("desk:report_act", args=[report.pk, "refill"]), {"version": version})
        assert answer.status_code == 302 and standing() == before, version


def test_every_form_of_plans_and_reports_wants_its_token(
    city: City, report: Report, sign_in: Callable[[str], Client]
) -> None:
    strict, share = Client(enforce_csrf_checks=True), Share.objects.get(agency=city.works)
    strict.force_login(city.people["focal"], backend="allauth.account.auth_backends.AuthenticationBackend")
    before = standing()
    for address in (
        reverse("desk:share_act", args=[share.pk, "report"]), reverse("desk:share_steps", args=[share.pk]),
        reverse("desk:plan_delegate"), reverse("desk:report_keep", args=[report.pk, "de-xuat"]),
        reverse("desk:report_act", args=[report.pk, "submit"]), reverse("desk:calendar_feeds"),
        reverse("desk:work_plan"), reverse("desk:plan_enter"), reverse("desk:meetings"),
    ):  # fmt: skip
        assert strict.post(address, GIVEN).status_code == 403, address
    assert standing() == before


def test_a_list_leads_back_only_to_the_desk(city: City, report: Report, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("focal")
    for target in (
        "https://evil.example/",
        "//evil.example/can-bo/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/tai-khoan/",
    ):
        answer = client.post(f"{reverse('desk:plan_delegate')}?next={target}", {"share": []})
        assert answer["Location"] == reverse("desk:plan_agency"), target


WORDS = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7 }}&amp;"


def test_words_are_words_on_every_page(city: City, sign_in: Callable[[str], Client]) -> None:
    """What people typed into plans, shares, steps, reports and meetings is text wherever a page writes it out."""
    at, office = moment("2026-03-03 09:00"), city.actor("coordinator")
    report = owed(city, at=at)
    focal, head = city.actor("focal"), city.actor("head")
    share = Share.objects.get(agency=city.works)
    document = share.task.document
    document.number, document.title, document.signer = WORDS[:60], WORDS, WORDS
    document.save()
    share.task.title, share.task.text, share.task.path, share.task.deliverable = WORDS, WORDS, f"{WORDS}.1", WORDS
    share.task.lead_names, share.task.partner_names, share.task.due_words = [WORDS], [WORDS], WORDS
    share.task.save()
    city.works.short_name = city.works.name = WORDS
    city.works.save()
    handler = city.people["handler"]
    handler.full_name = WORDS
    handler.save()
    shares.delegate(share_id=share.pk, person_id=handler.pk, unit=WORDS, actor=focal, at=at)
    steps.add(share_id=share.pk, title=WORDS, due_on=date(2026, 3, 20), person_id=handler.pk, actor=focal, at=at)
    shares.report(share_id=share.pk, percent=9, text=WORDS, actor=focal, at=at)
    shares.raise_obstacle(share_id=share.pk, text=WORDS, actor=focal, at=at)
    shares.extend(share_id=share.pk, due=date(2026, 7, 1), note=WORDS, actor=office, at=at)
    OwnItem.objects.create(
        person=handler, title=WORDS, note=WORDS, starts_on=at.date(), ends_on=at.date(), created_at=at
    )
    Indicator.objects.create(document=document, name=WORDS, unit=WORDS[:40], op=">=", value=1.0, agency=city.works)
    writing.refill(report_id=report.pk, actor=focal, at=at)
    writing.write_section(
        report_id=report.pk, code="de-xuat", title=WORDS, blocks=[{"index": 0, "text": WORDS}], actor=focal, at=at
    )
    meeting = meetings.call_meeting(agency_id=city.office.pk, rhythm="month", on=AT.date(), actor=office, at=AT)
    meetings.conclude(
        meeting_id=meeting.pk, agency_id=None, text=WORDS, due_on=None, as_task=False, actor=office, at=AT
    )
    del head
    from langnghe.cases import catalogue

    catalogue.forget()
    pages = {
        "coordinator": [
            reverse("desk:plan", args=[document.pk]), reverse("desk:plan", args=[document.pk]) + "?in=1",
            reverse("desk:task", args=[share.task_id]), reverse("desk:share", args=[share.pk]),
            reverse("desk:share", args=[share.pk]) + "?in=1", reverse("desk:plan_late"),
            reverse("desk:plan_late") + "?han=sap-han&tat-ca=1&in=1", reverse("desk:plan_board"),
            reverse("desk:plan_board") + "?in=1", reverse("desk:plan_calendar") + "?thang=2026-07",
            reverse("desk:plan_calendar") + "?thang=2026-07&in=1", reverse("desk:plan_search") + "?q=script",
            reverse("desk:plan_indicators", args=[document.pk]), reverse("desk:plan_obstacles"), reverse("desk:plans"),
            reverse("desk:report", args=[report.pk]), reverse("desk:report_version", args=[report.pk, 2]),
            reverse("desk:meeting", args=[meeting.pk]), reverse("desk:meeting_print", args=[meeting.pk]),
            reverse("desk:report_duties"), reverse("desk:report_received"), reverse("desk:home"),
        ],
        "handler": [
            reverse("desk:work_plan"), reverse("desk:plan_mine"), reverse("desk:plan_agency"), reverse("desk:home"),
            reverse("desk:report_section", args=[report.pk, "de-xuat"]),
        ],
    }  # fmt: skip
    shown = 0
    for name, addresses in pages.items():
        client = sign_in(name)
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200, address
            text = answer.content.decode()
            assert "<script>alert" not in text and "<img src=x" not in text, address
            shown += "&lt;script&gt;alert(1)" in text
    assert shown > 20, "the words stand on most of these pages"


def test_a_calendar_names_nobody_and_breaks_no_line(city: City, client: Client) -> None:
    at = moment("2026-03-03 09:00")
    share = builders.given(city, city.works, at=at, title="Một\r\nATTENDEE:x\rX-EVIL:1\u2028y\x0bz")
    handler = city.people["handler"]
    shares.delegate(share_id=share.pk, person_id=handler.pk, actor=city.actor("focal"), at=at)
    for person, agency in ((city.people["focal"], city.works.pk), (handler, None)):
        secret = feeds.renew(person_id=person.pk, agency_id=agency, at=at)
        body = client.get(reverse("portal:calendar_feed", args=[secret])).content
        events = Calendar.from_ical(body).walk("VEVENT")
        assert len(events) == 1 and "X-EVIL" not in events[0] and "ATTENDEE" not in events[0]
        text = body.decode().replace("\r\n ", "")
        assert not set(text.replace("\r\n", "")) & set("\r\n\x0b\u2028"), "no sign that could end a line"
        for one in city.people.values():
            assert one.full_name not in text and one.username not in text and (not one.email or one.email not in text)


def test_free_words_stay_out_of_the_ledger_and_stand_on_the_page(
    city: City, report: Report, sign_in: Callable[[str], Client]
) -> None:
    """What leaders and offices write may name people: the ledger, of which nothing can be taken away, has no word of
    it; the history of the report shows it all the same."""
    focal, head, office = city.actor("focal"), city.actor("head"), city.actor("coordinator")
    words = "Bà Nguyễn Thị Kín chưa ký"
    writing.submit(report_id=report.pk, actor=focal, at=AT)
    writing.send_back(report_id=report.pk, note=words, actor=head, at=AT)
    writing.urge(report_id=report.pk, note=words, actor=office, at=AT)
    writing.waive(report_id=report.pk, note=words + " lần hai", actor=office, at=AT)
    share = Share.objects.get(agency=city.works)
    shares.urge(share_id=share.pk, note=words, actor=office, at=AT)
    shares.answer_obstacle(share_id=share.pk, answer=words, actor=office, at=AT)
    shares.cancel(share_id=share.pk, note=words, actor=office, at=AT)
    told = " ".join(str(data) for data in Entry.objects.values_list("data", flat=True))
    assert "Nguyễn Thị Kín" not in told and SECRET not in told
    for name in ("focal", "coordinator"):
        page = sign_in(name).get(reverse("desk:report", args=[report.pk])).content.decode()
        assert words in page and f"{words} lần hai" in page, name


def test_a_report_carries_so_many_files_and_no_more(
    city: City, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MOST_FILES", 2)
    focal = city.actor("focal")
    for _n in range(2):
        writing.attach(report_id=report.pk, file_ids=[builders.picture(AT)], actor=focal, at=AT)
    with pytest.raises(ActError):
        writing.attach(report_id=report.pk, file_ids=[builders.picture(AT)], actor=focal, at=AT)
    assert StoredFile.objects.filter(kind="report", subject_id=report.pk).count() == 2
