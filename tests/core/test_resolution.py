"""A configuration becomes the environments of a plan: baseline, control, candidates in order."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.config import load
from bot.core.plan import Environment
from bot.core.releases import catalogue
from bot.core.resolution import resolve_environments

HERE = ("3.9", "3.10", "3.11", "3.12", "3.13")


def resolve(*versions: Any, here: tuple[str, ...] = HERE, **keys: Any) -> list[Environment]:
    overrides = {"versions": list(versions), **keys}
    config = load(None, source="tfperf.yml", environ={}, overrides=overrides)
    return list(resolve_environments(config, here))


def test_baseline_control_and_candidates_come_in_order() -> None:
    environments = resolve("2.16", "tensorflow-cpu==2.21.0")
    assert [e.role for e in environments] == ["baseline", "control", "candidate", "candidate"]
    assert [e.release for e in environments] == ["2.15.1", "2.15.1", "2.16.2", "2.21.0"]
    assert [e.package for e in environments] == [*["tensorflow"] * 3, "tensorflow-cpu"]
    assert {e.python for e in environments} == {"3.11"}
    assert {e.module for e in environments} == {"tensorflow"}


LABELS: dict[str, tuple[list[Any], list[str]]] = {
    "releases": (["2.16", "2.21.0"], ["2.16.2", "2.21.0"]),
    "other package": (["tensorflow-cpu==2.21.0"], ["tensorflow-cpu==2.21.0"]),
    "Pythons apart": (["2.21.0@3.12", "2.21.0@3.13"], ["2.21.0@3.12", "2.21.0@3.13"]),
    "the baseline again": (["2.15.1", "2.15.1"], ["2.15.1", "2.15.1#2"]),
    "with and without": (
        ["2.21.0", {"tensorflow": "2.21.0", "with": ["keras==3.5.0"]}],
        ["2.21.0", "2.21.0+keras==3.5.0"],
    ),
    "with a knob": (
        ["2.15.1", {"tensorflow": "2.15.1", "knobs": {"TF_ENABLE_ONEDNN_OPTS": "0"}}],
        ["2.15.1", "2.15.1 +TF_ENABLE_ONEDNN_OPTS=0"],
    ),
    "knobs of one's own": ([{"tensorflow": "2.21.0", "knobs": {"A": "1"}}], ["2.21.0"]),
    "knobs too long for a heading": (
        [{"tensorflow": "2.15.1", "knobs": {"A": "x" * 200 + each}} for each in "yz"],
        ["2.15.1 +A=" + "x" * 75 + "…", "2.15.1 +A=" + "x" * 75 + "…#2"],
    ),
    "one with": ([{"tensorflow": "2.21.0", "with": ["keras==3.5.0"]}], ["2.21.0"]),
}


@pytest.mark.parametrize(("versions", "labels"), LABELS.values(), ids=LABELS.keys())
def test_labels_say_what_tells_them_apart(versions: list[Any], labels: list[str]) -> None:
    assert [e.label for e in resolve(*versions)] == ["2.15.1", "2.15.1'", *labels]


def test_a_baseline_that_runs_on_two_pythons_says_which() -> None:
    labels = [e.label for e in resolve("2.15.1@3.9", baseline="2.15.1@3.11")]
    assert labels == ["2.15.1@3.11", "2.15.1@3.11'", "2.15.1@3.9"]


def test_equal_environments_share_the_first_part_of_their_ids() -> None:
    ids = [e.id for e in resolve("2.15.1", "2.21.0", "2.15.1", "2.21.0")]
    digests = [name.partition("-")[0] for name in ids]
    assert digests[0] == digests[1] == digests[2] == digests[4]
    assert digests[3] == digests[5] != digests[0]
    assert [name.partition("-")[2] for name in ids] == ["a", "b", "c", "a", "d", "b"]


def test_knobs_change_what_runs_and_not_what_is_installed() -> None:
    knobbed = {"tensorflow": "2.15.1", "knobs": {"A": "1"}}
    environments = resolve("2.15.1", knobbed, baseline=knobbed)
    assert [e.knobs for e in environments] == [{"A": "1"}, {"A": "1"}, {}, {"A": "1"}]
    assert len({e.id.partition("-")[0] for e in environments}) == 1


DIFFERENCES: list[dict[str, Any]] = [
    {"dependencies": "newest"},
    {"device": "gpu"},
    {"baseline": "2.15.0"},
    {"baseline": "2.15.1@3.9"},
    {"baseline": "tensorflow-cpu==2.15.1"},
    {"baseline": {"tensorflow": "2.15.1", "with": ["numpy<1.26"]}},
]


@pytest.mark.parametrize("keys", DIFFERENCES, ids=str)
def test_whatever_is_installed_otherwise_has_another_id(keys: dict[str, Any]) -> None:
    assert resolve("2.16.2")[0].id != resolve("2.16.2", **keys)[0].id


def test_dependencies_are_those_of_sixty_days_after_the_release() -> None:
    assert resolve("2.21.0")[0].not_newer_than == "2024-05-07"
    assert resolve("2.21.0", dependencies="newest")[0].not_newer_than is None
    assert resolve("99.0")[2].not_newer_than is None


def test_what_goes_with_a_release_is_required_with_it() -> None:
    spec = {"tensorflow": "2.21", "with": ["keras==3.5.0"]}
    assert resolve(spec)[2].extra_requirements == ("keras==3.5.0",)
    cuda = "tensorflow[and-cuda]==2.21.0"
    assert resolve(cuda)[2].extra_requirements == (cuda,)
    assert resolve(spec, device="gpu")[2].extra_requirements == (cuda, "keras==3.5.0")


def test_cuda_libraries_come_with_releases_that_know_them() -> None:
    environments = resolve("2.14.1", "tensorflow-cpu==2.21.0", device="gpu")
    assert [bool(e.extra_requirements) for e in environments] == [True, True, False, False]
    assert environments[2].unavailable is None
    assert environments[3].unavailable == (
        "tensorflow-cpu 2.21.0 cannot use a GPU. Write tensorflow==2.21.0."
    )


def test_a_release_that_cannot_be_had_keeps_its_place_with_the_reason() -> None:
    environments = resolve("1.15", "2.21.0")
    assert environments[2].label == "1.15.5"
    assert environments[2].python == "3.7"
    assert "this machine has 3.9" in (environments[2].unavailable or "")
    assert environments[3].unavailable is None


RELEASES = st.sampled_from([release.version for release in catalogue()["tensorflow"]])


@given(
    versions=st.lists(
        RELEASES | RELEASES.map(lambda version: f"{version}@3.10"), min_size=1, max_size=20
    ),
    here=st.sets(st.sampled_from(HERE)),
)
def test_ids_and_labels_are_unique_and_alike(versions: list[str], here: set[str]) -> None:
    environments = resolve(*versions, here=tuple(sorted(here)))
    assert len(environments) == len(versions) + 2
    assert [e.release for e in environments[2:]] == [v.partition("@")[0] for v in versions]
    assert len({e.id for e in environments}) == len(environments)
    assert len({e.label for e in environments[2:]}) == len(versions)
    assert all(re.fullmatch(r"[0-9a-f]{10}-[a-z]", e.id) for e in environments)
