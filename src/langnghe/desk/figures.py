"""Figures of the suggestions as tables of words: each ratio with its numerator and denominator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from langnghe.cases.models import Field, Regime
from langnghe.triage.models import ModelVersion
from langnghe.ui.words import number, percent

Table = dict[str, Any]

QUESTIONS = {
    "field": gettext_lazy("Lĩnh vực"),
    "agency": gettext_lazy("Cơ quan"),
    "urgency": gettext_lazy("Mức độ"),
    "regime": gettext_lazy("Chế độ"),
    "denunciation": gettext_lazy("Khiếu nại, tố cáo"),
    "duplicate": gettext_lazy("Trùng"),
}


def _share(part: float | None) -> str:
    return "–" if part is None else percent(part * 100, 1)


def accuracy_tables(model: ModelVersion | None) -> list[Table]:
    """Out-of-sample figures of a model: by regime and question, then by field."""
    if model is None:
        return []
    metrics: Mapping[str, Any] = model.metrics
    heads = [
        _("Câu hỏi"),
        _("Số phản ánh"),
        _("Đúng khi trả lời"),
        _("Bỏ qua vì chưa chắc"),
        _("Đúng nếu luôn trả lời"),
        _("Đoán theo số đông"),
    ]
    tables = []
    names = dict(Field.objects.values_list("code", "name"))
    labels = {str(code): str(label) for code, label in Regime.choices}
    for regime, questions in metrics.get("regimes", {}).items():
        rows = [
            [
                str(QUESTIONS.get(question, question)),
                number(one["examples"]),
                _share(one["accuracy_of_answered"]),
                _share(one["abstained_share"]),
                _share(one["accuracy_of_all"]),
                _share(one["majority_accuracy"]),
            ]
            for question, one in questions.items()
            if isinstance(one, dict)
        ]
        if rows:
            tables.append(
                {
                    "title": _("Ngoài mẫu: %(regime)s") % {"regime": labels.get(regime, regime)},
                    "heads": heads,
                    "rows": rows,
                }
            )
    tables += [_common(metrics, heads), _urgent(metrics), _diversion(metrics)]
    for regime, questions in metrics.get("regimes", {}).items():
        field = questions.get("field")
        if isinstance(field, dict):
            tables.append(_by_field(labels.get(regime, regime), field, names))
    return [table for table in tables if table["rows"]]


def _common(metrics: Mapping[str, Any], heads: list[str]) -> Table:
    rows = []
    for question in ("regime", "urgency"):
        one = metrics.get(question)
        if isinstance(one, dict):
            rows.append(
                [
                    QUESTIONS[question],
                    number(one["examples"]),
                    _share(one["accuracy_of_answered"]),
                    _share(one["abstained_share"]),
                    _share(one["accuracy_of_all"]),
                    _share(one["majority_accuracy"]),
                ]
            )
    return {"title": _("Ngoài mẫu: cả hai chế độ"), "heads": heads, "rows": rows}


def _urgent(metrics: Mapping[str, Any]) -> Table:
    one = metrics.get("urgent")
    labels = (
        ("together", _("Máy học hoặc chữ báo hiệu")), ("classifier", _("Riêng máy học")),
        ("signs", _("Riêng chữ báo hiệu của Thành phố")),
    )  # fmt: skip
    rows = [_noticed(label, one["positives"], one[key]) for key, label in labels] if isinstance(one, dict) else []
    return {"title": _("Phản ánh khẩn"), "heads": _notice_heads(), "rows": rows}


def _diversion(metrics: Mapping[str, Any]) -> Table:
    one = metrics.get("diversion")
    label = _("Nhận ra khiếu nại, tố cáo")
    rows = [_noticed(label, one["positives"], one["together"])] if isinstance(one, dict) else []
    return {"title": _("Khiếu nại, tố cáo"), "heads": _notice_heads(), "rows": rows}


def _notice_heads() -> list[str]:
    return [_("Câu hỏi"), _("Thực có"), _("Máy nghi"), _("Nghi đúng"), _("Nhận ra được")]


def _noticed(label: str, actual: int, found: Mapping[str, Any]) -> list[str]:
    return [label, number(actual), number(found["suspected"]), _share(found["precision"]), _share(found["recall"])]


def _by_field(regime: str, figures: Mapping[str, Any], names: Mapping[str, str]) -> Table:
    rows = [
        [
            names.get(code, code),
            number(one["support"]),
            _share(one["recall"]),
            _share(one["precision"]),
            f"{one['answered_right']}/{one['answered']}",
        ]
        for code, one in sorted(figures["per_class"].items(), key=lambda item: -item[1]["support"])
    ]
    heads = [_("Lĩnh vực"), _("Số phản ánh"), _("Nhận ra được"), _("Đoán đúng"), _("Đúng/đã gợi ý")]
    return {"title": _("Theo lĩnh vực: %(regime)s") % {"regime": regime}, "heads": heads, "rows": rows}


def chosen_tables(rows: Iterable[Mapping[str, Any]]) -> list[Table]:
    """What people chose since, beside what had been suggested, by month."""
    labels = {str(code): str(label) for code, label in Regime.choices}
    listed = [
        [
            f"{row['month']:%m/%Y}",
            str(QUESTIONS.get(row["question"], row["question"])),
            labels.get(row["case__regime"], ""),
            number(row["chosen_count"]),
            number(row["answered"]),
            f"{row['agreed']}/{row['answered']}",
            _share(row["agreed"] / row["answered"] if row["answered"] else None),
        ]
        for row in rows
    ]
    heads = [_("Tháng"), _("Câu hỏi"), _("Chế độ"), _("Đã chọn"), _("Máy có gợi ý"), _("Trùng ý"), _("Tỷ lệ")]
    return [{"title": _("So với lựa chọn của cán bộ theo tháng"), "heads": heads, "rows": listed}] if listed else []
