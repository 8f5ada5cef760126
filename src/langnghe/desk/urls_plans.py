"""Addresses of carrying out plans: trees, queues, tasks, indicators, personal work plans."""

from __future__ import annotations

from django.urls import URLPattern, path

from langnghe.desk.views.plans import indicators, personal, plan, queues, share, waiting

urlpatterns: list[URLPattern] = [
    path("ke-hoach/viec-cua-toi/", queues.mine, name="plan_mine"),
    path("ke-hoach/viec-co-quan/", queues.agency, name="plan_agency"),
    path("ke-hoach/giao/", queues.delegate, name="plan_delegate"),
    path("ke-hoach/nghiem-thu/", waiting.accept, name="plan_accept"),
    path("ke-hoach/vuong-mac/", waiting.obstacles, name="plan_obstacles"),
    path("ke-hoach/qua-han/", queues.late, name="plan_late"),
    path("ke-hoach/lich/", queues.calendar, name="plan_calendar"),
    path("ke-hoach/bang/", queues.board, name="plan_board"),
    path("ke-hoach/tim/", queues.search, name="plan_search"),
    path("ke-hoach/<int:pk>/", plan.page, name="plan"),
    path("ke-hoach/<int:pk>/viec/<slug:act>/", plan.act, name="plan_do"),
    path("ke-hoach/<int:pk>/chi-tieu/", indicators.of_plan, name="plan_indicators"),
    path("ke-hoach/nhiem-vu/<int:pk>/", plan.task, name="task"),
    path("chi-tieu/<int:pk>/", indicators.page, name="indicator"),
    path("nhiem-vu/<int:pk>/", share.page, name="share"),
    path("nhiem-vu/<int:pk>/viec/<slug:act>/", share.act, name="share_act"),
    path("nhiem-vu/<int:pk>/buoc/", share.steps, name="share_steps"),
    path("nhiem-vu/minh-chung/<uuid:key>/", share.evidence, name="evidence"),
    path("chuong-trinh/", personal.work_plan, name="work_plan"),
    path("chuong-trinh/viec/<int:pk>/", personal.own_item, name="own_item"),
    path("chuong-trinh/viec/<int:pk>/lam/", personal.own_act, name="own_act"),
    path("lich-cua-toi/", personal.calendar_feeds, name="calendar_feeds"),
]
