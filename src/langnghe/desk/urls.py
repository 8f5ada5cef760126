"""Addresses of the staff pages."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from langnghe.desk.views import bulk, cases, gate, home, queues

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("van-phong/", queues.office, name="office"),
    path("cho-cong-khai/", queues.to_publish, name="to_publish"),
    path("viec-cua-toi/", queues.mine, name="mine"),
    path("cho-duyet/", queues.approvals, name="approvals"),
    path("co-quan/", queues.agency, name="agency"),
    path("phoi-hop/", queues.partner, name="partner"),
    path("han-che/", queues.restricted, name="restricted"),
    path("nhieu-viec/", bulk.page, name="bulk"),
    path("qua-han/", queues.late, name="late"),
    path("tim/", queues.search, name="search"),
    path("goi-y/", cases.accuracy, name="accuracy"),
    path("phan-anh/<str:code>/", cases.page, name="case"),
    path("phan-anh/<str:code>/viec/<slug:act>/", cases.act, name="act"),
    path("phan-anh/<str:code>/nguoi-gui/", cases.sender, name="sender"),
    path("phan-anh/<str:code>/trung/", cases.duplicates, name="duplicates"),
    path("phan-anh/<str:code>/cong-khai/", gate.page, name="gate"),
    path("tep/<int:key>/", cases.file, name="file"),
]
for rest in ("urls_admin", "urls_register", "urls_plans", "urls_reports"):
    if find_spec(f"langnghe.desk.{rest}") is not None:
        urlpatterns += [path("", include(f"langnghe.desk.{rest}"))]
