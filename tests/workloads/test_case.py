"""A case: build, first call, warm-up, rounds; whatever goes wrong is an answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.workloads.worker import Arm

Write = Callable[..., Path]
COUNTING = """
import os
def build(path):
    def step():
        with open(path, "a") as counted:
            counted.write("x")
    return step
"""


@pytest.fixture
def counting(workload: Write, tmp_path: Path) -> tuple[Path, Path]:
    """A workload whose calls can be counted, and the file whose length is their number."""
    counted = tmp_path / "counted"
    return workload(f"CASES = {{'default': {{'path': {str(counted)!r}}}}}" + COUNTING), counted


def test_a_case_from_build_to_close(arm: Arm, counting: tuple[Path, Path]) -> None:
    file, counted = counting
    arm.open(file)
    build = arm.ask("build")
    assert build["wall_seconds"] > 0
    assert build["cpu_seconds"] >= 0
    assert build["notes"] == []
    assert not counted.exists()
    first = arm.ask("first_call", outputs=None)
    assert first["wall_seconds"] > 0
    assert first["outputs"] == {}
    assert counted.read_text() == "x"
    close = arm.ask("close")
    assert first["minor_faults"] > 0
    assert close["peak_rss_bytes"] >= close["rss_bytes"] > 2**20
    assert close["involuntary_switches"] >= 0
    assert close["run_queue_seconds"] is None or close["run_queue_seconds"] >= 0


def test_a_round_is_the_untimed_and_the_timed_calls_asked_for(
    arm: Arm, counting: tuple[Path, Path]
) -> None:
    file, counted = counting
    arm.reach("first_call", file)
    turn = arm.ask("round", calls=7, untimed_calls=2)
    assert turn["wall_seconds"] > 0
    assert turn["untimed_seconds"] > 0
    assert len(counted.read_text()) == 1 + 2 + 7


def test_counting_makes_no_calls_of_its_own(arm: Arm, counting: tuple[Path, Path]) -> None:
    file, counted = counting
    arm.reach("first_call", file)
    assert arm.ask("count")["counters"] == {}  # no framework that traces or has graphs
    assert len(counted.read_text()) == 1


def test_a_leak_shows_between_a_round_and_the_end(arm: Arm, workload: Write) -> None:
    step = "\nkept = []\ndef build():\n    return lambda: kept.append(bytearray(2**20))\n"
    arm.reach("first_call", workload(step))
    before = arm.ask("memory")["rss_bytes"]
    arm.ask("round", calls=20, untimed_calls=0)
    grown = arm.ask("close")["rss_bytes"] - before
    assert 19 * 2**20 < grown < 40 * 2**20


WARM_UPS = [
    ({"least_calls": 5, "most_calls": 9, "most_seconds": 60, "spread": 1e9}, 5),
    ({"least_calls": 1, "most_calls": 9, "most_seconds": 60, "spread": 1e9}, 3),
    ({"least_calls": 5, "most_calls": 9, "most_seconds": 60, "spread": -1}, 9),
    ({"least_calls": 5, "most_calls": 2, "most_seconds": 60, "spread": 1e9}, 2),
    ({"least_calls": 5, "most_calls": 9, "most_seconds": 0, "spread": 1e9}, 1),
]


@pytest.mark.parametrize(("rule", "calls"), WARM_UPS)
def test_warm_up_ends_when_three_calls_agree_or_enough_was_tried(
    arm: Arm, counting: tuple[Path, Path], rule: dict[str, float], calls: int
) -> None:
    file, counted = counting
    arm.reach("first_call", file)
    reply = arm.ask("warm_up", **rule)
    assert len(reply["wall_seconds"]) == calls
    assert reply["seconds_per_call"] > 0
    assert len(counted.read_text()) == 1 + calls


FAULTS: list[tuple[str, str, str, str, str | None]] = [
    ("raise ValueError('no')", "exception", "ValueError", "no", "mine.py:4"),
    ("import sys\nsys.exit('bye')", "exception", "SystemExit", "bye", "mine.py:5"),
    ("raise KeyboardInterrupt", "exception", "KeyboardInterrupt", "", "mine.py:4"),
    ("import json\njson.loads('{')", "exception", "JSONDecodeError", "Expecting", "mine.py:5"),
    ("def f(): f()\nf()", "exception", "RecursionError", "maximum recursion", "mine.py:4"),
    ("bytearray(2 ** 62)", "memory", "MemoryError", "", "mine.py:4"),
    ("raise ValueError('m' * 10 ** 6)", "exception", "ValueError", "mmmm", "mine.py:4"),
    ("raise ValueError('\\u20ac' * 10 ** 5)", "exception", "ValueError", "€€€€", "mine.py:4"),
    ("raise ValueError('\\udc80')", "exception", "ValueError", "?", "mine.py:4"),
    ("raise ValueError('\\0' * 5000)", "exception", "ValueError", "\0\0", "mine.py:4"),
    ("raise type('E' * 9000, (Exception,), {})", "exception", "EEEE", "", "mine.py:4"),
    (
        "class Mute(Exception):\n    def __str__(self): raise ValueError\nraise Mute",
        "exception",
        "Mute",
        "a Mute that cannot say what it is",
        "mine.py:6",
    ),
]


@pytest.mark.parametrize(("body", "kind", "type_name", "message", "where"), FAULTS)
def test_a_fault_of_the_step_is_told(
    *,
    arm: Arm,
    workload: Write,
    body: str,
    kind: str,
    type_name: str,
    message: str,
    where: str | None,
) -> None:
    reply = arm.reach("first_call", workload(body))
    error = reply["error"]
    assert (error["kind"], error["where"]) == (kind, where)
    assert error["type"].startswith(type_name)
    assert error["message"].startswith(message)
    assert error["traceback"]
    assert arm.ask("round", calls=1, untimed_calls=0)["error"]["kind"] == "protocol"
    assert arm.ask("close")["ok"]
    assert arm.reach("round", workload("pass"))["ok"]


def test_the_last_lines_of_a_traceback_survive_the_cut(arm: Arm, workload: Write) -> None:
    error = arm.reach("first_call", workload("raise ValueError('" + "m" * 3000 + " the end')"))
    assert error["error"]["traceback"].endswith("mmm the end\n")
    assert error["error"]["message"].endswith("mmm…")


@pytest.mark.parametrize("at", ["round", "warm_up"])
def test_a_fault_of_a_later_call_is_told(arm: Arm, workload: Write, at: str) -> None:
    step = "assert not tinyflow.touched, 'again'\ntinyflow.touched.append(1)"
    assert arm.reach("first_call", workload(step))["ok"]
    rule: dict[str, Any] = {"least_calls": 1, "most_calls": 1, "most_seconds": 1, "spread": 1}
    reply = arm.ask(at, **({"calls": 1, "untimed_calls": 0} if at == "round" else rule))
    assert reply["error"]["type"] == "AssertionError"


BROKEN_FILES = [
    ("def build(:\n    pass", "SyntaxError", "invalid syntax", "mine.py:1"),
    ("x = 1\n1 / 0\ndef build(): pass", "ZeroDivisionError", "division", "mine.py:2"),
    ("import sys\nsys.exit(1)\ndef build(): pass", "SystemExit", "1", "mine.py:2"),
    ("# no def build here", "BadWorkload", "there is no function build()", "mine.py"),
    ("def build(): pass", "BadWorkload", "build() must return the step", "mine.py"),
    (
        "CASES = {'a': {}, 'b': {}}\ndef build(): pass",
        "BadWorkload",
        "there is no case 'default'; there are: a, b",
        "mine.py",
    ),
    ("CASES = []\ndef build(): pass", "BadWorkload", "CASES must be a dict", "mine.py"),
]


@pytest.mark.parametrize(("source", "type_name", "message", "where"), BROKEN_FILES)
def test_a_file_that_is_no_workload_says_why(
    *, arm: Arm, workload: Write, source: str, type_name: str, message: str, where: str
) -> None:
    error = arm.reach("build", workload(source))["error"]
    assert (error["kind"], error["type"], error["where"]) == ("workload", type_name, where)
    assert message in error["message"]


def test_a_file_that_is_not_there_is_no_workload(arm: Arm, tmp_path: Path) -> None:
    error = arm.reach("build", tmp_path / "absent.py")["error"]
    assert (error["kind"], error["type"]) == ("workload", "FileNotFoundError")


def test_a_fault_of_build_itself_is_an_exception(arm: Arm, workload: Write) -> None:
    error = arm.reach("build", workload("def build():\n    raise ValueError('no')"))["error"]
    assert (error["kind"], error["where"]) == ("exception", "mine.py:2")


OUT_OF_PLACE = [
    ([], "first_call", "first_call: the case is opened, it must be built"),
    ([], "round", "round: the case is opened, it must be called"),
    (["build"], "build", "build: the case is built, it must be opened"),
    (["build"], "warm_up", "warm_up: the case is built, it must be called"),
    ([], "bye", "'bye' is nothing that can be asked of a case"),
    ([], "open", "'open' is nothing that can be asked of a case"),
]


@pytest.mark.parametrize(("before", "do", "message"), OUT_OF_PLACE)
def test_a_request_out_of_place_is_refused(
    arm: Arm, workload: Write, before: list[str], do: str, message: str
) -> None:
    arm.open(workload("pass"))
    for step in before:
        assert arm.ask(step)["ok"]
    error = arm.ask(do, outputs=None, calls=1)["error"]
    assert (error["kind"], error["message"]) == ("protocol", message)
    assert arm.ask("close")["ok"]


@pytest.mark.parametrize("name", ["imp.py", "random.py", "json.py", "harness.py"])
def test_a_file_shadows_no_module(arm: Arm, workload: Write, name: str) -> None:
    module = name[:-3]
    file = workload(
        f"import sys\nif {module!r} != 'imp' or sys.version_info < (3, 12):\n"
        f"    import {module}\n    assert {module}.__file__ != __file__\n"
        "def build():\n    return lambda: None",
        name=name,
    )
    assert arm.reach("round", file)["ok"]


def test_shared_code_beside_a_file_can_be_imported(arm: Arm, workload: Write) -> None:
    workload("def build(): return lambda: None", name="_shared.py")
    assert arm.reach("round", workload("from _shared import build  # def build"))["ok"]


def test_the_module_can_be_found_by_what_it_defines(arm: Arm, workload: Write) -> None:
    source = """
