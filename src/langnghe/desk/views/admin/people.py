"""Agencies with what became of them, people, and the roles that they hold."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from langnghe.agencies import selectors, services
from langnghe.agencies.models import Agency, AgencyKind, Person, Role
from langnghe.cases import catalogue
from langnghe.desk.forms.admin import (
    AgencyForm,
    EndAgencyForm,
    NewAgencyForm,
    NewPersonForm,
    PersonForm,
    RenameAgencyForm,
    RoleForm,
)
from langnghe.desk.views.admin.common import actor_of, admin_only, attempt, forget_catalogues
from langnghe.desk.views.admin.history import events_of
from langnghe.texts import whole_number
from langnghe.ui import flash
from langnghe.ui.items import Link, Part
from langnghe.worktime import clock

# --- agencies ---------------------------------------------------------------------------------------------------------


@admin_only
@require_safe
def agencies(request: HttpRequest) -> HttpResponse:
    """Agencies in Vietnamese order, by key. Two queries."""
    text, kind, ended = (
        request.GET.get("q", "")[:100],
        request.GET.get("loai", ""),
        request.GET.get("con", "") == "khong",
    )
    kind = kind if kind in AgencyKind.values else ""
    page = selectors.list_agencies(
        on=clock.today(), text=text, kind=kind, ended=ended, after=request.GET.get("sau", "")
    )
    parts = [
        Part(text=_("Cơ quan")),
        Part(
            name="con",
            label=_("Còn hoạt động"),
            value="khong" if ended else "",
            options=[("", _("đang hoạt động")), ("khong", _("đã kết thúc"))],
        ),
        Part(name="loai", label=_("Loại"), value=kind, options=[("", _("mọi loại")), *AgencyKind.choices]),
        Part(name="q", label=_("Tìm"), value=text, placeholder=_("Tên, không dấu cũng được")),
    ]
    return render(
        request, "desk/admin/agencies.html", {"page": page, "parts": parts, "filtered": bool(text or kind or ended)}
    )


@admin_only
def agency_new(request: HttpRequest) -> HttpResponse:
    """A new agency."""
    at = clock.now()
    form = NewAgencyForm(
        request.POST or None, on=at.date(), initial={"valid_from": at.date(), "receives_feedback": True}
    )
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "parent_id": form.cleaned_data["parent"]}
        values.pop("parent")
        made = attempt(form, lambda: services.create_agency(values=values, actor=actor_of(request), at=at))
        if made is not None:
            forget_catalogues()
            flash.done(request, _("Đã thêm %(name)s.") % {"name": made.name})
            return redirect("desk:admin_agency", made.pk)
    crumbs = [Link(_("Cơ quan"), reverse("desk:admin_agencies"))]
    return render(
        request,
        "desk/admin/form.html",
        {"form": form, "title": _("Thêm cơ quan"), "crumbs": crumbs, "submit": _("Thêm cơ quan")},
    )


def _agency(pk: int) -> Agency:
    found = selectors.agency_page(pk)
    if found is None:
        raise Http404
    return found


@admin_only
def agency(request: HttpRequest, pk: int) -> HttpResponse:
    """One agency: what can be corrected, who works in it, what became of it, its history. Eight queries."""
    row = _agency(pk)
    columns = list(AgencyForm.base_fields)
    form = AgencyForm(request.POST or None, initial={name: getattr(row, name) for name in columns})
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        changed = attempt(
            form, lambda: services.change_agency(agency_id=pk, values=form.cleaned_data, actor=actor_of(request), at=at)
        )
        if changed is not None:
            forget_catalogues()
            flash.done(request, _("Đã lưu."))
            return redirect("desk:admin_agency", pk)
    context = {"agency": row, "form": form, "events": events_of("agency", pk), "active": row.is_active(clock.today())}
    return render(request, "desk/admin/agency.html", context)


@admin_only
def agency_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge or split: open work follows to the main successor, history stays with the old name."""
    row, at = _agency(pk), clock.now()
    form = EndAgencyForm(request.POST or None, on=at.date(), agency_id=pk, initial={"move": True})
    if request.method == "POST" and form.is_valid():
        data, actor = form.cleaned_data, actor_of(request)

        def run() -> Any:
            made = services.end_agency(
                agency_id=pk,
                kind=data["kind"],
                successor_ids=form.successors(),
                on=data["on"],
                actor=actor,
                at=at,
                note=data["note"],
            )
            if data["move"]:
                services.move_roles(from_agency_id=pk, to_agency_id=data["main"], on=data["on"], actor=actor, at=at)
            return made

        if attempt(form, run, names={"successors": "main"}) is not None:
            forget_catalogues()
            flash.done(
                request, _("Đã ghi: %(name)s kết thúc; việc đang mở chuyển sang cơ quan kế thừa.") % {"name": row.name}
            )
            return redirect("desk:admin_agency", pk)
    return _ending(request, row, form, _("Kết thúc: hợp nhất, chia tách"), _("Kết thúc cơ quan"))


