"""Dates, numbers, codes and marked text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from langnghe.ui import words

register = template.Library()
Dict = dict[str, Any]


@register.simple_tag
def vi_lang() -> SafeString:
    """`<div{% vi_lang %}>`: says on English pages that the text within is Vietnamese."""
    return mark_safe(' lang="vi"' if words.language() == "en" else "")


@register.filter
def day(value: date | datetime | None) -> str:
    """`{{ at|day }}`: "thứ Năm, 26/02/2026"; "" for nothing."""
    return words.long_date(value) if value else ""


@register.filter
def moment(value: date | datetime | None) -> str:
    """`{{ at|moment }}`: "09:15 thứ Năm, 26/02/2026"; a date shows the day alone."""
    return words.moment(value) if value else ""


@register.filter
def due(value: date | datetime | None) -> str:
    """`{{ at|due }}`: "hết ngày thứ Ba, 08/09/2026", or "10:15 thứ Hai, 24/08/2026" for a term in hours."""
    return words.due_moment(value) if value else ""


@register.filter
def hour(value: datetime | None) -> str:
    """`{{ at|hour }}`: "09:15"."""
    return words.clock_time(value) if value else ""


@register.filter
def day_figures(value: date | datetime | None) -> str:
    """`{{ at|day_figures }}`: "26/02/2026", for narrow columns."""
    return words.short_date(value) if value else ""


@register.filter
def figures(value: Any, places: int | None = None) -> str:
    """`{{ n|figures }}`, `{{ x|figures:2 }}`: 1.795 and 79,73 (English: 1,795 and 79.73). "–" for None."""
    return "–" if value is None else words.number(value, places)


@register.filter
def percentage(value: Any, places: int = 2) -> str:
    """`{{ share|percentage }}`: 79.73 as "79,73%". "–" for None."""
    return "–" if value is None else words.percent(value, places)


@register.filter
def file_size(value: int | None) -> str:
    """`{{ size|file_size }}`: bytes as "12 KB" or "3,4 MB"."""
    return words.file_size(value) if value is not None else ""


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A sign from icons.txt. Decoration unless `label` gives it a name."""
    return _icon(str(name), str(label))


@lru_cache(maxsize=2048)
def _icon(name: str, label: str) -> SafeString:
    """Kept, because a page shows the same few signs a hundred times."""
    href = f"{static('build/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"/></svg>', href)


@register.inclusion_tag("ui/parts/code_display.html")
def code_display(code: str, label: str = "", copy: bool = True, say: bool = True) -> Dict:
    """A code to keep: large, in groups, with how it is said on the telephone and a copy button."""
    return {
        "code": code, "groups": code.split("-"), "label": label or _("Mã phản ánh"), "copy": copy,
        "said": words.said(code) if say else "",
    }  # fmt: skip


@register.inclusion_tag("ui/parts/copy_button.html")
def copy_button(text: str, label: str = "", done: str = "") -> Dict:
    """Copies `text`; shown only where JavaScript runs."""
    return {"text": text, "label": label or _("Chép"), "done": done or _("Đã chép")}


@register.inclusion_tag("ui/parts/qr.html")
def qr(src: str, caption: str = "", alt: str = "") -> Dict:
    """The place of a QR picture: address or data: URL of an image that the server drew."""
    return {"src": src, "caption": caption, "alt": alt or _("Mã QR")}


@register.simple_tag
def marked_text(text: str, spans: Iterable[Any]) -> SafeString:
    """A text in which stretches are marked and named: what the scanner found or a person will hide.

    spans: Span (start, end, label, hidden), in any order; overlapping ones are merged from the left.
    """
    pieces: list[str] = []
    at = 0

    def read(span: Any, key: str, default: Any = None) -> Any:
        return span.get(key, default) if isinstance(span, Mapping) else getattr(span, key, default)

    for span in sorted(spans, key=lambda one: (read(one, "start"), -read(one, "end"))):
        start, end = max(read(span, "start"), at), min(read(span, "end"), len(text))
        if end <= start:
            continue
        pieces.append(format_html("{}", text[at:start]))
        hidden = bool(read(span, "hidden", True))
        pieces.append(
            format_html(
                '<mark class="found{}">{}<span class="found-label">{}{}</span></mark>',
                "" if hidden else " found-open",
                text[start:end],
                read(span, "label"),
                "" if hidden else format_html(" · {}", _("để lại")),
            )
        )
        at = end
    pieces.append(format_html("{}", text[at:]))
    return mark_safe("".join(pieces))


@register.simple_tag
def difference(old: str, new: str) -> SafeString:
    """What changed between two texts, word by word: <del> and <ins>, with words for screen readers."""
    before, after = old.split(), new.split()
    pieces: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(format_html("{}", " ".join(before[a:b])))
            continue
        if b > a:
            gone = " ".join(before[a:b])
            pieces.append(format_html('<del><span class="sr">{}</span> {}</del>', _("bỏ:"), gone))
        if d > c:
            come = " ".join(after[c:d])
            pieces.append(format_html('<ins><span class="sr">{}</span> {}</ins>', _("thêm:"), come))
    return mark_safe(" ".join(pieces))
