"""Documents: entered by file or by form, confirmed once and whole, corrected with progress kept, ended."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.acts.errors import ActError, Missing, NotAllowed, Stale
from langnghe.ledger.models import Entry
from langnghe.ledger.services import verify
from langnghe.plans.models import Indicator, PlanDocument, Reading, RegisterItem, Share, Task
from langnghe.plans.rules_compare import Side, compare, likest
from langnghe.plans.services import documents, items, shares
from langnghe.plans.services.documents import entering
from tests.cases.city import City, moment
from tests.plans.registers import TEXT, entered, item, register, settle, task

AT = moment("2026-03-02 09:00")
LATER = moment("2026-04-06 09:00")


def confirmed(city: City, **more: Any) -> PlanDocument:
    """The city's plan in force."""
    actor = city.actor("coordinator")
    plan = entered(agency_id=city.office.pk, actor=actor, at=AT, **more)
    settle(plan, actor=actor, at=AT)
    return documents.confirm(document_id=plan.pk, actor=actor, at=AT)


def share_of(plan: PlanDocument, path: str, agency_id: int | None) -> Share:
    """The living share of a task."""
    return Share.objects.get(task__document=plan, task__path=path, agency_id=agency_id)


# --- entering ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_text_is_read_and_nothing_counts_yet(city: City) -> None:
    actor = city.actor("coordinator")
    plan = documents.enter(
        agency_id=city.office.pk, actor=actor, at=AT, content=TEXT.encode(), name="ke-hoach.txt",
        values={"number": "7/KH", "issued_on": date(2026, 2, 1)},
    )  # fmt: skip
    assert (plan.state, plan.number, plan.issued_on) == ("review", "7/KH", date(2026, 2, 1))
    assert plan.text.startswith("KẾ HOẠCH") and plan.file is not None
    plan.file.refresh_from_db()
    assert (plan.file.kind, plan.file.subject_id) == ("plan", plan.pk)
    rows = list(RegisterItem.objects.filter(document=plan, kind="task"))
    assert rows and all(row.state == "found" for row in rows)
    for row in rows:
        assert row.start is not None and row.end is not None
        assert plan.text[row.start : row.end].split() == row.current["quote"].split()
    assert not Task.objects.exists() and not Share.objects.exists()
    assert Entry.objects.get(kind="plan", subject_id=plan.pk).act == "enter"


@pytest.mark.django_db
def test_text_without_a_title_is_kept_and_said(city: City) -> None:
    plan = documents.enter(
        agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT, text="Giao Sở Xây dựng làm."
    )
    assert plan.title
    assert any("trích yếu" in warning for warning in plan.warnings)


@pytest.mark.django_db
def test_nothing_at_all_is_refused(city: City) -> None:
    with pytest.raises(Missing):
        documents.enter(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT)
    assert not PlanDocument.objects.exists()


@pytest.mark.django_db
def test_agencies_enter_their_own_only(city: City) -> None:
    with pytest.raises(NotAllowed):
        entered(agency_id=city.office.pk, actor=city.actor("focal"), at=AT)
    with pytest.raises(NotAllowed):
        entered(agency_id=city.works.pk, actor=city.actor("handler"), at=AT)
    assert entered(agency_id=city.works.pk, actor=city.actor("focal"), at=AT).pk


# --- confirming -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_confirming_makes_tasks_shares_and_indicators(city: City) -> None:
    plan = confirmed(city)
    assert (plan.state, plan.version) == ("active", 6)
    assert [row.path for row in Task.objects.filter(document=plan)] == ["1", "2", "3", "4"]
    first = Task.objects.get(document=plan, path="1")
    assert (first.due_kind, first.due_on, first.due_before) == ("date", date(2026, 6, 30), True)
    assert first.text == item(plan, "1").current["quote"]
    second = Task.objects.get(document=plan, path="2")
    assert (second.due_kind, second.rrule, second.partner_names) == ("recurring", "FREQ=MONTHLY", ["Sở Xây dựng"])
    given = {
        (row.task.path, row.agency_id, row.lead, row.body_name, row.via) for row in Share.objects.select_related("task")
    }
    assert given == {
        ("1", city.works.pk, True, "", ""),
        ("2", city.partner.pk, True, "", ""),
        ("2", city.works.pk, False, "", ""),
        ("3", city.commune.pk, True, "", "UBND các xã, phường"),
        ("4", None, True, "Báo Ngõ Nhỏ", ""),
    }
    indicator = Indicator.objects.get(document=plan)
    assert (indicator.op, indicator.value, indicator.unit) == (">=", 98.0, "%")
    assert verify() == []


