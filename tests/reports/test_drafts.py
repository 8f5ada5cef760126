"""What is typed into a section is kept while it is typed, without a word in the ledger, and never lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from langnghe.acts.errors import ActError, NotAllowed, Stale
from langnghe.agencies.models import Person, RoleAssignment
from langnghe.ledger.models import Entry
from langnghe.reports import rules_drafts as rules
from langnghe.reports.models import Report, ReportDraft, ReportVersion
from langnghe.reports.sections import lines
from langnghe.reports.services import drafts, writing
from langnghe.worktime import clock
from tests.cases.city import START, City, moment
from tests.reports.builders import owed

AT = moment("2026-03-12 10:32")
CODE = "dang-lam"


@pytest.fixture(autouse=True)
def _time(settings: Any) -> Iterator[None]:
    settings.REQUIRE_SECOND_FACTOR = False
    with clock.frozen(AT):
        yield


@pytest.fixture
def report(city: City, at: Any) -> Report:
    """A report that the focal point has begun."""
    return writing.refill(report_id=owed(city, at=at).pk, actor=city.actor("focal"), at=AT)


def sign(report: Report) -> str:
    """The sign of the section as it stands."""
    report.refresh_from_db()
    section = drafts.section_of(report, CODE)
    assert section is not None
    return rules.seen(section)


def says(report: Report) -> list[str]:
    """What the section says."""
    report.refresh_from_db()
    return lines(next(one for one in report.sections if one["code"] == CODE))


def client_of(city: City, name: str, **given: Any) -> Client:
    """A browser in which that person is signed in."""
    client = Client(**given)
    client.force_login(city.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def keep(city: City, report: Report, words: str, *, seen: str, who: str = "focal", **more: str) -> drafts.Kept:
    """As the script keeps it."""
    typed = {"t-0": words, **more}
    return drafts.keep(report_id=report.pk, code=CODE, typed=typed, seen=seen, actor=city.actor(who), at=AT)


@given(st.dictionaries(st.text(max_size=8) | st.from_regex(r"[ctnx]-\\d{1,3}(-\\d{1,3}){0,2}"), st.text(max_size=20)))
def test_only_fields_of_the_form_are_kept(typed: dict[str, str]) -> None:
    fields = rules.fields_of({**typed, "csrfmiddlewaretoken": "x", "seen": "x", "next": "1"})
    assert not {"csrfmiddlewaretoken", "seen", "next"} & set(fields)
    section = {"code": "a", "title": "A", "blocks": [{"type": "text", "key": "k", "text": "t", "made": None}]}
    assert rules.blocks_of(section, fields)[-1]["index"] is None


@pytest.mark.django_db
def test_typing_leaves_the_report_and_the_ledger_alone(city: City, report: Report) -> None:
    seen, entries, version = sign(report), Entry.objects.count(), report.version
    for words in ("M", "Một", "Một việc"):
        keep(city, report, words, seen=seen)
    report.refresh_from_db()
    assert (Entry.objects.count(), report.version, ReportVersion.objects.count()) == (entries, version, version)
    assert ReportDraft.objects.get().fields == {"t-0": "Một việc"}
    drafts.save_section(
        report_id=report.pk, code=CODE, typed={"new": "Thêm"}, seen=seen, actor=city.actor("focal"), at=AT
    )
    assert says(report)[0] == "Một việc" and says(report)[-1] == "Thêm"
    assert Entry.objects.count() == entries + 1
    assert not ReportDraft.objects.exclude(fields={}).exists()


@pytest.mark.django_db
def test_what_arrives_after_the_section_was_saved_begins_no_new_draft(city: City, report: Report) -> None:
    seen = sign(report)
    keep(city, report, "Một", seen=seen)
    drafts.save_section(
        report_id=report.pk, code=CODE, typed={"t-0": "Một việc"}, seen=seen, actor=city.actor("focal"), at=AT
    )
    assert not keep(city, report, "Một việc", seen=seen).stale
    assert not ReportDraft.objects.exclude(fields={}).exists()
    keep(city, report, "Hai việc", seen=sign(report))  # the next form is another one
    assert ReportDraft.objects.get().fields == {"t-0": "Hai việc"}


@pytest.mark.django_db
def test_another_writer_is_told_of_and_nothing_typed_is_lost(city: City, report: Report) -> None:
    second = Person.objects.create(username="focal9", full_name="Trần Thị Hai", email="focal9@city.example")
    RoleAssignment.objects.create(person=second, role="focal_point", agency=city.works, valid_from=START)
    city.people["focal9"] = second
    seen = sign(report)
    keep(city, report, "Lời của người khác", seen=seen, who="focal9")
    one, two = client_of(city, "focal"), client_of(city, "focal9")
    url, post = (reverse(f"desk:{name}", args=[report.pk, CODE]) for name in ("report_section", "report_keep"))
    said = one.post(post, {"seen": seen, "t-0": "Lời của tôi"}).json()
    assert said["saved"].startswith("Đã lưu lúc 10:32") and "Trần Thị Hai cũng đang viết mục này" in said["others"]
    assert "Trần Thị Hai cũng đang viết" in one.get(url).content.decode()
    assert two.post(url, {"seen": seen, "t-0": "Lời của người khác"}).status_code == 302
    said = one.post(post, {"seen": seen, "t-0": "Lời của tôi, dài hơn"}).json()
    assert "Người khác vừa sửa mục này" in said["stale"]
    page = one.get(url).content.decode()  # typed words in the form, the present ones beside it
    assert "Lời của tôi, dài hơn" in page and "Lời của người khác" in page and 'name="over"' in page
    refused = one.post(url, {"seen": seen, "t-0": "Lời của tôi, dài hơn"})
    assert refused.status_code == 422 and "Lời của tôi, dài hơn" in refused.content.decode()
    assert says(report)[0] == "Lời của người khác"
    with pytest.raises(ActError, match="đang viết dở"):
        drafts.submit(report_id=report.pk, actor=city.actor("focal"), at=AT)
    assert one.post(url, {"seen": seen, "t-0": "Lời của tôi, dài hơn", "over": "1"}).status_code == 302
    assert says(report)[0] == "Lời của tôi, dài hơn"
    assert any("Lời của người khác" in str(one.sections) for one in ReportVersion.objects.all())


@pytest.mark.django_db
def test_a_writer_of_another_section_is_in_nobodys_way(city: City, report: Report) -> None:
    seen = sign(report)
    report.refresh_from_db()
    other = next(one for one in report.sections if one["code"] != CODE)
    writing.write_section(
        report_id=report.pk, code=other["code"], title="", blocks=[{"index": None, "text": "Đoạn khác"}],
        actor=city.actor("handler"), at=AT,
    )  # fmt: skip
    assert not keep(city, report, "Một", seen=seen).stale
    drafts.save_section(report_id=report.pk, code=CODE, typed={}, seen=seen, actor=city.actor("focal"), at=AT)
    assert says(report)[0] == "Một"


@pytest.mark.django_db
def test_blocks_that_are_others_now_are_not_written_over(city: City, report: Report) -> None:
    seen, focal = sign(report), city.actor("focal")
    keep(city, report, "Một", seen=seen)
    blocks = [{"index": None, "text": "Đoạn mới"}]
    writing.write_section(report_id=report.pk, code=CODE, title="", blocks=blocks, actor=city.actor("handler"), at=AT)
    with pytest.raises(Stale):
        drafts.save_section(report_id=report.pk, code=CODE, typed={}, seen=seen, over=True, actor=focal, at=AT)
    page = client_of(city, "focal").get(reverse("desk:report_section", args=[report.pk, CODE])).content.decode()
    assert 'name="over"' not in page and "chép phần cần giữ" in page and 'name="drop"' in page


@pytest.mark.django_db
def test_submitting_takes_in_what_was_being_typed(city: City, report: Report) -> None:
    keep(city, report, "Viết rồi trình luôn", seen=sign(report))
    client = client_of(city, "focal")
    page = client.get(reverse("desk:report", args=[report.pk])).content.decode()
    assert "Có phần đang viết dở" in page
    answer = client.post(reverse("desk:report_act", args=[report.pk, "submit"]), {"version": report.version})
    assert answer.status_code == 302
    assert says(report)[0] == "Viết rồi trình luôn"
    assert report.state == "awaiting_approval"
    with pytest.raises(NotAllowed):
        keep(city, report, "Quá muộn", seen=sign(report))
    late = client.post(reverse("desk:report_keep", args=[report.pk, CODE]), {"seen": "x", "t-0": "Quá muộn"})
    assert late.status_code == 403 and "vẫn ở trang này" in late.json()["error"]


@pytest.mark.django_db
def test_a_draft_is_dropped_when_the_person_says_so(city: City, report: Report) -> None:
    client, url = client_of(city, "focal"), reverse("desk:report_section", args=[report.pk, CODE])
    keep(city, report, "Bỏ đi", seen=sign(report))
    assert "Bỏ đi" in client.get(url).content.decode()
    assert client.post(url, {"drop": "1"}).status_code == 302
    assert "Bỏ đi" not in client.get(url).content.decode() and not ReportDraft.objects.exists()


@pytest.mark.django_db
def test_keeping_asks_for_the_token_and_for_the_right_to_write(city: City, report: Report) -> None:
    post = reverse("desk:report_keep", args=[report.pk, CODE])
    assert client_of(city, "focal", enforce_csrf_checks=True).post(post, {"t-0": "x"}).status_code == 403
    assert client_of(city, "focal").get(post).status_code == 405
    assert client_of(city, "partner_focal").post(post, {"t-0": "x"}).status_code == 404
    assert client_of(city, "observer").post(post, {"t-0": "x"}).status_code == 403
    assert (
        client_of(city, "focal").post(reverse("desk:report_keep", args=[report.pk, "khong-co"]), {}).status_code == 409
    )
    long = {"t-0": "x" * (rules.MOST_LETTERS + 1), "seen": sign(report)}
    assert client_of(city, "focal").post(post, long).status_code in (400, 409)
    assert not ReportDraft.objects.exists()


@pytest.mark.django_db
def test_keeping_costs_little(city: City, report: Report) -> None:
    client, seen = client_of(city, "focal"), sign(report)
    post = reverse("desk:report_keep", args=[report.pk, CODE])
    client.post(post, {"seen": seen, "t-0": "một"})
    with CaptureQueriesContext(connection) as found:
        client.post(post, {"seen": seen, "t-0": "hai\x00"})
    assert ReportDraft.objects.get().fields == {"t-0": "hai"}
    assert len(found) <= 12
