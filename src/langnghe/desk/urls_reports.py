"""Addresses of reports and meetings."""

from __future__ import annotations

from django.urls import URLPattern, path

from langnghe.desk.views.reports import duties, lists, meetings, report, templates

urlpatterns: list[URLPattern] = [
    path("bao-cao/", lists.home, name="reports"),
    path("bao-cao/nhan/", lists.received, name="report_received"),
    path("bao-cao/nhan/<int:key>/", lists.group, name="report_group"),
    path("bao-cao/nhan/<int:key>/viec/<slug:act>/", lists.group_act, name="report_group_act"),
    path("bao-cao/che-do/", duties.page, name="report_duties"),
    path("bao-cao/che-do/muc/<int:pk>/", duties.rhythm, name="report_rhythm"),
    path("bao-cao/che-do/<int:pk>/thoi/", duties.end, name="report_duty_end"),
    path("bao-cao/mau/", templates.page, name="report_templates"),
    path("bao-cao/mau/<slug:code>/", templates.edit, name="report_template"),
    path("bao-cao/tep/<uuid:key>/", report.attachment, name="report_attachment"),
    path("bao-cao/<int:pk>/", report.page, name="report"),
    path("bao-cao/<int:pk>/viec/<slug:act>/", report.act, name="report_act"),
    path("bao-cao/<int:pk>/muc/<str:code>/", report.section, name="report_section"),
    path("bao-cao/<int:pk>/muc/<str:code>/nhap/", report.keep, name="report_keep"),
    path("bao-cao/<int:pk>/moi/<str:code>/", report.take_new, name="report_take_new"),
    path("bao-cao/<int:pk>/ban/<int:number>/", report.version, name="report_version"),
    path("bao-cao/<int:pk>/tep/", report.attach, name="report_attach"),
    path("bao-cao/<int:pk>/tai/<slug:kind>/", report.file, name="report_file"),
    path("giao-ban/", meetings.page, name="meetings"),
    path("giao-ban/<int:pk>/", meetings.meeting, name="meeting"),
    path("giao-ban/<int:pk>/trinh-chieu/", meetings.screen, name="meeting_screen"),
    path("giao-ban/<int:pk>/in/", meetings.printed, name="meeting_print"),
    path("giao-ban/<int:pk>/tai/<slug:kind>/", meetings.file, name="meeting_file"),
    path("giao-ban/<int:pk>/chot/", meetings.freeze, name="meeting_freeze"),
    path("giao-ban/ket-luan/<int:pk>/", meetings.settle, name="meeting_settle"),
]