@pytest.mark.django_db
def test_confirming_is_whole_or_not_at_all(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = city.actor("coordinator")
    plan = entered(agency_id=city.office.pk, actor=actor, at=AT)
    settle(plan, actor=actor, at=AT)

    def fail(**_given: Any) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(shares, "assign_many", fail)
        with pytest.raises(RuntimeError):
            documents.confirm(document_id=plan.pk, actor=actor, at=AT)
    plan.refresh_from_db()
    assert plan.state == "review"
    assert not Task.objects.exists() and not Indicator.objects.exists()
    documents.confirm(document_id=plan.pk, actor=actor, at=AT)
    assert Task.objects.count() == 4


@pytest.mark.django_db
def test_confirming_twice_is_refused(city: City) -> None:
    plan = confirmed(city)
    with pytest.raises(NotAllowed):
        documents.confirm(document_id=plan.pk, actor=city.actor("coordinator"), at=AT)
    assert Task.objects.count() == 4


@pytest.mark.django_db
def test_confirming_needs_every_item_seen_the_date_and_the_page_that_was_seen(city: City) -> None:
    actor = city.actor("coordinator")
    plan = entered(agency_id=city.office.pk, actor=actor, at=AT, issued_on=None)
    with pytest.raises(ActError) as undated:
        documents.confirm(document_id=plan.pk, actor=actor, at=AT)
    assert undated.value.field == "issued_on"
    values = {"title": plan.title, "number": plan.number, "issued_on": date(2026, 2, 20), "kind": "plan"}
    plan = documents.mend_head(document_id=plan.pk, values=values, actor=actor, at=AT)
    with pytest.raises(NotAllowed):
        documents.confirm(document_id=plan.pk, actor=actor, at=AT)
    seen = plan.version
    settle(plan, actor=actor, at=AT)
    with pytest.raises(Stale):
        documents.confirm(document_id=plan.pk, actor=actor, at=AT, expected_version=seen)


@pytest.mark.django_db
def test_rejected_items_give_nothing(city: City) -> None:
    actor = city.actor("coordinator")
    plan = entered(agency_id=city.office.pk, actor=actor, at=AT)
    items.reject(item_id=item(plan, "4").pk, actor=actor, at=AT)
    settle(plan, actor=actor, at=AT)
    documents.confirm(document_id=plan.pk, actor=actor, at=AT)
    assert not Share.objects.filter(body_name="Báo Ngõ Nhỏ").exists()


@pytest.mark.django_db
def test_a_person_names_who_carries_on(city: City) -> None:
    actor = city.actor("coordinator")
    found = register()
    found["tasks"] = [
        task("Việc của cơ quan đã kết thúc.", ["UBND các quận, huyện, thị xã"], path="1"),
        task("Việc không ai làm tiếp.", ["Ban Đã Giải Thể"], path="2"),
    ]
    from langnghe.plans.services.bodies import load_bodies

    load_bodies(at=AT, rows=[{"name": "UBND các quận, huyện, thị xã", "kinds": ["district"]}])
    plan = entered(agency_id=city.office.pk, actor=actor, at=AT, found=found)
    assert item(plan, "1").doubts and item(plan, "2").doubts
    heirs = {"UBND các quận, huyện, thị xã": ["UBND các xã, phường"], "Ban Đã Giải Thể": []}
    documents.carry(document_id=plan.pk, heirs=heirs, actor=actor, at=AT)
    assert item(plan, "1").doubts == [] and item(plan, "2").doubts == []
    settle(plan, actor=actor, at=AT)
    documents.confirm(document_id=plan.pk, actor=actor, at=AT)
    share = share_of(plan, "1", city.commune.pk)
    assert share.via == "UBND các quận, huyện, thị xã"
    assert share_of(plan, "2", None).body_name == "Ban Đã Giải Thể"


# --- corrected versions -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_corrected_version_keeps_what_was_done(city: City) -> None:
    office = city.actor("coordinator")
    old = confirmed(city)
    done = share_of(old, "1", city.works.pk)
    shares.delegate(share_id=done.pk, person_id=city.people["handler"].pk, actor=city.actor("focal"), at=AT)
    shares.report(share_id=done.pk, percent=60, text="Đã rà soát 60%.", actor=city.actor("handler"), at=AT)
    level = Indicator.objects.get(document=old)
    Reading.objects.create(indicator=level, on=date(2026, 3, 1), value=91, source="Báo cáo", at=AT)
    found = register()
    first, second, third, _fourth = found["tasks"]
    first["deadline"] = {**first["deadline"], "value": "2026-09-30"}
    second["cooperate"] = []
    found["tasks"] = [first, second, third, task("Sở Xây dựng lập sổ theo dõi đèn.", ["Sở Xây dựng"], path="5")]
    new = entered(agency_id=city.office.pk, actor=office, at=LATER, found=found, supersedes_id=old.pk)
    changes = {pair.change for pair in documents.versions(new)}
    assert changes == {"changed", "same", "new", "gone"}
    settle(new, actor=office, at=LATER)
    documents.confirm(document_id=new.pk, actor=office, at=LATER)
    old.refresh_from_db()
    assert old.state == "superseded"
    moved = share_of(new, "1", city.works.pk)
    assert (moved.pk, moved.percent, moved.person) == (done.pk, 60, city.people["handler"])
    assert moved.due_at is not None and moved.due_at.astimezone(LATER.tzinfo).date() == date(2026, 9, 29)
    dropped = Share.objects.get(task__document=new, task__path="2", agency=city.works)
    assert dropped.state == "cancelled"  # it is no longer named beside the lead
    assert Share.objects.get(task__document=old, body_name="Báo Ngõ Nhỏ").state == "cancelled"
    assert share_of(new, "5", city.works.pk).state == "assigned"
    assert Indicator.objects.get(document=new).readings.count() == 1
    assert verify() == []


@pytest.mark.django_db
def test_only_one_version_waits_at_a_time(city: City) -> None:
    office = city.actor("coordinator")
    old = confirmed(city)
    waiting = entered(agency_id=city.office.pk, actor=office, at=LATER, supersedes_id=old.pk)
    with pytest.raises(ActError) as refused:
        entered(agency_id=city.office.pk, actor=office, at=LATER, supersedes_id=old.pk)
    assert refused.value.field == "supersedes"
    with pytest.raises(Missing):
        documents.withdraw(document_id=waiting.pk, reason=" ", actor=office, at=LATER)
    documents.withdraw(document_id=waiting.pk, reason="Nhầm tệp", actor=office, at=LATER)
    assert entered(agency_id=city.office.pk, actor=office, at=LATER, supersedes_id=old.pk).supersedes_id == old.pk


@pytest.mark.django_db
def test_two_plans_with_one_number_are_a_warning(city: City) -> None:
    first, second = confirmed(city), entered(agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT)
    assert documents.same_number(second) == [first]
    other_year = {"title": second.title, "number": second.number, "issued_on": date(2025, 2, 20), "kind": "plan"}
    second = documents.mend_head(document_id=second.pk, values=other_year, actor=city.actor("coordinator"), at=AT)
    assert documents.same_number(second) == []


# --- single assignments, own plans, ends ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_single_task_comes_without_a_plan(city: City) -> None:
    fields = {"quote": "Thay đèn hỏng ở ngõ 12.", "lead": ["Sở Xây dựng"]}
    plan = documents.assign_single(
        agency_id=city.office.pk, kind="conclusion", values={"title": "Kết luận giao ban"}, fields=fields,
        actor=city.actor("coordinator"), at=AT,
    )  # fmt: skip
    assert (plan.state, plan.kind, plan.issued_on) == ("active", "conclusion", AT.date())
    assert Share.objects.get().agency == city.works
    with pytest.raises(Missing):
        documents.assign_single(
            agency_id=city.office.pk, kind="conclusion", values={"title": "x"}, fields={"quote": "y", "lead": []},
            actor=city.actor("coordinator"), at=AT,
        )  # fmt: skip
    assert PlanDocument.objects.count() == 1


@pytest.mark.django_db
def test_a_task_is_added_to_a_plan_in_force(city: City) -> None:
    plan = confirmed(city)
    fields = {"quote": "Báo cáo về đèn hỏng.", "lead": ["Sở Công Thương"], "deadline": {"type": "ongoing"}}
    made = documents.add_task(document_id=plan.pk, fields=fields, actor=city.actor("coordinator"), at=LATER)
    assert (made.order, made.due_kind) == (5, "ongoing")
    assert Share.objects.get(task=made).agency == city.partner
    with pytest.raises(NotAllowed):
        documents.add_task(document_id=plan.pk, fields=fields, actor=city.actor("head"), at=LATER)


@pytest.mark.django_db
def test_an_own_plan_shows_what_it_leaves_uncovered(city: City) -> None:
    above = confirmed(city)
    focal = city.actor("focal")
    found = {"tasks": [task("Rà soát đèn đường trong ngõ, lập danh mục cần thay.", ["Sở Xây dựng"], path="1")]}
    own = entered(agency_id=city.works.pk, actor=focal, at=AT, found=found, parent_id=above.pk)
    first, second = Task.objects.get(document=above, path="1"), Task.objects.get(document=above, path="2")
    assert item(own, "1").current["under"] == first.pk  # suggested by its words
    assert documents.uncovered(own) == [second]
    settle(own, actor=focal, at=AT)
    documents.confirm(document_id=own.pk, actor=focal, at=AT)
    assert Task.objects.get(document=own).under == first
    own.refresh_from_db()
    assert documents.uncovered(own) == [second]


@pytest.mark.django_db
def test_a_plan_ends_when_nothing_is_open(city: City) -> None:
    plan = confirmed(city)
    actor = city.actor("coordinator")
    with pytest.raises(NotAllowed):
        documents.finish(document_id=plan.pk, actor=actor, at=LATER)
    for share in Share.objects.filter(task__document=plan):
        shares.cancel(share_id=share.pk, note="Thôi", actor=actor, at=LATER)
    assert documents.finish(document_id=plan.pk, actor=actor, at=LATER).state == "finished"


@pytest.mark.django_db
def test_a_plan_is_replaced_by_another_in_force(city: City) -> None:
    old, new = confirmed(city), confirmed(city)
    actor = city.actor("coordinator")
    with pytest.raises(ActError):
        documents.supersede(document_id=old.pk, by_id=old.pk, actor=actor, at=LATER)
    documents.supersede(document_id=old.pk, by_id=new.pk, actor=actor, at=LATER)
    assert not Share.objects.filter(task__document=old).exclude(state="cancelled").exists()


# --- pure rules -------------------------------------------------------------------------------------------------------

words = st.lists(st.sampled_from("rà soát đèn đường ngõ báo cáo tháng quý".split()), min_size=1, max_size=8).map(
    " ".join
)
sides = st.lists(st.tuples(words, st.sampled_from(["1", "2", "a"])), max_size=8)


def _sides(rows: list[tuple[str, str]], mark: str) -> list[Side]:
    return [Side(f"{mark}{n}", path, {"quote": quote, "lead": []}) for n, (quote, path) in enumerate(rows)]


@given(sides, sides)
def test_every_item_stands_in_one_pair(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> None:
    one, other = _sides(old, "o"), _sides(new, "n")
    pairs = compare(one, other)
    assert [pair.new for pair in pairs if pair.new is not None] == other
    assert sorted(str(pair.old.key) for pair in pairs if pair.old is not None) == sorted(str(side.key) for side in one)
    for pair in pairs:
        assert (pair.change == "new") == (pair.old is None)
        assert (pair.change == "gone") == (pair.new is None)


@given(sides)
def test_a_version_is_the_same_as_itself(rows: list[tuple[str, str]]) -> None:
    assert {pair.change for pair in compare(_sides(rows, "o"), _sides(rows, "n"))} <= {"same"}


def test_the_likest_is_found_and_nothing_is_like_nothing() -> None:
    others = [(1, "Rà soát đèn đường trong ngõ"), (2, "Báo cáo tháng về thoát nước")]
    assert likest("Sở Xây dựng rà soát đèn đường", others) == 1
    assert likest("Tiêm phòng cho trẻ em", others) is None


# --- files ------------------------------------------------------------------------------------------------------------


def word_file() -> bytes:
    """A plan as a Word file with a table of tasks."""
    import io

    import docx

    made = docx.Document()
    for line in ("ỦY BAN NHÂN DÂN THÀNH PHỐ", "Số: 21/KH-UBND", "Hà Nội, ngày 05 tháng 01 năm 2026", "KẾ HOẠCH",
                 "Sửa đèn đường năm 2026", "Phân công nhiệm vụ như sau:"):  # fmt: skip
        made.add_paragraph(line)
    table = made.add_table(rows=1, cols=4)
    for cell, words_ in zip(table.rows[0].cells, ("TT", "Nhiệm vụ", "Chủ trì", "Thời gian hoàn thành"), strict=True):
        cell.text = words_
    for row in (
        ("1", "Rà soát toàn bộ đèn đường trong ngõ", "Sở Xây dựng", "Trước ngày 30/6/2026"),
        ("2", "Kiểm tra an toàn lưới điện chiếu sáng", "Sở Công Thương", "Hằng tháng"),
    ):
        for cell, words_ in zip(table.add_row().cells, row, strict=True):
            cell.text = words_
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.django_db
def test_a_word_file_is_read_while_the_person_waits(city: City) -> None:
    plan = documents.enter(
        agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT, content=word_file(), name="ke-hoach.docx"
    )
    assert (plan.number, plan.issued_on, plan.format) == ("21/KH-UBND", date(2026, 1, 5), "docx")
    rows = list(RegisterItem.objects.filter(document=plan, kind="task"))
    assert [row.current["lead"] for row in rows] == [["Sở Xây dựng"], ["Sở Công Thương"]]
    assert rows[0].current["deadline"]["value"] == "2026-06-30"
    assert rows[1].current["deadline"]["rrule"] == "FREQ=MONTHLY"


@pytest.mark.django_db
def test_the_worker_reads_a_waiting_file_once(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entering, "QUICK_BYTES", 10)  # so that the file counts as large
    plan = documents.enter(
        agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT, content=word_file(), name="ke-hoach.docx"
    )
    assert plan.head["reading"]["state"] == "waiting" and not plan.items.exists()
    with pytest.raises(ActError):
        documents.confirm(document_id=plan.pk, actor=city.actor("coordinator"), at=AT)
    assert documents.read_waiting(document_id=plan.pk, at=AT)
    assert not documents.read_waiting(document_id=plan.pk, at=AT)
    plan.refresh_from_db()
    assert plan.number == "21/KH-UBND" and "reading" not in plan.head
    assert plan.items.filter(kind="task").count() == 2
    assert Entry.objects.filter(kind="plan", subject_id=plan.pk, act="mend").count() == 1


@pytest.mark.django_db
def test_who_carries_on_is_said_once_for_every_version(city: City) -> None:
    office = city.actor("coordinator")
    found = {"tasks": [task("Việc của ban đã giải thể.", ["Ban Đã Giải Thể"], path="1")]}
    old = entered(agency_id=city.office.pk, actor=office, at=AT, found=found)
    documents.carry(document_id=old.pk, heirs={"Ban Đã Giải Thể": ["Sở Xây dựng"]}, actor=office, at=AT)
    settle(old, actor=office, at=AT)
    documents.confirm(document_id=old.pk, actor=office, at=AT)
    new = documents.enter(
        agency_id=city.office.pk, actor=office, at=LATER, content=word_file(), name="a.docx", supersedes_id=old.pk
    )
    assert new.head["carried_by"] == {"Ban Đã Giải Thể": ["Sở Xây dựng"]}
    assert documents.same_number(old) == []


@pytest.mark.django_db
def test_a_text_that_breaks_the_reader_is_kept(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    from langnghe.plans.reading import reader

    def fail(*_given: Any, **_more: Any) -> None:
        raise RecursionError

    monkeypatch.setattr(reader, "read", fail)
    plan = documents.enter(
        agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT, content=word_file(), name="ke-hoach.docx"
    )
    assert "Rà soát toàn bộ đèn đường" in plan.text and not plan.items.exists()
    assert any("thêm từng nhiệm vụ" in warning for warning in plan.warnings)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [
        "<html><p>KẾ HOẠCH&#0; &#xD800; 1. Sở Xây dựng làm.</p></html>".encode(),
        "KẾ HOẠCH\n1. Sở Xây dựng \x0b\x7f\u202e rà soát \U0001f6a7 đèn. Xong trước 31/02/2026.".encode(),
        ("1. Sở Xây dựng rà soát đèn; " * 3000).encode(),
    ],
)
def test_odd_texts_are_kept(city: City, content: bytes) -> None:
    plan = documents.enter(
        agency_id=city.office.pk, actor=city.actor("coordinator"), at=AT, content=content, name="la.txt"
    )
    plan.refresh_from_db()
    assert "Xây dựng" in plan.text
    for row in RegisterItem.objects.filter(document=plan):
        assert row.end is None or row.end <= len(plan.text)
