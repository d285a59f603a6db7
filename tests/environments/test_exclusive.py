import threading
from pathlib import Path

import pytest

from bot.environments.command import Deadline
from bot.environments.exclusive import Busy, exclusive


def test_only_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "x.busy"

    with (
        exclusive(path, Deadline(seconds=60)),
        pytest.raises(Busy, match=r"x\.busy"),
        exclusive(path, Deadline(seconds=0)),
    ):
        pass


def test_the_next_one_gets_it(tmp_path: Path) -> None:
    path = tmp_path / "x.busy"
    entered = threading.Event()

    def second() -> None:
        with exclusive(path, Deadline(seconds=60)):
            entered.set()

    with exclusive(path, Deadline(seconds=60)):
        thread = threading.Thread(target=second)
        thread.start()
        assert not entered.is_set()
    thread.join()

    assert entered.is_set()


def test_an_error_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "x.busy"

    with pytest.raises(ZeroDivisionError), exclusive(path, Deadline(seconds=60)):
        raise ZeroDivisionError
    with exclusive(path, Deadline(seconds=0)):
        pass