import inspect, pickle
class Kept: pass
def build():
    assert "class Kept" in inspect.getsource(Kept)
    return lambda: pickle.loads(pickle.dumps(Kept()))
"""
    assert arm.reach("round", workload(source))["ok"]


def test_much_on_standard_output_goes_to_the_log(arm: Arm, workload: Write) -> None:
    assert arm.reach("first_call", workload("print('x' * 2 ** 20)"))["ok"]
    assert arm.ask("close")["ok"]
    assert arm.log.stat().st_size >= 2**20


def test_the_log_is_complete_when_a_fault_is_told(arm: Arm, workload: Write) -> None:
    arm.reach("first_call", workload("print('the last words')\n1 / 0"))
    assert "the last words" in arm.log.read_text()


def test_a_workload_that_closes_every_file_has_died(arm: Arm, workload: Write) -> None:
    body = "import os\nos.closerange(3, 256)"
    died = {"signal": None, "exit_code": 74}
    assert arm.reach("first_call", workload(body))["died"] == died
    assert arm.open(workload("pass"))["ok"]


NOTING = """
import warnings, _shared
warnings.warn("from the file")
def build():
    for _ in range(3):
        _shared.warn("from shared code")
    warnings.warn_explicit("from elsewhere", UserWarning, "/elsewhere/other.py", 1)
    warnings.warn("m" * 1000)
    return lambda: warnings.warn("too late")
"""


def test_warnings_of_the_file_are_its_notes(arm: Arm, workload: Write) -> None:
    shared = "import warnings\ndef warn(text): warnings.warn(text)\ndef build(): pass"
    workload(shared, name="_shared.py")
    notes = arm.reach("build", workload(NOTING))["notes"]
    assert notes == ["from the file", "from shared code", "m" * 300]
    assert arm.ask("first_call", outputs=None)["ok"]
    log = arm.log.read_text()
    assert "from elsewhere" in log
    assert "too late" in log


def test_no_more_than_five_notes_are_kept(arm: Arm, workload: Write) -> None:
    source = "import warnings\nfor i in range(9):\n    warnings.warn('\\0' * 200 + str(i))\n"
    notes = arm.reach("build", workload(source + "def build(): return print"))["notes"]
    assert len(notes) == 5
