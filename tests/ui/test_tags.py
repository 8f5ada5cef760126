"""Components: what they say, how they are tied together, what they never let through."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.template import Context, Template, TemplateSyntaxError

import langnghe.ui
from langnghe.ui import flash
from langnghe.ui.components import boxes, case, frame, lists, papers, people, words
from langnghe.ui.components import forms as components_forms
from langnghe.ui.items import Act, Event, Link, Part, Row, Shot, Span
from langnghe.worktime import clock
from langnghe.worktime.rules import ZONE

AT = datetime(2026, 9, 3, 10, 20, tzinfo=ZONE)
NASTY = "<script>alert(1)</script>"


def draw(source: str, **context: Any) -> str:
    """The markup of a snippet with the tags loaded."""
    return Template("{% load ui %}" + source).render(Context(context))


def words_of(markup: str) -> str:
    """What a reader sees, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


class Small(forms.Form):
    """One field of each kind that differs."""

    text = forms.CharField(label="Sự việc", help_text="Kể rõ.", widget=forms.Textarea, max_length=2000)
    place = forms.CharField(label="Nơi", required=False, max_length=100)
    kind = forms.ChoiceField(
        label="Tư cách", widget=forms.RadioSelect, choices=[("a", "Cá nhân"), ("b", "Doanh nghiệp")]
    )
    agree = forms.BooleanField(label="Đồng ý", required=False)


# --- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "word", "sign"),
    [
        ("intime", "Trong hạn", "clock"),
        ("soon", "Sắp đến hạn", "hourglass-split"),
        ("overdue", "Quá hạn", "exclamation-triangle-fill"),
        ("paused", "Tạm dừng", "pause-circle"),
        ("met", "Xong đúng hạn", "check-circle-fill"),
        ("metlate", "Xong sau hạn", "exclamation-circle-fill"),
        ("none", "Không đặt hạn", "dash-lg"),
    ],
)
def test_a_chip_has_a_word_and_a_sign(state: str, word: str, sign: str) -> None:
    markup = draw("{% deadline_chip at state=state %}", at=AT, state=state)
    assert word in words_of(markup)
    assert f"#{sign}" in markup


def test_a_chip_says_how_much_is_left() -> None:
    assert "Trong hạn · còn 6 ngày làm việc" in words_of(draw('{% deadline_chip at state="intime" days=6 %}', at=AT))
    assert "Quá hạn 2 ngày làm việc" in words_of(draw('{% deadline_chip at state="overdue" days=-2 %}', at=AT))


def test_a_bare_moment_goes_by_the_clock() -> None:
    with clock.frozen(AT):
        assert "Quá hạn" in draw("{% deadline_chip at %}", at=AT - timedelta(minutes=1))
        assert "Trong hạn" in draw("{% deadline_chip at %}", at=AT + timedelta(minutes=1))
        assert "Trong hạn" in draw("{% deadline_chip at %}", at=AT.date())
    assert "Không đặt hạn" in draw("{% deadline_chip %}")


def test_what_a_template_does_not_know_is_no_deadline() -> None:
    assert "Không đặt hạn" in draw("{% deadline_chip nothing days=nothing %}")
    rows = [{"url": "/", "code": "HN-2", "title": "a"}]
    assert "Không đặt hạn" in draw('{% queue rows "Mới" %}', rows=rows)


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError):
        draw('{% deadline_chip at state="green" %}', at=AT)


def test_stored_states_of_a_deadline() -> None:
    paused = SimpleNamespace(state="paused", due_at=AT)
    assert "Tạm dừng" in draw("{% deadline_chip d %}", d=paused)
    assert "Không đặt hạn" in draw("{% deadline_chip d %}", d=SimpleNamespace(state="cancelled", due_at=AT))


# --- fields ----------------------------------------------------------------------------------------------------------


def test_a_field_ties_hint_error_and_counter_to_its_control() -> None:
    markup = draw("{% field form.text %}", form=Small({"text": ""}))
    control = re.search(r"<textarea[^>]*>", markup)
    assert control is not None
    described = re.search(r'aria-describedby="([^"]+)"', control[0])
    assert described is not None
    assert described[1].split() == ["id_text_helptext", "id_text_error", "id_text_counter"]
    for name in described[1].split():
        assert f'id="{name}"' in markup
    assert 'aria-invalid="true"' in control[0]
    assert 'for="id_text"' in markup
    assert "maxlength" not in control[0], "the browser would cut a pasted text without a word"
    assert "Nhiều nhất 2.000 ký tự" in words_of(markup)


