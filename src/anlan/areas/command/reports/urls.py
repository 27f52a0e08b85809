"""Addresses of information reports."""

from django.urls import path

from anlan.areas.command.reports import views

app_name = "reports"
urlpatterns = [
    path("reports/", views.overview, name="list"),
    path("reports/<int:pk>/", views.detail, name="detail"),
    path("reports/<int:pk>/save/", views.save, name="save"),
    path("reports/<int:pk>/preview/", views.preview, name="preview"),
    path("reports/<int:pk>/figures/", views.figures, name="figures"),
    path("reports/<int:pk>/ask/", views.ask, name="ask"),
    path("reports/<int:pk>/approve/", views.approve, name="approve"),
    path("reports/<int:pk>/send/", views.send, name="send"),
    path("reports/<int:pk>/discard/", views.discard, name="discard"),
    path("reports/<int:pk>/correct/", views.correct, name="correct"),
    path("reports/<int:pk>/report.pdf", views.pdf, name="pdf"),
    path("reports/<int:pk>/report.docx", views.word, name="docx"),
    path("reports/deliveries/<int:pk>/receipt/", views.receipt, name="receipt"),
    path("reports/duties/<int:pk>/phone/", views.phone, name="phone"),
    path("incidents/<int:pk>/reports/draft/", views.draft, name="draft"),
]
