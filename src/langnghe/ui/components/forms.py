"""Fields, files, ratings, mistakes, suggestions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.forms import BaseForm, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Textarea
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

from langnghe.files import conf, said

register = template.Library()
Dict = dict[str, Any]


def _attributes(extra: Mapping[str, Any]) -> Dict:
    return {key.replace("_", "-"): value for key, value in extra.items()}


def field_context(
    bound: BoundField,
    *,
    large: bool = False,
    short: bool = False,
    hint: str | None = None,
    label: str | None = None,
    mark_optional: bool = True,
    attributes: Mapping[str, Any] | None = None,
) -> Dict:
    """What ui/field.html needs to draw one field: ids tied by aria-describedby, error, counter, kind of widget."""
    # A field for files says by itself what it takes; `document` on one: something that is to be read.
    # A form may set `quiet` on a field that is not marked as optional: what a draft may lack for now, say.
    widget = bound.field.widget
    auto_id = bound.auto_id or bound.html_name
    help_text = bound.help_text if hint is None else hint
    files = {}
    if isinstance(widget, FileInput):
        document = bool(getattr(bound.field, "document", False))
        many = bool(getattr(widget, "allow_multiple_selected", False))
        help_text = " ".join(str(one) for one in (help_text, said.taken_words(document=document, many=many)) if one)
        files = {} if "accept" in widget.attrs else {"accept": said.accept(document=document)}
    limit = getattr(bound.field, "max_length", None)
    counts = isinstance(widget, Textarea) and limit
    if counts:
        # The browser would cut a long pasted text without a word; the counter and the server say it instead.
        widget.attrs.pop("maxlength", None)
    described = [
        f"{auto_id}_{part}"
        for part, there in (("helptext", help_text), ("error", bound.errors), ("counter", counts))
        if there
    ]
    attrs = {**files, **(attributes or {})}
    grouped = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    if described and not grouped:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors and not grouped:
        attrs["aria-invalid"] = "true"
    if bound.field.required and not grouped:
        attrs["data-required"] = bound.field.error_messages.get("required", "")
    if "invalid" in bound.field.error_messages and not grouped:
        attrs["data-invalid"] = bound.field.error_messages["invalid"]
    if counts:
        attrs["data-count"] = f"{auto_id}_counter"
    optional = mark_optional and not bound.field.required and not getattr(bound.field, "quiet", False)
    kind = "input"
    if grouped:
        kind = "choices"
    elif isinstance(widget, CheckboxInput):
        kind = "check"
    elif isinstance(widget, FileInput):
        kind = "file"
    return {
        "field": bound, "auto_id": auto_id, "kind": kind, "large": large, "short": short, "hint": help_text,
        "label": bound.label if label is None else label, "limit": limit if counts else None,
        "optional": optional and kind != "check", "described": " ".join(described),
        "control": "" if grouped else bound.as_widget(attrs=attrs),
        "required": bound.field.required,
    }  # fmt: skip


@register.inclusion_tag("ui/field.html")
def field(
    bound: BoundField,
    large: bool = False,
    short: bool = False,
    hint: str | None = None,
    label: str | None = None,
    mark_optional: bool = True,
    **attributes: Any,
) -> Dict:
    """`{% field form.x %}`: label, hint, error, control (keeps what was typed), counter for long texts.

    large: the label is the question of the page. short: a narrow box. hint, label: instead of the form's own.
    mark_optional=False: no "(không bắt buộc)". Other arguments become attributes of the control, _ as -
    (`hx_post=url`, `autocomplete="name"`, `rows=3`).
    """
    return field_context(
        bound, large=large, short=short, hint=hint, label=label, mark_optional=mark_optional,
        attributes=_attributes(attributes),
    )  # fmt: skip


@register.inclusion_tag("ui/parts/rating.html")
def rating(bound: BoundField) -> Dict:
    """Five levels of one criterion: a ChoiceField with RadioSelect, values 1 to 5, labels in words."""
    return {**field_context(bound), "options": [option for option in bound if option.data["value"] not in ("", None)]}


@register.inclusion_tag("ui/parts/file_input.html")
def file_input(
    bound: BoundField,
    upload_url: str = "",
    upload_field: str = "uploads",
    max_size: int | None = None,
    max_files: int | None = None,
    uploaded: Sequence[Any] = (),
    capture: bool = False,
    hint: str | None = None,
    mark_optional: bool = True,
) -> Dict:
    """A file field: a plain `<input type=file>`; with JavaScript and upload_url, resumable uploads with progress.

    upload_field: name of the hidden inputs that carry the ids of what is uploaded. uploaded: dicts id, name, size of
    what came before (shown again after a mistake elsewhere). max_size, max_files: the store's own unless given. The
    protocol is in docs/developer/ui.md.
    """
    context = field_context(bound, hint=hint, mark_optional=mark_optional)
    bounds = conf.limits()
    return {
        **context, "upload_url": upload_url, "upload_field": upload_field,
        "max_size": bounds.max_bytes if max_size is None else max_size,
        "max_files": bounds.max_files if max_files is None else max_files,
        "uploaded": uploaded, "capture": capture,
    }  # fmt: skip


@register.inclusion_tag("ui/parts/error_summary.html")
def error_summary(*forms: BaseForm | None, kept: bool = True) -> Dict:
    """All mistakes of one or more bound forms, first on the page, each a link to its field. Nothing without mistakes.

    kept: say that what was typed is still there.
    """
    found: list[Dict] = []
    for form in forms:
        if form is None or not form.is_bound:
            continue
        found.extend({"text": error, "label": "", "target": ""} for error in form.non_field_errors())
        for bound in form:
            target = bound.auto_id or bound.html_name
            if isinstance(bound.field.widget, RadioSelect | CheckboxSelectMultiple):
                target = f"{target}_0"
            found.extend(
                {"text": error, "label": bound.label, "target": "" if bound.is_hidden else target}
                for error in bound.errors
            )
    times = Counter(str(entry["text"]) for entry in found)
    for entry in found:
        # "This field is required" three times over helps nobody: say which.
        if times[str(entry["text"])] == 1:
            entry["label"] = ""
    # What concerns the whole form (somebody was quicker, say) is no mistake to mend, and says itself what was kept.
    return {"errors": found, "kept": kept, "at_fields": any(entry["target"] for entry in found)}


@register.simple_tag
def suggest(id: str, url: str, watch: str, params: str = "", delay: int = 700) -> SafeString:
    """A place that fills as one types (htmx). Put it inside the form.

    watch: selector of the field to watch ("#id_text"). params: names sent along, by comma (default: all fields); sent
    by POST with the form's token, so that no text ends in an access log. The answer replaces what is inside.
    """
    return format_html(
        '<div id="{}" class="suggest" aria-live="polite" hx-post="{}" hx-swap="innerHTML" hx-sync="this:replace"'
        ' hx-trigger="input changed delay:{}ms from:{}" hx-params="{}"></div>',
        id,
        url,
        delay,
        watch,
        f"csrfmiddlewaretoken,{params}" if params else "*",
    )
