"""Every release gets a Python that it has wheels for, the same one where that can be."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.pythons import Chosen, NoPython, choose_pythons
from bot.core.releases import catalogue, find, parse_spec

ALL = ("3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")


def choose(releases: str, available: Sequence[str], wanted: str | None = None) -> list[str]:
    specs = [parse_spec(text) for text in releases.split()]
    found = [(spec, find(spec.package, spec.version)) for spec in specs]
    choices = choose_pythons(found, available, wanted)
    return [c.python if isinstance(c, Chosen) else c.reason for c in choices]


TABLE: dict[str, tuple[str, Sequence[str], str | None, list[str]]] = {
    # what: releases (baseline first), here, wanted, Pythons
    "newest of equals": ("2.15.1 2.16.2", ALL, None, ["3.11", "3.11"]),
    "shared by most": ("2.8.4 2.10.1 2.21.0", ALL, None, ["3.10"] * 3),
    "not the baseline's newest": ("2.16.2 2.15.1 2.14.1", ALL, None, ["3.11"] * 3),
    "nearest where not shared": ("2.21.0 1.15.5", ALL, None, ["3.13", "3.7"]),
    "only what is here": ("2.15.1 2.21.0", ["3.10", "3.13"], None, ["3.10", "3.10"]),
    "apart by need": ("2.15.1 2.21.0", ["3.9", "3.13"], None, ["3.9", "3.13"]),
    "as wanted": ("2.15.1 2.21.0", ALL, "3.10", ["3.10", "3.10"]),
    "as wanted where possible": ("2.15.1 2.21.0", ALL, "3.13", ["3.11", "3.13"]),
    "pins win": ("2.15.1@3.9 2.21.0@3.12 2.20.0", ALL, "3.10", ["3.9", "3.12", "3.10"]),
    "a pin draws the baseline": ("2.16.2 2.21.0@3.10", ALL, None, ["3.10", "3.10"]),
    "other frameworks have no say": (
        "2.16.2 torch==2.5 python==3.9",
        ALL,
        None,
        ["3.12"] * 2 + ["3.9"],
    ),
    "unknown releases follow": ("2.15.1 99.0", ALL, None, ["3.11", "3.11"]),
    "an unknown baseline": ("99.0 2.21.0", ["3.10", "3.11"], None, ["3.11", "3.11"]),
    "lone baseline": ("2.15.1", ALL, None, ["3.11"]),
}


@pytest.mark.parametrize(
    ("releases", "available", "wanted", "pythons"), TABLE.values(), ids=TABLE.keys()
)
def test_the_choice(
    releases: str, available: Sequence[str], wanted: str | None, pythons: list[str]
) -> None:
    assert choose(releases, available, wanted) == pythons


REASONS: dict[str, tuple[str, Sequence[str], str]] = {
    "too old": (
        "1.15.5",
        ["3.11", "3.12"],
        (
            "TensorFlow 1.15.5 has wheels for Python 3.6, 3.7; this machine has 3.11, 3.12. "
            "Install one, for example with `pyenv install 3.7`."
        ),
    ),
    "the nearest is offered": (
        "2.21.0",
        ["3.9"],
        (
            "TensorFlow 2.21.0 has wheels for Python 3.10, 3.11, 3.12, 3.13; this machine has 3.9. "
            "Install one, for example with `uv python install 3.10`."
        ),
    ),
    "pinned, no wheels": (
        "2.21.0@3.9",
        ALL,
        (
            "TensorFlow 2.21.0 has wheels for Python 3.10, 3.11, 3.12, 3.13, not for 3.9 as asked. "
            "Write 2.21.0 without @3.9."
        ),
    ),
    "pinned, not here": (
        "tensorflow-cpu==2.20.0@3.13",
        ["3.11"],
        (
            "tensorflow-cpu 2.20.0 needs Python 3.13 as asked; this machine has 3.11. "
            "Install one, for example with `uv python install 3.13`."
        ),
    ),
    "before our time": (
        "0.12.0",
        ALL,
        (
            "TensorFlow 0.12.0 has wheels for Python 2.7, 3.4, 3.5 only; "
            "workloads need at least 3.6. Choose a newer release."
        ),
    ),
    "no Python at all": (
        "99.0",
        ["2.7", "3.5"],
        (
            "TensorFlow 99.0.0 needs a Python; this machine has none that workloads run on. "
            "Install one, for example with `uv python install 3.13`."
        ),
    ),
}


@pytest.mark.parametrize(("release", "available", "reason"), REASONS.values(), ids=REASONS.keys())
def test_the_reason_and_the_remedy(release: str, available: Sequence[str], reason: str) -> None:
    assert choose(release, available) == [reason]


def test_nothing_asked_nothing_chosen() -> None:
    assert choose_pythons([], ALL, None) == []


@given(
    releases=st.lists(st.sampled_from(catalogue()["tensorflow"]), min_size=1, max_size=6),
    available=st.sets(st.sampled_from(ALL)),
    wanted=st.none() | st.sampled_from(ALL),
)
def test_what_is_chosen_is_here_and_has_wheels(
    releases: list[object], available: set[str], wanted: str | None
) -> None:
    known = [release for release in catalogue()["tensorflow"] if release in releases]
    pairs = [(parse_spec(release.version), release) for release in known]
    for (_, release), choice in zip(pairs, choose_pythons(pairs, available, wanted), strict=True):
        possible = available & set(release.pythons)
        match choice:
            case Chosen(python=python):
                assert python in possible
                assert python == wanted or wanted not in possible
            case NoPython(reason=reason):
                assert not possible
                assert release.version in reason