@admin_only
def agency_rename(request: HttpRequest, pk: int) -> HttpResponse:
    """The same body under a new name."""
    row, at = _agency(pk), clock.now()
    form = RenameAgencyForm(request.POST or None, initial={"name": row.name, "short_name": row.short_name})
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form, lambda: services.rename_agency(agency_id=pk, actor=actor_of(request), at=at, **form.cleaned_data)
        )
        if made is not None:
            forget_catalogues()
            flash.done(
                request, _("Đã ghi tên mới: %(name)s. Việc đang mở và cán bộ chuyển theo.") % {"name": made.name}
            )
            return redirect("desk:admin_agency", made.pk)
    return _ending(request, row, form, _("Đổi tên"), _("Đổi tên cơ quan"))


def _ending(request: HttpRequest, row: Agency, form: Any, title: str, submit: str) -> HttpResponse:
    crumbs = [
        Link(_("Cơ quan"), reverse("desk:admin_agencies")),
        Link(row.short_name, reverse("desk:admin_agency", args=[row.pk])),
    ]
    lead = _("Việc đang mở chuyển theo; lịch sử vẫn mang tên cũ. Không quay lại được.")
    context = {
        "form": form,
        "title": title,
        "kicker": row.name,
        "lead": lead,
        "crumbs": crumbs,
        "submit": submit,
        "danger": True,
    }
    return render(request, "desk/admin/form.html", context)


# --- people -----------------------------------------------------------------------------------------------------------


@admin_only
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """People by user name, with their roles of today. Three queries."""
    today = clock.today()
    text, role, state = request.GET.get("q", "")[:100], request.GET.get("vai", ""), request.GET.get("khoa", "")
    agency_id = whole_number(request.GET.get("cq", ""))
    role = role if role in Role.values else ""
    page = selectors.list_people(
        on=today,
        text=text,
        role=role,
        agency_id=agency_id,
        active={"co": False, "khong": True}.get(state),
        after=request.GET.get("sau", ""),
    )
    bodies = [(str(row.pk), row.short_name) for row in catalogue.active_agencies(today)]
    parts = [
        Part(text=_("Người giữ")),
        Part(name="vai", label=_("Vai trò"), value=role, options=[("", _("mọi vai trò")), *Role.choices]),
        Part(text=_("ở")),
        Part(name="cq", label=_("Cơ quan"), value=str(agency_id or ""), options=[("", _("mọi cơ quan")), *bodies]),
        Part(
            name="khoa",
            label=_("Tài khoản"),
            value=state,
            options=[("", _("mở và khóa")), ("khong", _("đang mở")), ("co", _("đã khóa"))],
        ),
        Part(name="q", label=_("Tìm"), value=text, placeholder=_("Tên, không dấu cũng được")),
    ]
    return render(
        request,
        "desk/admin/people.html",
        {"page": page, "parts": parts, "filtered": bool(text or role or agency_id or state)},
    )


@never_cache
@admin_only
def person_new(request: HttpRequest) -> HttpResponse:
    """A new account; its password is made here and shown once."""
    at = clock.now()
    form = NewPersonForm(request.POST or None, on=at.date())
    if request.method == "POST" and form.is_valid():
        data, actor, password = form.cleaned_data, actor_of(request), services.new_password()

        def run() -> Person:
            person = services.create_person(
                username=data["username"],
                full_name=data["full_name"],
                email=data["email"],
                phone=data["phone"],
                title=data["title"],
                password=password,
                actor=actor,
                at=at,
            )
            if data["role"]:
                services.grant_role(
                    person_id=person.pk, role=data["role"], agency_id=data["agency"], actor=actor, at=at
                )
            return person

        made = attempt(form, run)
        if made is not None:
            return _show_password(request, made, password)
    crumbs = [Link(_("Người dùng"), reverse("desk:admin_people"))]
    return render(
        request,
        "desk/admin/form.html",
        {"form": form, "title": _("Thêm người dùng"), "crumbs": crumbs, "submit": _("Thêm người dùng")},
    )


