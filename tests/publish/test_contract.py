"""The judge of the exchanges judges: what GitHub's description forbids is found."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.publish.contract import DESCRIPTION, Contract, Exchange

PATH = "/repos/octo-org/octo-repo/issues/7/comments"


@pytest.fixture
def create(described: Contract) -> Exchange:
    return Exchange(
        verb="POST",
        path=PATH,
        query="",
        request_headers={"Content-Type": "application/json"},
        request=b'{"body": "text"}',
        status=201,
        response_headers={"Content-Type": "application/json", "Location": "https://example.org/"},
        response=json.dumps(described.specimen("issue-comment")).encode(),
    )


def test_what_is_documented_passes(described: Contract, create: Exchange) -> None:
    assert described.violations(create) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        pytest.param({"request": b"{}"}, "body", id="a request without its text"),
        pytest.param({"request": b'{"body": 1}'}, "body", id="a text that is a number"),
        pytest.param({"response": b'{"id": 1}'}, "schema", id="an answer with holes"),
        pytest.param({"status": 299}, "status", id="a status that is not documented"),
        pytest.param({"path": "/user"}, "path", id="an operation that publishing does not use"),
        pytest.param({"verb": "PUT"}, "method|operation", id="a verb that does not exist there"),
    ],
)
def test_what_is_not_documented_is_found(
    described: Contract, create: Exchange, change: dict[str, object], complaint: str
) -> None:
    found = described.violations(replace(create, **change))  # type: ignore[arg-type]
    assert len(found) == 1
    assert any(word in found[0].lower() for word in complaint.split("|")), found


def test_the_description_is_small_and_says_where_it_is_from() -> None:
    info = json.loads(DESCRIPTION.read_text(encoding="utf-8"))["info"]
    assert DESCRIPTION.stat().st_size < 400_000
    assert info["x-source"].startswith("@octokit/openapi 23.")
    assert "MIT" in Path(DESCRIPTION).with_suffix(".LICENSE").read_text(encoding="utf-8")
