"""Addresses of signing in: only those pages of allauth that staff need. What is not listed does not exist.

Nobody signs up, manages e-mail addresses or resets a password by mail: accounts and new passwords come from the
administrator. allauth's own views guard themselves (they ask for a sign-in, or for a fresh one); they stand here as
`public`, so that staff who still have to set up a second factor can reach them.
"""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from langnghe.desk.views import account as own
from langnghe.ui.access import public


def _page(route: str, view: Any, name: str) -> URLPattern:
    page: URLPattern = path(route, public(view), name=name)
    return page


urlpatterns: list[URLPattern | URLResolver] = [
    _page("dang-nhap/", account.login, "account_login"),
    _page("dang-xuat/", account.logout, "account_logout"),
    _page("bi-khoa/", account.account_inactive, "account_inactive"),
    _page("xac-nhan/", account.reauthenticate, "account_reauthenticate"),
    _page("mat-khau/", account.password_change, "account_change_password"),
    _page("mat-khau/chua-co/", own.no_password, "account_set_password"),
    path("nhac-viec/", own.reminders, name="account_reminders"),
    _page("bao-mat/", mfa.index, "mfa_index"),
    _page("bao-mat/ma/", mfa.authenticate, "mfa_authenticate"),
    _page("bao-mat/xac-nhan/", mfa.reauthenticate, "mfa_reauthenticate"),
    _page("bao-mat/ung-dung/them/", totp.activate_totp, "mfa_activate_totp"),
    _page("bao-mat/ung-dung/bo/", totp.deactivate_totp, "mfa_deactivate_totp"),
    _page("bao-mat/ma-du-phong/", recovery_codes.view_recovery_codes, "mfa_view_recovery_codes"),
    _page("bao-mat/ma-du-phong/tao/", recovery_codes.generate_recovery_codes, "mfa_generate_recovery_codes"),
    _page("bao-mat/ma-du-phong/tai-ve/", recovery_codes.download_recovery_codes, "mfa_download_recovery_codes"),
    _page("bao-mat/khoa/", webauthn.list_webauthn, "mfa_list_webauthn"),
    _page("bao-mat/khoa/them/", webauthn.add_webauthn, "mfa_add_webauthn"),
    _page("bao-mat/khoa/dang-nhap/", webauthn.login_webauthn, "mfa_login_webauthn"),
    _page("bao-mat/khoa/xac-nhan/", webauthn.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    _page("bao-mat/khoa/<int:pk>/bo/", webauthn.remove_webauthn, "mfa_remove_webauthn"),
    _page("bao-mat/khoa/<int:pk>/sua/", webauthn.edit_webauthn, "mfa_edit_webauthn"),
]
if settings.SOCIALACCOUNT_PROVIDERS:
    urlpatterns += [
        _page("mot-lan/thoi/", social.login_cancelled, "socialaccount_login_cancelled"),
        _page("mot-lan/loi/", social.login_error, "socialaccount_login_error"),
        _page("mot-lan/chua-co/", own.no_account, "socialaccount_signup"),
        _page("mot-lan/ket-noi/", own.connected, "socialaccount_connections"),
        _page("mot-lan/<slug:provider_id>/", own.single_sign_on, "openid_connect_login"),
        _page("mot-lan/<slug:provider_id>/ve/", oidc.callback, "openid_connect_callback"),
    ]
