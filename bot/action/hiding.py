"""Owns what the tool may know of a job's environment: by which half of the tool is run."""

import re
from collections.abc import Mapping

ALLOWED_GITHUB = frozenset(
    {
        "GITHUB_ACTIONS",
        "GITHUB_EVENT_NAME",
        "GITHUB_EVENT_PATH",
        "GITHUB_REPOSITORY",
        "GITHUB_RUN_ATTEMPT",
        "GITHUB_RUN_ID",
        "GITHUB_RUN_NUMBER",
        "GITHUB_SERVER_URL",
        "GITHUB_SHA",
        "GITHUB_WORKSPACE",
    }
)
"""The event's file names the two sides of a pull request; it holds no token."""

COMMAND_FILES = frozenset(
    {"GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"}
)
SECRET = re.compile(r"TOKEN|SECRET|^ACTIONS_|^INPUT_")


def measuring_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what the measuring tool may know: no token, no way to give the runner commands."""
    return {
        name: value
        for name, value in environ.items()
        if not SECRET.search(name.upper())
        and (not name.startswith("GITHUB_") or name in ALLOWED_GITHUB)
    }


def deciding_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what the gate may know: as where is measured, and the token that it asks with."""
    asking = ("GITHUB_API_URL", "GITHUB_TOKEN")
    return measuring_environ(environ) | {name: environ[name] for name in asking if name in environ}


def publishing_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what the publishing tool may know: the token, but no way to command the runner."""
    return {name: value for name, value in environ.items() if name not in COMMAND_FILES}
