"""A configuration becomes the environments of a plan: baseline, control, candidates in order."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.config import load
from bot.core.existing import Existing
from bot.core.plan import Environment
from bot.core.releases import catalogue
from bot.core.resolution import resolve_environments
from bot.errors import BadConfiguration

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
    environments = resolve("2.13.1", "tensorflow-cpu==2.21.0", device="gpu")
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


VENV = Existing(
    python="/home/me/mine/bin/python",
    prefix="/home/me/mine",
    version="3.8.18",
    package="tensorflow-rocm",
    release="2.9.1+mine",
    module="tensorflow",
    imported_from="/home/me/mine/lib/python3.8/site-packages",
    packages={"tensorflow-rocm": "2.9.1+mine"},
)
TORCH = VENV.model_copy(update={"package": "torch", "release": "2.5.1", "module": "torch"})


def settled(*versions: Any, existing: Existing = VENV, **keys: Any) -> list[Environment]:
    overrides = {"versions": list(versions), **keys}
    config = load(None, source="tfperf.yml", environ={}, overrides=overrides)
    return list(resolve_environments(config, HERE, {"/home/me/mine": existing}))


def test_an_existing_interpreter_is_what_it_says_of_itself() -> None:
    environment = settled({"existing": "/home/me/mine", "knobs": {"A": "1"}})[2]
    assert (environment.package, environment.release) == ("tensorflow-rocm", "2.9.1+mine")
    assert (environment.python, environment.role) == ("3.8", "candidate")
    assert environment.label == "tensorflow-rocm==2.9.1+mine existing:mine"
    assert environment.existing == "/home/me/mine/bin/python"
    assert environment.imported_from == VENV.imported_from
    assert environment.knobs == {"A": "1"}
    assert environment.unavailable is None


def test_an_existing_baseline_is_its_own_control() -> None:
    environments = settled("2.9", baseline="existing:/home/me/mine")
    assert [e.existing for e in environments] == [VENV.python, VENV.python, None]
    assert environments[0].id[:-2] == environments[1].id[:-2]
    assert environments[0].id != environments[1].id


ROLES: dict[str, tuple[str, Existing, list[str]]] = {
    "another framework": ("2.15.1", TORCH, ["baseline", "control", "reference"]),
    "the same one twice": ("existing:/home/me/mine", TORCH, ["baseline", "control", "candidate"]),
}


@pytest.mark.parametrize(("baseline", "existing", "roles"), ROLES.values(), ids=ROLES.keys())
def test_what_imports_another_module_than_the_baseline_is_a_reference(
    baseline: str, existing: Existing, roles: list[str]
) -> None:
    environments = settled("existing:/home/me/mine", baseline=baseline, existing=existing)
    assert [e.role for e in environments] == roles


REFERENCES: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    # asked: label, Python, module, beside it
    "torch==2.5.1": ("torch==2.5.1", "3.11", "torch", ("numpy",)),
    "torch==2.5.1@3.12": ("torch==2.5.1", "3.12", "torch", ("numpy",)),
    "numpy==1.26.4": ("numpy==1.26.4", "3.11", "numpy", ()),
    "python": ("python==3.11", "3.11", "sys", ("numpy",)),
    "python==3.12": ("python==3.12", "3.12", "sys", ("numpy",)),
}


@pytest.mark.parametrize(("asked", "facts"), REFERENCES.items())
def test_another_framework_is_a_reference(
    asked: str, facts: tuple[str, str, str, tuple[str, ...]]
) -> None:
    environments = resolve("2.16.2", asked, here=("3.11", "3.12"))
    reference = environments[3]
    assert [e.role for e in environments] == ["baseline", "control", "candidate", "reference"]
    assert (reference.label, reference.python, reference.module) == facts[:3]
    assert reference.extra_requirements == facts[3]
    assert reference.not_newer_than is None
    assert reference.release == reference.label.partition("==")[2]


def test_a_python_that_is_not_here_is_a_row_too() -> None:
    (missing,) = resolve("2.16.2", "python==3.14")[3:]
    assert "this machine has 3.9" in (missing.unavailable or "")


def test_a_wheel_is_a_release_of_its_own() -> None:
    wheel = "wheel:/d/tensorflow-2.15.1-cp310-cp310-linux_x86_64.whl"
    environments = resolve("2.15.1", wheel)
    assert [e.label for e in environments[2:]] == ["2.15.1", "2.15.1 wheel"]
    assert environments[3].wheel == wheel.removeprefix("wheel:")
    assert environments[3].python == "3.10"
    assert environments[3].not_newer_than == "2024-05-07"
    assert environments[2].id[:-2] != environments[3].id[:-2]


def test_a_wheel_for_another_python_says_which() -> None:
    wheel = "wheel:/d/tensorflow-2.15.1-cp37-cp37m-linux_x86_64.whl"
    assert "has wheels for Python 3.7; this machine has 3.9" in (
        resolve(wheel)[2].unavailable or ""
    )
    told = resolve(f"{wheel}@3.11")[2].unavailable or ""
    assert "has wheels for Python 3.7, not for 3.11 as asked" in told


def test_a_nightly_build_is_bounded_by_its_own_day() -> None:
    nightly = resolve("tf-nightly==2.22.0.dev20251101")[2]
    assert (nightly.label, nightly.role) == ("tf-nightly==2.22.0.dev20251101", "candidate")
    assert (nightly.module, nightly.not_newer_than) == ("tensorflow", "2025-12-31")


def test_a_candidate_of_a_release_is_pinned_exactly() -> None:
    candidate = resolve("2.21.0rc1")[2]
    assert (candidate.release, candidate.label) == ("2.21.0rc1", "2.21.0rc1")
    assert candidate.not_newer_than is not None


def test_more_copies_than_letters_are_refused() -> None:
    with pytest.raises(BadConfiguration, match="more than 26 times"):
        resolve(*["2.15.1"] * 25)
