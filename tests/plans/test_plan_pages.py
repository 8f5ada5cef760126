"""Pages of carrying out plans: who may do and see what, how many queries, and that forms keep what was typed."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from langnghe.desk.forms.plan_acts import PLAN_ACTS, PLAN_ELSEWHERE, SHARE_ACTS, SHARE_ELSEWHERE
from langnghe.files.models import StoredFile
from langnghe.plans.models import Indicator, OwnItem, Share
from langnghe.plans.services import shares, steps
from langnghe.plans.workflow import PLAN_TABLE, SHARE_TABLE
from langnghe.worktime import clock
from tests.cases.city import City
from tests.plans import builders

MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def _quiet(settings: Any, at: datetime) -> Iterator[None]:
    settings.REQUIRE_SECOND_FACTOR = False
    with clock.frozen(at):
        yield


@pytest.fixture
def held(city: City, at: datetime) -> Share:
    """A task of Sở Xây dựng, held by its handler; Sở Công Thương takes part in another of the same plan."""
    share = builders.given(city, city.works, at=at, path="II.1.a", lead_names=["Sở Xây dựng"])
    other = builders.task(share.task.document, at=at, title="Rà soát quy trình", path="II.1.b")
    shares.assign(task=other, agency_id=city.partner.pk, actor=city.actor("coordinator"), at=at)
    return shares.delegate(share_id=share.pk, person_id=city.people["handler"].pk, actor=city.actor("focal"), at=at)


def _photo() -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(content, "JPEG")
    return SimpleUploadedFile("bang-chung.jpg", content.getvalue(), "image/jpeg")


def _act(client: Client, share: Share, act: str, **data: Any) -> Any:
    version = Share.objects.values_list("version", flat=True).get(pk=share.pk)
    return client.post(reverse("desk:share_act", args=[share.pk, act]), {"version": version, **data})


def test_every_act_has_a_form_or_a_place_of_its_own() -> None:
    assert set(SHARE_TABLE.acts) == set(SHARE_ACTS) | SHARE_ELSEWHERE
    assert not set(SHARE_ACTS) & SHARE_ELSEWHERE
    assert set(PLAN_TABLE.acts) == set(PLAN_ACTS) | PLAN_ELSEWHERE
    assert not set(PLAN_ACTS) & PLAN_ELSEWHERE


@pytest.mark.django_db
def test_a_share_is_reported_with_evidence_returned_and_accepted(
    city: City, held: Share, sign_in: Callable[[str], Client]
) -> None:
    handler, head = sign_in("handler"), sign_in("head")
    page = handler.get(reverse("desk:share", args=[held.pk])).content.decode()
    for words in ("Rõ việc", "Rõ người", "Rõ trách nhiệm", "Rõ thời gian", "Rõ hiệu quả", held.task.text):
        assert words in page
    answer = _act(handler, held, "submit", text="Đã niêm yết.", evidence=_photo())
    assert answer.status_code == 302, answer.content.decode()
    assert _act(head, held, "return", note="Thiếu ảnh bảng niêm yết.").status_code == 302
    assert "Thiếu ảnh bảng niêm yết." in handler.get(reverse("desk:share", args=[held.pk])).content.decode()
    _act(handler, held, "submit", text="Đã bổ sung.", evidence=_photo())
    _act(head, held, "accept")
    held.refresh_from_db()
    assert held.state == "done"


@pytest.mark.django_db
def test_forms_keep_what_was_typed_and_the_files_that_were_sent(
    city: City, held: Share, sign_in: Callable[[str], Client]
) -> None:
    client = sign_in("handler")
    answer = _act(client, held, "report", percent="", text="Đã họp hai lần.", evidence=_photo())
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Đã họp hai lần." in page and "bang-chung.jpg" in page
    assert "Hãy ghi tiến độ" in page
    token = page.split('name="uploads" value="')[1].split('"')[0]
    assert _act(client, held, "report", percent="40", text="Đã họp hai lần.", uploads=token).status_code == 302
    held.refresh_from_db()
    assert held.percent == 40
    assert StoredFile.objects.filter(kind="progress", subject_id=held.progress.get().pk).count() == 1
    stale = _act(client, held, "report", percent="50", text="Lời cũ", version="0")
    assert stale.status_code == 422 and "Lời cũ" in stale.content.decode()


@pytest.mark.django_db
def test_another_agency_neither_acts_nor_sees_the_evidence(
    city: City, held: Share, at: datetime, sign_in: Callable[[str], Client]
) -> None:
    photo = builders.picture(at)
    shares.report(
        share_id=held.pk, percent=30, text="Nội bộ: chậm vì thiếu người.", file_ids=[photo],
        actor=city.actor("handler"), at=at,
    )  # fmt: skip
    link = reverse("desk:evidence", args=[photo])
    for name, sees, opens in (
        ("handler", True, True), ("head", True, True), ("coordinator", True, True), ("observer", True, False),
        ("partner_focal", False, False), ("commune_focal", False, False),
    ):  # fmt: skip
        client = sign_in(name)
        page = client.get(reverse("desk:share", args=[held.pk]))
        assert page.status_code == 200, name
        assert ("chậm vì thiếu người" in page.content.decode()) is sees, name
        assert (link in page.content.decode()) is opens, name
        assert client.get(link).status_code == (200 if opens else 404), name
    before = Share.objects.get(pk=held.pk).version
    for name in ("partner_focal", "partner_head", "commune_focal", "handler2", "observer"):
        answer = _act(sign_in(name), held, "report", percent="90", text="x")
        assert answer.status_code in (302, 403), name
        assert Share.objects.get(pk=held.pk).version == before, name
    assert sign_in("clerk").get(reverse("desk:share", args=[held.pk])).status_code == 403
    assert sign_in("handler").get(reverse("desk:evidence", args=[builders.picture(at)])).status_code == 404


@pytest.mark.django_db
def test_why_a_term_was_extended_stands_in_the_story(city: City, held: Share, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("coordinator")
    assert _act(client, held, "extend", due="2026-08-31", note="Chờ hướng dẫn của Bộ Xây dựng.").status_code == 302
    _act(client, held, "urge", note="Báo cáo trước ngày 10/3.")
    page = sign_in("handler").get(reverse("desk:share", args=[held.pk])).content.decode()
    assert "Chờ hướng dẫn của Bộ Xây dựng." in page and "hạn mới 31/08/2026" in page
    assert "Báo cáo trước ngày 10/3." in page and "Đã gia hạn 1 lần." in page
    stranger = sign_in("commune_focal").get(reverse("desk:share", args=[held.pk])).content.decode()
    assert "Chờ hướng dẫn" not in stranger


@pytest.mark.django_db
def test_several_shares_are_given_to_one_person_at_once(
    city: City, held: Share, at: datetime, sign_in: Callable[[str], Client]
) -> None:
    mine = [builders.given(city, city.works, at=at, title=f"Việc {n}") for n in range(3)]
    foreign = builders.given(city, city.partner, at=at)
    client = sign_in("focal")
    rows = [f"{row.pk}-{row.version}" for row in mine] + [f"{foreign.pk}-0", f"{10**9}-0"]
    assert f'value="{rows[0]}"' in client.get(reverse("desk:plan_agency")).content.decode()
    url = reverse("desk:plan_delegate")
    assert client.post(url, {"share": rows}).status_code == 302
    assert not Share.objects.filter(person=city.people["handler2"]).exists()
    answer = client.post(url + "?next=//evil.example/", {"share": rows, "person": city.people["handler2"].pk})
    assert answer["Location"] == reverse("desk:plan_agency")
    given = Share.objects.filter(person=city.people["handler2"]).values_list("pk", flat=True)
    assert set(given) == {row.pk for row in mine}
    for unseen in (f"{mine[0].pk}", rows[0]):  # without the version that was seen, and with one that is no longer it
        client.post(url, {"share": unseen, "person": city.people["focal"].pk})
        assert "1 việc chưa giao được" in client.get(reverse("desk:plan_agency")).content.decode()
    assert set(given.all()) == {row.pk for row in mine}
    assert sign_in("handler").post(url, {"share": rows}).status_code == 403


@pytest.mark.django_db
def test_steps_are_added_ticked_and_moved(city: City, held: Share, sign_in: Callable[[str], Client]) -> None:
    client, url = sign_in("handler"), reverse("desk:share_steps", args=[held.pk])
    for title in ("Dự thảo", "Trình ký"):
        assert client.post(url, {"act": "add", "title": title}).status_code == 302
    empty = client.post(url, {"act": "add", "title": "", "due_on": "2026-04-01"})
    assert empty.status_code == 422 and 'value="2026-04-01"' in empty.content.decode()
    first, second = held.steps.all()
    client.post(url, {"act": "up", "step": second.pk})
    client.post(url, {"act": "done", "step": first.pk})
    assert [(one.title, one.done_at is not None) for one in held.steps.all()] == [
        ("Trình ký", False), ("Dự thảo", True)
    ]  # fmt: skip
    client.post(url, {"act": "remove", "step": first.pk})
    assert held.steps.count() == 1
    assert sign_in("partner_focal").post(url, {"act": "add", "title": "x"}).status_code == 403


@pytest.mark.django_db
def test_a_plan_gets_one_more_task_and_ends_when_nothing_is_open(
    city: City, held: Share, sign_in: Callable[[str], Client]
) -> None:
    client, plan = sign_in("coordinator"), held.task.document
    url = reverse("desk:plan_do", args=[plan.pk, "add_task"])
    bad = client.post(url, {"quote": "Kiểm tra đột xuất", "due": "2026-05-05"})
    assert bad.status_code == 422 and "Kiểm tra đột xuất" in bad.content.decode()
    given = {"quote": "Kiểm tra đột xuất", "lead": city.works.pk, "due": "2026-05-05", "version": plan.version}
    assert client.post(url, given).status_code == 302
    plan.refresh_from_db()
    share = Share.objects.get(task__title="Kiểm tra đột xuất")
    assert share.agency == city.works and share.due_at is not None and share.due_at.date() == date(2026, 5, 5)
    refused = client.post(reverse("desk:plan_do", args=[plan.pk, "finish"]), {"version": plan.version})
    assert refused.status_code == 422
    assert "Còn nhiệm vụ đang thực hiện" in refused.content.decode()
    assert sign_in("head").post(url, {"quote": "x", "lead": city.works.pk}).status_code == 302
    assert plan.tasks.count() == 3


@pytest.mark.django_db
def test_the_plan_shows_progress_filters_and_what_an_agencys_own_plan_leaves_out(
    city: City, held: Share, at: datetime, sign_in: Callable[[str], Client]
) -> None:
    plan = held.task.document
    own = builders.plan(
        city.works, actor=city.actor("head"), at=at, parent=plan, number="7/KH-SXD", title="Kế hoạch của Sở"
    )
    client = sign_in("coordinator")
    page = client.get(reverse("desk:plan", args=[plan.pk])).content.decode()
    assert "7/KH-SXD" in page and "Còn 1 nhiệm vụ Thành phố giao chưa được chi tiết hóa" in page
    builders.task(own, at=at, under=held.task)
    page = client.get(reverse("desk:plan", args=[plan.pk])).content.decode()
    assert "Đã chi tiết hóa mọi nhiệm vụ được giao." in page
    only = client.get(reverse("desk:plan", args=[plan.pk]), {"co-quan": city.partner.pk}).content.decode()
    assert "Rà soát quy trình" in only and reverse("desk:share", args=[held.pk]) not in only
    assert client.get(reverse("desk:plan", args=[plan.pk]), {"co-quan": "²", "tinh-trang": "'"}).status_code == 200
    assert client.get(reverse("desk:plan", args=[999999])).status_code == 404


@pytest.mark.django_db
def test_search_finds_with_and_without_marks(city: City, held: Share, sign_in: Callable[[str], Client]) -> None:
    client, url = sign_in("observer"), reverse("desk:plan_search")
    for words in ("niêm yết thủ tục", "niem yet thu tuc", "NIEM  YET"):
        assert held.task.title in client.get(url, {"q": words}).content.decode(), words
    for words in ("", "khong co gi nhu the", "'; drop", "a" * 500, "\x00", "&|!():*"):
        assert held.task.title not in client.get(url, {"q": words}).content.decode(), words


@pytest.mark.django_db
def test_late_shares_count_what_is_still_open(
    city: City, held: Share, at: datetime, sign_in: Callable[[str], Client]
) -> None:
    late = builders.given(city, city.works, at=at, title="Đã quá hạn", due_on=date(2026, 2, 27))
    page = sign_in("observer").get(reverse("desk:plan_late")).content.decode()
    assert reverse("desk:share", args=[late.pk]) in page
    assert "0 trên 1" in page and "1 chưa làm" in page
    partner = sign_in("partner_head").get(reverse("desk:plan_late")).content.decode()
    assert reverse("desk:share", args=[late.pk]) not in partner


@pytest.mark.django_db
def test_a_column_of_the_board_leads_to_all_of_it(
    city: City, held: Share, at: datetime, sign_in: Callable[[str], Client]
) -> None:
    for number in range(22):
        task = builders.task(held.task.document, at=at, title=f"Việc thứ {number}", due_on=date(2026, 3, 20))
        shares.assign(task=task, agency_id=city.works.pk, actor=city.actor("coordinator"), at=at)
    head, plan = sign_in("head"), held.task.document_id
    for address in ("?cua=co-quan", f"?cua=co-quan&ke-hoach={plan}"):
        page = head.get(reverse("desk:plan_board") + address).content.decode()
        found = re.search(r'<a href="([^"]+)">và (\d+) việc nữa</a>', page)
        assert found is not None
        listed = head.get(html.unescape(found[1])).content.decode()
        shown = Share.objects.filter(agency=city.works, state="assigned")
        shown = shown.filter(task__document=plan) if "ke-hoach" in address else shown
        assert set(map(int, re.findall(r'href="/can-bo/nhiem-vu/(\d+)/"', listed))) == {one.pk for one in shown}
        assert shown.count() == 20 + int(found[2])


PAGES = {
    "plan_mine": ("handler", "coordinator"),
    "plan_agency": ("focal", "head", "approver"),
    "plan_late": ("observer", "coordinator", "head"),
    "plan_calendar": ("handler", "observer", "coordinator"),
    "plan_board": ("handler", "observer", "coordinator"),
    "plan_search": ("handler", "observer"),
    "work_plan": ("handler", "coordinator"),
    "calendar_feeds": ("focal", "observer"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("full", [False, True])
def test_every_page_costs_a_dozen_queries_at_most(
    city: City, at: datetime, full: bool, sign_in: Callable[[str], Client]
) -> None:
    share = builders.given(city, city.works, at=at, path="I.1")
    plan = share.task.document
    indicator = Indicator.objects.create(document=plan, name="Tỷ lệ", op=">=", value=85)
    if full:
        actor = city.actor("focal")
        for number in range(12):
            task = builders.task(
                plan, at=at, title=f"Việc {number}", path=f"II.{number}", due_on=date(2026, 2, 10 + number)
            )
            for agency in (city.works, city.partner, city.commune):
                shares.assign(task=task, agency_id=agency.pk, actor=city.actor("coordinator"), at=at)
        for row in Share.objects.filter(agency=city.works):
            shares.delegate(share_id=row.pk, person_id=city.people["handler"].pk, actor=actor, at=at)
        steps.add(share_id=share.pk, title="Bước một", actor=city.actor("handler"), at=at)
        shares.report(
            share_id=share.pk, percent=20, text="x", file_ids=[builders.picture(at)], actor=city.actor("handler"), at=at
        )
        shares.raise_obstacle(share_id=share.pk, text="Thiếu kinh phí", actor=city.actor("handler"), at=at)
        builders.plan(city.works, actor=city.actor("head"), at=at, parent=plan)
        share.refresh_from_db()
        OwnItem.objects.create(
            person=city.people["handler"], title="Họp", starts_on=at.date(), ends_on=at.date(), created_at=at
        )
    places = [(reverse(f"desk:{name}"), who) for name, people in PAGES.items() for who in people]
    for who in ("coordinator", "focal", "handler", "partner_focal"):
        places += [
            (reverse("desk:plan", args=[plan.pk]), who), (reverse("desk:share", args=[share.pk]), who),
            (reverse("desk:task", args=[share.task_id]), who), (reverse("desk:plan_indicators", args=[plan.pk]), who),
            (reverse("desk:indicator", args=[indicator.pk]), who),
        ]  # fmt: skip
    for path, who in places:
        client = sign_in(who)
        client.get(path)  # catalogues are read once a process
        for suffix in ("", "?in=1"):
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(path + suffix)
            # Of a statement that the server keeps prepared Django's log knows no words.
            said = [one["sql"] or "… FROM prepared" for one in asked]
            told = "\n".join(one[:160] for one in said)
            # Whether calendar and catalogues are still those that the process holds is asked now and then.
            kept = ("worktime_version", "worktime_clockoffset", "cases_setting", "agencies_agency")
            own = [one for one in said if one.split(" FROM ")[-1].split()[0].strip('"') not in kept]
            assert len(own) <= MOST_QUERIES, f"{path}{suffix} ({who}): {len(own)}\n{told}"
            assert answer.status_code == 200, f"{path} {who}"
            assert "style=" not in answer.content.decode()


@pytest.mark.django_db
def test_an_indicator_is_measured_and_corrected_on_its_page(
    city: City, held: Share, sign_in: Callable[[str], Client]
) -> None:
    row = Indicator.objects.create(
        document=held.task.document, name="Tỷ lệ hài lòng", unit="%", op="increase_pct", value=5, baseline=79.73,
        baseline_year=2025, due_on=date(2026, 12, 31), agency=city.works,
    )  # fmt: skip
    url, client = reverse("desk:indicator", args=[row.pk]), sign_in("handler")
    bad = client.post(url, {"act": "reading", "on": "2026-03-01", "value": "nhiều", "source": "Khảo sát"})
    assert bad.status_code == 422 and 'value="nhiều"' in bad.content.decode()
    assert (
        client.post(url, {"act": "reading", "on": "2026-03-01", "value": "81,25", "source": "Khảo sát"}).status_code
        == 302
    )
    reading = row.readings.get()
    assert reading.value == 81.25
    page = client.get(url).content.decode()
    assert "81,25" in page and "<svg" in page and "Kế hoạch không nói rõ là phần trăm hay điểm phần trăm" in page
    client.post(url, {"act": "reading", "reading": reading.pk, "on": "2026-03-01", "value": "1.081", "source": "Sửa"})
    assert row.readings.get(replaced_by=None).value == 1081.0
    assert sign_in("partner_focal").post(url, {"act": "reading"}).status_code == 302
    assert (
        sign_in("coordinator").post(url, {"act": "terms", "baseline": "80", "due_on": "2026-11-30"}).status_code == 302
    )
    row.refresh_from_db()
    assert (row.baseline, row.due_on, row.agency) == (80.0, date(2026, 11, 30), None)


@pytest.mark.django_db
def test_the_work_plan_takes_own_items(city: City, held: Share, sign_in: Callable[[str], Client]) -> None:
    client, url = sign_in("handler"), reverse("desk:work_plan")
    bad = client.post(url, {"title": "Họp giao ban", "starts_on": "2026-03-05", "ends_on": "2026-03-04"})
    assert bad.status_code == 422 and "Họp giao ban" in bad.content.decode()
    good = {"title": "Họp giao ban", "starts_on": "2026-03-05", "ends_on": "2026-03-05", "share": held.pk}
    assert client.post(url, good).status_code == 302
    item = OwnItem.objects.get()
    assert "Họp giao ban" in client.get(url).content.decode()
    act = reverse("desk:own_act", args=[item.pk])
    assert sign_in("handler2").post(act, {"act": "remove"}).status_code == 404
    client.post(act, {"act": "done"})
    assert OwnItem.objects.get().done_at is not None
    assert client.post(reverse("desk:own_item", args=[item.pk]), good | {"title": "Họp tổ"}).status_code == 302
    client.post(act, {"act": "remove"})
    assert not OwnItem.objects.exists()
    for query in ("?ky=nam&ngay=2026-02-30", "?ky=x&ngay=0001-01-01", "?ky=quy&ngay=9999-12-31"):
        assert client.get(url + query).status_code == 200


@pytest.mark.django_db
def test_a_calendar_address_is_shown_once(city: City, sign_in: Callable[[str], Client], client: Client) -> None:
    mine, url = sign_in("focal"), reverse("desk:calendar_feeds")
    made = mine.post(url, {"act": "renew", "agency": city.works.pk})
    assert made["Cache-Control"] == "no-store"
    path = made.content.decode().split(".ics")[0].rpartition("/lich/")[2]
    assert client.get(f"/lich/{path}.ics").status_code == 200
    assert path not in mine.get(url).content.decode()
    refused = mine.post(url, {"act": "renew", "agency": city.partner.pk})
    assert "Ông/bà không thuộc cơ quan này." in refused.content.decode()
    mine.post(url, {"act": "revoke", "agency": city.works.pk})
    assert client.get(f"/lich/{path}.ics").status_code == 404
