"""The arm: imports once, forks a child for each case, outlives every child."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workloads.worker import WORKLOADS, Arm

Write = Callable[..., Path]
Start = Callable[[str], Arm]


def test_import_says_who_was_imported_and_what_it_cost(
    start: Start, python: str, framework: Path
) -> None:
    reply = start(python).ask("import", module="tinyflow", paths=[str(framework)])
    cost = reply["import"]
    assert reply["framework_version"] == "1.2.3"
    assert reply["git_version"] == "no numpy yet"
    assert reply["file"] == str(framework / "tinyflow.py")
    assert reply["python"].startswith("3.")
    assert sorted(cost) == ["cpu_seconds", "modules", "rss_bytes", "wall_seconds"]
    assert cost["modules"] >= 1
    assert cost["rss_bytes"] > 2**20


def test_folders_given_come_last_on_the_path(start: Start, framework: Path, tmp_path: Path) -> None:
    paths = [str(framework), str(tmp_path)]
    reply = start(sys.executable).ask("import", module="tinyflow", paths=paths)
    assert reply["compiler"] == str(tmp_path)


def test_the_folder_of_the_worker_is_not_on_the_path(arm: Arm, workload: Write) -> None:
    step = f"import sys\nassert {str(WORKLOADS)!r} not in sys.path, sys.path"
    assert arm.reach("first_call", workload(step))["ok"]


@pytest.mark.parametrize(
    ("source", "kind", "type_name"),
    [
        ("import absent_altogether", "import", "ModuleNotFoundError"),
        ("raise SystemExit(3)", "import", "SystemExit"),
        ("1 / 0", "import", "ZeroDivisionError"),
        ("bytearray(2 ** 62)", "memory", "MemoryError"),
    ],
)
def test_an_import_that_fails_says_why(
    *, start: Start, python: str, tmp_path: Path, source: str, kind: str, type_name: str
) -> None:
    (tmp_path / "broken.py").write_text(source)
    error = start(python).ask("import", module="broken", paths=[str(tmp_path)])["error"]
    assert (error["kind"], error["type"]) == (kind, type_name)
    assert error["where"] == "broken.py:1"


def test_cases_do_not_see_each_other(arm: Arm, workload: Write) -> None:
    file = workload("assert not tinyflow.touched\ntinyflow.touched.append(1)")
    pids = set()
    for _ in range(3):
        pids.add(arm.open(file)["pid"])
        assert arm.ask("build")["ok"]
        assert arm.ask("first_call", outputs=None)["ok"]
        assert arm.ask("close")["ok"]
    assert len(pids) == 3
    assert arm.process.pid not in pids


def test_a_case_may_be_served_by_the_arm_itself(own_arm: Arm, workload: Write) -> None:
    assert own_arm.open(workload("pass"), fork=False)["pid"] == own_arm.process.pid
    assert own_arm.ask("build")["ok"]
    assert own_arm.ask("close")["ok"]
    assert own_arm.wait() == 0


def test_requests_sent_ahead_reach_the_process_that_has_to_answer(
    own_arm: Arm, workload: Write
) -> None:
    file = str(workload("pass"))
    sent = [
        own_arm.send("open", file=file, case="default", fork=True),
        own_arm.send("build"),
        own_arm.send("close"),
        own_arm.send("open", file=file, case="default", fork=True),
        own_arm.send("close"),
        own_arm.send("bye"),
    ]
    replies = [own_arm.receive() for _ in sent]
    assert [reply["id"] for reply in replies] == sent
    assert all(reply["ok"] for reply in replies)


def test_bye_ends_the_arm(own_arm: Arm) -> None:
    assert own_arm.ask("bye")["ok"]
    assert own_arm.wait() == 0


DEATHS = [
    ("import os\nos._exit(3)", None, 3),
    ("import os\nos._exit(0)", None, 0),
    ("import ctypes\nctypes.string_at(0)", "SIGSEGV", None),
    ("import os\nos.abort()", "SIGABRT", None),
    ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "SIGKILL", None),
    ("import os, signal\nos.kill(os.getpid(), signal.SIGRTMIN + 1)", "SIG35", None),
]


@pytest.mark.parametrize(("body", "name", "code"), DEATHS)
def test_a_death_is_announced_and_survived(
    arm: Arm, workload: Write, body: str, name: str | None, code: int | None
) -> None:
    reply = arm.reach("first_call", workload(body))
    assert reply == {"id": None, "ok": False, "died": {"signal": name, "exit_code": code}}
    assert arm.reach("round", workload("pass"))["ok"]


def test_a_crash_leaves_a_stack_in_the_log(arm: Arm, workload: Write) -> None:
    arm.reach("first_call", workload("import ctypes\nctypes.string_at(0)"))
    log = arm.log.read_text()
    assert "Segmentation fault" in log
    assert "mine.py" in log


def test_what_was_meant_for_the_dead_is_answered_by_the_arm(arm: Arm, workload: Write) -> None:
    assert "died" in arm.reach("first_call", workload("import os\nos._exit(3)"))
    error = arm.ask("round", calls=1)["error"]
    assert (error["kind"], error["message"]) == ("protocol", "'round': no case is open")


def test_a_hang_is_ended_by_killing_the_group(arm: Arm, workload: Write, tmp_path: Path) -> None:
    held = tmp_path / "held"
    os.mkfifo(held)
    body = f"""import subprocess
