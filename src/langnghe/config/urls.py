"""All addresses. Each face brings its own list; every route states who may use it (see `desk.access`)."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("langnghe.ops.urls")),
    path("", include("langnghe.portal.urls")),
    path("can-bo/", include("langnghe.desk.urls")),
    path("tai-khoan/", include("langnghe.desk.urls_account")),
    path("_/", include("langnghe.ui.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]

handler400 = "langnghe.portal.views.errors.bad_request"
handler403 = "langnghe.portal.views.errors.forbidden"
handler404 = "langnghe.portal.views.errors.not_found"
handler500 = "langnghe.portal.views.errors.server_error"
