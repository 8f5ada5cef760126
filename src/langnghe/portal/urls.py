"""Addresses of the public pages."""

from __future__ import annotations

from django.urls import path

from langnghe.portal.views import about, calendar, follow, home, public, receipt, submit, tools, track, uploads

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("gui/", submit.submit, name="submit"),
    path("gui/goi-y", submit.suggestions, name="suggestions"),
    path("bien-nhan/<str:token>/", receipt.receipt, name="receipt"),
    path("bien-nhan/<str:token>/in", receipt.paper, name="receipt_print"),
    path("tra-cuu/", track.track, name="track"),
    path("theo-doi/<str:code>", track.case, name="case"),
    path("theo-doi/<str:code>/viec/<str:act>", track.act, name="case_act"),
    path("theo-doi/<str:code>/thoat", track.leave, name="case_leave"),
    path("theo-doi/<str:code>/tep/<uuid:file_id>", track.file, name="case_file"),
    path("cong-khai/", public.public_list, name="public_list"),
    path("cong-khai/feed.atom", public.feed, name="feed"),
    path("cong-khai/co-quan/<slug:agency>/feed.atom", public.feed, name="feed_agency"),
    path("cong-khai/linh-vuc/<slug:field>/feed.atom", public.feed, name="feed_field"),
    path("cong-khai/<str:code>/", public.public_case, name="public_case"),
    path("cong-khai/<str:code>/theo-doi", follow.follow, name="follow"),
    path("theo-doi-cung/<str:token>", follow.confirm, name="follow_confirm"),
    path("theo-doi-cung/<str:token>/bo", follow.unfollow, name="unfollow"),
    path("tep/<uuid:key>", public.public_file, name="public_file"),
    path("tai-len/", uploads.start, name="upload"),
    path("tai-len/<uuid:token>", uploads.part, name="upload_part"),
    path("lich/<str:secret>.ics", calendar.feed, name="calendar_feed"),
    path("gioi-thieu/", about.about, name="about"),
    path("kenh-tiep-nhan/", about.channels, name="channels"),
    path("kenh-tiep-nhan/to-niem-yet/", about.notice, name="channels_notice"),
    path("quyen-rieng-tu/", about.privacy, name="privacy"),
    path("tro-nang/", about.accessibility, name="accessibility"),
    path("robots.txt", tools.robots, name="robots"),
    path("sitemap.xml", tools.sitemap, name="sitemap"),
]
