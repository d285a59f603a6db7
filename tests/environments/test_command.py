import os
import sys
import threading
from pathlib import Path

import pytest

from bot.environments.command import Deadline, run

ENVIRON = {"PATH": os.environ["PATH"]}


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_what_it_said_and_how_it_ended() -> None:
    program = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"

    finished = run(python(program), environ=ENVIRON, deadline=Deadline(seconds=60))

    assert (finished.status, finished.stdout, finished.stderr) == (3, "out\n", "err\n")


def test_it_sees_only_the_variables_given() -> None:
    program = "import os; print(sorted(name for name in os.environ if name != 'LC_CTYPE'))"

    finished = run(python(program), environ={"ONLY": "this"}, deadline=Deadline(seconds=60))

    assert finished.stdout == "['ONLY']\n"


def test_with_a_log_everything_goes_there(tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = "import os; os.write(1, b'one '); os.write(2, b'two')"

    finished = run(python(program), environ=ENVIRON, deadline=Deadline(seconds=60), log=log)

    assert finished.said == log.read_text() == "one two"


def test_at_the_deadline_children_are_ended_too(tmp_path: Path) -> None:
    # The grandchild holds the other end of a named pipe: reading ends when it is gone.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    child = f"exec 3>{pipe}; trap '' TERM; sleep 600 & sleep 600"

    finished = run(["/bin/sh", "-c", child], environ=ENVIRON, deadline=Deadline(seconds=1))

    assert finished.status is None
    os.set_blocking(reader, True)
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_setting_stop_ends_the_wait() -> None:
    stop = threading.Event()
    deadline = Deadline(seconds=600, stop=stop)
    stop.set()

    assert deadline.remaining() == 0
    assert run(python("input()"), environ=ENVIRON, deadline=deadline).status is None


def test_a_program_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run([tmp_path / "nothing"], environ={}, deadline=Deadline(seconds=1))
