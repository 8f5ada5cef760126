"""How a message moves: every change of its status is a row of this table."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from langnghe.workflow.table import START, State, Transition, TransitionTable, register

_SYSTEM = frozenset({"system"})
_ADMINISTRATOR = frozenset({"administrator"})

TABLE = register(
    TransitionTable(
        kind="message",
        states={
            "queued": State(_("Chờ gửi")),
            "sending": State(_("Đang gửi")),
            "sent": State(_("Đã gửi"), final=True),
            "failed": State(_("Không gửi được")),
            "parked": State(_("Chưa rõ đã gửi hay chưa")),
            "cancelled": State(_("Đã hủy"), final=True),
        },
        initial=("queued", "failed"),
        transitions=(
            Transition(act="enqueue", sources=(START,), target="queued", label=_("Xếp hàng gửi"), roles=_SYSTEM),
            Transition(act="reject", sources=(START,), target="failed", label=_("Không lập được thư"), roles=_SYSTEM),
            Transition(act="take", sources=("queued",), target="sending", label=_("Bắt đầu gửi"), roles=_SYSTEM),
            # From parked too: a sender that lost the database for a while still knows that the server took the mail.
            Transition(
                act="confirm", sources=("sending", "parked"), target="sent", label=_("Máy chủ đã nhận"), roles=_SYSTEM
            ),
            Transition(act="put_back", sources=("sending",), target="queued", label=_("Gửi lại sau"), roles=_SYSTEM),
            Transition(act="give_up", sources=("sending",), target="failed", label=_("Thôi không gửi"), roles=_SYSTEM),
            Transition(act="park", sources=("sending",), target="parked", label=_("Giữ lại, chờ xem"), roles=_SYSTEM),
            Transition(
                act="requeue",
                sources=("parked", "failed"),
                target="queued",
                label=_("Gửi lại"),
                roles=_ADMINISTRATOR,
                confirm=True,
            ),
            Transition(
                act="cancel",
                sources=("queued", "parked", "failed"),
                target="cancelled",
                label=_("Hủy thông báo"),
                roles=_ADMINISTRATOR | _SYSTEM,
                confirm=True,
            ),
        ),
    )
)
