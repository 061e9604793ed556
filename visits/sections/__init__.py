"""Blocks of this floor on pages, and what a visit form asks about.

``settings`` (``HOUSEHOLD_SECTIONS`` and its kin) names the functions that pages below show. Each looks after its
own scope: it shows nothing to who may not see visits.
"""
