"""What depends on the operating system."""

import pytest

from bot.core.plan import Device, Isolation
from bot.core.systems import AskedIsolation, isolation, must_be_served
from bot.errors import BadConfiguration, CannotStart


@pytest.mark.parametrize(
    ("asked", "device", "system", "chosen"),
    [
        ("auto", "cpu", "linux", "fork"),
        ("auto", "gpu", "linux", "process"),
        ("auto", "cpu", "darwin", "process"),
        ("fork", "cpu", "linux", "fork"),
        ("process", "cpu", "linux", "process"),
        ("process", "gpu", "linux", "process"),
    ],
)
def test_cases_are_forked_where_that_is_safe(
    asked: AskedIsolation, device: Device, system: str, chosen: Isolation
) -> None:
    assert isolation(asked, device=device, system=system) == chosen


@pytest.mark.parametrize(
    ("device", "system", "why"), [("gpu", "linux", "GPU"), ("cpu", "darwin", "Linux only")]
)
def test_a_fork_that_is_not_safe_is_refused(device: Device, system: str, why: str) -> None:
    with pytest.raises(BadConfiguration, match=why):
        isolation("fork", device=device, system=system)


def test_windows_is_refused_and_others_are_not() -> None:
    with pytest.raises(CannotStart, match="Windows is not served"):
        must_be_served("win32")
    for system in ("linux", "darwin"):
        must_be_served(system)