def _show_password(request: HttpRequest, person: Person, password: str) -> HttpResponse:
    return render(request, "desk/admin/password.html", {"person": person, "password": password})


@admin_only
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: contact, roles of all times, the account, its history. Six queries."""
    row = selectors.person_page(pk)
    if row is None:
        raise Http404
    at = clock.now()
    form = PersonForm(request.POST or None, initial={name: getattr(row, name) for name in PersonForm.base_fields})
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form, lambda: services.change_person(person_id=pk, values=form.cleaned_data, actor=actor_of(request), at=at)
        )
        if changed is not None:
            flash.done(request, _("Đã lưu."))
            return redirect("desk:admin_person", pk)
    return _person_page(request, row, form=form)


def _person_page(
    request: HttpRequest, row: Person, *, form: PersonForm | None = None, role_form: RoleForm | None = None
) -> HttpResponse:
    from allauth.mfa.models import Authenticator

    today = clock.today()
    context = {
        "person": row,
        "form": form or PersonForm(initial={name: getattr(row, name) for name in PersonForm.base_fields}),
        "role_form": role_form or RoleForm(on=today, auto_id="id_role_%s"),
        "today": today,
        "second": sorted(set(Authenticator.objects.filter(user=row).values_list("type", flat=True))),
        "events": events_of("person", row.pk),
        "myself": row.pk == request.user.pk,
    }
    return render(request, "desk/admin/person.html", context)


@never_cache
@require_POST
@admin_only
def person_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Lock, open, forget wrong passwords, give a new password, remove a lost second factor, grant or end a role."""
    row = selectors.person_page(pk)
    if row is None:
        raise Http404
    at, actor, act = clock.now(), actor_of(request), request.POST.get("act", "")
    if act in ("lock", "open"):
        if act == "lock" and row.pk == request.user.pk:
            flash.failed(request, _("Ông/bà không tự khóa tài khoản của mình được."))
        else:
            services.set_active(person_id=pk, active=act == "open", actor=actor, at=at)
            flash.done(request, _("Đã mở tài khoản.") if act == "open" else _("Đã khóa tài khoản."))
    elif act == "unlock":
        services.unlock(person_id=pk, actor=actor, at=at)
        flash.done(request, _("Đã bỏ các lần nhập sai; người này đăng nhập lại được ngay."))
    elif act == "password":
        password = services.new_password()
        services.set_password(person_id=pk, password=password, actor=actor, at=at)
        return _show_password(request, row, password)
    elif act == "second":
        try:
            services.remove_second_factor(person_id=pk, actor=actor, at=at)
        except services.AgencyError as error:
            flash.failed(request, error.message)
        else:
            flash.done(request, _("Đã bỏ bước xác nhận thứ hai; người này đặt lại ở lần đăng nhập sau."))
    elif act == "grant":
        form = RoleForm(request.POST, on=at.date(), auto_id="id_role_%s")
        if form.is_valid():
            data = form.cleaned_data
            held = attempt(
                form,
                lambda: services.grant_role(
                    person_id=pk,
                    role=data["role"],
                    agency_id=data["agency"],
                    actor=actor,
                    at=at,
                    valid_from=data["valid_from"],
                ),
            )
            if held is not None:
                flash.done(request, _("Đã giao vai trò."))
                return redirect("desk:admin_person", pk)
        return _person_page(request, row, role_form=form)
    elif act == "end" and (wanted := whole_number(request.POST.get("role", ""))) is not None:
        held = next((one for one in row.all_roles if one.pk == wanted), None)  # type: ignore[attr-defined]
        if held is None:
            raise Http404
        if held.role == "administrator" and row.pk == request.user.pk:
            flash.failed(request, _("Ông/bà không tự bỏ vai trò quản trị của mình được."))
        else:
            services.end_role(assignment_id=held.pk, actor=actor, at=at)
            flash.done(request, _("Đã thôi giao vai trò."))
    else:
        raise Http404
    return redirect("desk:admin_person", pk)
