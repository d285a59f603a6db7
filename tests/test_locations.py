from pathlib import Path

import pytest

from bot import locations


def test_in_a_checkout_they_are_beside_the_package() -> None:
    root = Path(locations.__file__).parents[1]

    assert locations.noxfile() == root / "noxfile.py"
    assert locations.workloads_root() == root / "workloads"


def test_in_a_wheel_they_are_inside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundled = tmp_path / "bot" / "_bundled"
    (bundled / "workloads").mkdir(parents=True)
    (bundled / "noxfile.py").touch()
    monkeypatch.setattr(locations, "_PACKAGE", tmp_path / "bot")

    assert locations.noxfile() == bundled / "noxfile.py"
    assert locations.workloads_root() == bundled / "workloads"
