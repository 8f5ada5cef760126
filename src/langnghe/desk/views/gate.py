"""The gate to the public at the desk: every mark is looked at by a person before anything is shown."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from langnghe.acts.errors import ActError
from langnghe.cases import selectors
from langnghe.desk.access import allow, roles_of_request
from langnghe.desk.views.cases import _shot
from langnghe.publication import selectors as publication_selectors
from langnghe.publication import services as publication
from langnghe.publication.scanner import KIND_NAMES, LABELS
from langnghe.texts import clean_input, whole_number
from langnghe.ui.items import Span
from langnghe.ui.refusals import seen_version
from langnghe.worktime import clock

ACTS = ("publish", "show", "show_again", "withhold", "hide")

NAMES = {
    "title": gettext_lazy("Tiêu đề"),
    "body": gettext_lazy("Nội dung"),
    "place": gettext_lazy("Nơi xảy ra"),
    "answer": gettext_lazy("Trả lời"),
    "done_what": gettext_lazy("Việc đã làm"),
    "done_by": gettext_lazy("Ai làm"),
    "legal_basis": gettext_lazy("Căn cứ pháp lý"),
}

_EXTRA = re.compile(r"(title|body|place|answer|done_what|done_by|legal_basis)\s*:\s*(.+)")


@allow("coordinator")
def page(request: HttpRequest, code: str) -> HttpResponse:
    """See every mark, keep or add, choose the pictures, publish."""
    case = selectors.case_page(code, roles_of_request(request).actors)
    if case is None:
        raise Http404
    at = clock.now()
    actor = roles_of_request(request).actor("coordinator")
    allowed = [one.row.act for one in selectors.possible_acts(case, [actor], at=at) if one.row.act in ACTS]
    hidden = publication_selectors.is_hidden(case.pk)
    allowed = [act for act in allowed if act != "show_again" or hidden]
    error = ""
    if request.method == "POST":
        try:
            done = _do(request, case, actor, at)
        except ActError as refused:
            error = refused.message
        else:
            messages.success(request, done)
            return redirect("desk:case", code=case.code)
    public = publication.prepare(case_id=case.pk, at=at)
    texts = publication.sources(case)
    marks = list(public.marks.order_by("text", "start"))
    kept = set(request.POST.getlist("keep"))
    parts = []
    for name, text in texts.items():
        if not text:
            continue
        own = [mark for mark in marks if mark.text == name]
        spans = [Span(mark.start, mark.end, LABELS[mark.kind], str(mark.pk) not in kept) for mark in own]  # type: ignore[index]
        parts.append(
            {
                "name": name,
                "label": NAMES[name],
                "text": text,
                "spans": spans,
                "marks": [
                    {
                        "id": mark.pk,
                        "text": text[mark.start : mark.end],
                        "kind": KIND_NAMES[mark.kind],  # type: ignore[index]
                        "kept": str(mark.pk) in kept,
                    }
                    for mark in own
                ],
            }
        )
    files = [
        {"id": str(row.file_id), "shot": _shot(row), "role": row.get_role_display()}
        for row in case.attachments.all()
        if row.role != "reply"
    ]
    context: dict[str, Any] = {
        "case": case,
        "parts": parts,
        "files": files,
        "allowed": allowed,
        "error": error,
        "public": public,
        "extra": request.POST.get("extra", ""),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "desk/gate.html", context, status=422 if error else 200)


def _do(request: HttpRequest, case: Any, actor: Any, at: Any) -> str:
    act = request.POST.get("act", "")
    common: dict[str, Any] = {
        "case_id": case.pk,
        "actor": actor,
        "at": at,
        "expected_version": seen_version(request),
    }
    if act in ("withhold", "hide"):
        reason = clean_input(request.POST.get("reason", ""))[:500]
        if not reason:
            raise ActError(_("Hãy ghi lý do."), field="reason")
        getattr(publication, act)(reason=reason, **common)
        return _("Đã lưu: phản ánh không hiện với công chúng.")
    chosen: dict[str, Any] = {
        "keep": {key for text in request.POST.getlist("keep") if (key := whole_number(text)) is not None},
        "extra": _extra(clean_input(request.POST.get("extra", "")), publication.sources(case)),
        "file_ids": _uuids(request.POST.getlist("file")),
    }
    if act == "show":
        publication.show(**common, **chosen)
        return _("Phản ánh đã hiện với công chúng; người khác có thể theo dõi.")
    if act == "show_again":
        publication.show_again(**common, **chosen)
        return _("Bản công khai đã hiện lại.")
    publication.confirm(**common, **chosen)
    return _("Đã công khai phản ánh và trả lời.")


def _extra(raw: str, texts: dict[str, str]) -> list[publication.Extra]:
    """Words that the person wants taken out besides: one a line, each occurrence in every text."""
    found = []
    for line in raw.splitlines()[:50]:
        wanted = line.strip()
        given = _EXTRA.fullmatch(wanted)
        names, wanted = ([given[1]], given[2]) if given else (list(texts), wanted)
        if len(wanted) < 2:
            continue
        for name in names:
            start = texts[name].find(wanted)
            while start != -1:
                found.append(publication.Extra(name, start, start + len(wanted), "name"))
                start = texts[name].find(wanted, start + len(wanted))
    return found


def _uuids(values: list[str]) -> list[UUID]:
    found = []
    for value in values[:50]:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
