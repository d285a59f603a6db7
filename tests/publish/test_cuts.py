"""What these tests hold of GitHub's descriptions says which release it is from."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def openapi() -> str:
    text = (HERE / "github-openapi.json").read_text(encoding="utf-8")
    return str(json.loads(text)["info"]["x-source"])


def graphql() -> str:
    return "".join((HERE / "github.graphql").read_text(encoding="utf-8").splitlines()[:2])


def payloads() -> str:
    text = (HERE / "payloads" / "schemas.json").read_text(encoding="utf-8")
    return " ".join(json.loads(text)["x-source"])


@pytest.mark.parametrize(
    ("said", "packages"),
    [
        pytest.param(openapi, ["@octokit/openapi"], id="REST"),
        pytest.param(graphql, ["@octokit/graphql-schema"], id="GraphQL"),
        pytest.param(
            payloads, ["@octokit/webhooks-examples", "@octokit/webhooks-schemas"], id="events"
        ),
    ],
)
def test_a_cut_says_which_release_it_is_from(said: Callable[[], str], packages: list[str]) -> None:
    for package in packages:
        assert re.search(rf"{re.escape(package)} \d+\.\d+\.\d+", said()), said()
