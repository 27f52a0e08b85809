"""Addresses of assessments and warnings."""

from django.urls import path, re_path

from anlan.areas.risk.warning import intake, outlet, views

app_name = "warning"
urlpatterns = [
    path("warnings/", views.overview, name="list"),
    path("warnings/cap/", intake.receive, name="receive"),
    path("warnings/refused/<int:pk>.xml", views.refused, name="refused"),
    path("warnings/layers.json", views.layer, name="layer"),
    path("warnings/<int:pk>/", views.warning, name="warning"),
    path("warnings/<int:pk>/cap.xml", views.original, name="original"),
    path("warnings/<int:pk>/relay/", views.relay, name="relay"),
    path("warnings/<int:pk>/decide/", views.decide_warning, name="decide_warning"),
    re_path(r"^feeds/warnings/(?P<code>[A-Za-z0-9_-]+)\.(?P<kind>atom|rss)$", outlet.feed, name="feed"),
    path("feeds/warnings/<slug:code>/<int:pk>.xml", outlet.document, name="feed_document"),
    path("assessments/<int:pk>/", views.assessment, name="assessment"),
    path("assessments/<int:pk>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("assessments/<int:pk>/decide/", views.decide_assessment, name="decide_assessment"),
]
