"""What every staff page knows: who is signed in, where the person can go, the demo's clock."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from langnghe.desk.access import roles_of_request
from langnghe.ui.items import Link
from langnghe.worktime import clock
from langnghe.worktime.format import moment

AGENCY_ROLES = frozenset({"focal_point", "handler", "approver", "head"})
PLAN_ROLES = AGENCY_ROLES | {"coordinator"}
LEADING = frozenset({"approver", "head"})
PLAN_PATHS = ("ke-hoach/", "nhiem-vu/", "chi-tieu/", "chuong-trinh/", "lich-cua-toi/", "bao-cao/", "giao-ban/")
"""Pages on which the box at the top searches tasks first; the results offer feedback too."""


def desk(request: HttpRequest) -> dict[str, Any]:
    """Context of desk.html; nothing for visitors, so that public pages cost no query."""
    if "/can-bo" not in request.path and "/tai-khoan" not in request.path or not request.user.is_authenticated:
        return {}
    roles = roles_of_request(request)
    held = roles.assignments[0] if roles.assignments else None
    context: dict[str, Any] = {
        "desk_now": clock.now,
        "desk_nav": _nav(roles.codes, request.path),
        "desk_who": {
            "key": str(request.user.pk),
            "name": str(request.user),
            "role": held.get_role_display() if held else "",
            "agency": held.agency.short_name if held and held.agency else "",
        },
        "desk_menu": [
            Link(_("Bảo mật tài khoản"), _url("mfa_index"), "shield-lock"),
            Link(_("Nhắc việc qua thư"), _url("account_reminders"), "bell"),
            Link(_("Đổi mật khẩu"), _url("account_change_password"), "key"),
        ],
    }
    if roles.codes - {"administrator"}:
        tasks = roles.codes & (PLAN_ROLES | {"observer"}) and request.path.startswith(
            tuple(reverse("desk:home") + one for one in PLAN_PATHS)
        )
        context["desk_search_url"] = reverse("desk:plan_search" if tasks else "desk:search")
        context["desk_search_tasks"] = bool(tasks)
        context["desk_search_value"] = request.GET.get("q", "")
    if settings.LANGNGHE_CLOCK_MOVABLE and clock.offset():
        context["demo_clock"] = _("Đồng hồ thử: %(moment)s") % {"moment": moment(clock.now())}
    return context


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _nav(codes: frozenset[str], path: str) -> list[Link]:
    """The menu, with the page that is open marked."""
    shown = [*_menu(codes, get_language() or "", settings.DEMO, settings.LANGNGHE_CLOCK_MOVABLE)]
    if path == reverse("desk:plan_board"):
        path = reverse("desk:plan_calendar")
    for place, link in enumerate(shown):
        if link.url == path:
            shown[place] = replace(link, active=True)
    return shown


@lru_cache(maxsize=256)
def _menu(codes: frozenset[str], _language: str, demo: bool, movable: bool) -> tuple[Link, ...]:
    """Where people with these roles can go. Kept: it took a tenth of a small page to put thirty entries together."""
    wanted: list[tuple[str, str, str, str, frozenset[str]]] = [
        (_("Hôm nay"), "desk:home", "house", "", PLAN_ROLES | {"observer"}),
        (_("Phản ánh mới"), "desk:office", "inbox", _("Văn phòng"), frozenset({"coordinator"})),
        (_("Chờ công khai"), "desk:to_publish", "megaphone", _("Văn phòng"), frozenset({"coordinator"})),
        (_("Việc của tôi"), "desk:mine", "person-check", _("Cơ quan"), frozenset({"handler", "focal_point"})),
        (_("Chờ duyệt"), "desk:approvals", "check2-square", _("Cơ quan"), frozenset({"approver", "head"})),
        (_("Việc của cơ quan"), "desk:agency", "building", _("Cơ quan"), AGENCY_ROLES),
        (_("Chờ phối hợp"), "desk:partner", "people", _("Cơ quan"), AGENCY_ROLES),
        (
            _("Hạn chế truy cập"),
            "desk:restricted",
            "shield-lock",
            _("Khiếu nại, tố cáo"),
            frozenset({"protected_reader"}),
        ),
        (_("Việc kế hoạch của tôi"), "desk:plan_mine", "list-task", _("Kế hoạch"), PLAN_ROLES),
        (_("Việc kế hoạch của cơ quan"), "desk:plan_agency", "diagram-3", _("Kế hoạch"), AGENCY_ROLES),
        (_("Chờ nghiệm thu"), "desk:plan_accept", "clipboard-check", _("Kế hoạch"), LEADING),
        (_("Các kế hoạch"), "desk:plans", "journal-text", _("Kế hoạch"), PLAN_ROLES | {"observer"}),
        (_("Nhiệm vụ quá hạn"), "desk:plan_late", "stopwatch", _("Kế hoạch"), PLAN_ROLES | {"observer"}),
        (_("Báo cáo định kỳ"), "desk:reports", "file-earmark-text", _("Kế hoạch"), PLAN_ROLES | {"observer"}),
        (_("Lịch và bảng"), "desk:plan_calendar", "calendar3", _("Kế hoạch"), PLAN_ROLES | {"observer"}),
        (_("Chương trình công tác"), "desk:work_plan", "calendar-week", _("Kế hoạch"), PLAN_ROLES),
        (_("Tài liệu giao ban"), "desk:meetings", "people", _("Kế hoạch"), PLAN_ROLES | {"observer"}),
        (_("Nhập hộ người gửi"), "desk:counter", "pencil-square", _("Quầy"), frozenset({"clerk", "coordinator"})),
        (
            _("Quá hạn, sắp đến hạn"),
            "desk:late",
            "stopwatch",
            _("Theo dõi"),
            frozenset({"coordinator", "observer", "head"}),
        ),
        (
            _("Tất cả phản ánh"),
            "desk:search",
            "search",
            _("Theo dõi"),
            frozenset({"coordinator", "observer", "clerk", "protected_reader"}) | AGENCY_ROLES,
        ),
        (
            _("Độ chính xác của gợi ý"),
            "desk:accuracy",
            "bar-chart",
            _("Theo dõi"),
            frozenset({"coordinator", "observer", "administrator"}),
        ),
        (_("Tình trạng hệ thống"), "desk:admin_home", "gear", _("Quản trị"), frozenset({"administrator"})),
        (_("Cơ quan"), "desk:admin_agencies", "building", _("Quản trị"), frozenset({"administrator"})),
        (_("Người dùng"), "desk:admin_people", "people", _("Quản trị"), frozenset({"administrator"})),
        (_("Lịch làm việc"), "desk:admin_calendar", "calendar3", _("Quản trị"), frozenset({"administrator"})),
        (_("Quy tắc thời hạn"), "desk:admin_rules", "hourglass-split", _("Quản trị"), frozenset({"administrator"})),
        (_("Danh mục, mẫu câu"), "desk:admin_catalogue", "list", _("Quản trị"), frozenset({"administrator"})),
        (_("Mẫu thông báo"), "desk:admin_templates", "envelope", _("Quản trị"), frozenset({"administrator"})),
        (_("Thông báo đã gửi"), "desk:admin_messages", "send", _("Quản trị"), frozenset({"administrator"})),
        (
            _("Sổ ghi chuỗi"),
            "desk:admin_ledger",
            "journal-text",
            _("Quản trị"),
            frozenset({"administrator", "observer"}),
        ),
        (_("Hộp thư thử"), "desk:mailbox", "inbox", _("Bản thử"), frozenset() if not demo else codes),
        (
            _("Đồng hồ"),
            "desk:clock",
            "clock",
            _("Bản thử"),
            frozenset({"administrator"}) if movable else frozenset(),
        ),
    ]
    return tuple(
        Link(label, url, icon, group=group)
        for label, name, icon, group, roles in wanted
        if codes & roles and (url := _url(name))
    )
