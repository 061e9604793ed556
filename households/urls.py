"""Addresses of the app ``households``."""

from django.urls import URLPattern, path

from households.views import (
    changes,
    files,
    handovers,
    history,
    households,
    imports,
    listings,
    members,
    moves,
    pairings,
    register,
    relations,
    reveals,
    years,
)

app_name = "households"
urlpatterns: list[URLPattern] = [
    # --- files: register, file, members, facts of the year, changes, numbers
    path("households/", register.household_list, name="household_list"),
    path("households/find/", register.household_find, name="household_find"),
    path("households/new/", households.household_create, name="household_create"),
    path("households/<uuid:public_id>/", files.household_detail, name="household_detail"),
    path("households/<uuid:public_id>/edit/", households.household_edit, name="household_edit"),
    path("households/<uuid:public_id>/close/", households.household_close, name="household_close"),
    path("households/<uuid:public_id>/reopen/", households.household_reopen, name="household_reopen"),
    path("households/listing/", listings.listing_create, name="listing_create"),
    path("households/listing/remove/", listings.listing_remove, name="listing_remove"),
    path("households/<uuid:public_id>/listing/", listings.listing_edit, name="listing_edit"),
    path("households/<uuid:public_id>/move/", moves.household_move, name="household_move"),
    path("households/<uuid:public_id>/history/", history.household_history, name="household_history"),
    path("households/<uuid:public_id>/years/<int:year>/", years.year_edit, name="year_edit"),
    path("households/<uuid:public_id>/members/new/", members.member_create, name="member_create"),
    path("households/<uuid:public_id>/relations/", relations.relations_edit, name="relations_edit"),
    path("households/<uuid:public_id>/absences/new/", members.absence_create, name="absence_create"),
    path("households/<uuid:public_id>/changes/new/", changes.change_create, name="change_create"),
    path("households/<uuid:public_id>/phone/", reveals.phone_show, name="phone_show"),
    path(
        "households/<uuid:public_id>/numbers/<slug:what>/<uuid:key>/",
        reveals.number_reveal,
        name="number_reveal",
    ),
    path("members/<uuid:public_id>/edit/", members.member_edit, name="member_edit"),
    path("members/<uuid:public_id>/remove/", members.member_remove, name="member_remove"),
    path("members/<uuid:public_id>/year/", members.person_year_edit, name="person_year_edit"),
    path("absences/<uuid:public_id>/end/", members.absence_end, name="absence_end"),
    path("questions/<uuid:public_id>/answer/", years.question_answer, name="question_answer"),
    path("changes/", changes.change_list, name="change_list"),
    path("changes/<uuid:public_id>/", changes.change_detail, name="change_detail"),
    path("changes/<uuid:public_id>/edit/", changes.change_edit, name="change_edit"),
    path("changes/<uuid:public_id>/withdraw/", changes.change_withdraw, name="change_withdraw"),
    # --- files: end
    # --- import
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_create, name="import_create"),
    path("imports/titles/", imports.column_title_list, name="column_title_list"),
    path("imports/<uuid:public_id>/", imports.import_detail, name="import_detail"),
    path("imports/<uuid:public_id>/apply/", imports.import_apply, name="import_apply"),
    path("imports/<uuid:public_id>/choose/", imports.import_choose, name="import_choose"),
    path("imports/<uuid:public_id>/read/", imports.import_read, name="import_read"),
    path("imports/<uuid:public_id>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<uuid:public_id>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<uuid:public_id>/failed/", imports.import_failed, name="import_failed"),
    path("imports/<uuid:public_id>/titles/new/", imports.column_title_create, name="column_title_create"),
    # --- import: end
    # --- pairing and handover
    path("pairings/", pairings.pairing_list, name="pairing_list"),
    path("pairings/new/", pairings.pairing_create, name="pairing_create"),
    path("pairings/roster/", pairings.pairing_roster, name="pairing_roster"),
    path("pairings/helpers/", pairings.helper_list, name="helper_list"),
    path("pairings/helpers/<uuid:public_id>/", pairings.helper_detail, name="helper_detail"),
    path("pairings/<uuid:public_id>/end/", pairings.pairing_end, name="pairing_end"),
    path("pairings/<uuid:public_id>/void/", pairings.pairing_void, name="pairing_void"),
    path("households/<uuid:public_id>/helpers/new/", pairings.helper_create, name="helper_create"),
    path("households/<uuid:public_id>/pairings/", pairings.pairing_history, name="pairing_history"),
    path("handovers/", handovers.handover_list, name="handover_list"),
    path("handovers/<uuid:public_id>/", handovers.handover_create, name="handover_create"),
    # --- pairing and handover: end
]
