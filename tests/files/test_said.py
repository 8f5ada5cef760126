"""What files are taken is said beside every field, out of the limits that the store goes by."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from langnghe.files import said
from langnghe.files.conf import MEGABYTE
from langnghe.plans.services import shares
from langnghe.reports.services import writing
from langnghe.worktime import clock
from tests.cases.city import build, moment
from tests.plans import builders
from tests.reports.builders import owed, templates
from tests.reports.builders import texts as report_texts


def test_the_sentence_follows_the_settings(settings: Any) -> None:
    settings.LANGNGHE_FILES_MAX_BYTES, settings.LANGNGHE_FILES_MAX_FILES = 7 * MEGABYTE, 3
    settings.LANGNGHE_FILES_DOCUMENT_BYTES = 33 * MEGABYTE
    assert said.taken_words() == (
        "Nhận ảnh JPG, PNG, WEBP hoặc tệp PDF, DOC, DOCX, XLS, XLSX; nhiều nhất 3 tệp, mỗi tệp 7 MB."
    )
    assert said.taken_words(document=True, many=False) == (
        "Nhận ảnh JPG, PNG hoặc tệp DOCX, PDF, TXT, HTML; nhiều nhất 33 MB."
    )
    assert ".docx" in said.accept(document=True) and ".xlsx" not in said.accept(document=True)


@pytest.mark.django_db
def test_every_field_for_files_says_it(db: None, client: Client, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    settings.LANGNGHE_FILES_MAX_BYTES, settings.LANGNGHE_FILES_MAX_FILES = 7 * MEGABYTE, 3
    settings.LANGNGHE_FILES_DOCUMENT_BYTES = 33 * MEGABYTE
    city, at = build(), moment("2026-03-03 09:00")
    builders.texts()
    report_texts()
    templates()
    with clock.frozen(at):
        share = builders.given(city, city.works, at=at)
        shares.delegate(share_id=share.pk, person_id=city.people["handler"].pk, actor=city.actor("focal"), at=at)
        report = writing.refill(report_id=owed(city, at=at).pk, actor=city.actor("focal"), at=at)
        pages = {
            reverse("desk:share", args=[share.pk]): ("handler", "mỗi tệp 7 MB"),
            reverse("desk:report", args=[report.pk]): ("focal", "mỗi tệp 7 MB"),
            reverse("desk:plan_enter"): ("coordinator", "nhiều nhất 33 MB"),
            reverse("desk:counter"): ("clerk", "mỗi tệp 7 MB"),
            reverse("portal:submit"): ("", "mỗi tệp 7 MB"),
        }
        for url, (who, size) in pages.items():
            if who:
                client.force_login(city.people[who], backend="allauth.account.auth_backends.AuthenticationBackend")
            words = client.get(url).content.decode()
            fields = re.findall(r'<input type="file"[^>]*>', words)
            assert fields, url
            for field in fields:
                hint = re.search(r'aria-describedby="([^" ]+_helptext)', field)
                assert hint is not None and "accept=" in field, (url, field)
                said_there = re.search(rf'id="{hint[1]}">([^<]*)<', words)
                assert said_there is not None and size in said_there[1] and "PDF" in said_there[1], url
