"""Addresses of the counter and of the administrator."""

from __future__ import annotations

from django.urls import path

from langnghe.desk.views import counter
from langnghe.desk.views.admin import catalogue, erasing, history, home, messages, people, time

urlpatterns = [
    path("quay/", counter.entry, name="counter"),
    path("quay/da-co/", counter.known, name="counter_known"),
    path("quay/giay/<str:token>/", counter.receipt, name="counter_receipt"),
    path("quay/thay/", counter.for_sender, name="counter_for_sender"),
    path("quay/thay/<str:token>/", counter.acts, name="counter_acts"),
    path("quan-tri/", home.home, name="admin_home"),
    path("quan-tri/xoa-du-lieu/", erasing.find, name="erase_find"),
    path("phan-anh/<str:code>/xoa-du-lieu/", erasing.page, name="erase"),
    path("quan-tri/dong-ho/", home.clock_page, name="clock"),
    path("quan-tri/hop-thu/", messages.mailbox, name="mailbox"),
    path("quan-tri/co-quan/", people.agencies, name="admin_agencies"),
    path("quan-tri/co-quan/them/", people.agency_new, name="admin_agency_new"),
    path("quan-tri/co-quan/<int:pk>/", people.agency, name="admin_agency"),
    path("quan-tri/co-quan/<int:pk>/ket-thuc/", people.agency_end, name="admin_agency_end"),
    path("quan-tri/co-quan/<int:pk>/doi-ten/", people.agency_rename, name="admin_agency_rename"),
    path("quan-tri/nguoi-dung/", people.people, name="admin_people"),
    path("quan-tri/nguoi-dung/them/", people.person_new, name="admin_person_new"),
    path("quan-tri/nguoi-dung/<int:pk>/", people.person, name="admin_person"),
    path("quan-tri/nguoi-dung/<int:pk>/viec/", people.person_act, name="admin_person_act"),
    path("quan-tri/lich/", time.calendar, name="admin_calendar"),
    path("quan-tri/lich/gio/", time.hours, name="admin_hours"),
    path("quan-tri/lich/<int:year>/xac-nhan/", time.calendar_confirm, name="admin_calendar_confirm"),
    path("quan-tri/lich/<str:day>/bo/", time.calendar_clear, name="admin_calendar_clear"),
    path("quan-tri/thoi-han/", time.rules, name="admin_rules"),
    path("quan-tri/thoi-han/them/", time.rule_new, name="admin_rule_new"),
    path("quan-tri/thoi-han/<int:pk>/", time.rule, name="admin_rule"),
    path("quan-tri/danh-muc/", catalogue.rows, name="admin_catalogue"),
    path("quan-tri/danh-muc/gia-tri/", catalogue.settings, name="admin_settings"),
    path("quan-tri/danh-muc/<slug:slug>/", catalogue.rows, name="admin_rows"),
    path("quan-tri/danh-muc/<slug:slug>/them/", catalogue.row, name="admin_row_new"),
    path("quan-tri/danh-muc/<slug:slug>/<int:pk>/", catalogue.row, name="admin_row"),
    path("quan-tri/mau-thong-bao/", messages.templates, name="admin_templates"),
    path("quan-tri/mau-thong-bao/<str:code>/<slug:language>/", messages.template, name="admin_template"),
    path("quan-tri/thong-bao/", messages.messages, name="admin_messages"),
    path("quan-tri/thong-bao/<int:pk>/", messages.message, name="admin_message"),
    path("quan-tri/thong-bao/<int:pk>/viec/", messages.message_act, name="admin_message_act"),
    path("quan-tri/so-ghi/", history.ledger, name="admin_ledger"),
    path("quan-tri/so-ghi/luot-doc/", history.reads, name="admin_reads"),
]
