"""Owns the events of these tests: GitHub's own examples, and what is derived from them.

The files beside are cut by `cut_payloads.py`; all that differs from them is written here.
`payload("workflow_run completed, fork", sha=...)` returns one of them with changes of one's own.
"""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.publish.fake_github import REPOSITORY

FOLDER = Path(__file__).parent
SHA = "0123456789abcdef0123456789abcdef01234567"
FORK = "someone/octo-repo"
WORKFLOW = {"name": "tfperf", "path": ".github/workflows/tfperf.yml"}
EXAMPLE_RUN = "289782451"
BASE = "89abcdef0123456789abcdef0123456789abcdef"
REQUESTED = f"tfperf run for #7 at {SHA} onto {BASE} by comment 1001"
Payload = dict[str, Any]


def read(name: str) -> Payload:
    """Return one of GitHub's examples as the package has it."""
    example: Payload = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return example


def pull_request(
    action: str,
    *,
    number: int = 7,
    sha: str = SHA,
    branch: str = "topic",
    repository: str | None = REPOSITORY,
    **changes: Any,
) -> Payload:
    """A `pull_request` event; a null repository is a fork that was deleted."""
    event = read(f"pull_request_{action}")
    pull = event["pull_request"]
    event["number"] = number
    pull |= {"number": number, **changes}
    owner = None if repository is None else repository.partition("/")[0]
    pull["head"] |= {"sha": sha, "ref": branch, "label": f"{owner or 'unknown'}:{branch}"}
    if repository is None:
        pull["head"]["repo"] = None
    elif repository != REPOSITORY:
        pull["head"]["user"] |= {"login": owner}
        pull["head"]["repo"] = of_fork(pull["head"]["repo"], repository)
    return event


def workflow_run(
    action: str,
    *,
    id: int = 4242,  # noqa: A002 - as the field of the run
    sha: str = SHA,
    branch: str = "topic",
    repository: str | None = REPOSITORY,
    pulls: tuple[int, ...] = (),
    title: str = "Update the README with new information.",
    **changes: Any,
) -> Payload:
    """A `workflow_run` event of tfperf.yml; `changes` are fields of the run itself.

    GitHub names no pull request of a run from a fork: `pulls` are then empty.
    """
    text = json.dumps(read(f"workflow_run_{action}"))
    event: Payload = json.loads(text.replace(EXAMPLE_RUN, str(id)))
    run = event["workflow_run"]
    event["workflow"] |= WORKFLOW
    run |= {**WORKFLOW, "event": "pull_request", "run_number": 12}
    run |= {"head_sha": sha, "head_branch": branch, "display_title": title}
    run["head_commit"] |= {"id": sha}
    run["pull_requests"] = [named_pull(number, sha, branch) for number in pulls]
    if repository is None:
        run["head_repository"] = None
    elif repository != REPOSITORY:
        run["head_repository"] = of_fork(run["head_repository"], repository)
    run |= changes
    return event


def issue_comment(
    action: str,
    *,
    number: int = 7,
    comment: int = 1001,
    body: str = "/tfperf help",
    login: str = "octocat",
    is_pull: bool = True,
    **changes: Any,
) -> Payload:
    """An `issue_comment` event: the issue is a pull request where it has that field."""
    event = read(f"issue_comment_{action}")
    event["issue"]["number"] = number
    if is_pull:
        api = f"https://api.github.com/repos/{REPOSITORY}"
        page = f"https://github.com/{REPOSITORY}/pull/{number}"
        links = {"url": f"{api}/pulls/{number}", "html_url": page}
        patches = {"diff_url": f"{page}.diff", "patch_url": f"{page}.patch"}
        event["issue"] |= {"html_url": page, "pull_request": links | patches}
    event["comment"] |= {"id": comment, "body": body, **changes}
    for person in (event["comment"]["user"], event["sender"]):
        person["login"] = login
    return event


def workflow_dispatch(*, ref: str = "refs/heads/main", **inputs: str) -> Payload:
    """A `workflow_dispatch` event of tfperf.yml with its inputs."""
    return read("workflow_dispatch") | {"ref": ref, "inputs": inputs, "workflow": WORKFLOW["path"]}


def of_fork(repository: Payload, full_name: str) -> Payload:
    """Turn a repository into a fork of it."""
    owner, _, name = full_name.partition("/")
    text = json.dumps(repository).replace(REPOSITORY, full_name)
    fork: Payload = json.loads(text)
    return fork | {"name": name, "fork": True, "owner": fork["owner"] | {"login": owner}}


def named_pull(number: int, sha: str, branch: str) -> Payload:
    """A pull request as a run of a branch of the repository itself names it."""
    url = f"https://api.github.com/repos/{REPOSITORY}"
    repo = {"id": 17273051, "url": url, "name": REPOSITORY.partition("/")[2]}
    return {
        "url": f"{url}/pulls/{number}",
        "id": 279147437,
        "number": number,
        "head": {"ref": branch, "sha": sha, "repo": repo},
        "base": {"ref": "main", "sha": "f" * 40, "repo": repo},
    }


Build = partial[Payload]


def runs(action: str, **changes: Any) -> dict[str, Build]:
    """A run of a branch of the repository, of a fork, and one that a comment asked for."""
    name = " ".join(["workflow_run", action, *changes.values()])
    of_action = partial(workflow_run, action, **changes)
    return {
        name: partial(of_action, pulls=(7,)),
        f"{name}, fork": partial(of_action, repository=FORK),
        f"{name}, asked for": partial(
            of_action, event="workflow_dispatch", branch="main", title=REQUESTED
        ),
    }


PAYLOADS: Mapping[str, Build] = MappingProxyType(
    {
        "pull_request opened": partial(pull_request, "opened"),
        "pull_request opened, fork": partial(pull_request, "opened", repository=FORK),
        "pull_request opened, deleted fork": partial(pull_request, "opened", repository=None),
        "pull_request synchronize": partial(pull_request, "synchronize"),
        **runs("requested"),
        **runs("completed", conclusion="success"),
        **runs("completed", conclusion="failure"),
        **runs("completed", conclusion="cancelled"),
        "workflow_run completed, deleted fork": partial(workflow_run, "completed", repository=None),
        "workflow_run completed, push": partial(workflow_run, "completed", event="push"),
        "workflow_run completed, by hand": partial(
            workflow_run, "completed", event="workflow_dispatch", branch="main", title="tfperf"
        ),
        "workflow_run completed, title of a fork": partial(
            workflow_run, "completed", repository=FORK, title=REQUESTED
        ),
        "issue_comment created": partial(issue_comment, "created"),
        "issue_comment edited": partial(issue_comment, "edited"),
        "issue_comment deleted": partial(issue_comment, "deleted"),
        "issue_comment created, issue": partial(issue_comment, "created", is_pull=False),
        "workflow_dispatch": partial(workflow_dispatch, request=REQUESTED),
    }
)
"""Name of a payload -> what builds it; the first word is the event."""


def payload(name: str, **changes: Any) -> Payload:
    """Return an event by its name in `PAYLOADS`; `changes` are arguments of its builder."""
    return PAYLOADS[name](**changes)


def event_name(name: str) -> str:
    """Return what GITHUB_EVENT_NAME is for one of them."""
    return name.partition(" ")[0]
