"""The product's addresses and, below bench/, what its pages are compared with."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from households.models import Household
from pairing import clock
from pairing.urls import handler400, handler403, handler404, handler500  # noqa: F401
from pairing.urls import urlpatterns as product
from visits.models import Visit


class OneRowForm(forms.ModelForm):
    """A visit as one row, without any rule of ours."""

    class Meta:
        model = Visit
        fields = ("household", "visited_on", "method", "said")
        widgets = {"household": forms.TextInput}


def fill(visit: Visit, by: Any) -> None:
    """What no form can know of a visit."""
    visit.place(visit.household.village_code)
    visit.author = visit.visited_by = visit.confirmed_by = by
    visit.confirmed_at = clock.now()


def hello(request: HttpRequest) -> HttpResponse:
    """Session, sign-in and a line of text: what every page costs at least."""
    return HttpResponse(f"{request.user.name}\n", content_type="text/plain")  # type: ignore[union-attr]


def one_row(request: HttpRequest) -> HttpResponse:
    """A form that stores one row."""
    form = OneRowForm(request.POST)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=422, content_type="text/plain")
    fill(form.instance, request.user)
    form.save()
    return redirect("bench_hello")


class Site(admin.AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return True


class Open(admin.ModelAdmin):
    """Everybody may do everything: rights are not what is measured here."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission

    def get_queryset(self, request: HttpRequest) -> Any:
        return self.model.everything.order_by(*self.ordering or ())


class HouseholdAdmin(Open):
    list_display = (
        "head_name", "village_code", "household_type", "member_count", "lead", "last_visit_on", "status", "file_number",
    )  # fmt: skip
    list_filter = ("status", "household_type")
    list_select_related = ("lead",)
    search_fields = ("head_name", "file_number")
    list_per_page = 50
    ordering = ("head_key", "id")


class VisitAdmin(Open):
    form = OneRowForm

    def save_model(self, request: HttpRequest, obj: Visit, form: Any, change: bool) -> None:
        fill(obj, request.user)
        super().save_model(request, obj, form, change)


site = Site()
site.register(Household, HouseholdAdmin)
site.register(Visit, VisitAdmin)

urlpatterns = [
    path("bench/hello/", hello, name="bench_hello"),
    path("bench/row/", one_row, name="bench_row"),
    path("bench/admin/", site.urls),
    *product,
]
