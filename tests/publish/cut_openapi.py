"""Cut GitHub's own OpenAPI description down to the operations that publishing uses.

The source is the npm package `@octokit/openapi` (GitHub's description, MIT licence). To renew:

    npm pack @octokit/openapi@VERSION
    tar xzf octokit-openapi-VERSION.tgz package/generated/api.github.com.json
    python tests/publish/cut_openapi.py package/generated/api.github.com.json VERSION

Schemas are kept whole; only texts and examples, which no validator reads, are dropped.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CUT = Path(__file__).parent / "github-openapi.json"

OPERATIONS = {
    "/repos/{owner}/{repo}/issues/{issue_number}/comments": ("get", "post"),
    "/repos/{owner}/{repo}/issues/comments/{comment_id}": ("get", "patch", "delete"),
    "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions": ("get", "post"),
    "/repos/{owner}/{repo}/pulls": ("get",),
    "/repos/{owner}/{repo}/pulls/{pull_number}": ("get",),
    "/repos/{owner}/{repo}/pulls/{pull_number}/files": ("get",),
    "/repos/{owner}/{repo}/check-runs": ("post",),
    "/repos/{owner}/{repo}/check-runs/{check_run_id}": ("get", "patch"),
    "/repos/{owner}/{repo}/commits/{ref}/check-runs": ("get",),
    "/repos/{owner}/{repo}/actions/runs/{run_id}": ("get",),
    "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts": ("get",),
    "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}": ("get",),
    "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs": ("get",),
    "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches": ("post",),
    "/repos/{owner}/{repo}/contents/{path}": ("get",),
    "/repos/{owner}/{repo}/activity": ("get",),
    "/repos/{owner}/{repo}/commits/{ref}": ("get",),
    "/repos/{owner}/{repo}/collaborators/{username}/permission": ("get",),
    "/repos/{owner}/{repo}/git/ref/{ref}": ("get",),
    "/repos/{owner}/{repo}/environments/{environment_name}": ("get",),
}
GRAPHQL = {
    "post": {
        "operationId": "graphql",
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["query"],
                        "properties": {
                            "query": {"type": "string"},
                            "variables": {"type": "object"},
                        },
                    }
                }
            },
        },
        "responses": {
            "200": {"content": {"application/json": {"schema": {"type": "object"}}}},
        },
    }
}
"""GitHub's description leaves its GraphQL address out; the queries have a judge of their own."""

TEXTS = {"description", "example", "examples", "externalDocs", "summary", "title"}
NAMED = {"properties", "headers", "schemas", "responses", "parameters"}


def without_texts(node: Any, names: bool = False) -> Any:
    """Drop texts and extensions; below `properties` and its like, keys are names, not texts."""
    if isinstance(node, list):
        return [without_texts(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: without_texts(value, names=key in NAMED and not names)
        for key, value in node.items()
        if names or (key not in TEXTS and not key.startswith("x-"))
    }
    if not names and kept.get("nullable") is True and "enum" in kept and None not in kept["enum"]:
        kept["enum"].append(None)  # OpenAPI wants null there too; GitHub forgets it
    return kept


def references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from references(value)


def cut(full: dict[str, Any], version: str) -> dict[str, Any]:
    paths = {
        path: {verb: without_texts(full["paths"][path][verb]) for verb in verbs}
        for path, verbs in OPERATIONS.items()
    }
    components: dict[str, dict[str, Any]] = {}
    waiting = list(references(paths))
    while waiting:
        _, _, kind, name = waiting.pop().split("/")
        if name in components.setdefault(kind, {}):
            continue
        components[kind][name] = without_texts(full["components"][kind][name])
        waiting += references(components[kind][name])
    return {
        "openapi": full["openapi"],
        "info": {
            "title": "GitHub REST API: the operations that publishing uses",
            "version": full["info"]["version"],
            "license": {"name": "MIT"},
            "x-source": f"@octokit/openapi {version}, api.github.com.json, cut by cut_openapi.py",
        },
        "servers": [{"url": "https://api.github.com"}],
        "paths": paths | {"/graphql": GRAPHQL},
        "components": {kind: dict(sorted(named.items())) for kind, named in components.items()},
    }


def with_response_descriptions(document: dict[str, Any]) -> dict[str, Any]:
    """Give every response the `description` that OpenAPI itself requires."""
    groups = [document["components"].get("responses", {})]
    groups += [o["responses"] for verbs in document["paths"].values() for o in verbs.values()]
    for group in groups:
        for response in group.values():
            if "$ref" not in response:
                response.setdefault("description", "")
    return document


if __name__ == "__main__":
    source, source_version = sys.argv[1:]
    full_description = json.loads(Path(source).read_text(encoding="utf-8"))
    document = with_response_descriptions(cut(full_description, source_version))
    CUT.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
