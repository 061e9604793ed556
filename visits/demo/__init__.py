"""The demo county: 甘州区 with its real townships and villages, and two made-up years in it.

Everything is drawn from a generator seeded by the township's code, dated relative to today, and built through
the same actions as the pages; only ``scale`` fills large counties set by set.
"""
