"""Pages as the base branch wants them: never as the pull request, or its report, does."""

import pytest

from tests.publish.scene import Scene, clean

COMMENT = '{% extends "tfperf/comment.md.j2" %}{% block foot %}The end.{{ super() }}{% endblock %}'
SUMMARY = COMMENT.replace("comment", "summary").replace("The end", "All of it")


def with_base(scene: Scene, config: str, **files: str) -> Scene:
    named = {name.replace("__", "/") + ".md.j2": text for name, text in files.items()}
    scene.github.graphql.base_files = {"tfperf.yml": config, **named}
    return scene


def test_templates_of_the_base_branch_print_the_pages(scene: Scene) -> None:
    files = {"look__comment": COMMENT, "look__summary": SUMMARY}
    with_base(scene, "templates: look\n", **files).publish(clean())
    (body,) = scene.github.bodies()
    assert body.startswith("<!-- tfperf:default v3 run=12.1 ")
    assert body.endswith("The end.")
    assert scene.kept[0].summary.endswith("All of it.")
    assert scene.github.checks[501]["output"]["summary"].endswith("The end.")


@pytest.mark.parametrize(("config", "more"), [("", 0), ("templates: look\n", 1)])
def test_they_cost_one_request_more_and_nothing_where_there_are_none(
    scene: Scene, config: str, more: int
) -> None:
    with_base(scene, config, look__comment=COMMENT).publish(clean())
    asked = [each for each in scene.github.exchanges if b"query Templates" in each.request]
    assert len(asked) == more


def test_they_lie_beside_the_configuration(scene: Scene) -> None:
    scene.github.graphql.base_files = {
        "perf/tfperf.yml": "templates: look\n",
        "perf/look/comment.md.j2": COMMENT,
        "look/comment.md.j2": "no",
    }
    scene.publish(clean(), config="perf/tfperf.yml")
    assert scene.github.bodies()[0].endswith("The end.")


TOLD = {
    "none there": ("templates: look\n", {}, "the base branch has no comment.md.j2 or summary"),
    "outside": ("templates: ../look\n", {}, "templates: ../look is outside of the repository"),
    "absolute": ("templates: /look\n", {}, "templates: /look is outside of the repository"),
    "too long": (
        "templates: look\n", {"look__comment": "x" * 70_000}, "comment.md.j2 is too long"
    ),
    "broken": (
        "templates: look\n", {"look__comment": "{{ 1 + 1 }}"},
        "the template comment.md.j2 of this repository could not be printed",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("config", "files", "said"), TOLD.values(), ids=TOLD)
def test_what_cannot_be_used_is_told_and_ours_is_used(
    scene: Scene, config: str, files: dict[str, str], said: str
) -> None:
    with_base(scene, config, **files).publish(clean())
    (body,) = scene.github.bodies()
    notes = [line for line in body.splitlines() if line.startswith("> Note: ")]
    assert said in notes[0]
    assert "<summary>Rule: " in body
    assert scene.github.check_runs.words == ["success"]


def test_the_picture_is_where_the_base_branch_says(scene: Scene) -> None:
    config = "image-base: https://example.org/performance\n"
    with_base(scene, config).publish(clean())
    address = f"https://example.org/performance/{clean().commit}/forest.png"
    assert f'src="{address}"' in scene.github.bodies()[0]


def test_without_a_word_of_the_base_branch_nothing_is_chosen(scene: Scene) -> None:
    with_base(scene, "").publish(clean())
    assert "<img" not in scene.github.bodies()[0]