subprocess.Popen(["sleep", "1000"], stdout=open({str(held)!r}, "w"))
while True: pass"""
    pid = arm.open(workload(body))["pid"]
    assert os.getpgid(pid) == pid
    assert arm.ask("build")["ok"]
    arm.send("first_call", outputs=None)
    with held.open() as grandchild:
        os.killpg(pid, signal.SIGKILL)
        assert grandchild.read() == ""  # the end of the file: nobody is left to write it
    assert arm.receive()["died"] == {"signal": "SIGKILL", "exit_code": None}
    assert arm.open(workload("pass"))["ok"]


def test_what_a_case_left_running_ends_with_it(arm: Arm, workload: Write, tmp_path: Path) -> None:
    held = tmp_path / "held"
    os.mkfifo(held)
    opened = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    body = (
        f'import subprocess\nsubprocess.Popen(["sleep", "1000"], stdout=open({str(held)!r}, "w"))'
    )
    assert arm.reach("first_call", workload(body))["ok"]
    assert arm.ask("close")["ok"]
    os.set_blocking(opened, True)
    assert os.read(opened, 1) == b""
    os.close(opened)


@pytest.mark.parametrize("is_open", [True, False])
def test_nothing_is_left_when_nobody_asks_any_more(
    own_arm: Arm, workload: Write, is_open: bool
) -> None:
    if is_open:
        assert own_arm.reach("build", workload("pass"))["ok"]
    own_arm.hang_up()
    assert own_arm.receive_line() == b""  # arm and child have both left, and announced no death
    assert own_arm.wait() == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a child")
def test_a_hanging_child_does_not_outlive_the_arm(own_arm: Arm, workload: Write) -> None:
    assert own_arm.reach("build", workload("while True: pass"))["ok"]
    own_arm.send("first_call", outputs=None)
    own_arm.process.kill()
    assert own_arm.receive_line() == b""


def test_an_interrupt_from_the_keyboard_leaves_the_arm_alone(arm: Arm, workload: Write) -> None:
    arm.process.send_signal(signal.SIGINT)
    assert arm.reach("round", workload("pass"))["ok"]


def test_a_log_cannot_fill_the_disk(arm: Arm, workload: Write) -> None:
    body = """import resource
assert resource.getrlimit(resource.RLIMIT_FSIZE) == (2 ** 30, 2 ** 30)
assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)"""
    assert arm.reach("first_call", workload(body))["ok"]


UNREADABLE = [b"", b"{", b"[1]", b"null", b'"open"', b"\xff", b"{}"]


@pytest.mark.parametrize("line", UNREADABLE)
def test_an_unreadable_request_breaks_nothing(own_arm: Arm, line: bytes) -> None:
    own_arm.send_line(line)
    reply = own_arm.receive()
    assert (reply["id"], reply["error"]["kind"]) == (None, "protocol")
    assert own_arm.ask("bye")["ok"]


@pytest.mark.parametrize("fork", [True, False])
@pytest.mark.parametrize("missing", ["file", "case", "fork"])
def test_an_opening_says_what_to_open(arm: Arm, workload: Write, missing: str, fork: bool) -> None:
    fields = {"file": str(workload("pass")), "case": "default", "fork": fork}
    del fields[missing]
    error = arm.ask("open", **fields)["error"]
    assert error["message"] == f"open: the field '{missing}' is missing"
    assert error["kind"] == "protocol"


def test_nothing_is_opened_before_the_import(start: Start, python: str, workload: Write) -> None:
    arm = start(python)
    assert arm.open(workload("pass"))["error"]["kind"] == "protocol"


def test_the_framework_is_imported_once(arm: Arm) -> None:
    assert arm.ask("import", module="json", paths=[])["error"]["kind"] == "protocol"
