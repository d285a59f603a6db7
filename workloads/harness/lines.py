"""Owns the form of a reply on the wire: one JSON line that a pipe takes whole."""

import json

# POSIX promises that writes up to this size are not torn; two processes may share the pipe.
LONGEST = 4096
_LONGEST_TEXT = 2000


def encoded(message):
    """Return the line of `message`; its texts are cut, longest first, until it fits."""
    line = _line(message)
    limit = _LONGEST_TEXT
    while len(line) >= LONGEST:
        if not limit:
            raise ValueError("a reply does not fit into a line: " + repr(message)[:200])
        line = _line(_cut(message, limit, keep_end=False))
        limit //= 2
    return line


def _line(message):
    text = json.dumps(message, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace") + b"\n"


def _cut(value, limit, keep_end):
    if isinstance(value, str) and len(value) > limit:
        return "…" + value[-limit:] if keep_end else value[:limit] + "…"
    if isinstance(value, dict):
        return {k: _cut(v, limit, keep_end=k == "traceback") for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cut(v, limit, keep_end) for v in value]
    return value
