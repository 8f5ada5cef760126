"""The transition tables of plans: the document, and the share that one agency carries of one task.

A message is written `audience:template`. Audiences: `office` (coordinators), `focal` (focal points of the share's
agency), `person` (who carries the share), `leaders` (its approvers and head). The step `deliver` is the share's term.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from langnghe.workflow.table import START, State, Transition, TransitionTable, fact, register

PLAN = "plan"
SHARE = "share"

REVIEW = "review"
ACTIVE = "active"
FINISHED = "finished"
SUPERSEDED = "superseded"
WITHDRAWN = "withdrawn"

PLAN_STATES = {
    REVIEW: State(_("Chờ xác nhận"), group="review"),
    ACTIVE: State(_("Đang thực hiện"), group="active"),
    FINISHED: State(_("Đã kết thúc"), final=True, group="done"),
    SUPERSEDED: State(_("Đã có bản thay thế"), final=True, group="done"),
    WITHDRAWN: State(_("Đã rút"), final=True, group="done"),
}

OFFICE = frozenset({"coordinator"})
LEADS = frozenset({"focal_point", "head"})
WORKERS = frozenset({"handler", "focal_point"})
LEADERS = frozenset({"approver", "head"})
PLANNERS = OFFICE | LEADS
"""Who enters and confirms a plan: the city office the city's, an agency its own (`same_agency`)."""

PLAN_TRANSITIONS = (
    Transition(
        act="enter", sources=(START,), target=REVIEW, roles=PLANNERS | {"system"}, label=_("Đưa văn bản vào"),
        needs=("title",),
    ),
    Transition(
        act="mend", sources=(REVIEW,), target=None, roles=PLANNERS | {"system"}, label=_("Sửa đăng ký nhiệm vụ"),
        same_agency=True, weight=50,
    ),
    Transition(
        act="confirm", sources=(REVIEW,), target=ACTIVE, roles=PLANNERS | {"system"},
        label=_("Xác nhận và giao nhiệm vụ"), same_agency=True, weight=90, guards=("all_settled",), confirm=True,
    ),
    Transition(
        act="withdraw", sources=(REVIEW,), target=WITHDRAWN, roles=PLANNERS, label=_("Rút văn bản"),
        same_agency=True, needs=("reason",), confirm=True, weight=5,
    ),
    Transition(
        act="add_task", sources=(ACTIVE,), target=None, roles=PLANNERS, label=_("Giao thêm nhiệm vụ"),
        same_agency=True, needs=("title",), weight=30,
    ),
    Transition(
        act="supersede", sources=(ACTIVE,), target=SUPERSEDED, roles=PLANNERS | {"system"},
        label=_("Thay bằng bản mới"), same_agency=True, weight=10,
    ),
    Transition(
        act="finish", sources=(ACTIVE,), target=FINISHED, roles=PLANNERS, label=_("Kết thúc kế hoạch"),
        same_agency=True, guards=("nothing_open",), confirm=True, weight=10,
    ),
)  # fmt: skip

PLAN_TABLE = register(
    TransitionTable(
        kind=PLAN,
        states=PLAN_STATES,
        initial=REVIEW,
        transitions=PLAN_TRANSITIONS,
        guards={"all_settled": fact("all_settled"), "nothing_open": fact("nothing_open")},
        city_roles=frozenset({"system", "coordinator"}),
    )
)

ASSIGNED = "assigned"
DOING = "doing"
SUBMITTED = "submitted"
DONE = "done"
CANCELLED = "cancelled"
HANDED_OVER = "handed_over"

SHARE_STATES = {
    ASSIGNED: State(_("Mới giao"), group="open"),
    DOING: State(_("Đang thực hiện"), group="open"),
    SUBMITTED: State(_("Chờ lãnh đạo duyệt"), group="open"),
    DONE: State(_("Đã hoàn thành"), final=True, group="done"),
    CANCELLED: State(_("Không còn phải làm"), final=True, group="dropped"),
    HANDED_OVER: State(_("Đã chuyển cơ quan kế thừa"), final=True, group="dropped"),
}
OPEN_STATES = (ASSIGNED, DOING, SUBMITTED)

