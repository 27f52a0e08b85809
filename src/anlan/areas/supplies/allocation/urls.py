"""Addresses of relief requests, allocation plans and way-bills."""

app_name = "allocation"
urlpatterns = []
