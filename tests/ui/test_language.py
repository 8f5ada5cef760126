"""Vietnamese first, English for whoever switches."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", ["en-US,en;q=0.9", "fr", "vi", ""])
def test_the_browser_does_not_choose(client: Client, wanted: str) -> None:
    page = client.get("/tra-cuu/", headers={"accept-language": wanted})
    assert page.headers["Content-Language"] == "vi"
    assert '<html lang="vi"' in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("cookie", "language"), [("en", "en"), ("vi", "vi"), ("xx", "vi"), ("../../etc", "vi")])
def test_the_switch_chooses(client: Client, cookie: str, language: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    assert client.get("/tra-cuu/").headers["Content-Language"] == language


@pytest.mark.django_db
@pytest.mark.parametrize(("cookie", "name"), [("vi", "English: switch to English"), ("en", "Tiếng Việt: đổi sang")])
def test_the_switch_has_its_whole_name_where_its_word_is_not_shown(client: Client, cookie: str, name: str) -> None:
    """On a phone only the sign is shown; who has the page read out hears a name that begins with the word."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    page = client.get("/tra-cuu/").content.decode()
    assert f'<span class="sr">{name}' in page
    assert 'class="tool-word" aria-hidden="true"' in page


@pytest.mark.django_db
def test_what_the_city_says_in_vietnamese_only_is_marked_on_english_pages(client: Client) -> None:
    from datetime import date

    from langnghe.cases import settings as city_settings
    from langnghe.cases.models import Channel, Setting
    from tests.cases.city import build

    build()
    start = date(2025, 1, 1)
    Setting.objects.create(code="emergency", value="Gọi ngay <113>.", valid_from=start)
    Setting.objects.create(code="complaint_guidance", value="Gửi đơn đến nơi ra quyết định.", valid_from=start)
    Setting.objects.create(code="denunciation_guidance", value="Gửi đơn tố cáo.", valid_from=start)
    Setting.objects.create(code="denunciation_guidance_en", value="Send a denunciation.", valid_from=start)
    Channel.objects.create(code="q", name="Quầy", name_en="Counter", note="Mang theo giấy tờ", published=True)
    city_settings.forget()
    about, channels = "/gioi-thieu/", "/kenh-tiep-nhan/"
    plain = client.get(about).content.decode() + client.get(channels).content.decode()
    assert 'lang="vi">Gọi' not in plain and "Gửi đơn tố cáo." in plain
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(about).content.decode()
    assert '<span lang="vi">Gọi ngay &lt;113&gt;.</span>' in page
    assert '<span lang="vi">Gửi đơn đến nơi ra quyết định.</span>' in page
    assert "<p>Send a denunciation.</p>" in page
    page = client.get(channels).content.decode()
    assert "<h2>Counter</h2>" in page and '<span lang="vi">Mang theo giấy tờ</span>' in page
