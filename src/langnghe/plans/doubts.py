"""Doubts about a register are kept as sentences of the catalogue, with what they speak of beside them where there is
anything, and put into words when they are shown: in the language of who reads, not of who had the document read.

The reader knows no catalogue; it says Vietnamese sentences without parameters. They stand here too, marked for the
catalogue; a test holds this list to the reader."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

Doubt = str | dict[str, Any]
"""As it is kept: the sentence alone, or `say` (the sentence) and `with` (its values)."""

READER = (
    gettext_noop("Chu kỳ thực hiện đọc được chưa chắc chắn."),
    gettext_noop("Chỗ ghi số của văn bản còn trống."),
    gettext_noop("Có ghi định kỳ nhưng không ghi kỳ hạn."),
    gettext_noop("Cơ quan chủ trì đọc được chưa chắc chắn."),
    gettext_noop("Cần xem lại tên hoặc mức của chỉ tiêu."),
    gettext_noop("Cần xem lại: có phải kênh tiếp nhận ý kiến của người dân hay không."),
    gettext_noop("Hạn ghi trước ngày ban hành kế hoạch."),
    gettext_noop("Không rõ báo cáo gửi cho ai."),
    gettext_noop("Không rõ tiêu chí nào: đề mục của mục này có thể bị mất."),
    gettext_noop("Không thấy cơ quan chủ trì."),
    gettext_noop("Không tìm thấy ngày ký của văn bản."),
    gettext_noop("Không tìm thấy số của văn bản."),
    gettext_noop("Không tìm thấy tên của văn bản."),
    gettext_noop("Kỳ báo cáo được suy từ câu, cần xem lại."),
    gettext_noop("Ngày ký của văn bản còn trống hoặc không đúng."),
    gettext_noop("Nội dung công khai được suy từ câu, cần xem lại."),
    gettext_noop("Ô cơ quan chủ trì để trống, lấy theo dòng trên."),
    gettext_noop("Ô thời gian để trống, lấy theo dòng trên."),
    gettext_noop("Đoạn này có thể không phải là một nhiệm vụ."),
    gettext_noop("Không tìm thấy nhiệm vụ nào trong văn bản."),
    gettext_noop("Văn bản được nhận dạng từ ảnh quét; cần xem lại kỹ từng chữ, nhất là số và ngày."),
)


def doubt(say: str, **given: Any) -> Doubt:
    """A doubt to be kept. `say`: a sentence of the catalogue; `given`: its values, as JSON holds them."""
    return {"say": say, "with": given} if given else say


def doubt_words(kept: Doubt) -> str:
    """A doubt in the language of who reads; a sentence that the catalogue does not know stays as it is."""
    if isinstance(kept, Mapping):
        return str(_(str(kept.get("say", ""))) % kept.get("with", {}))
    return _(kept) if kept else ""


def unique(doubts: Iterable[Doubt]) -> list[Doubt]:
    """Each doubt once, in order."""
    return list({json.dumps(one, sort_keys=True): one for one in doubts}.values())
