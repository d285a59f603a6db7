"""Nothing outlasts the deadline, and what failed in time is not called late."""

import threading

import pytest

from bot.errors import CannotPublish
from bot.publish.deadline import Deadline


def test_work_that_ends_in_time_is_handed_over() -> None:
    assert Deadline(seconds=10).bound(lambda: "done") == "done"


@pytest.mark.parametrize("error", [ValueError("bad"), TimeoutError("its own"), SystemExit(3)])
def test_what_the_work_raises_is_raised(error: BaseException) -> None:
    def work() -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        Deadline(seconds=10).bound(work)
    assert raised.value is error


@pytest.mark.timeout(20)
def test_work_that_hangs_is_left_behind() -> None:
    end = threading.Event()
    with pytest.raises(CannotPublish, match=r"within 0\.01 s: GitHub did not finish its answer"):
        Deadline(seconds=0.01).bound(end.wait)
    end.set()


@pytest.mark.timeout(20)
def test_a_wait_that_does_not_fit_is_not_begun() -> None:
    with pytest.raises(CannotPublish, match="because"):
        Deadline(seconds=60).wait(61, "because")