def test_a_field_keeps_what_was_typed_and_escapes_it() -> None:
    markup = draw("{% field form.text %}", form=Small({"text": NASTY}))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in markup
    assert "<script" not in markup


def test_optional_fields_say_so() -> None:
    assert "(không bắt buộc)" in draw("{% field form.place %}", form=Small())
    assert "(không bắt buộc)" not in draw("{% field form.text %}", form=Small())
    assert "(không bắt buộc)" not in draw("{% field form.place mark_optional=False %}", form=Small())


def test_choices_are_a_group_with_a_legend() -> None:
    markup = draw("{% field form.kind %}", form=Small({"kind": ""}))
    assert "<legend" in markup
    assert 'aria-describedby="id_kind_error"' in markup
    assert markup.count('type="radio"') == 2
    assert 'for="id_kind_0"' in markup


def test_further_arguments_become_attributes() -> None:
    assert 'hx-post="/x/"' in draw('{% field form.place hx_post="/x/" %}', form=Small())


def test_two_forms_on_a_page_have_different_ids() -> None:
    markup = draw("{% field a.text %}{% field b.text %}", a=Small(auto_id="a_%s"), b=Small(auto_id="b_%s"))
    ids = re.findall(r'\sid="([^"]+)"', markup)
    assert len(ids) == len(set(ids))


def test_whole_forms_use_the_same_fields() -> None:
    markup = str(Small({"text": ""}))
    assert 'id="id_text_error"' in markup
    assert "error-summary" in markup
    assert "field-label" in str(Small()["text"].as_field_group())


def test_the_summary_leads_to_each_field() -> None:
    markup = draw("{% error_summary form %}", form=Small({"text": "", "kind": ""}))
    assert 'href="#id_text"' in markup
    assert 'href="#id_kind_0"' in markup, "a group is reached at its first choice"
    assert "Còn 2 chỗ cần sửa" in words_of(markup)
    # The same words twice: the field's name says which is meant.
    assert re.search(r">Sự việc: [^<]+</a>", markup)


def test_no_summary_without_mistakes() -> None:
    assert draw("{% error_summary form %}", form=Small()).strip() == ""
    assert draw("{% error_summary form %}", form=Small({"text": "a", "kind": "a"})).strip() == ""


def test_rating_has_five_named_levels() -> None:
    class Rate(forms.Form):
        speed = forms.ChoiceField(widget=forms.RadioSelect, choices=[(n, f"mức {n}") for n in range(1, 6)])

    markup = draw("{% rating form.speed %}", form=Rate({"speed": "4"}))
    assert markup.count('type="radio"') == 5
    assert re.search(r'value="4"[^>]*checked', markup)
    assert "mức 3" in markup


def test_file_input_works_plain_and_with_uploads() -> None:
    class Files(forms.Form):
        photos = forms.FileField(label="Ảnh", required=False)

    plain = draw("{% file_input form.photos %}", form=Files())
    assert 'type="file"' in plain
    assert "data-upload-url" not in plain
    better = draw(
        '{% file_input form.photos upload_url="/tep/" uploaded=was %}', form=Files(), was=[{"id": "x1", "name": NASTY}]
    )
    assert 'data-upload-url="/tep/"' in better
    assert 'data-max-size="20971520"' in better, "numbers for the script have no separators"
    assert '<input type="hidden" name="uploads" value="x1">' in better
    assert NASTY not in better


# --- acts ------------------------------------------------------------------------------------------------------------


def _acts(**changes: Any) -> list[Act]:
    return [
        Act("clarify", "Đề nghị làm rõ", "/a/"),
        Act("transfer", "Chuyển", "/b/", likely=True, hidden={"version": 3}),
        Act("decline", "Không tiếp nhận", "/c/", other=True, danger=True, confirm="Chắc chưa?", **changes),
    ]


def test_the_likely_act_comes_first_and_open() -> None:
    markup = draw("{% act_panel acts %}", acts=_acts(), csrf_token="tok")
    assert markup.index('id="act-transfer"') < markup.index('id="act-clarify"') < markup.index('id="act-decline"')
    assert re.search(r'id="act-transfer" open', markup)
    assert not re.search(r'id="act-clarify" open', markup)
    assert "Việc khác (1)" in words_of(markup)
    assert markup.count('name="csrfmiddlewaretoken" value="tok"') == 3
    assert '<input type="hidden" name="version" value="3">' in markup
    assert 'data-confirm="Chắc chưa?"' in markup


