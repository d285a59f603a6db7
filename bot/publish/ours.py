"""Owns which comments are ours, and what the one before the next says of its findings."""

from collections.abc import Sequence

from bot.core.news import Before, Generation, State
from bot.publish.context import DEFAULT_AUTHOR
from bot.publish.look import Seen
from bot.publish.marker import Marker, read_marker


def our_marker(seen: Seen, *, author: str, key: str) -> Marker | None:
    """Read the marker of a comment; null unless it is ours: pasting one makes no comment ours."""
    is_ours = seen.comment.author == author
    if author == DEFAULT_AUTHOR:  # nobody said whose the token is; GitHub may know
        is_ours = is_ours or seen.is_of_token
    marker = read_marker(seen.comment.body)
    return marker if is_ours and marker is not None and marker.key == key else None


def before(
    comments: Sequence[Seen], *, author: str, key: str, generation: Generation
) -> Before | None:
    """Find what stood before a run: the latest of what earlier runs said.

    A comment of this very run has what stood before in its marker, so that publishing again says
    the same again.
    """
    known: list[tuple[Generation, State | None]] = []
    for seen in comments:
        marker = our_marker(seen, author=author, key=key)
        if marker is None or marker.generation > generation:
            continue
        if marker.generation < generation:
            has_run = marker.generation > (0, 0)
            known.append((marker.generation, marker.state if has_run else None))
        elif marker.before is not None:
            known.append((marker.before.generation, marker.before.state))
    if not known:
        return None
    latest, state = max(known, key=lambda one: (one[0], one[1] is not None))
    return None if state is None else Before(generation=latest, state=state)