SHARE_TRANSITIONS = (
    Transition(
        act="assign", sources=(START,), target=ASSIGNED, roles=PLANNERS | {"system"}, label=_("Giao nhiệm vụ"),
        deadline=(("open", "deliver"),), message="focal:task_assigned",
    ),
    Transition(
        act="delegate", sources=("@open",), target=DOING, roles=LEADS, label=_("Giao cho người thực hiện"),
        needs=("person",), same_agency=True, weight=80, deadline=(("hand_over", "deliver"),),
        message="person:task_delegated",
    ),
    Transition(
        act="report", sources=(ASSIGNED, DOING), target=DOING, roles=WORKERS | LEADS | OFFICE,
        label=_("Cập nhật tiến độ"), needs=("percent", "text"), same_agency=True, guards=("is_carrier",), weight=70,
    ),
    Transition(
        act="submit", sources=(DOING,), target=SUBMITTED, roles=WORKERS | LEADS | OFFICE, label=_("Báo cáo hoàn thành"),
        needs=("text",), same_agency=True, guards=("is_carrier", "has_evidence"), weight=60,
        message="leaders:task_submitted",
    ),
    Transition(
        act="accept", sources=(SUBMITTED,), target=DONE, roles=LEADERS | OFFICE, label=_("Nghiệm thu"),
        same_agency=True, guards=("is_superior", "not_own_report"), weight=90, deadline=(("meet", "deliver"),),
        message="person:task_accepted",
    ),
    Transition(
        act="return", sources=(SUBMITTED,), target=DOING, roles=LEADERS | OFFICE, label=_("Trả lại"), needs=("note",),
        same_agency=True, guards=("is_superior", "not_own_report"), weight=50, message="person:task_returned",
    ),
    Transition(
        act="renew", sources=(DONE,), target=ASSIGNED, roles={"system"}, label=_("Mở kỳ tiếp theo"),
        guards=("recurs",), deadline=(("open", "deliver"),), message="person:task_renewed",
    ),
    Transition(
        act="reopen", sources=(DONE,), target=DOING, roles=LEADERS | OFFICE, label=_("Mở lại"), needs=("note",),
        same_agency=True, confirm=True, weight=5, deadline=(("open", "deliver"),), message="focal:task_reopened",
    ),
    Transition(
        act="extend", sources=("@open",), target=None, roles=OFFICE, label=_("Gia hạn"),
        needs=("due", "note"), confirm=True, weight=15, deadline=(("open", "deliver"),), message="focal:task_extended",
    ),
    Transition(
        act="raise_obstacle", sources=("@open",), target=None, roles=WORKERS | LEADS, label=_("Báo vướng mắc"),
        needs=("text",), same_agency=True, weight=40, message="office:obstacle_raised",
    ),
    Transition(
        act="answer_obstacle", sources=("@open",), target=None, roles=OFFICE | LEADERS, label=_("Trả lời vướng mắc"),
        needs=("answer",), same_agency=True, guards=("obstacle_waiting",), weight=85,
        message="focal:obstacle_answered person:obstacle_answered",
    ),
    Transition(
        act="urge", sources=("@open",), target=None, roles=OFFICE | LEADERS, label=_("Đôn đốc"), same_agency=True,
        weight=20, message="focal:task_urged person:task_urged",
    ),
    Transition(
        act="hand_over", sources=("@open",), target=HANDED_OVER, roles=OFFICE | {"system"},
        label=_("Chuyển cơ quan kế thừa"), needs=("agency",), weight=5, confirm=True, deadline=(("cancel", "deliver"),),
    ),
    Transition(
        act="carry_on", sources=(CANCELLED,), target=HANDED_OVER, roles=OFFICE, label=_("Chỉ định cơ quan làm tiếp"),
        needs=("agency",), guards=("agency_ended",), weight=20, confirm=True,
    ),
    Transition(
        act="cancel", sources=("@open",), target=CANCELLED, roles=OFFICE | {"system"}, label=_("Thôi giao"),
        needs=("note",), confirm=True, deadline=(("cancel", "deliver"),), message="focal:task_cancelled",
    ),
)  # fmt: skip

SHARE_TABLE = register(
    TransitionTable(
        kind=SHARE,
        states=SHARE_STATES,
        initial=ASSIGNED,
        transitions=SHARE_TRANSITIONS,
        guards={
            "is_carrier": fact("is_carrier"),
            "has_evidence": fact("has_evidence"),
            "not_own_report": fact("not_own_report"),
            "obstacle_waiting": fact("obstacle_waiting"),
            "recurs": fact("recurs"),
            "is_superior": fact("is_superior"),
            "agency_ended": fact("agency_ended"),
        },
        city_roles=frozenset({"system", "coordinator"}),
    )
)
