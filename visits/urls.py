"""Addresses of the app ``visits``."""

from django.urls import path

from visits.views import drafts, overview, problems, promises, queue, reading, recording, slips, today, visits

app_name = "visits"
urlpatterns = [
    # --- the cadre's day: today, visits, promises, slips, drafts ---
    path("today/", today.today, name="today"),
    path("today/households/", today.household_brief_list, name="household_brief_list"),
    path("visits/new/<uuid:public_id>/", visits.visit_create, name="visit_create"),
    path("visits/<uuid:public_id>/", visits.visit_detail, name="visit_detail"),
    path("visits/<uuid:public_id>/correct/", visits.visit_correct, name="visit_correct"),
    path("visits/<uuid:public_id>/withdraw/", visits.visit_withdraw, name="visit_withdraw"),
    path("visits/<uuid:public_id>/confirm/", visits.visit_confirm, name="visit_confirm"),
    path("visits/<uuid:public_id>/answer/", visits.visit_answer, name="visit_answer"),
    path("promises/", promises.promise_list, name="promise_list"),
    path("promises/<uuid:public_id>/done/", promises.promise_done, name="promise_done"),
    path("promises/<uuid:public_id>/move/", promises.promise_move, name="promise_move"),
    path("promises/<uuid:public_id>/drop/", promises.promise_drop, name="promise_drop"),
    path("promises/<uuid:public_id>/word/", promises.promise_word, name="promise_word"),
    path("slips/", slips.slip_print, name="slip_print"),
    path("slips/enter/", slips.slip_enter, name="slip_enter"),
    path("slips/<uuid:public_id>/", slips.visit_enter, name="visit_enter"),
    path("drafts/", drafts.draft_list, name="draft_list"),
    path("drafts/<uuid:public_id>/discard/", drafts.draft_discard, name="draft_discard"),
    path("drafts/key/", drafts.draft_key, name="draft_key"),
    # --- the township's day: queue, reading, problems, overview
    path("queue/", queue.queue_list, name="queue_list"),
    path("visits/<uuid:public_id>/read/", reading.visit_read, name="visit_read"),
    path("visits/<uuid:public_id>/facts/<slug:key>/", recording.fact_record, name="fact_record"),
    path("problems/referrals/", problems.referral_list, name="referral_list"),
    path("problems/<uuid:public_id>/", problems.problem_detail, name="problem_detail"),
    path("problems/<uuid:public_id>/<slug:to>/", problems.problem_move, name="problem_move"),
    path("overview/", overview.overview_show, name="overview_show"),
    path("overview/print/", overview.overview_print, name="overview_print"),
    path("overview/villages/", overview.village_list, name="village_list"),
    path("overview/stuck/", overview.stuck_list, name="stuck_list"),
    path("overview/<slug:key>/", overview.figure_list, name="figure_list"),
]
