"""Owns the sentences about a pull request: its two questions, and alarms that do not count."""

from bot.render import labels, words


def project(name: str, package: str, releases: str) -> str:
    """Say whose project was measured under which releases."""
    return f"{name} under {package} {releases}".replace("  ", " ")


def changes_of_releases(baseline: str) -> str:
    """Head the changes that come with a release, whatever the pull request does."""
    return f"Releases next to {baseline}, without this pull request"


def compared_columns(baseline: str) -> str:
    """Say what each column of the matrix is compared with, where there are two questions."""
    return (
        "A column with + PR is compared with the same release without the pull request, the"
        f" others with {baseline}."
    )


def asked_for(verb: str, check: str) -> str:
    """Say that a command asked for what is on a page, and where the pull request's verdict is."""
    return f"asked for by `/tfperf {verb}`: the pull request's own verdict is the check `{check}`"


def excused(number: int) -> str:
    """Count alarms that do not count, if there are any."""
    return f"{words.count(number, 'alarm')} {labels.EXCUSED}" if number else ""


def changes_measuring(names: str, more: int) -> str:
    """Say which files of a pull request decide what is measured."""
    others = f" and {words.others(more)}" if more else ""
    return f"this pull request changes what is measured, or how: {names}{others}"


def accepted(author: str, until: str, reason: str) -> str:
    """Say who accepted a finding, until when, and why."""
    return f"acknowledged by {author}{f' until {until}' if until else ''}: {reason}"


def excused_entry(change: str) -> str:
    """Name an alarm that does not count in the matrix."""
    return f"{change} (does not count)"
