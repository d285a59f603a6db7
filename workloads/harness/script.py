"""Owns the run of a script: a whole process of its own, what it used, and what it printed.

The worker that starts it must be small: a process inherits the highest resident memory of the one
it was forked from.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
from time import perf_counter

from . import arrays, process
from .faults import BadWorkload

MOST_SEARCHED = 8 * 2**20
"""Of what a script prints, so many of its last bytes are searched for numbers."""

_LONGEST_QUOTE = 60


def run(request):
    """Run a script as a command line would, and return what it used and how it ended."""
    printed = request.field("printed")
    patterns, outputs = request.field("numbers"), request.field("outputs")
    command = [sys.executable, "-s", "-B", request.field("file")]
    command += request.field("arguments")
    process.lead_group()
    with contextlib.suppress(FileNotFoundError):
        os.remove(printed)  # or a reader would take what an earlier run printed for this one's
    began = perf_counter()
    child = _started(command, request.field("folder"), request.field("paths"), printed)
    with process.heir_of_group(os.getpid()):
        _, status, used = os.wait4(child.pid, 0)
    wall = perf_counter() - began
    died = process.death(status)
    child.returncode = -1 if died["exit_code"] is None else died["exit_code"]  # it was reaped here
    fields = {
        "wall_seconds": wall,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_rss_bytes": process.in_bytes(used.ru_maxrss),
    }
    fields.update(died)
    if died["exit_code"] == 0:
        numbers = _numbers(_last_of(printed), patterns)
        if outputs is not None and numbers:
            results = arrays.converted(numbers, "numbers")
            arrays.write(outputs, results)
            fields.update(arrays.described(results))
    return fields


def _started(command, folder, paths, printed):
    environ = dict(os.environ, PYTHONFAULTHANDLER="1")
    if paths:
        environ["PYTHONPATH"] = os.pathsep.join(paths)
    with open(printed, "wb") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=_be_a_script,  # noqa: PLW1509  # there is one thread here
        )


def _be_a_script():
    process.die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # which the worker ignores, and would hand down


def _last_of(printed):
    with open(printed, "rb") as output:
        size = output.seek(0, os.SEEK_END)
        output.seek(max(0, size - MOST_SEARCHED))
        return output.read().decode("utf-8", "replace").replace("\r", "\n")


def _numbers(text, patterns):
    """Return the last match of each pattern as a number."""
    numbers = {}
    for name, pattern in patterns.items():
        found = [match.group(1) for match in re.finditer(pattern, text)][-1:]
        if found in ([], [None]):
            raise BadWorkload(f"numbers: {name!r}: the output has nothing like '{pattern}'")
        try:
            numbers[name] = float(found[0])
        except ValueError:
            quote = found[0][:_LONGEST_QUOTE]
            raise BadWorkload(
                f"numbers: {name!r}: {quote!r} is no number, which {pattern!r} found"
            ) from None
    return numbers
