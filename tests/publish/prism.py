"""The whole way over GitHub once more, with Prism as the judge: nox -s prism.

First an answer is broken on purpose, and Prism has to find it; then nothing may be found.
"""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from tests.publish.fake_github import Reply, Request
from tests.publish.flow import SHAS, WALKS, Town, artifact_of, regression, road_of, town
from tests.publish.prism_proxy import Judged, prism, routed

LEAST = (
    "GET /repos/octo-org/octo-repo/pulls -> 200",
    "POST /repos/octo-org/octo-repo/issues/7/comments -> 201",
    "PATCH /repos/octo-org/octo-repo/issues/comments/1001 -> 200",
    "POST /repos/octo-org/octo-repo/check-runs -> 201",
    "PATCH /repos/octo-org/octo-repo/check-runs/",
    "GET /repos/octo-org/octo-repo/actions/runs/101/artifacts -> 200",
    "GET /repos/octo-org/octo-repo/collaborators/maintainer/permission -> 200",
    "POST /repos/octo-org/octo-repo/issues/comments/1001/reactions -> 201",
    "POST /repos/octo-org/octo-repo/actions/workflows/tfperf.yml/dispatches -> 200",
)
"""What has to have come past the judge: no exchange, no objection."""


@contextmanager
def judged(place: Path, folder: Path) -> Iterator[tuple[Town, Judged]]:
    """A GitHub whose address leads through Prism."""
    with (
        town() as built,
        prism(place, built.github.url, folder / "prism.log") as address,
        routed(address, built.github.url) as (url, judgement),
    ):
        built.github.url = url
        yield built, judgement


def must_find_what_is_wrong(place: Path, folder: Path) -> None:
    """Leave the number out of every new comment: Prism has to say so."""
    with judged(place, folder) as (built, judgement):
        create = built.github._create

        def without_number(request: Request) -> Reply:
            reply = create(request)
            comment = json.loads(reply.body)
            del comment["id"]
            return replace(reply, body=json.dumps(comment).encode())

        built.github.route("POST", "issues/{number}/comments", without_number)
        road = road_of(built, folder, "branch", hurried=True)
        road.push(SHAS[0])
        road.completed("slower", SHAS[0], artifact_of(regression(SHAS[0])))
    if not any("comments" in found and "'id'" in found for found in judgement.violations):
        raise SystemExit(f"Prism did not find a comment without its number: {judgement}")
    click.echo(f"broken on purpose, and found: {judgement.violations[0]}")


def must_find_nothing(place: Path, folder: Path) -> None:
    past: list[str] = []
    for name, (kind, walk) in WALKS.items():
        with judged(place, folder) as (built, judgement):
            walk(road_of(built, folder, kind, hurried=True))
        past += told(name, judgement)
    missing = [line for line in LEAST if not any(each.startswith(line) for each in past)]
    if missing:
        raise SystemExit("never came past Prism:\n" + "\n".join(missing))


def told(name: str, judgement: Judged) -> list[str]:
    if judgement.violations:
        raise SystemExit(f"{name}:\n" + "\n".join(judgement.violations))
    click.echo(
        f"{name}: {len(judgement.exchanges)} exchanges, nothing wrong; "
        f"{len(judgement.around)} went around"
    )
    return judgement.exchanges


@click.command(help=__doc__)
@click.argument("place", type=click.Path(exists=True, path_type=Path))
def main(place: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        must_find_what_is_wrong(place, Path(folder))
        must_find_nothing(place, Path(folder))


if __name__ == "__main__":
    main()
