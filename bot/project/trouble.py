"""Owns what can be wrong with the user's repository, and what would help."""

from bot.errors import TfperfError


class BadRepository(TfperfError):
    """The repository does not have, or does not give, what a run needs of it."""
