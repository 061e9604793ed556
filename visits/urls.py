"""Addresses of the app ``visits``."""

from django.urls import URLPattern

app_name = "visits"
urlpatterns: list[URLPattern] = []
