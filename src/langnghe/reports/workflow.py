"""The transition table of periodic reports: one report of one agency for one period.

Audiences of messages: `focal` and `leaders` of the agency that owes the report, `receiver` (focal points of the agency
it goes to; the coordinators where that is the city). The step `send` is the report's term.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from langnghe.workflow.table import START, State, Transition, TransitionTable, fact, register

REPORT = "report"

OWED = "owed"
DRAFTING = "drafting"
AWAITING_APPROVAL = "awaiting_approval"
SENT = "sent"
MERGED = "merged"
WAIVED = "waived"

STATES = {
    OWED: State(_("Chưa lập"), group="open"),
    DRAFTING: State(_("Đang soạn"), group="open"),
    AWAITING_APPROVAL: State(_("Chờ duyệt"), group="open"),
    SENT: State(_("Đã gửi"), group="sent"),
    MERGED: State(_("Đã tổng hợp"), final=True, group="sent"),
    WAIVED: State(_("Không phải báo cáo kỳ này"), final=True, group="dropped"),
}

WRITERS = frozenset({"focal_point", "handler", "coordinator"})
LEADERS = frozenset({"approver", "head", "coordinator"})
RECEIVERS = frozenset({"coordinator", "focal_point", "head"})

TRANSITIONS = (
    Transition(
        act="owe", sources=(START,), target=OWED, roles={"system", "coordinator"}, label=_("Đến kỳ báo cáo"),
        deadline=(("open", "send"),), message="focal:report_owed",
    ),
    Transition(
        act="write", sources=(OWED, DRAFTING), target=DRAFTING, roles=WRITERS, label=_("Soạn báo cáo"),
        needs=("sections",), same_agency=True, weight=80,
    ),
    Transition(
        act="submit", sources=(DRAFTING,), target=AWAITING_APPROVAL, roles=WRITERS, label=_("Trình duyệt"),
        same_agency=True, guards=("complete",), weight=70, message="leaders:report_submitted",
    ),
    Transition(
        act="send_back", sources=(AWAITING_APPROVAL,), target=DRAFTING, roles=LEADERS, label=_("Trả lại để sửa"),
        needs=("note",), same_agency=True, weight=40, message="focal:report_sent_back",
    ),
    Transition(
        act="approve", sources=(AWAITING_APPROVAL,), target=SENT, roles=LEADERS, label=_("Duyệt và gửi"),
        same_agency=True, guards=("not_own_draft",), weight=90, confirm=True, deadline=(("meet", "send"),),
        message="receiver:report_sent",
    ),
    Transition(
        act="withdraw", sources=(SENT,), target=DRAFTING, roles=LEADERS, label=_("Lấy lại để sửa"), needs=("note",),
        same_agency=True, weight=5, deadline=(("open", "send"),),
    ),
    Transition(
        act="reject", sources=(SENT,), target=DRAFTING, roles=RECEIVERS, label=_("Đề nghị báo cáo lại"),
        needs=("note",), guards=("is_receiver",), weight=20, deadline=(("open", "send"),),
        message="focal:report_rejected leaders:report_rejected",
    ),
    Transition(
        act="merge", sources=(SENT,), target=MERGED, roles=RECEIVERS | {"system"}, label=_("Đưa vào báo cáo tổng hợp"),
        guards=("is_receiver",), weight=60,
    ),
    Transition(
        act="urge", sources=("@open",), target=None, roles=RECEIVERS, label=_("Đôn đốc"), guards=("is_receiver",),
        weight=30, message="focal:report_urged leaders:report_urged",
    ),
    Transition(
        act="waive", sources=("@open",), target=WAIVED, roles={"coordinator", "system"},
        label=_("Miễn báo cáo kỳ này"), needs=("note",), confirm=True, weight=1, deadline=(("cancel",),),
    ),
)  # fmt: skip

TABLE = register(
    TransitionTable(
        kind=REPORT,
        states=STATES,
        initial=OWED,
        transitions=TRANSITIONS,
        guards={
            "complete": fact("complete"),
            "not_own_draft": fact("not_own_draft"),
            "is_receiver": fact("is_receiver"),
        },
        city_roles=frozenset({"system"}),
    )
)