def test_an_act_with_mistakes_is_open_wherever_it_lies() -> None:
    markup = draw("{% act_panel acts %}", acts=_acts(form=Small({"text": ""}, auto_id="d_%s")))
    assert re.search(r'id="act-decline" open', markup)
    assert not re.search(r'id="act-transfer" open', markup)
    assert re.search(r'<details class="acts-other" open', markup)


def test_an_act_that_lacks_something_says_what_and_cannot_be_sent() -> None:
    markup = draw("{% act_panel acts %}", acts=[Act("approve", "Duyệt", "/a/", missing=["Ảnh chứng minh"])])
    assert "Ảnh chứng minh" in markup
    assert "<form" not in markup


def test_nothing_to_do_is_said() -> None:
    assert "không có việc" in draw("{% act_panel acts %}", acts=[])
    assert draw("{% act_bar acts %}", acts=[]).strip() == ""


def test_the_bar_names_the_likely_act() -> None:
    markup = draw("{% act_bar acts %}", acts=_acts())
    assert 'data-open-act="act-transfer"' in markup
    assert "Việc khác" in words_of(markup)


# --- queues, lists, pages --------------------------------------------------------------------------------------------


def test_a_queue_row_has_its_facts() -> None:
    row = Row(
        "/c/1/", "HN-1", NASTY, where="Phường Bồ Đề", person="Lê An", agency="Sở Xây dựng", due=AT, state="soon", days=1
    )
    markup = draw('{% queue rows "Mới" %}', rows=[row])
    text = words_of(markup)
    for fact in (
        "HN-1",
        "Phường Bồ Đề",
        "Lê An",
        "Sở Xây dựng",
        "Sắp đến hạn · còn 1 ngày làm việc",
        "10:20 thứ Năm, 03/09/2026",
    ):
        assert fact in text
    assert 'href="/c/1/"' in markup
    assert NASTY not in markup
    assert "<form" not in markup
    assert 'type="checkbox"' not in markup


def test_rows_can_be_dicts() -> None:
    assert "HN-2" in draw('{% queue rows "Mới" due=False %}', rows=[{"url": "/", "code": "HN-2", "title": "a"}])


def test_bulk_acts_send_the_ticked_rows() -> None:
    markup = draw(
        '{% queue rows "Mới" bulk=bulk bulk_url="/b/" select_name="case" %}',
        rows=[Row("/c/1/", "HN-1", "a", value="17")],
        bulk=[{"label": "Đôn đốc", "value": "urge"}],
        csrf_token="tok",
    )
    assert '<form class="queue" method="post" action="/b/"' in markup
    assert 'name="case" value="17"' in markup
    assert 'name="act" value="urge"' in markup
    assert 'value="tok"' in markup


def test_filters_keep_what_is_chosen() -> None:
    parts = [Part("của"), Part(name="agency", label="Cơ quan", value="2", options=[("", "mọi"), ("2", "Sở Y tế")])]
    markup = draw("{% filters parts keep=keep %}", parts=parts, keep={"tab": "late"})
    assert '<option value="2" selected>' in markup
    assert '<input type="hidden" name="tab" value="late">' in markup
    assert 'method="get"' in markup
    assert "<button" in markup, "it works without JavaScript"


def test_query_changes_the_address(rf: Any) -> None:
    request = rf.get("/x/", {"state": "late", "after": "9"})
    assert draw("{% query after=None field='a b' %}", request=request) == "?field=a+b&amp;state=late"


def test_timeline_tells_when_who_what() -> None:
    markup = draw("{% timeline events %}", events=[Event("Chuyển", AT, "Lê An", "Sở Y tế", NASTY, tone="now")])
    assert words_of(markup).startswith("Chuyển (đang ở bước này) 10:20 thứ Năm, 03/09/2026 Lê An, Sở Y tế")
    assert NASTY not in markup


