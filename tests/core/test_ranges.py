"""A range becomes the releases that a person would have listed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from bot.core.ranges import expand, first_of, minors, needs_newest, settle
from bot.core.releases import parse_spec
from bot.errors import BadConfiguration

RANGES = {
    "2.9..2.12": "2.9.3 2.10.1 2.11.1 2.12.1",
    "1.14..2.1": "1.14.0 1.15.5 2.0.4 2.1.4",
    "2.9.1..2.11.0": "2.9.1 2.10.1 2.11.0",
    "2.20..latest": "2.20.0 2.21.0",
    "latest-2..latest-1": "2.19.1 2.20.0",
    "2.15..2.15": "2.15.1",
    "2.20..2.23": "2.20.0 2.21.0 2.22.0 2.23.0",
    "latest": "2.21.0",
    "latest-3": "2.18.1",
    "2.16.*": "2.16.1 2.16.2",
    "2.15.*": "2.15.0 2.15.0.post1 2.15.1",
    "2.16": "2.16",
    "2.21.0rc1": "2.21.0rc1",
    "tensorflow-cpu==2.9..2.11@3.10": "tensorflow-cpu==2.9.3@3.10 tensorflow-cpu==2.10.1@3.10 "
    "tensorflow-cpu==2.11.1@3.10",
}


def expanded(text: str, *beyond: str) -> list[str]:
    return [str(spec) for spec in expand(parse_spec(text), {"tensorflow": beyond})]


@pytest.mark.parametrize(("text", "releases"), RANGES.items())
def test_what_a_range_stands_for(text: str, releases: str) -> None:
    assert expanded(text) == releases.split()


def test_every_minor_has_its_last_patch_from_1_0_to_the_newest() -> None:
    releases = expanded("every-minor")
    assert (len(releases), releases[0], releases[-1]) == (38, "1.0.1", "2.21.0")
    assert releases == sorted(releases, key=Version)


def test_releases_newer_than_the_catalogue_count() -> None:
    beyond = ("2.21.1", "2.22.0")
    assert expanded("latest", *beyond) == ["2.22.0"]
    assert expanded("latest-1", *beyond) == ["2.21.1"]
    assert expanded("2.20..2.21", *beyond) == ["2.20.0", "2.21.1"]
    assert expanded("2.21.*", *beyond) == ["2.21.0", "2.21.1"]
    assert expanded("every-minor", *beyond)[-2:] == ["2.21.1", "2.22.0"]


NEEDS = {"latest": True, "every-minor": True, "2.20..latest": True, "2.21.*": True, "torch": True}
NEEDS |= dict.fromkeys(
    ["2.9..2.21", "2.16.*", "2.16", "2.99.1", "python", "existing:latest"], False
)


@pytest.mark.parametrize(("text", "answer"), NEEDS.items())
def test_the_index_is_asked_only_where_it_matters(text: str, answer: bool) -> None:
    assert needs_newest(parse_spec(text)) is answer


REFUSED = {
    "2.21..2.9": "write 2.9..2.21",
    "latest..2.9": "write 2.9..latest",
    "latest-99": "write latest-37 at most",
    "2.9.9..2.12": "choose one of 2.9.3, 2.9.2",
    "1.16.*": "choose one of 1.15.0, 1.15.2",
    "tf-nightly": "name one: tf-nightly==VERSION",
}


@pytest.mark.parametrize(("text", "remedy"), REFUSED.items())
def test_a_range_that_cannot_be_says_what_to_write(text: str, remedy: str) -> None:
    with pytest.raises(BadConfiguration) as refused:
        expanded(text)
    assert remedy in str(refused.value.next_step)


FIRST = {
    "every-minor": "1.0.1",
    "2.9..2.21": "2.9",
    "latest-3..latest": "latest-3",
    "2.16.*": "2.16.1",
    "tensorflow-cpu==2.9..2.11@3.10": "tensorflow-cpu==2.9@3.10",
    "2.15.1": "2.15.1",
}


@pytest.mark.parametrize(("text", "first"), FIRST.items())
def test_the_first_of_a_range(text: str, first: str) -> None:
    assert first_of(text) == first


SETTLED: dict[tuple[str, str], str] = {
    # baseline, versions: what is compared with it
    ("2.15", "2.14..2.16"): "2.14.1 2.16.2",
    ("2.9", "2.9..2.11"): "2.10.1 2.11.1",
    ("2.15", "2.9..2.11 2.10..2.12"): "2.9.3 2.10.1 2.11.1 2.12.1",
    ("2.15", "2.10 2.9..2.11"): "2.10 2.9.3 2.11.1",
    ("2.15", "2.15.1 2.15.1 latest latest"): "2.15.1 2.15.1 2.21.0 2.21.0",
    ("2.15", "2.20..2.21@3.12 latest"): "2.20.0@3.12 2.21.0@3.12 2.21.0",
}


@pytest.mark.parametrize(("asked", "candidates"), SETTLED.items())
def test_what_ranges_bring_twice_is_kept_once(asked: tuple[str, str], candidates: str) -> None:
    baseline, versions = asked
    settled = settle(parse_spec(baseline), [parse_spec(v) for v in versions.split()], {})
    assert [str(spec) for spec in settled[1]] == candidates.split()


def test_a_range_of_the_baseline_alone_leaves_nothing_to_compare() -> None:
    with pytest.raises(BadConfiguration, match="nothing to compare"):
        settle(parse_spec("2.15.1"), [parse_spec("2.15..2.15")], {})


def test_sixty_candidates_are_the_most() -> None:
    asked = [parse_spec(text) for text in ("every-minor", "every-minor@3.10")]
    with pytest.raises(BadConfiguration, match="75 releases; 60 are the most"):
        settle(parse_spec("2.15.1"), asked, {})


KNOWN = st.sampled_from(minors("tensorflow", ()))


@given(low=KNOWN, high=KNOWN)
def test_any_range_has_both_ends_and_goes_upwards(low: str, high: str) -> None:
    if Version(low) > Version(high):
        low, high = high, low
    releases = expanded(f"{low}..{high}")
    assert (releases[0], releases[-1]) == (low, high)
    assert releases == sorted(set(releases), key=Version)
