"""The doctor's visit: what one place does not tell is unknown, and the rest is still looked at."""

import os
import tempfile
from pathlib import Path

import pytest

from bot.core.checkup import NoProbe
from bot.core.doctor import diagnose
from bot.progress import Silent
from bot.stages.doctor import examine, versions
from bot.stages.house import House


def test_without_room_for_a_log_the_noise_is_unknown_and_all_else_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    house = House(home=tmp_path / ".tfperf", environ=os.environ, progress=Silent())

    checkup = examine(house, seconds=0.0)

    assert isinstance(checkup.noise, NoProbe)
    assert "No such file or directory" in checkup.noise.reason
    unknown = [f.topic for f in diagnose(checkup).findings if f.level == "unknown"]
    assert "noise" in unknown
    assert any(python.path for python in checkup.pythons)
    assert checkup.room.free_bytes is not None


def test_the_table_of_releases_needs_no_index(tmp_path: Path) -> None:
    away = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_RETRIES": "0"}
    house = House(home=tmp_path, environ={**os.environ, **away}, progress=Silent())
    table = versions(house)
    assert (len(table.rows), table.rows[-1].release) == (38, "2.21.0")
    assert any(row.standing == "here" for row in table.rows)
    assert list(tmp_path.iterdir()) == []
