"""Which releases can run on a card."""

import pytest

from bot.core.gpu import Card, line, marked, why_not
from bot.core.plan import Environment

HOPPER = Card(name="H200", capability=(9, 0), driver_cuda=(12, 4))
MAXWELL = Card(name="M60", capability=(5, 2), driver_cuda=(12, 4))
OLD_DRIVER = Card(name="A100", capability=(8, 0), driver_cuda=(11, 8))
UNKNOWN_DRIVER = Card(name="A100", capability=(8, 0))
KEPLER = Card(name="K40", capability=(3, 5), driver_cuda=(11, 4))


@pytest.mark.parametrize(
    ("release", "card", "says"),
    [
        ("2.21.0", HOPPER, None),
        ("2.15.1", HOPPER, None),
        ("2.9.3", HOPPER, None),  # its CUDA is the machine's own: nobody knows
        ("2.16.2", MAXWELL, None),
        (
            "2.17.0rc1",
            MAXWELL,
            (
                "TensorFlow 2.17.0rc1 needs compute capability 6.0 or newer; M60 has 5.2. "
                "Choose an older release, or another card."
            ),
        ),
        ("2.14.1", OLD_DRIVER, None),
        (
            "2.15.0",
            OLD_DRIVER,
            (
                "TensorFlow 2.15.0 brings CUDA 12.2; the driver here serves 11.8 at most. "
                "Update the NVIDIA driver."
            ),
        ),
        ("2.15.0", UNKNOWN_DRIVER, None),
    ],
)
def test_why_a_release_cannot_run_on_a_card(release: str, card: Card, says: str | None) -> None:
    assert why_not(release, card) == says


@pytest.mark.parametrize(
    ("card", "says"),
    [
        (
            HOPPER,
            (
                "H200 (compute capability 9.0, driver for CUDA 12.4): TensorFlow 2.14 to 2.21 "
                "can run on it with CUDA libraries of their own; 2.14 to 2.15 compile their "
                "kernels for it in the first call"
            ),
        ),
        (
            OLD_DRIVER,
            (
                "A100 (compute capability 8.0, driver for CUDA 11.8): TensorFlow 2.14 "
                "can run on it with CUDA libraries of their own"
            ),
        ),
        (
            KEPLER,
            (
                "K40 (compute capability 3.5, driver for CUDA 11.4): TensorFlow 2.14 can run on it "
                "with CUDA libraries of their own"
            ),
        ),
        (
            Card(name="GT", capability=(3, 0)),
            "GT (compute capability 3.0): no release that brings its own CUDA can run on it",
        ),
    ],
)
def test_one_line_says_which_releases_can_run(card: Card, says: str) -> None:
    assert line(card) == says


def environment(package: str, release: str) -> Environment:
    return Environment(
        id="a", label=release, role="candidate", package=package, release=release, python="3.11"
    )


@pytest.mark.parametrize(
    ("package", "release", "is_marked"),
    [("tensorflow", "2.21.0", True), ("tensorflow", "2.16.2", False), ("torch", "2.5.1", False)],
)
def test_releases_that_cannot_run_are_marked(package: str, release: str, is_marked: bool) -> None:
    (after,) = marked([environment(package, release)], MAXWELL)
    assert (after.unavailable is not None) == is_marked
    assert marked([environment(package, release)], None) == (environment(package, release),)
