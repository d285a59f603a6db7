"""Cut the event payloads that publishing is started by out of Octokit's examples.

The sources are the npm packages `@octokit/webhooks-examples` and `@octokit/webhooks-schemas` (MIT
licence). `nox -s contracts` renews them; by hand:

    npm pack @octokit/webhooks-examples @octokit/webhooks-schemas
    python -m tests.publish.cut_payloads UNPACKED_EXAMPLES UNPACKED_SCHEMAS

Of each event the first example is taken that its own schema finds whole. The repository becomes
the one of the tests, and people become octocat; nothing else is changed or left out. What the
examples do not have (forks, comments on pull requests) is derived by `payloads/__init__.py`.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

CUT = Path(__file__).parent / "payloads"
SCHEMAS = "schemas.json"

EVENTS = (
    ("pull_request", "opened"),
    ("pull_request", "synchronize"),
    ("workflow_run", "requested"),
    ("workflow_run", "completed"),
    ("issue_comment", "created"),
    ("issue_comment", "edited"),
    ("issue_comment", "deleted"),
    ("workflow_dispatch", None),
)
OWNER, NAME = "octo-org", "octo-repo"
THEIRS = "Codertocat/Hello-World"
AUTHOR = {"name": "octocat", "email": "octocat@example.org"}
TEXTS = {"description", "title", "tsAdditionalProperties"}


def schema_name(event: str, action: str | None) -> str:
    """Name the definition of an event with an action as Octokit does."""
    return f"{event}${action or 'event'}"


def file_name(event: str, action: str | None) -> str:
    return f"{event}_{action}.json" if action else f"{event}.json"


def validator(definitions: dict[str, Any], name: str) -> Draft7Validator:
    """Judge payloads by one of the definitions."""
    return Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": definitions})


def first_whole(
    examples: list[dict[str, Any]], action: str | None, judge: Draft7Validator
) -> tuple[int, dict[str, Any]]:
    """Return the first example that its schema accepts, and its place in the package."""
    for place, example in enumerate(examples):
        if example.get("action") == action and judge.is_valid(example):
            return place, example
    raise SystemExit(f"no example of action {action!r} is what its own schema says")


def renamed(example: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(example).replace(THEIRS, f"{OWNER}/{NAME}")
    ours: dict[str, Any] = without_people(json.loads(text))
    return ours


def without_people(node: Any) -> Any:
    """Let the repository be owned by its owner, and octocat write every commit."""
    if isinstance(node, list):
        return [without_people(item) for item in node]
    if not isinstance(node, dict):
        return node
    changed = {key: without_people(value) for key, value in node.items()}
    if changed.get("full_name") == f"{OWNER}/{NAME}":
        changed |= {"name": NAME, "owner": changed["owner"] | {"login": OWNER}}
    return changed | {key: AUTHOR[key] for key in AUTHOR if set(AUTHOR) <= set(changed)}


def references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield value.rpartition("/")[2]
            else:
                yield from references(value)


def without_texts(node: Any, *, names: bool = False) -> Any:
    """Drop what no validator reads; below `properties`, keys are names, not texts."""
    if isinstance(node, list):
        return [without_texts(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: without_texts(value, names=key == "properties" and not names)
        for key, value in node.items()
        if names or key not in TEXTS
    }


def needed(definitions: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Return the definitions with these names, and all that they refer to."""
    kept: dict[str, Any] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept[name] = without_texts(definitions[name])
            waiting += references(kept[name])
    return dict(sorted(kept.items()))


def source(package: Path) -> str:
    """Say which package this is, and which version of it."""
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    return f"{about['name']} {about['version']}"


def write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def cut(examples: Path, schemas: Path) -> None:
    listed = json.loads((examples / "api.github.com" / "index.json").read_text(encoding="utf-8"))
    of_event = {event["name"]: event["examples"] for event in listed}
    definitions = json.loads((schemas / "schema.json").read_text(encoding="utf-8"))["definitions"]
    taken = {}
    for event, action in EVENTS:
        judge = validator(definitions, schema_name(event, action))
        place, example = first_whole(of_event[event], action, judge)
        name = file_name(event, action)
        write(CUT / name, renamed(example))
        taken[name] = f"{event}, example {place}"
    kept = needed(definitions, [schema_name(event, action) for event, action in EVENTS])
    about = {"x-source": [source(examples), source(schemas)], "x-taken": taken}
    write(CUT / SCHEMAS, about | {"definitions": kept})


if __name__ == "__main__":
    cut(*(Path(argument) for argument in sys.argv[1:]))
