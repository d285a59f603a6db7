"""Where code of a pull request may be measured, and who has to agree first."""

import pytest

from bot.core.config import Config, load
from bot.core.gate import decide, is_hosted
from bot.core.request import Request
from bot.errors import BadConfiguration

HOSTED = ["ubuntu-24.04", "ubuntu-latest", "ubuntu-24.04-arm", "windows-2025", "macos-15"]
OTHER = [
    ("self-hosted",),
    ("self-hosted", "ubuntu-24.04"),
    ("ubuntu-24.04", "gpu"),
    ("ubuntu-24.04-16core",),
    ("gpu-t4-4-core",),
    ("macos-15-xlarge",),
    ("Ubuntu-24.04",),
    ("ubuntu-",),
    (),
]
OWN = "runs-on: {cpu: [self-hosted, big]}\n"


@pytest.mark.parametrize("label", HOSTED)
def test_machines_that_are_thrown_away(label: str) -> None:
    assert is_hosted((label,))


@pytest.mark.parametrize("labels", OTHER)
def test_machines_that_are_not(labels: tuple[str, ...]) -> None:
    assert not is_hosted(labels)


DECIDED = {
    "nothing configured": ("", False, "ubuntu-24.04", None),
    "nothing configured, from a fork": ("", True, "ubuntu-24.04", None),
    "one's own code on one's own runner": (OWN, False, ["self-hosted", "big"], None),
    "one's own code needs no approval": (
        f"{OWN}environment: forks",
        False,
        ["self-hosted", "big"],
        None,
    ),
    "a fork that is approved": (f"{OWN}environment: forks", True, ["self-hosted", "big"], "forks"),
    "a fork on a hosted runner": ("environment: forks", True, "ubuntu-24.04", None),
    "a graphics card": (
        "device: gpu\nruns-on: {gpu: [self-hosted, gpu]}",
        False,
        ["self-hosted", "gpu"],
        None,
    ),
}


@pytest.mark.parametrize(("text", "is_foreign", "labels", "named"), DECIDED.values(), ids=DECIDED)
def test_decided(text: str, is_foreign: bool, labels: object, named: str | None) -> None:
    config = load(text, source="tfperf.yml", environ={}, overrides={})
    decision = decide(config, is_foreign=is_foreign).to_json()
    sides = dict.fromkeys(("commit", "base"))
    assert decision == {"runs-on": labels, "environment": named} | sides


def test_both_sides_that_a_comment_asked_for() -> None:
    request = Request(verb="run", pull=7, commit="1" * 40, base="2" * 40, comment=99)
    decision = decide(Config(), is_foreign=True, request=request).to_json()
    assert (decision["commit"], decision["base"]) == ("1" * 40, "2" * 40)


REFUSED = {
    "a fork on one's own runner": (
        OWN,
        True,
        "code from a fork is not measured on self-hosted, big",
    ),
    "a card that nobody has": ("device: gpu", False, "no runner is named for `device: gpu`"),
}


@pytest.mark.parametrize(("text", "is_foreign", "what"), REFUSED.values(), ids=REFUSED)
def test_refused(text: str, is_foreign: bool, what: str) -> None:
    config = load(text, source="tfperf.yml", environ={}, overrides={})
    with pytest.raises(BadConfiguration, match=what) as refused:
        decide(config, is_foreign=is_foreign)
    assert refused.value.next_step
