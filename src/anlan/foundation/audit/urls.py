"""Address of the audit log."""

from django.urls import path

from anlan.foundation.audit import views

app_name = "audit"
urlpatterns = [path("audit/", views.log, name="log")]
