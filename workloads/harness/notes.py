"""Owns the notes of a workload: what it says by `warnings.warn` while it is built."""

import contextlib
import warnings

from .faults import belongs_to

_MOST = 5
_LONGEST = 300


@contextlib.contextmanager
def collected(file):
    """Give a list that fills with the warnings of `file`; those of others go to the log."""
    notes = []
    with warnings.catch_warnings():
        to_the_log = warnings.showwarning

        def show(message, category, filename, *rest, **options):
            if not belongs_to(filename, file):
                to_the_log(message, category, filename, *rest, **options)
                return
            note = str(message)[:_LONGEST]
            if note not in notes and len(notes) < _MOST:
                notes.append(note)

        warnings.showwarning = show
        yield notes
