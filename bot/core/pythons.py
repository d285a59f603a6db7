"""Owns the choice of a Python for each release: the same one for all where that can be."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.core.releases import MODULES, OLDEST_PYTHON, Release, Spec

Minor = tuple[int, int]

# What a machine without any Python is told to install, where the release allows it.
USUAL_PYTHON = (3, 13)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """The release runs on this Python."""

    python: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NoPython:
    """The release cannot run here; `python` is the one that would serve it best."""

    python: str
    reason: str


Choice = Chosen | NoPython


def choose_pythons(
    specs: Sequence[tuple[Spec, Release]], available: Collection[str], wanted: str | None
) -> list[Choice]:
    """Choose for the baseline, which comes first, and for every candidate.

    A Python named with the release wins, then `wanted` where the release has wheels for it. The
    baseline otherwise gets the Python that most candidates share with it, the newest of equals, and
    each candidate the baseline's or the nearest to it. Other frameworks take what they are given.
    """
    if not specs:
        return []
    here = frozenset(minor for minor in map(_minor, available) if minor >= OLDEST_PYTHON)
    options = [_options(spec, release, here) for spec, release in specs]
    wish = _minor(wanted) if wanted else None
    candidates = [
        possible
        for (_, release), possible in zip(specs[1:], options[1:], strict=True)
        if release.package not in MODULES
    ]
    home = _baseline(options[0], candidates, wish)
    anchor = home or wish or max(here, default=USUAL_PYTHON)
    choices: list[Choice] = []
    for (spec, release), possible in zip(specs, options, strict=True):
        best = _nearest(possible, wish if wish in possible else anchor)
        if best is None:
            choices.append(_none(spec, release, here, anchor))
        else:
            choices.append(Chosen(python=_text(best)))
    return choices


def _options(spec: Spec, release: Release, here: frozenset[Minor]) -> frozenset[Minor]:
    """Pythons that are here and have wheels; the wheels of an unknown release are not known."""
    wheels = frozenset(map(_minor, release.pythons)) if release.pythons else here
    pinned = frozenset({_minor(spec.python)}) if spec.python else here
    return here & wheels & pinned


def _baseline(
    possible: frozenset[Minor], candidates: Sequence[frozenset[Minor]], wish: Minor | None
) -> Minor | None:
    if wish in possible:
        return wish
    shared = {minor: sum(minor in options for options in candidates) for minor in possible}
    return max(possible, key=lambda minor: (shared[minor], minor), default=None)


def _nearest(possible: frozenset[Minor], anchor: Minor) -> Minor | None:
    return min(possible, key=lambda minor: (abs(minor[1] - anchor[1]), -minor[1]), default=None)


def _none(spec: Spec, release: Release, here: frozenset[Minor], anchor: Minor) -> NoPython:
    """Say what the release needs, what this machine has, and what can be done about it."""
    wheels = frozenset(map(_minor, release.pythons))
    usable = frozenset(minor for minor in wheels if minor >= OLDEST_PYTHON)
    name = (
        f"{'TensorFlow' if release.package == 'tensorflow' else release.package} {release.version}"
    )
    if spec.python and wheels and _minor(spec.python) not in wheels:
        return NoPython(
            python=spec.python,
            reason=f"{name} has wheels for Python {_list(wheels)}, not for {spec.python} as asked. "
            f"Write {str(spec).partition('@')[0]} without @{spec.python}.",
        )
    if wheels and not usable:
        return NoPython(
            python=_text(max(wheels)),
            reason=f"{name} has wheels for Python {_list(wheels)} only; workloads need at least "
            f"{_text(OLDEST_PYTHON)}. Choose a newer release.",
        )
    best = _minor(spec.python) if spec.python else _nearest(usable or here, anchor) or anchor
    needs = f"needs Python {spec.python} as asked" if spec.python else _has_wheels(usable)
    found = f"has {_list(here)}" if here else "has none that workloads run on"
    return NoPython(
        python=_text(best), reason=f"{name} {needs}; this machine {found}. {_remedy(best)}"
    )


def _has_wheels(usable: frozenset[Minor]) -> str:
    return f"has wheels for Python {_list(usable)}" if usable else "needs a Python"


def _remedy(minor: Minor) -> str:
    # uv offers ready-made interpreters from 3.8 on; older ones are compiled by pyenv.
    tool = "uv python install" if minor >= (3, 8) else "pyenv install"
    return f"Install one, for example with `{tool} {_text(minor)}`."


def _minor(text: str) -> Minor:
    major, _, minor = text.partition(".")
    return int(major), int(minor)


def _text(minor: Minor) -> str:
    return f"{minor[0]}.{minor[1]}"


def _list(minors: Collection[Minor]) -> str:
    return ", ".join(map(_text, sorted(minors)))
