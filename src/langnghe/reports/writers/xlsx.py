"""The tables of a document as XLSX. Every text is written as a text: nothing that a person typed becomes a formula,
an address or a number by itself, and what begins like a formula stays a text when somebody edits its cell."""

from __future__ import annotations

import io
import re
from typing import Any

import xlsxwriter

from langnghe.reports.sections import Block
from langnghe.reports.writers.paper import Paper, tidy

_FORMULA = re.compile(r"\A[\s]*[=+\-@\t\r]")
_NUMBER = re.compile(r"\d{1,3}(\.\d{3})*\Z|\d{1,15}\Z")
_PERCENT = re.compile(r"\d{1,3}(,\d{1,4})?%\Z")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
MAX_CELL = 32_000


def write(paper: Paper) -> bytes:
    """One sheet for each table, named after it, and a first sheet with what is said in words."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": f"{paper.title} {paper.about}"[:250], "company": paper.issuer[-1]})
    sheet = _Sheets(book)
    sheet.words(paper)
    for section in tidy(paper.sections):
        for block in section["blocks"]:
            if block["type"] == "table":
                sheet.table(str(section["title"]), block)
    book.close()
    return out.getvalue()


class _Sheets:
    def __init__(self, book: Any) -> None:
        self.book = book
        base = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
        self.plain = book.add_format({**base, "text_wrap": True})
        self.bold = book.add_format({**base, "bold": True, "text_wrap": True})
        self.head = book.add_format({**base, "bold": True, "border": 1, "align": "center", "text_wrap": True})
        self.cell = book.add_format({**base, "border": 1, "text_wrap": True})
        self.quoted = book.add_format({**base, "border": 1, "text_wrap": True, "quote_prefix": True})
        self.number = book.add_format({**base, "border": 1, "num_format": "#,##0"})
        self.percent = book.add_format({**base, "border": 1, "num_format": "0.00%"})
        self.names: set[str] = set()

    def _add(self, name: str) -> Any:
        plain = _FORBIDDEN.sub(" ", name).strip()[:28] or "Bảng"
        unique, count = plain, 2
        while unique.lower() in self.names:
            unique, count = f"{plain[:25]} {count}", count + 1
        self.names.add(unique.lower())
        return self.book.add_worksheet(unique)

    def _text(self, sheet: Any, row: int, column: int, text: str, form: Any) -> None:
        if form is self.cell and _FORMULA.match(text):
            form = self.quoted
        sheet.write_string(row, column, text[:MAX_CELL], form)

    def words(self, paper: Paper) -> None:
        """The first sheet: title and everything that is said in words."""
        sheet = self._add("Báo cáo")
        sheet.set_column(0, 0, 110)
        row = 0
        title = f"{paper.title} {paper.about}".strip()
        for text, form in ((paper.issuer[-1], self.bold), (title, self.bold), (paper.opening, self.plain)):
            if text:
                self._text(sheet, row, 0, text, form)
                row += 1
        for section in tidy(paper.sections):
            self._text(sheet, row, 0, str(section["title"]), self.bold)
            row += 1
            for block in section["blocks"]:
                if block["type"] != "table":
                    self._text(sheet, row, 0, block["text"], self.bold if block["type"] == "heading" else self.plain)
                    row += 1

    def table(self, title: str, block: Block) -> None:
        """A sheet with one table: head kept in view, filter on, numbers as numbers."""
        sheet = self._add(block["caption"] or title)
        self._text(sheet, 0, 0, "STT", self.head)
        sheet.set_column(0, 0, 6)
        for column, head in enumerate(block["head"], 1):
            longest = max([len(head), *(len(row["cells"][column - 1]) for row in block["rows"])])
            sheet.set_column(column, column, min(max(10, longest * 1.1), 60))
            self._text(sheet, 0, column, head, self.head)
        for number, row in enumerate(block["rows"], 1):
            sheet.write_number(number, 0, number, self.cell)
            for column, text in enumerate(row["cells"], 1):
                if column - 1 in block["numbers"] and _NUMBER.match(text):
                    sheet.write_number(number, column, int(text.replace(".", "")), self.number)
                elif column - 1 in block["numbers"] and _PERCENT.match(text):
                    sheet.write_number(number, column, float(text[:-1].replace(",", ".")) / 100, self.percent)
                else:
                    self._text(sheet, number, column, text, self.cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(block["rows"]), len(block["head"]))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
