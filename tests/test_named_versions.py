"""What is named on the command line: the baseline first, or a range whose first it is."""

from pathlib import Path

import pytest

from bot.errors import BadConfiguration
from bot.named_versions import named_versions

NAMED: dict[str, tuple[str, tuple[str, ...]]] = {
    "2.15.1 2.16": ("2.15.1", ("2.16",)),
    "2.9..2.21": ("2.9", ("2.9..2.21",)),
    "2.9..2.12 latest": ("2.9", ("2.9..2.12", "latest")),
    "every-minor": ("1.0.1", ("every-minor",)),
    "latest-1 latest": ("latest-1", ("latest",)),
    "2.15.1 existing:/a/venv": ("2.15.1", ("existing:/a/venv",)),
    "2.15.1 tpyo": ("2.15.1", ("tpyo",)),
}


@pytest.mark.parametrize(("typed", "keys"), NAMED.items())
def test_which_is_the_baseline(typed: str, keys: tuple[str, tuple[str, ...]]) -> None:
    assert named_versions(typed.split()) == {"baseline": keys[0], "versions": keys[1]}


def test_auto_names_no_baseline() -> None:
    assert named_versions(["auto"]) == {"versions": ("auto",)}
    assert named_versions(["auto", "2.16.2"]) == {"versions": ("auto", "2.16.2")}


def test_nothing_named_leaves_it_to_the_file() -> None:
    assert named_versions(()) == {}


def test_paths_start_from_the_folder_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    address = "wheel:https://example.org/tensorflow-2.15.1-cp311-cp311-linux_x86_64.whl"
    assert named_versions(["existing:venv", address]) == {
        "baseline": f"existing:{tmp_path}/venv",
        "versions": (address,),
    }


def test_one_release_alone_has_nothing_to_be_compared_with() -> None:
    with pytest.raises(BadConfiguration, match=r"only 2\.16 is named"):
        named_versions(["2.16"])


@pytest.mark.parametrize("package", ["tf-nightly", "torch"])
def test_minor_versions_that_are_not_known_cannot_be_listed(package: str) -> None:
    with pytest.raises(BadConfiguration, match=rf"{package}==every-minor cannot be listed"):
        named_versions([f"{package}==every-minor"])
