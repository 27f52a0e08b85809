"""Addresses of the roster, swaps, handovers and the duty log."""

from django.urls import path, re_path

from anlan.areas.command.duty import views

app_name = "duty"
urlpatterns = [
    path("duty/", views.roster, name="roster"),
    path("duty/plan/", views.plan, name="plan"),
    path("duty/roster.ics", views.calendar, name="calendar"),
    path("duty/shifts/<int:pk>/swap/", views.swap, name="swap"),
    path("duty/shifts/<int:pk>/cancel/", views.cancel, name="cancel"),
    re_path(
        r"^duty/swaps/(?P<pk>\d+)/(?P<verb>accept|refuse|withdraw|approve|reject)/$", views.swap_act, name="swap_act"
    ),
    path("duty/handovers/", views.handovers, name="handovers"),
    path("duty/handovers/draft/", views.handover_draft, name="handover_draft"),
    path("duty/handovers/<int:pk>/", views.handover, name="handover"),
    path("duty/log/", views.log, name="log"),
]
