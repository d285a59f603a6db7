"""Owns the entry of the action's steps: `python -m bot.action MODE`."""

import os
import sys

from bot.action.runner import annotate
from bot.action.step import MODES
from bot.errors import TfperfError


def main(mode: str) -> int:
    """Run one step; an error a person can act on becomes an annotation."""
    try:
        return MODES[mode](os.environ)
    except TfperfError as error:
        annotate("error", str(error))
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
