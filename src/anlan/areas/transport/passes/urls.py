"""Addresses of the green channel: passes, their statistics and keys, and the checkpoint's page among the phone pages."""

from django.urls import path

from anlan.areas.transport.passes import checkpoint, exports, views

app_name = "passes"
urlpatterns = [
    path("passes/", views.overview, name="overview"),
    path("passes/apply/", views.apply, name="apply"),
    path("passes/<int:pk>/", views.pass_page, name="pass"),
    path("passes/<int:pk>/decide/", views.decide, name="decide"),
    path("passes/<int:pk>/revoke/", views.revoke, name="revoke"),
    path("passes/<int:pk>/pass.pdf", exports.pass_file, name="file"),
    path("passes/statistics/", views.statistics, name="statistics"),
    path("passes/statistics.csv", exports.statistics_table, name="statistics_table"),
    path("passes/keys/", views.keys, name="keys"),
    path("passes/keys/<slug:verb>/", views.key_act, name="key_act"),
    path("field/check/", checkpoint.page, name="check"),
    path("field/check/pack.json", checkpoint.pack, name="check_pack"),
    path("field/check/log/", checkpoint.log, name="check_log"),
]
