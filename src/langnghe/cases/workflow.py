"""The one transition table of cases (law 1): states, acts, roles, needs, effects on deadlines, messages.

A message is written `audience:template`, several parted by spaces. Audiences: `sender`, `office` (coordinators),
`focal` (focal points of the case's agency), `handler`, `approvers`, `partner`, `protected`. A deadline effect names
a step of the deadline rules; where no rule exists for the step, the regime and the urgency, nothing is opened.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from langnghe.workflow.table import START, State, Transition, TransitionTable, fact, register

RECEIVED = "received"
CLARIFYING = "clarifying"
CLASSIFIED = "classified"
TRANSFERRED = "transferred"
ACCEPTED = "accepted"
HANDLING = "handling"
AWAITING_SENDER = "awaiting_sender"
AWAITING_APPROVAL = "awaiting_approval"
ANSWERED = "answered"
PUBLISHED = "published"
WITHHELD = "withheld"
REOPENED = "reopened"
CLOSED = "closed"
DECLINED = "declined"
DIVERTED = "diverted"
WITHDRAWN = "withdrawn"
MERGED = "merged"

STATES = {
    RECEIVED: State(_("Mới tiếp nhận"), group="office"),
    CLARIFYING: State(_("Chờ người gửi làm rõ"), group="office"),
    CLASSIFIED: State(_("Đã phân loại"), group="office"),
    TRANSFERRED: State(_("Đã chuyển, chờ cơ quan nhận"), group="agency"),
    ACCEPTED: State(_("Cơ quan đã nhận"), group="agency"),
    HANDLING: State(_("Đang xử lý"), group="agency"),
    AWAITING_SENDER: State(_("Chờ người gửi bổ sung"), group="agency"),
    AWAITING_APPROVAL: State(_("Chờ duyệt"), group="agency"),
    REOPENED: State(_("Mở lại"), group="agency"),
    ANSWERED: State(_("Đã trả lời, chờ công khai"), group="answered"),
    PUBLISHED: State(_("Đã công khai"), group="answered"),
    WITHHELD: State(_("Đã trả lời, không công khai"), group="answered"),
    CLOSED: State(_("Đã đóng"), final=True, group="done"),
    DECLINED: State(_("Không tiếp nhận"), final=True, group="done"),
    DIVERTED: State(_("Chuyển sang khiếu nại, tố cáo"), final=True, group="done"),
    WITHDRAWN: State(_("Người gửi đã rút"), final=True, group="done"),
    MERGED: State(_("Gộp vào phản ánh khác"), final=True, group="done"),
}

OFFICE = frozenset({"coordinator"})
AGENCY_LEADS = frozenset({"focal_point", "head"})
WORKERS = frozenset({"handler", "focal_point"})
LEADERS = frozenset({"approver", "head"})
STAFF = frozenset({"coordinator", "focal_point", "handler", "approver", "head", "protected_reader"})

UNRESTRICTED = ("unrestricted",)
"""Acts of ordinary work wait while the case is kept for the named few (suspected complaint or denunciation)."""

GUARDS = {
    "unrestricted": lambda facts: not facts.get("restricted", False),
    "restricted": fact("restricted"),
    "not_own_draft": fact("not_own_draft"),
    "fresh_approver": fact("fresh_approver"),
    "answer_complete": fact("answer_complete"),
    "no_open_partner": fact("no_open_partner"),
    "partner_open": fact("partner_open"),
    "partner_waiting": lambda facts: not facts.get("no_open_partner", True),
    "extension_waiting": fact("extension_waiting"),
    "no_extension_waiting": lambda facts: not facts.get("extension_waiting", False),
    "may_rate": fact("may_rate"),
    "unrated": fact("unrated"),
    "sender_done": fact("sender_done"),
    "may_reopen": fact("may_reopen"),
    "no_promise": lambda facts: not facts.get("promise_open", False),
    "promise_open": fact("promise_open"),
    "was_merged": fact("was_merged"),
}

_WORKING = (ACCEPTED, HANDLING, REOPENED)
_ANSWERED = (ANSWERED, PUBLISHED, WITHHELD)

TRANSITIONS = (
    # -- the city office ------------------------------------------------------------------------------------------
    Transition(
        act="receive", sources=(START,), target=RECEIVED, roles={"sender", "clerk", "coordinator", "system"},
        label=_("Gửi phản ánh"), needs=("title", "body", "regime", "channel"),
        deadline=(("open", "intake"), ("open", "transfer"), ("open", "answer")), message="sender:received",
    ),
    Transition(
        act="classify", sources=(RECEIVED, CLASSIFIED), target=CLASSIFIED, roles=OFFICE,
        label=_("Phân loại"), needs=("regime", "field", "urgency"), guards=UNRESTRICTED, weight=90,
        deadline=(("meet", "intake"), ("open", "transfer", "answer")),
    ),
    Transition(
        act="transfer", sources=(CLASSIFIED, REOPENED), target=TRANSFERRED, roles=OFFICE,
        label=_("Chuyển cơ quan xử lý"), needs=("agency", "reason"), guards=UNRESTRICTED, weight=80,
        deadline=(("meet", "transfer"), ("open", "receive"), ("hand_over", "answer", "receive")),
        message="sender:transferred focal:assigned_agency",
    ),
    Transition(
        act="clarify", sources=(RECEIVED, CLASSIFIED), target=CLARIFYING, roles=OFFICE,
        label=_("Đề nghị người gửi làm rõ"), needs=("question",), guards=UNRESTRICTED, weight=30,
        deadline=(("pause",), ("open", "reply")), message="sender:more_needed",
    ),
    Transition(
        act="clarified", sources=(CLARIFYING,), target=RECEIVED, roles={"sender", "clerk", "coordinator"},
        label=_("Ghi nhận nội dung làm rõ"), needs=("reply",), weight=60,
        deadline=(("meet", "reply"), ("resume",)), message="office:reply_received",
    ),
    Transition(
        act="clarify_lapsed", sources=(CLARIFYING,), target=RECEIVED, roles={"system", "coordinator"},
        label=_("Tiếp tục dù chưa được làm rõ"), deadline=(("cancel", "reply"), ("resume",)),
    ),
    Transition(
        act="decline", sources=(RECEIVED, CLASSIFIED, CLARIFYING), target=DECLINED, roles=OFFICE,
        label=_("Không tiếp nhận"), needs=("decline_reason", "guidance"), guards=UNRESTRICTED, confirm=True, weight=20,
        deadline=(("meet", "intake"), ("cancel",)), message="sender:declined",
    ),
    Transition(
        act="merge", sources=(RECEIVED, CLASSIFIED, TRANSFERRED, ACCEPTED), target=MERGED, roles=OFFICE,
        label=_("Gộp vào phản ánh trùng"), needs=("into",), guards=UNRESTRICTED, confirm=True, weight=10,
        deadline=(("meet", "intake"), ("cancel",)), message="sender:merged",
    ),
    Transition(
        act="unmerge", sources=(MERGED,), target=RECEIVED, roles=OFFICE | {"system"},
        label=_("Tách khỏi phản ánh đã gộp"),
        needs=("reason",), guards=("was_merged",),
        deadline=(("open", "intake"), ("open", "transfer"), ("open", "answer")),
    ),
    Transition(
        act="urge", sources=("@open",), target=None, roles=OFFICE | {"head"}, label=_("Đôn đốc"), needs=("note",),
        guards=UNRESTRICTED, weight=5, message="focal:urged handler:urged",
    ),
    # -- complaints and denunciations -----------------------------------------------------------------------------
    Transition(
        act="restrict", sources=("@open",), target=None, roles=STAFF | {"system"},
        label=_("Báo nghi là khiếu nại, tố cáo"), needs=("reason",), guards=UNRESTRICTED, confirm=True, weight=4,
        deadline=(("pause",), ("open", "decide")), message="protected:restricted",
    ),
    Transition(
        act="lift", sources=("@open",), target=None, roles={"protected_reader"},
        label=_("Không phải khiếu nại, tố cáo"), needs=("reason",), guards=("restricted",), weight=50,
        deadline=(("meet", "decide"), ("resume",)),
    ),
    Transition(
        act="divert", sources=("@open",), target=DIVERTED, roles={"protected_reader"},
        label=_("Chuyển sang giải quyết khiếu nại, tố cáo"), needs=("diversion", "guidance"), guards=("restricted",),
        confirm=True, weight=60, deadline=(("meet", "intake", "decide"), ("cancel",)), message="sender:diverted",
    ),
    # -- the agency -----------------------------------------------------------------------------------------------
    Transition(
        act="accept", sources=(TRANSFERRED,), target=ACCEPTED, roles=AGENCY_LEADS, label=_("Nhận xử lý"),
        same_agency=True, guards=UNRESTRICTED, weight=90, deadline=(("meet", "receive"),), message="sender:accepted",
    ),
    Transition(
        act="return_to_office", sources=(TRANSFERRED, ACCEPTED, HANDLING, REOPENED), target=CLASSIFIED,
        roles=AGENCY_LEADS,
        label=_("Trả lại Văn phòng"), needs=("reason",), same_agency=True, guards=UNRESTRICTED, confirm=True, weight=20,
        deadline=(("meet", "receive"), ("open", "transfer"), ("hand_over", "answer")),
        message="office:returned_to_office",
    ),
    Transition(
        act="assign", sources=_WORKING, target=HANDLING, roles=AGENCY_LEADS, label=_("Giao người xử lý"),
        needs=("handler",), same_agency=True, guards=UNRESTRICTED, weight=80,
        deadline=(("hand_over", "answer"),), message="handler:assigned",
    ),
    Transition(
        act="ask_partner", sources=(HANDLING,), target=None, roles=WORKERS, label=_("Lấy ý kiến cơ quan phối hợp"),
        needs=("partner", "question"), same_agency=True, guards=UNRESTRICTED, weight=30,
        message="partner:partner_asked",
    ),
    Transition(
        act="partner_answer", sources=("@agency",), target=None, roles=WORKERS | LEADERS, label=_("Trả lời phối hợp"),
        needs=("reply",), guards=("unrestricted", "partner_open"), weight=70, message="handler:partner_replied",
    ),
    Transition(
        act="drop_partner", sources=(HANDLING,), target=None, roles=WORKERS, label=_("Thôi chờ cơ quan phối hợp"),
        needs=("reason",), same_agency=True, guards=("unrestricted", "partner_waiting"), weight=12,
    ),
    Transition(
        act="ask_sender", sources=(ACCEPTED, HANDLING), target=AWAITING_SENDER, roles=WORKERS,
        label=_("Đề nghị người gửi bổ sung"), needs=("question",), same_agency=True, guards=UNRESTRICTED, weight=40,
        deadline=(("pause",), ("open", "reply")), message="sender:more_needed",
    ),
    Transition(
        act="sender_reply", sources=(AWAITING_SENDER,), target=HANDLING, roles={"sender", "clerk"},
        label=_("Bổ sung thông tin"), needs=("reply",), weight=90,
        deadline=(("meet", "reply"), ("resume",)), message="handler:reply_received",
    ),
    Transition(
        act="continue_without", sources=(AWAITING_SENDER,), target=HANDLING, roles=WORKERS | {"system"},
        label=_("Tiếp tục dù chưa được bổ sung"), same_agency=True, guards=UNRESTRICTED, weight=40,
        deadline=(("cancel", "reply"), ("resume",)),
    ),
    Transition(
        act="request_extension", sources=(ACCEPTED, HANDLING, REOPENED), target=None, roles=WORKERS,
        label=_("Đề nghị gia hạn"), needs=("days", "reason"), same_agency=True,
        guards=("unrestricted", "no_extension_waiting"), weight=15, message="approvers:extension_requested",
    ),
    Transition(
        act="grant_extension", sources=("@agency",), target=None, roles=LEADERS, label=_("Duyệt gia hạn"),
        needs=("note",), same_agency=True, guards=("unrestricted", "extension_waiting"), weight=70,
        deadline=(("extend", "answer"),), message="sender:extended handler:extension_decided",
    ),
    Transition(
        act="refuse_extension", sources=("@agency",), target=None, roles=LEADERS, label=_("Không gia hạn"),
        needs=("note",), same_agency=True, guards=("unrestricted", "extension_waiting"), weight=60,
        message="handler:extension_decided",
    ),
    Transition(
        act="draft", sources=(HANDLING,), target=None, roles=WORKERS, label=_("Soạn trả lời"), same_agency=True,
        guards=UNRESTRICTED, weight=85,
    ),
    Transition(
        act="submit", sources=(HANDLING,), target=AWAITING_APPROVAL, roles=WORKERS, label=_("Trình duyệt"),
        same_agency=True, guards=("unrestricted", "answer_complete", "no_open_partner"), weight=75,
        message="approvers:approval_needed",
    ),
    Transition(
        act="send_back", sources=(AWAITING_APPROVAL,), target=HANDLING, roles=LEADERS, label=_("Trả lại để sửa"),
        needs=("note",), same_agency=True, guards=UNRESTRICTED, weight=60, message="handler:draft_returned",
    ),
    Transition(
        act="approve", sources=(AWAITING_APPROVAL,), target=ANSWERED, roles=LEADERS, label=_("Duyệt và trả lời"),
        same_agency=True, guards=("unrestricted", "not_own_draft", "fresh_approver", "answer_complete"), weight=90,
        confirm=True, deadline=(("meet", "answer"), ("open", "publish")), message="sender:answered",
    ),
    # -- after the answer -----------------------------------------------------------------------------------------
    Transition(
        act="redo", sources=(ANSWERED,), target=HANDLING, roles=OFFICE, label=_("Yêu cầu trả lời lại"),
        needs=("note",), guards=("unrestricted", "unrated"), weight=20,
        deadline=(("cancel", "publish", "promise"), ("open", "answer")),
        message="handler:draft_returned",
    ),
    Transition(
        act="publish", sources=(ANSWERED, WITHHELD), target=PUBLISHED, roles=OFFICE, label=_("Công khai"),
        needs=("public_case",), guards=UNRESTRICTED, weight=90, deadline=(("meet", "publish"), ("open", "close")),
    ),
    Transition(
        act="withhold", sources=(ANSWERED, PUBLISHED), target=WITHHELD, roles=OFFICE, label=_("Không công khai"),
        needs=("reason",), guards=UNRESTRICTED, weight=10, deadline=(("meet", "publish"), ("open", "close")),
    ),
    Transition(
        act="show", sources=("@office", "@agency"), target=None, roles=OFFICE, label=_("Công khai khi đang xử lý"),
        needs=("public_case",), guards=UNRESTRICTED, weight=8,
    ),
    Transition(
        act="hide", sources=("@any",), target=None, roles=OFFICE | {"protected_reader"}, label=_("Ẩn bản công khai"),
        needs=("reason",), confirm=True, weight=2,
    ),
    Transition(
        act="show_again", sources=(PUBLISHED, CLOSED), target=None, roles=OFFICE, label=_("Công khai lại"),
        needs=("public_case",), guards=UNRESTRICTED, weight=6,
    ),
    Transition(
        act="rate", sources=_ANSWERED, target=None, roles={"sender", "clerk"}, label=_("Đánh giá"),
        needs=("criteria", "overall"), guards=("may_rate",), weight=80,
    ),
    Transition(
        act="reopen", sources=_ANSWERED, target=REOPENED, roles={"sender", "clerk"}, label=_("Đề nghị xử lý lại"),
        needs=("reason",), guards=("may_reopen",), weight=70,
        deadline=(("cancel", "publish", "close", "promise"), ("open", "answer"), ("hand_over", "answer")),
        message="sender:reopened focal:reopened_staff office:reopened_staff",
    ),
    Transition(
        act="fulfil", sources=_ANSWERED, target=None, roles=WORKERS, label=_("Báo đã thực hiện lời hẹn"),
        needs=("report",), same_agency=True, guards=("unrestricted", "promise_open"), weight=85,
        deadline=(("meet", "promise"),), message="sender:promise_kept",
    ),
    Transition(
        act="close", sources=(PUBLISHED, WITHHELD), target=CLOSED, roles={"system", "coordinator"}, label=_("Đóng"),
        guards=("unrestricted", "no_promise", "sender_done"), weight=30, deadline=(("cancel",),),
        message="sender:closed",
    ),
    # -- the sender, and everybody --------------------------------------------------------------------------------
    Transition(
        act="withdraw", sources=(RECEIVED, CLARIFYING, CLASSIFIED, TRANSFERRED, ACCEPTED, HANDLING, AWAITING_SENDER,
        REOPENED),
        target=WITHDRAWN, roles={"sender", "clerk"}, label=_("Rút phản ánh"), confirm=True,
        deadline=(("cancel",),), message="sender:withdrawn",
    ),
    Transition(
        act="note", sources=("@any",), target=None, roles=STAFF, label=_("Ghi chú nội bộ"), needs=("note",), weight=3,
    ),
    Transition(
        act="succeed", sources=("@open",), target=None, roles={"administrator", "system"},
        label=_("Cơ quan kế thừa tiếp tục"), needs=("agency",), deadline=(("hand_over", "receive", "answer",
        "promise"),),
    ),
    Transition(
        act="erase", sources=("@final",), target=None, roles={"administrator"}, label=_("Xóa dữ liệu cá nhân"),
        needs=("reason",), confirm=True,
    ),
)  # fmt: skip

TABLE = register(
    TransitionTable(
        kind="case",
        states=STATES,
        initial=RECEIVED,
        transitions=TRANSITIONS,
        guards=GUARDS,
        city_roles=frozenset({"system", "sender", "coordinator", "clerk", "protected_reader", "administrator"}),
    )
)

OPEN_STATES = tuple(TABLE.group("open"))
WORK_STATES = (*TABLE.group("office"), *TABLE.group("agency"))
"""States in which the answer is still owed."""
