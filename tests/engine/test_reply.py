"""What a worker sends is read with suspicion: everything odd is a failure of kind "protocol"."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.core.outcome import Failed, Measured
from bot.core.plan import Case
from bot.engine import reply
from bot.engine.arm import Arm
from bot.engine.reply import CaseFailed
from bot.engine.visit import Visit

HUGE = 10**400

LIAR = """
import os, sys
requests, replies = int(sys.argv[-3]), int(sys.argv[-1])
import json
overrides = eval(sys.argv[1])
figures = dict.fromkeys(
    ["cpu_seconds", "wall_seconds", "minor_faults", "peak_rss_bytes", "involuntary_switches"], 1
)
for line in os.fdopen(requests):
    request = json.loads(line)
    fields = dict(figures, id=request["id"], ok=True, pid=os.getpid(), counters={})
    fields.update(overrides.get(request["do"], {}))
    os.write(replies, (json.dumps(fields) + "\\n").encode())
"""

Lying = Callable[[dict[str, object]], Arm]


@pytest.fixture
def lying(tmp_path: Path) -> Iterator[Lying]:
    """Start a worker that answers every question alike, but for what a test has it say."""
    with ExitStack() as arms:

        def start(replies: dict[str, object]) -> Arm:
            command = [sys.executable, "-c", LIAR, repr(replies)]
            arm = Arm(command, environ=os.environ, log=tmp_path / "log", timeout_seconds=20.0)
            return arms.enter_context(arm)

        yield start


@pytest.mark.parametrize(
    ("read", "odd"),
    [
        (reply.number, [None, "1", -1, HUGE, float("nan"), float("inf"), [1]]),
        (reply.process_id, [None, "9", 9.0, True, 0, 1, -1, 2**31, HUGE]),
        (reply.text, [5, ["a"], "a\0b"]),
        (reply.texts, [5, "notes", [5], None, {"a": "b"}]),
        (reply.mapping, [None, 5, "x", [["a", "b"]]]),
    ],
)
def test_what_is_odd_is_refused(
    read: Callable[[reply.Reply, str], object], odd: list[object]
) -> None:
    for value in odd:
        with pytest.raises(CaseFailed) as refused:
            read({"it": value}, "it")
        assert refused.value.failed.kind == "protocol"
        assert refused.value.failed.reason.startswith("the worker sent ")
        assert len(refused.value.failed.reason) < 300


def test_what_is_as_it_should_be_is_read() -> None:
    assert reply.number({"it": 10**300}, "it") == 10**300
    assert reply.process_id({"it": 2**22}, "it") == 2**22
    assert (reply.text({"it": "a"}, "it"), reply.text({}, "it")) == ("a", None)
    assert (reply.texts({"it": ["a"]}, "it"), reply.texts({}, "it")) == (("a",), ())
    assert reply.mapping({"it": {"a": 1}}, "it") == {"a": 1}


@pytest.mark.parametrize(
    ("do", "said", "reason"),
    [
        ("open", {"pid": None}, "the worker sent None as pid"),
        ("open", {"pid": "soon"}, "the worker sent 'soon' as pid"),
        ("open", {"pid": 0}, "the worker sent 0 as pid"),
        ("build", {"ok": False, "error": "x"}, "the worker sent 'x' as error"),
        ("build", {"ok": False}, "the worker sent nothing as error"),
        ("build", {"died": "yes"}, "the worker sent 'yes' as died"),
        ("build", {"notes": 5}, "the worker sent 5 as notes"),
        ("build", {"wall_seconds": HUGE}, f"the worker sent {'1' + '0' * 199} as wall_seconds"),
        ("count", {"counters": [1]}, "the worker sent [1] as counters"),
        ("close", {"peak_rss_bytes": HUGE}, "as peak_rss_bytes"),
        ("close", {"reported": {"a": HUGE}}, "the worker reported {'a': 1000"),
    ],
)
def test_a_worker_that_lies_fails_its_case_alone(
    lying: Lying, do: str, said: dict[str, object], reason: str
) -> None:
    ended = visited(lying({do: said}))
    assert isinstance(ended, Failed)
    assert ended.kind == "protocol"
    assert reason in ended.reason


def test_a_worker_that_does_not_lie_is_measured(lying: Lying) -> None:
    assert isinstance(visited(lying({})), Measured)


def visited(arm: Arm) -> object:
    case = Case(name="a[b]", workload="a", case="b", file="a.py", file_digest="", kind="step")
    visit = Visit(arm=arm, case=case, file="a.py", is_forked=False)
    visit.begin(outputs=None, is_timed=False, is_counted=True)
    return visit.end()
