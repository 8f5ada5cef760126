"""A report, or a meeting's pack, as a document that can be written to a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from langnghe.agencies.models import Agency, Person
from langnghe.reports import rules
from langnghe.reports import sections as parts
from langnghe.reports.frozen import Look
from langnghe.reports.models import Conclusion, Report, ReportTemplate
from langnghe.reports.sections import Section
from langnghe.reports.workflow import MERGED, SENT
from langnghe.reports.writers import docx, pdf, xlsx
from langnghe.reports.writers.paper import Layout, Paper, fill_words, issuer_of, number_of
from langnghe.texts import fold
from langnghe.worktime.format import short_date
from langnghe.worktime.rules import local

WRITERS: dict[str, tuple[Callable[[Paper], bytes], str]] = {
    "docx": (docx.write, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": (pdf.write, "application/pdf"),
    "xlsx": (xlsx.write, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def of_report(
    report: Report,
    template: ReportTemplate,
    *,
    signer: Person | None,
    is_head: bool,
    sections: Sequence[Section] | None = None,
) -> Paper:
    """The document of a report. `signer` is who approved it, or will; a draft says so. No query on a report of
    `selectors.report_page`."""
    document = report.duty.document
    plan = ""
    if document is not None:
        plan = f"{document.get_kind_display()}"
        plan += f" số {document.number}" if document.number else f" {document.title}"
        if document.issued_on:
            plan += f" ngày {short_date(document.issued_on)}"
        if document.issuer:
            plan += f" của {document.issuer}"
    sent = report.state in (SENT, MERGED)
    values = {
        "plan": plan or report.duty.name,
        "period": report.period_name,
        "agency": report.agency.name,
        "receiver": report.to_agency.name,
        "from": short_date(report.period_from),
        "to": short_date(report.period_to),
    }
    name = report.duty.name
    return of_sections(
        agency=report.agency, template=template, about=f"{name[:1].upper()}{name[1:]} {report.period_name}",
        number=report.number, on=local(report.sent_at).date() if sent and report.sent_at else None, values=values,
        sections=report.sections if sections is None else sections, signer=signer, is_head=is_head, draft=not sent,
    )  # fmt: skip


def of_meeting(look: Look, *, name: str, decided: Sequence[Conclusion]) -> Paper:
    """The document of a meeting's pack: when its figures are of, its sections, and what the meeting concluded. `name`:
    the time of which it speaks."""
    moment = f"{look.at:%H:%M} ngày {short_date(look.at.date())}"
    told = f"Số liệu chốt lúc {moment}." if look.kept is not None else f"Số liệu lúc {moment}."
    if look.kept is None and look.over:
        told = f"{told} Cuộc họp đã qua, tình trạng từng việc là của lúc này, không phải của ngày họp."
    values = {
        "agency": look.meeting.agency.name, "period": name, "from": short_date(look.first),
        "to": short_date(look.until), "plan": "", "receiver": "",
    }  # fmt: skip
    sections = look.sections()
    if decided:
        sections.append(_decided(decided))
    paper = of_sections(
        agency=look.meeting.agency, template=look.template, about=f"Giao ban {name}", number="", on=look.meeting.on,
        values=values, sections=sections, signer=None, is_head=True,
    )  # fmt: skip
    return replace(paper, opening=f"{told} {paper.opening}".strip())


def _decided(rows: Sequence[Conclusion]) -> Section:
    cells = [
        (
            f"conclusion:{row.pk}",
            [
                row.text, row.agency.short_name if row.agency else "",
                short_date(row.due_on) if row.due_on else "",
            ],
        )
        for row in rows
    ]  # fmt: skip
    blocks = [parts.table("decided", "", ["Kết luận", "Cơ quan", "Hạn"], cells)]
    return {"code": "ket-luan-moi", "title": "Kết luận của cuộc họp này", "fill": "", "blocks": blocks}


def of_sections(
    *,
    agency: Agency,
    template: ReportTemplate,
    about: str,
    number: str,
    on: date | None,
    values: Mapping[str, str],
    sections: Sequence[Section],
    signer: Person | None,
    is_head: bool,
    draft: bool = False,
) -> Paper:
    """The document of sections, with the head and foot of an agency."""
    layout: dict[str, Any] = dict(template.layout)
    above, issuer = issuer_of(kind=agency.kind, name=agency.name, parent=agency.parent.name if agency.parent else "")
    return Paper(
        above=above,
        issuer=issuer,
        number=number_of(
            number, str(layout.get("sign") or "BC"),
            str(layout.get("letters", {}).get(agency.code) or rules.sign_of(agency.kind, agency.short_name)),
        ),
        place=str(layout.get("place") or ""),
        on=on,
        title=str(layout.get("title") or ""),
        about=about,
        opening=fill_words(str(layout.get("opening") or ""), values),
        sections=sections,
        closing=fill_words(str(layout.get("closing") or ""), values),
        signature=rules.signature_of(
            kind=agency.kind, title=signer.title if signer else "", name=signer.full_name if signer else "",
            is_head=is_head,
        ),
        recipients=[fill_words(str(one), values) for one in layout.get("recipients", ())],
        draft=draft,
        layout=Layout.read(layout),
    )  # fmt: skip


def write(paper: Paper, kind: str) -> tuple[bytes, str]:
    """The bytes of a file of this kind, and its media type. KeyError for a kind that there is not."""
    make, media_type = WRITERS[kind]
    return make(paper), media_type


def file_name(paper: Paper, kind: str) -> str:
    """A name for the file in plain letters: bao-cao-…-thang-3-2026.docx."""
    words = fold(f"{paper.title} {paper.issuer[-1]} {paper.about}")
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in words)
    return "-".join(filter(None, plain.split("-")))[:100].rstrip("-") + f".{kind}"
