"""Uploads in parts, claims of forms, attaching, deleting, cleaning up."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from langnghe.files import conf, selectors, services, storage
from langnghe.files.errors import FileRejected
from langnghe.files.models import StoredFile, UploadSession
from tests.files import builders
from tests.files.conftest import AT, content, keep, on_disk

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


def send(token: uuid.UUID, data: bytes, offset: int, size: int) -> services.Progress:
    """Send one part."""
    return services.append_chunk(token=token, offset=offset, content=data[offset : offset + size], at=AT)


def upload(data: bytes, name: str = "đơn.pdf", size: int = 1000) -> uuid.UUID:
    """Upload all parts, without the end."""
    progress = services.start_upload(name=name, size=len(data), at=AT)
    while not progress.complete:
        progress = send(progress.token, data, progress.offset, size)
    return progress.token


# --- in parts --------------------------------------------------------------------------------------------------------


def test_parts_become_one_file(folder: Path) -> None:
    data = builders.docx(filler=bytes(range(256)) * 40)
    stored = services.finish_upload(token=upload(data, "Đơn kiến nghị.docx", 300), at=AT)
    assert content(stored) == data
    assert stored.name == "Đơn kiến nghị.docx"
    assert len(on_disk(folder)) == 1  # the parts are gone


def test_an_upload_goes_on_after_a_lost_connection() -> None:
    data = builders.jpeg(400, 300)
    start = services.start_upload(name="ảnh.jpg", size=len(data), at=AT)
    send(start.token, data, 0, 700)
    # The answer was lost: the client sends the same part again, and learns where to go on.
    again = send(start.token, data, 0, 700)
    assert (again.accepted, again.offset) == (False, 700)
    ahead = send(start.token, data, 900, 100)
    assert (ahead.accepted, ahead.offset) == (False, 700)
    asked = services.append_chunk(token=start.token, offset=0, content=b"", at=AT)
    assert (asked.accepted, asked.offset, asked.expected) == (False, 700, len(data))
    rest = send(start.token, data, 700, len(data))
    assert rest.complete
    stored = services.finish_upload(token=start.token, at=AT)
    assert (stored.width, stored.height) == (400, 300)


def test_finishing_twice_gives_the_same_file() -> None:
    token = upload(builders.pdf())
    first = services.finish_upload(token=token, at=AT)
    assert services.finish_upload(token=token, at=AT + HOUR).pk == first.pk
    assert StoredFile.objects.count() == 1
    after = services.append_chunk(token=token, offset=0, content=b"%PDF-", at=AT)
    assert not after.accepted


def test_two_senders_of_one_part_take_turns() -> None:
    data = builders.docx(filler=b"x" * 5000)
    token = services.start_upload(name="a.docx", size=len(data), at=AT).token
    barrier = threading.Barrier(4)
    taken: list[bool] = []

    def work() -> None:
        try:
            barrier.wait()
            taken.append(send(token, data, 0, len(data)).accepted)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False, False, False, True]
    assert content(services.finish_upload(token=token, at=AT)) == data


def test_an_incomplete_upload_cannot_be_finished() -> None:
    token = services.start_upload(name="a.pdf", size=500, at=AT).token
    services.append_chunk(token=token, offset=0, content=builders.pdf(), at=AT)
    with pytest.raises(FileRejected) as error:
        services.finish_upload(token=token, at=AT)
    assert error.value.code == "upload_incomplete"
    assert UploadSession.objects.filter(token=token).exists()


def test_size_and_type_are_refused_before_the_bytes_come() -> None:
    with pytest.raises(FileRejected) as error:
        services.start_upload(name="phim.mp4", size=100 * conf.MEGABYTE, at=AT)
    assert error.value.code == "too_large"
    with pytest.raises(FileRejected) as error:
        services.start_upload(name="rỗng", size=0, at=AT)
    assert error.value.code == "empty"
    token = services.start_upload(name="a.jpg", size=5000, at=AT).token
    with pytest.raises(FileRejected) as error:
        services.append_chunk(token=token, offset=0, content=b"<html>" * 100, at=AT)
    assert error.value.code == "type"


def test_more_than_announced_or_too_much_at_once_is_refused(settings: Any) -> None:
    token = services.start_upload(name="a.pdf", size=100, at=AT).token
    with pytest.raises(FileRejected) as error:
        services.append_chunk(token=token, offset=0, content=b"%PDF-" + b"x" * 200, at=AT)
    assert error.value.code == "too_large"
    settings.LANGNGHE_FILES_CHUNK_BYTES = 50
    with pytest.raises(FileRejected) as error:
        services.append_chunk(token=token, offset=0, content=b"%PDF-" + b"x" * 60, at=AT)
    assert error.value.code == "too_large"


def test_crumbs_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_MOST_PARTS", 3)
    token = services.start_upload(name="a.pdf", size=100, at=AT).token
    for offset in range(3):
        services.append_chunk(token=token, offset=offset, content=b"x", at=AT)
    with pytest.raises(FileRejected):
        services.append_chunk(token=token, offset=3, content=b"x", at=AT)


def test_a_bad_file_is_refused_at_the_end_and_removed(folder: Path) -> None:
    data = builders.jpeg(600, 400)
    token = upload(data[: len(data) // 2])
    with pytest.raises(FileRejected) as error:
        services.finish_upload(token=token, at=AT)
    assert error.value.code == "image_damaged"
    assert not UploadSession.objects.exists()
    assert on_disk(folder) == []


def test_a_store_that_fails_keeps_the_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    token = upload(builders.pdf(), size=50)
    working = storage.current().open

    def broken(name: str, mode: str = "rb") -> Any:
        raise OSError("the store does not answer")

    monkeypatch.setattr(storage.current(), "open", broken)
    with pytest.raises(FileRejected) as error:
        services.finish_upload(token=token, at=AT)
    assert error.value.code == "unavailable"
    monkeypatch.setattr(storage.current(), "open", working)
    assert content(services.finish_upload(token=token, at=AT)) == builders.pdf()


def test_an_upload_expires() -> None:
    token = upload(builders.pdf())
    late = AT + timedelta(hours=25)
    for act in (
        lambda: services.finish_upload(token=token, at=late),
        lambda: services.append_chunk(token=token, offset=0, content=b"x", at=late),
        lambda: services.finish_upload(token=uuid.uuid4(), at=AT),
    ):
        with pytest.raises(FileRejected) as error:
            act()
        assert error.value.code == "upload_expired"


# --- claims ----------------------------------------------------------------------------------------------------------


def test_a_form_keeps_its_files_in_their_order() -> None:
    files = [keep(builders.jpeg(), f"{number}.jpg") for number in range(3)]
    token = services.claim_token([file.pk for file in reversed(files)], at=AT, owner="trình duyệt")
    assert services.claimed(token, at=AT + HOUR, owner="trình duyệt") == files[::-1]


def test_a_claim_is_of_no_use_to_others() -> None:
    stored = keep(builders.pdf())
    token = services.claim_token([stored.pk], at=AT, owner="a")
    assert services.claimed(token, at=AT, owner="b") == []
    assert services.claimed(token, at=AT) == []
    assert services.claimed(token[:-2] + "xx", at=AT, owner="a") == []
    assert services.claimed(str(stored.pk), at=AT, owner="a") == []
    assert services.claimed("", at=AT) == []
    assert services.claimed("x" * 10_000, at=AT) == []
    assert services.claimed(token, at=AT + timedelta(hours=25), owner="a") == []


def test_a_claim_ends_when_the_file_belongs_to_something() -> None:
    stored = keep(builders.pdf())
    token = services.claim_token([stored.pk], at=AT)
    services.attach(file_ids=[stored.pk], kind="case", subject_id=1, at=AT)
    assert services.claimed(token, at=AT) == []


# --- attach ----------------------------------------------------------------------------------------------------------


def test_attach_gives_files_to_one_subject_only(django_assert_num_queries: Any) -> None:
    files = [keep(builders.pdf(), f"{number}.pdf") for number in range(2)]
    ids = [file.pk for file in files]
    assert [file.pk for file in services.attach(file_ids=ids, kind="case", subject_id=1, at=AT)] == ids
    assert [file.kind for file in services.attach(file_ids=ids, kind="case", subject_id=1, at=AT)] == ["case"] * 2
    with pytest.raises(FileRejected) as error:
        services.attach(file_ids=ids[:1], kind="case", subject_id=2, at=AT)
    assert error.value.code == "not_yours"
    with pytest.raises(FileRejected) as error:
        services.attach(file_ids=[uuid.uuid4()], kind="case", subject_id=1, at=AT)
    assert error.value.code == "not_yours"
    with django_assert_num_queries(1):
        assert {file.pk for file in selectors.files_of(kind="case", subject_id=1)} == set(ids)
    with django_assert_num_queries(1):
        found = selectors.files_of_many(kind="case", subject_ids=[1, 2])
    assert (len(found[1]), found[2]) == (2, [])


def test_attach_counts() -> None:
    with pytest.raises(FileRejected) as error:
        services.attach(file_ids=[uuid.uuid4() for _ in range(11)], kind="case", subject_id=1, at=AT)
    assert error.value.code == "too_many"
    assert "10 tệp" in error.value.message


def test_attach_is_undone_with_the_act() -> None:
    stored = keep(builders.pdf())

    def act() -> None:
        with transaction.atomic():
            services.attach(file_ids=[stored.pk], kind="case", subject_id=1, at=AT)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert selectors.files_of(kind="case", subject_id=1) == []


# --- delete and clean up ---------------------------------------------------------------------------------------------


def test_deleting_removes_the_bytes_and_the_name(folder: Path) -> None:
    stored = keep(builders.jpeg(), "Nguyễn Văn An.jpg")
    services.delete_stored(file_id=stored.pk, at=AT)
    services.delete_stored(file_id=stored.pk, at=AT)
    assert on_disk(folder) == []
    stored.refresh_from_db()
    assert (stored.state, stored.name, stored.removed_at) == ("deleted", "tệp đã xóa.jpg", AT)
    assert selectors.find(stored.pk) is None
    with pytest.raises(FileNotFoundError):
        services.open_stored(stored)


def test_deleting_waits_for_the_commit(folder: Path) -> None:
    stored = keep(builders.pdf())

    def act() -> None:
        with transaction.atomic():
            services.delete_stored(file_id=stored.pk, at=AT)
            assert len(on_disk(folder)) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    stored.refresh_from_db()
    assert content(stored) == builders.pdf()


def test_erase_deletes_all_files_of_a_subject(folder: Path) -> None:
    mine, other = keep(builders.pdf()), keep(builders.pdf())
    services.attach(file_ids=[mine.pk], kind="case", subject_id=1, at=AT)
    services.attach(file_ids=[other.pk], kind="case", subject_id=2, at=AT)
    assert services.erase(kind="case", subject_id=1, at=AT) == 1
    assert on_disk(folder) == [other.storage_key]


def test_bytes_that_could_not_be_removed_are_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = keep(builders.pdf())
    working = storage.current().delete

    def broken(name: str) -> None:
        raise OSError("the store does not answer")

    monkeypatch.setattr(storage.current(), "delete", broken)
    services.delete_stored(file_id=stored.pk, at=AT)
    assert len(on_disk(folder)) == 1
    monkeypatch.setattr(storage.current(), "delete", working)
    # Long after: the day's folder is not searched any more, the mark on the row is.
    assert services.remove_leftovers(at=AT + timedelta(days=400)) == 1
    assert on_disk(folder) == []
    assert services.remove_leftovers(at=AT + timedelta(days=400)) == 0


def test_the_clean_up_takes_what_nobody_wants_and_nothing_else(folder: Path) -> None:
    attached, loose = keep(builders.jpeg()), keep(builders.jpeg())
    services.attach(file_ids=[attached.pk], kind="case", subject_id=1, at=AT)
    abandoned = services.start_upload(name="a.pdf", size=500, at=AT).token
    services.append_chunk(token=abandoned, offset=0, content=builders.pdf(), at=AT)
    finished = upload(builders.pdf())
    services.finish_upload(token=finished, at=AT)

    assert services.remove_leftovers(at=AT + timedelta(hours=23)) == 0
    services.remove_leftovers(at=AT + timedelta(hours=25))
    assert list(StoredFile.objects.all()) == [attached]
    assert loose.storage_key not in on_disk(folder)
    assert not UploadSession.objects.exists()
    services.remove_leftovers(at=AT + timedelta(days=3))
    assert on_disk(folder) == sorted([attached.storage_key, attached.thumbnail_key])


def test_parts_of_a_crashed_upload_are_found(folder: Path) -> None:
    token = services.start_upload(name="a.pdf", size=500, at=AT).token
    services.append_chunk(token=token, offset=0, content=builders.pdf(), at=AT)
    UploadSession.objects.all().delete()
    assert len(on_disk(folder)) == 1
    services.remove_leftovers(at=AT + timedelta(days=3))
    assert on_disk(folder) == []


def test_a_file_that_another_room_points_at_is_kept() -> None:
    """Whether or not that room called `attach`."""
    from langnghe.cases.models import Attachment

    stored, loose = keep(builders.pdf()), keep(builders.pdf())
    token = services.claim_token([stored.pk, loose.pk], at=AT)
    with transaction.atomic():
        # The case itself does not matter here; its key would be checked at the commit that never comes.
        Attachment.objects.create(case_id=1, file=stored, role="report", added_at=AT)
        assert services.claimed(token, at=AT) == [loose]
        services.remove_leftovers(at=AT + timedelta(days=2))
        assert list(StoredFile.objects.all()) == [stored]
        transaction.set_rollback(True)


def test_the_job_runs() -> None:
    from langnghe.files import jobs
    from langnghe.worktime import clock

    stored = keep(builders.pdf())
    with clock.frozen(AT + timedelta(days=2)):
        jobs.remove_leftovers(0)
    assert not StoredFile.objects.filter(pk=stored.pk).exists()
