from pathlib import Path

from bot.environments import cache


def test_a_choice_stands(tmp_path: Path) -> None:
    chosen = {"UV_CACHE_DIR": "/nonexistent/cache"}

    assert cache.writable(chosen, home=tmp_path) == chosen


def test_uvs_own_place_is_used_where_it_can_be_written(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path)}

    assert cache.writable(environ, home=tmp_path) == environ


def test_a_home_that_cannot_be_written_is_not_used(tmp_path: Path) -> None:
    # Not even root can write there.
    environ = {"HOME": "/proc"}

    assert cache.writable(environ, home=tmp_path) == {
        "HOME": "/proc",
        "UV_CACHE_DIR": str(tmp_path / "cache"),
        "UV_PYTHON_INSTALL_DIR": str(tmp_path / "pythons"),
    }
