"""Owns whether the user's own project can be built at both sides, before anything is."""

from bot.errors import BadConfiguration
from bot.stages.pins import Project

_DEFINITIONS = ("pyproject.toml", "setup.py")


def must_be_buildable(project: Project) -> None:
    """See that both sides have the project. Raises `BadConfiguration`."""
    place = project.folder or "the top folder"
    at_head = _has_definition(project, project.refs.head)
    if at_head and _has_definition(project, project.refs.base):
        return
    if at_head:
        raise BadConfiguration(
            f"the project in {place} is new in this pull request: there is nothing before it to "
            "compare with",
            where=f"subject: {project.folder or '.'}",
            cause=f"base, {project.refs.base[:12]}, has no {_either()} there",
            next_step="leave `subject` out until it is merged, or name another base: --base-ref "
            "REF",
        )
    listed = project.repository.files(project.refs.head)
    is_there = not project.folder or any(file.startswith(f"{project.folder}/") for file in listed)
    raise BadConfiguration(
        f"there is no {_either()} in {place}, so that there is no project to build"
        if is_there
        else f"there is no folder {place} at head",
        where=f"subject: {project.folder or '.'}",
        cause=f"what counts is what is committed: head is {project.refs.head[:12]}",
        next_step="name the folder of the project in `subject`, and commit it",
    )


def _either() -> str:
    return " or ".join(_DEFINITIONS)


def _has_definition(project: Project, commit: str) -> bool:
    listed = project.repository.files(commit)
    return any(f"{project.folder}/{name}".lstrip("/") in listed for name in _DEFINITIONS)
