"""What people choose for themselves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from langnghe.agencies.models import Reminding


class RemindersForm(forms.Form):
    """How to be reminded of tasks and reports."""

    reminders = forms.ChoiceField(
        label=_("Nhắc việc kế hoạch, báo cáo"),
        choices=Reminding.choices,
        widget=forms.RadioSelect,
        help_text=_("Đôn đốc, trả lại và việc mới giao luôn được gửi riêng."),
        error_messages={"required": _("Hãy chọn một cách."), "invalid_choice": _("Hãy chọn một cách.")},
    )