def test_tabs_and_nav_mark_where_one_is() -> None:
    links = [Link("A", "/a/", active=True, count=1795), Link("B", "/b/", group="Nhóm")]
    assert re.search(r'href="/a/" aria-current="page"', draw('{% tabs l "x" %}', l=links))
    assert "1.795" in draw('{% tabs l "x" %}', l=links)
    assert "Nhóm" in words_of(draw("{% side_nav l %}", l=links))


def test_pager_shows_only_what_there_is() -> None:
    assert draw("{% pager %}").strip() == ""
    markup = draw('{% pager older="?after=1" %}')
    assert "Cũ hơn" in markup
    assert "Mới hơn" not in markup


def test_a_figure_shows_what_it_is_made_of() -> None:
    text = words_of(
        draw('{% figure "Hài lòng" 49.67 unit="%" numerator=150 denominator=302 change=-1.5 since="so với quý I" %}')
    )
    assert "49,67 %" in text
    assert "150 trên 302" in text
    assert "giảm 1,5 so với quý I" in text


def test_gallery_names_every_picture() -> None:
    markup = draw(
        "{% gallery files %}",
        files=[Shot("/f/1", "a.jpg", thumb="/t/1", alt="Hố ga"), Shot("/f/2", "b.pdf", size=2048)],
    )
    assert 'alt="Hố ga"' in markup
    assert "2 KB" in markup


def test_a_code_is_large_said_and_copied() -> None:
    markup = draw('{% code_display "HN-4827-1936-5" %}')
    assert "bốn tám hai bảy" in markup
    assert 'data-copy="HN-4827-1936-5"' in markup


# --- marked text -----------------------------------------------------------------------------------------------------


def test_marks_name_what_they_hide_and_escape_the_rest() -> None:
    text = "Gọi 0912 345 678 <b>"
    markup = draw("{% marked_text text spans %}", text=text, spans=[Span(4, 16, "số điện thoại")])
    assert re.search(r'<mark class="found">0912 345 678<span class="found-label">số điện thoại</span></mark>', markup)
    assert "&lt;b&gt;" in markup


def test_overlapping_marks_lose_no_letter() -> None:
    markup = draw(
        "{% marked_text text spans %}", text="abcdefgh", spans=[Span(2, 6, "x"), Span(4, 99, "y"), Span(3, 5, "z")]
    )
    labels_off = re.sub(r'<span class="found-label">.*?</span>', "", markup)
    assert re.sub(r"<[^>]+>", "", labels_off) == "abcdefgh"


def test_differences_are_named_for_the_ear() -> None:
    text = words_of(draw('{% difference "sẽ thay nắp" "đã thay nắp" %}'))
    assert text == "bỏ: sẽ thêm: đã thay nắp"


# --- boxes -----------------------------------------------------------------------------------------------------------


def test_blocks_hold_what_is_inside() -> None:
    markup = draw('{% notice "restricted" title=t %}<p>{{ inside }}</p>{% endnotice %}', t=NASTY, inside=NASTY)
    assert markup.count("&lt;script&gt;") == 2
    assert "notice-restricted" in markup
    assert "<h3>Tên</h3>" in draw('{% card "Tên" level=3 %}x{% endcard %}')
    assert "<summary>Vì sao</summary>" in draw('{% more "Vì sao" %}x{% endmore %}')


def test_what_happened_is_said_with_a_way_back(rf: Any) -> None:
    request = rf.get("/")
    request._messages = CookieStorage(request)
    flash.done(request, "Đã chuyển Sở Y tế.", undo_url="/hoan-tac/7/")
    flash.failed(request, NASTY)
    markup = draw("{% flashes %}", messages=get_messages(request), csrf_token="tok")
    assert 'role="status"' in markup
    assert '<form method="post" action="/hoan-tac/7/">' in markup
    assert markup.count("<form") == 1, "a failure cannot be taken back"
    assert "flash-error" in markup
    assert NASTY not in markup


def test_every_component_explains_itself_and_is_in_the_guide() -> None:
    folder = Path(langnghe.ui.__file__).parent / "templates" / "ui"
    shown = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.html"))
    modules = [boxes, case, components_forms, frame, lists, papers, people, words]
    for module in modules:
        for name in [*module.register.tags, *module.register.filters]:
            assert (getattr(module, name).__doc__ or "").strip(), f"{name} has no docstring"
        for name in set(module.register.tags) - {"query", "suggest"}:
            assert re.search(rf"{{% {name}\b", shown), f"{name} is shown nowhere"
