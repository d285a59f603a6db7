"""Releases are found as people name them, or the nearest that exist are offered."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from bot.core.plan import FRAMEWORKS
from bot.core.releases import (
    CATALOGUED,
    PACKAGES,
    Spec,
    catalogue,
    find,
    parse_python,
    parse_requirement,
    parse_spec,
    release_of,
    supports,
)
from bot.errors import BadConfiguration, BadWorkload

SPECS = {
    "2.15.1": Spec(version="2.15.1"),
    "tensorflow==2.15.1": Spec(version="2.15.1"),
    "TensorFlow == 2.15.1": Spec(version="2.15.1"),
    "tensorflow-cpu==2.9.3": Spec(package="tensorflow-cpu", version="2.9.3"),
    "tensorflow_cpu==2.9.3": Spec(package="tensorflow-cpu", version="2.9.3"),
    "2.21.0@3.13": Spec(version="2.21.0", python="3.13"),
    "tensorflow[and-cuda]==2.21.0@3.13": Spec(
        version="2.21.0", python="3.13", extras=("and-cuda",)
    ),
    "2.22.0rc0": Spec(version="2.22.0rc0"),
    "2.15.0.post1": Spec(version="2.15.0.post1"),
    "2.15": Spec(version="2.15"),
    "2.9..2.21@3.10": Spec(version="2.9..2.21", python="3.10"),
    "tensorflow-cpu==latest-1": Spec(package="tensorflow-cpu", version="latest-1"),
    "every-minor": Spec(version="every-minor"),
    "2.16.*": Spec(version="2.16.*"),
    "tensorflow": Spec(version="latest"),
    "tf-nightly": Spec(package="tf-nightly", version="latest"),
    "tf-nightly==2.22.0.dev20251101": Spec(package="tf-nightly", version="2.22.0.dev20251101"),
    "torch==2.5.1": Spec(package="torch", version="2.5.1"),
    "numpy": Spec(package="numpy", version="latest"),
    "python": Spec(package="python", version=""),
    "python==3.12": Spec(package="python", version="3.12", python="3.12"),
    "existing:../my venv@3.10": Spec(version="", existing="../my venv@3.10"),
    "wheel:dist/tensorflow-2.15.1+my.1-cp311-cp311-linux_x86_64.whl@3.11": Spec(
        version="2.15.1+my.1",
        python="3.11",
        wheel="dist/tensorflow-2.15.1+my.1-cp311-cp311-linux_x86_64.whl",
    ),
}


@pytest.mark.parametrize(("text", "spec"), SPECS.items())
def test_a_release_is_named_in_many_ways(text: str, spec: Spec) -> None:
    assert parse_spec(text) == spec
    assert parse_spec(str(spec)) == spec


@pytest.mark.parametrize(
    "text",
    [
        "",
        "newest",
        "latest-",
        "2.9...2.21",
        "2.*",
        "python==2.7",
        "python==3.11@3.12",
        "existing:",
        "wheel:tensorflow.whl",
        "wheel:http://[/tensorflow-2.15.1-cp311-cp311-linux_x86_64.whl",
        "2.15.1@2.7",
        "2.15.1@3.5",
        "keras==3.0",
        "2.15.1+cu",
        "-1",
        "2.15.1 2.16",
        "v2",
    ],
)
def test_what_is_no_release_is_refused(text: str) -> None:
    with pytest.raises(BadConfiguration):
        parse_spec(text)


@given(text=st.text(max_size=30))
def test_any_text_is_a_release_or_refused(text: str) -> None:
    try:
        assert parse_spec(text).package in {*PACKAGES, *FRAMEWORKS}
    except BadConfiguration:
        return


@given(
    numbers=st.lists(st.integers(0, 9999), min_size=1, max_size=4),
    package=st.sampled_from(CATALOGUED),
)
def test_any_version_is_found_or_the_nearest_are_offered(numbers: list[int], package: str) -> None:
    version = ".".join(map(str, numbers))
    try:
        found = find(package, version)
    except BadConfiguration as refused:
        offers = (refused.next_step or "").removeprefix("choose one of ").split(", ")
        assert all(find(offer.package, offer.version) for offer in map(parse_spec, offers))
    else:
        assert Version(found.version).release[: len(numbers)] == tuple(numbers)


def test_a_release_has_its_date_and_its_pythons() -> None:
    release = find("tensorflow", "2.15.1")
    assert release.uploaded == date(2024, 3, 8)
    assert release.pythons == ("3.9", "3.10", "3.11")


FOUND = {
    "2.15": "2.15.1",
    "1.15": "1.15.5",
    "2.16": "2.16.2",
    "2.10": "2.10.1",
    "2.15.0": "2.15.0",
    "2.22.0rc0": "2.22.0rc0",
}


@pytest.mark.parametrize(("version", "found"), FOUND.items())
def test_a_minor_version_means_its_last_final_patch(version: str, found: str) -> None:
    assert find("tensorflow", version).version == found


@pytest.mark.parametrize(("version", "name"), {"2.22": "2.22.0", "99.1.2": "99.1.2"}.items())
def test_a_version_newer_than_all_known_is_left_to_the_index(version: str, name: str) -> None:
    release = find("tensorflow", version)
    assert (release.version, release.uploaded, release.pythons) == (name, None, ())


MISSING = {
    ("tensorflow", "2.15.9"): "2.15.1, 2.15.0",
    ("tensorflow", "1.16.0"): "1.15.0, 1.15.2",
    ("tensorflow-cpu", "2.0.4"): "tensorflow==2.0.4, 2.1.4, 2.1.3",
}


@pytest.mark.parametrize(("asked", "offers"), MISSING.items())
def test_a_release_that_does_not_exist_brings_the_nearest(
    asked: tuple[str, str], offers: str
) -> None:
    with pytest.raises(BadConfiguration) as refused:
        find(*asked)
    assert refused.value.next_step == f"choose one of {offers}"


def test_the_catalogue_is_sorted_and_complete() -> None:
    for package, releases in catalogue().items():
        versions = [Version(release.version) for release in releases]
        assert versions == sorted(versions)
        assert all(release.package == package and release.pythons for release in releases)
    assert set(catalogue()) == set(CATALOGUED)


def test_a_nightly_build_is_as_old_as_it_is_called() -> None:
    assert find("tf-nightly", "2.22.0.dev20251101").uploaded == date(2025, 11, 1)
    assert find("tf-nightly", "2.22.0.dev20251399").uploaded is None


WHEELS = {
    "tensorflow-2.15.1-cp311-cp311-linux_x86_64.whl": ("tensorflow", "2.15.1", ("3.11",)),
    "tensorflow_cpu-2.9.3-cp39-cp39-x.whl": ("tensorflow-cpu", "2.9.3", ("3.9",)),
    "a/tf_nightly-2.22.0.dev20251101-py3-none-any.whl": ("tf-nightly", "2.22.0.dev20251101", ()),
    "tensorflow-9.9-cp312-abi3-linux_x86_64.whl": ("tensorflow", "9.9", ("3.12", "3.13", "3.14")),
    "https://example.org/torch-2.5.1%2Bcpu-cp310-cp310-linux_x86_64.whl?a#b": (
        "torch",
        "2.5.1+cpu",
        ("3.10",),
    ),
}


@pytest.mark.parametrize(("name", "facts"), WHEELS.items())
def test_a_wheel_says_what_it_is(name: str, facts: tuple[str, str, tuple[str, ...]]) -> None:
    release = release_of(parse_spec(f"wheel:{name}"))
    assert (release.package, release.version, release.pythons) == facts


def test_a_wheel_built_by_hand_has_the_date_of_the_release_it_is_made_from() -> None:
    spec = parse_spec("wheel:tensorflow-2.15.1+mine-cp311-cp311-linux_x86_64.whl")
    assert release_of(spec).uploaded == date(2024, 3, 8)


SUPPORTS = [
    ("1.0.0", None, True),
    ("2.16.1", "2.16", True),
    ("2.16.0rc0", "2.16", True),
    ("2.16", "2.16.0", True),
    ("2.15.1", "2.16", False),
    ("2.9.3", "2.10", False),
    ("1.15.5", "2.0rc1", False),
    ("2.22.0.dev20261101", "2.22", True),
]


@pytest.mark.parametrize(("release", "since", "answer"), SUPPORTS)
def test_a_release_supports_what_is_not_younger(
    release: str, since: str | None, answer: bool
) -> None:
    assert supports(release, since) is answer


def test_a_workload_that_names_no_release_is_told_so() -> None:
    with pytest.raises(BadWorkload, match="soon"):
        supports("2.15.1", "soon")


@pytest.mark.parametrize("text", ["3", "3.5", "2.7", "4.0", "3.011", "3.11.2", "three"])
def test_pythons_that_workloads_do_not_run_on(text: str) -> None:
    with pytest.raises(BadConfiguration):
        parse_python(text)


@pytest.mark.parametrize("text", ["keras=3", "", "keras @ https://example.org/keras.whl", "-r x"])
def test_requirements_that_cannot_be_pinned(text: str) -> None:
    with pytest.raises(BadConfiguration):
        parse_requirement(text)
