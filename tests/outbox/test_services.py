"""Enqueueing, the administrator's acts, templates, erasure."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from langnghe.ledger.models import Entry
from langnghe.outbox import catalogue, services, templates
from langnghe.outbox.errors import OutboxError
from langnghe.outbox.models import CaughtMail, Message, MessageTemplate
from langnghe.workflow.table import ActRefused
from tests.outbox.conftest import ADMINISTRATOR, AT, HANDLER, put

pytestmark = pytest.mark.django_db


# --- enqueue ---------------------------------------------------------------------------------------------------------


def test_the_text_is_made_and_kept(texts: None) -> None:
    message = put(kind="case", subject_id=5)
    services.save_template(
        code="test.received", language="vi", subject="Khác", body="Khác {code}", actor=ADMINISTRATOR, at=AT
    )
    kept = Message.objects.get(pk=message.pk)
    assert kept.subject == "Đã nhận HN-0000-0001-4"
    assert kept.body == "Kính gửi Nguyễn Văn An,\nHN-0000-0001-4."
    assert (kept.status, kept.kind, kept.subject_id, kept.not_before, kept.context) == ("queued", "case", 5, AT, {})
    assert {f.attname: getattr(kept, f.attname) for f in Message._meta.fields} == {
        f.attname: getattr(message, f.attname) for f in Message._meta.fields
    }


def test_a_key_stands_for_one_message(texts: None, django_assert_num_queries: Any) -> None:
    first = put()
    again = put(recipient="nguoi-khac@dan.example", context={"code": "khác", "name": "khác"})
    assert again.pk == first.pk
    assert again.recipient == "an.nguyen@dan.example"
    assert Message.objects.count() == 1
    with django_assert_num_queries(1):
        put("k2")


def test_language_falls_back_to_vietnamese(texts: None) -> None:
    assert put("a", language="en").subject == "Received HN-0000-0001-4"
    assert put("b", language="fr").subject == "Đã nhận HN-0000-0001-4"


def test_office_hours_come_from_the_caller_and_urgent_ignores_them(texts: None) -> None:
    morning = AT + timedelta(hours=15)
    assert put("a", not_before=morning).not_before == morning
    assert put("b", not_before=morning, urgent=True).not_before == AT
    assert put("c", not_before=AT - timedelta(hours=1)).not_before == AT


def test_no_value_reaches_a_header(texts: None) -> None:
    evil = "HN\r\nBcc: all@dan.example\x00\u2028X"
    message = put(context={"code": evil, "name": "An\x07"}, recipient="an@dan.example")
    assert message.subject == "Đã nhận HN Bcc: all@dan.example X"
    assert "\x00" not in message.body
    assert "\x07" not in message.body
    bad = put("k2", recipient="an@dan.example\r\nBcc: all@dan.example")
    assert (bad.status, bad.trouble) == ("failed", "bad_address")


def test_the_database_refuses_a_header_with_lines(texts: None) -> None:
    message = put()
    for field in ("subject", "recipient"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**{field: "a\nBcc: b@c.example"})


@pytest.mark.parametrize(
    "address", ["", "khong-phai", "a b@c.example", "nguyễn@dan.example", "a@b@c.example", "a@-x.example", "a" * 400]
)
def test_a_wrong_address_never_stops_the_act(texts: None, address: str) -> None:
    message = put(recipient=address)
    assert (message.status, message.trouble) == ("failed", "bad_address")


def test_a_missing_template_never_stops_the_act_and_can_be_made_up_for() -> None:
    message = put()
    assert (message.status, message.trouble) == ("failed", "no_template")
    with pytest.raises(OutboxError) as error:
        services.requeue(message_id=message.pk, actor=ADMINISTRATOR, at=AT)
    assert error.value.code == "no_template"
    services.save_template(
        code="test.received", language="vi", subject="Mã {code}", body="Gửi {name}", actor=ADMINISTRATOR, at=AT
    )
    message = services.requeue(message_id=message.pk, actor=ADMINISTRATOR, at=AT)
    assert (message.status, message.subject, message.body) == ("queued", "Mã HN-0000-0001-4", "Gửi Nguyễn Văn An")
    assert Message.objects.get(pk=message.pk).context == {}


def test_a_missing_value_never_stops_the_act(texts: None) -> None:
    message = put(context={"code": "HN-1"})
    assert (message.status, message.trouble, message.last_error) == ("failed", "no_value", "{name}")


def test_what_only_a_programmer_gets_wrong_is_an_error(texts: None) -> None:
    with pytest.raises(ValueError, match="channel"):
        put(channel="pigeon")
    with pytest.raises(ValueError, match="key"):
        put("")
    with pytest.raises(ValueError, match="key"):
        put("k" * 201)


@pytest.mark.django_db(transaction=True)
def test_one_key_from_many_threads_makes_one_message(texts: None) -> None:
    barrier = threading.Barrier(8)
    found: list[int] = []

    def enqueue() -> None:
        try:
            barrier.wait()
            with transaction.atomic():
                found.append(put("the-same").pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=enqueue) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_message_lives_and_dies_with_the_act(texts: None) -> None:
    def act() -> None:
        with transaction.atomic():
            put()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not Message.objects.exists()


# --- the administrator's acts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["parked", "failed"])
def test_requeue_begins_anew_and_is_recorded(texts: None, status: str) -> None:
    message = put()
    Message.objects.filter(pk=message.pk).update(status=status, attempts=12, trouble="in_doubt")
    later = AT + timedelta(hours=1)
    message = services.requeue(message_id=message.pk, actor=ADMINISTRATOR, at=later, reason="đã hỏi người nhận")
    assert (message.status, message.attempts, message.not_before) == ("queued", 0, later)
    entry = Entry.objects.get(kind="message", subject_id=message.pk)
    assert (entry.act, entry.role) == ("requeue", "administrator")
    assert entry.data["from"] == status
    assert "an.nguyen" not in str(entry.data)


def test_cancel_is_recorded(texts: None) -> None:
    message = services.cancel(message_id=put().pk, actor=ADMINISTRATOR, at=AT, reason="gửi nhầm")
    assert Message.objects.get(pk=message.pk).status == "cancelled"
    assert Entry.objects.get(kind="message", subject_id=message.pk).data["reason"] == "gửi nhầm"


@pytest.mark.parametrize("act", [services.requeue, services.cancel])
def test_only_an_administrator_acts(texts: None, act: Any) -> None:
    message = put()
    Message.objects.filter(pk=message.pk).update(status="parked")
    with pytest.raises(ActRefused) as error:
        act(message_id=message.pk, actor=HANDLER, at=AT)
    assert error.value.reason == "role"
    assert not Entry.objects.filter(kind="message").exists()


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (services.requeue, "queued"),
        (services.requeue, "sent"),
        (services.requeue, "cancelled"),
        (services.requeue, "sending"),
        (services.cancel, "sent"),
        (services.cancel, "sending"),
        (services.cancel, "cancelled"),
    ],
)
def test_acts_keep_to_the_table(texts: None, act: Any, status: str) -> None:
    message = put()
    Message.objects.filter(pk=message.pk).update(status=status, sent_at=AT, sending_since=AT, claim=1)
    with pytest.raises(ActRefused) as error:
        act(message_id=message.pk, actor=ADMINISTRATOR, at=AT)
    assert error.value.reason == "state"
    assert Message.objects.get(pk=message.pk).status == status


# --- erasure ---------------------------------------------------------------------------------------------------------


def test_erase_blanks_texts_and_cancels_what_was_not_sent(texts: None) -> None:
    rows = {status: put(status, kind="case", subject_id=5) for status in ("queued", "sent", "parked", "failed")}
    other = put("other", kind="case", subject_id=6)
    for status, row in rows.items():
        Message.objects.filter(pk=row.pk).update(status=status, sent_at=AT, last_error="550 an.nguyen@dan.example")
    CaughtMail.objects.create(
        message=rows["sent"],
        message_header="<x@y>",
        sender="s",
        recipient="an.nguyen@dan.example",
        subject="s",
        body="Nguyễn Văn An",
        caught_at=AT,
    )
    assert services.erase(kind="case", subject_id=5, at=AT) == 4
    assert services.erase(kind="case", subject_id=5, at=AT) == 0
    for row in Message.objects.filter(kind="case", subject_id=5):
        assert (row.recipient, row.subject, row.body, row.last_error, row.context) == ("", "", "", "", {})
        assert row.erased_at == AT
    assert Message.objects.get(key="sent").status == "sent"
    for status in ("queued", "parked", "failed"):
        assert Message.objects.get(key=status).status == "cancelled"
    caught = CaughtMail.objects.get()
    assert (caught.recipient, caught.subject, caught.body) == ("", "", "")
    other.refresh_from_db()
    assert other.recipient


def test_an_erased_message_is_not_sent_again(texts: None) -> None:
    message = put(kind="case", subject_id=5)
    Message.objects.filter(pk=message.pk).update(status="failed", erased_at=AT)
    with pytest.raises(OutboxError) as error:
        services.requeue(message_id=message.pk, actor=ADMINISTRATOR, at=AT)
    assert error.value.code == "erased"


# --- templates -------------------------------------------------------------------------------------------------------


def save(**changes: Any) -> MessageTemplate:
    arguments: dict[str, Any] = {
        "code": "test.received",
        "language": "vi",
        "subject": "Mã {code}",
        "body": "Gửi {name}",
        "actor": ADMINISTRATOR,
        "at": AT,
    }
    return services.save_template(**(arguments | changes))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body": "Bí mật {secret}"}, "body"),
        ({"subject": "Mã {code"}, "subject"),
        ({"subject": ""}, "subject"),
        ({"body": ""}, "body"),
        ({"code": "test.unknown"}, "code"),
        ({"subject": "x" * 201}, "subject"),
        ({"channel": "pigeon"}, "channel"),
    ],
)
def test_a_template_that_cannot_be_used_is_not_saved(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as error:
        save(**changes)
    assert field in error.value.message_dict
    assert not MessageTemplate.objects.exists()


def test_the_message_names_what_may_be_used() -> None:
    with pytest.raises(ValidationError) as error:
        save(body="Bí mật {secret}")
    assert error.value.message_dict["body"] == ["Không có giá trị {secret}. Thông báo này dùng được: {code}, {name}."]


def test_a_change_is_recorded_once_and_used_at_once() -> None:
    template = save()
    save()
    assert Entry.objects.filter(kind="message_template", subject_id=template.pk).count() == 1
    assert put("a").subject == "Mã HN-0000-0001-4"
    save(subject="Mã mới {code}")
    assert put("b").subject == "Mã mới HN-0000-0001-4"


def test_only_an_administrator_edits_texts() -> None:
    with pytest.raises(OutboxError) as error:
        save(actor=HANDLER)
    assert error.value.code == "role"


def test_loading_again_keeps_what_was_edited(texts: None) -> None:
    save(subject="Của thành phố {code}")
    rows = [{"code": "test.received", "language": "vi", "subject": "Gốc {code}", "body": "x"}]
    assert services.load_templates(rows, at=AT) == 0
    assert MessageTemplate.objects.get(language="vi").subject == "Của thành phố {code}"


def test_a_template_written_by_others_is_found_at_once() -> None:
    assert templates.find("test.received", "email", "vi") is None
    MessageTemplate.objects.bulk_create(
        [MessageTemplate(code="test.received", language="vi", subject="A", body="B", updated_at=AT)]
    )
    assert templates.find("test.received", "email", "vi") == templates.Text("A", "B")


def test_one_code_cannot_stand_for_two_messages() -> None:
    catalogue.declare("test.twice", title="a", placeholders={"x": "x"})
    catalogue.declare("test.twice", title="a", placeholders={"x": "x"})
    with pytest.raises(ValueError, match="other placeholders"):
        catalogue.declare("test.twice", title="a", placeholders={"y": "y"})
