"""Owns what the operating system is told, and asked, about this process."""

import contextlib
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1
_LARGEST_FILE = 2**30
_LEAST_ROOM = 2**20


def bound():
    """Bound the files that a runaway workload can write, the log above all; dump no core."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    largest = _LARGEST_FILE if hard == resource.RLIM_INFINITY else min(hard, _LARGEST_FILE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def die_with_parent(number=signal.SIGKILL):
    """Have the kernel send this process a signal when its parent is gone, however that ended."""
    if sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


@contextlib.contextmanager
def heir_of_group(pid):
    """Meanwhile, end all that the child `pid` started, and leave, when the parent is gone.

    Only for a process that waits: one in the middle of other work would not notice in time.
    """

    def end(_number, _frame):
        end_group(pid)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    die_with_parent(signal.SIGTERM)
    try:
        yield
    finally:
        die_with_parent()
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def lead_group():
    """Make the process group's id that of this process, so that one kill reaches all it starts."""
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)


def end_group(pid):
    """End what a child that is gone left running."""
    # macOS answers "not permitted" for a group of which only the dead are left.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def speak_at_once():
    """Have errors reach the log line by line: before 3.9 those of a killed child would be lost."""
    sys.stderr = open(  # noqa: SIM115
        2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
    )


def flush():
    """Write what the workload said so far to the log, if it left the streams as they were."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()


def has_room():
    """Tell whether the disk with the log takes more than a last few bytes."""
    try:
        disk = os.fstatvfs(2)
    except OSError:
        return True
    return disk.f_bavail * disk.f_frsize >= _LEAST_ROOM


def leave(code):
    """End at once, without the exit handlers of the framework."""
    flush()
    os._exit(code)


def death(status):
    """Say how a child ended, from what `os.waitpid` returned."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        known = {int(each): each.name for each in signal.Signals}
        return {"signal": known.get(number, f"SIG{number}"), "exit_code": None}
    return {"signal": None, "exit_code": os.WEXITSTATUS(status)}


def resident_bytes():
    """Return the resident memory of now; where the system cannot tell, the highest so far."""
    # The counter in /proc/self/status lags behind by up to 64 pages a thread; the walk does not.
    walked = _from_proc("Rss", "/proc/self/smaps_rollup")
    return walked or _from_proc("VmRSS") or _highest_resident_bytes()


def minor_faults():
    """Return how many pages were mapped without reading a disk."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def usage():
    """Return what this process used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "peak_rss_bytes": _from_proc("VmHWM") or _highest_resident_bytes(),
        "rss_bytes": resident_bytes(),
        "involuntary_switches": used.ru_nivcsw,
        "run_queue_seconds": _run_queue_seconds(),
    }


def _run_queue_seconds():
    """Return how long the threads of now could run and had no core; None where nobody counts."""
    if not os.path.isdir("/proc/self/task"):
        return None
    waited = 0
    for task in os.listdir("/proc/self/task"):
        try:
            with open("/proc/self/task/" + task + "/schedstat") as stat:
                waited += int(stat.read().split()[1])
        except FileNotFoundError:
            return None  # a kernel without it, or a thread that just ended: half a sum is none
    return waited / 1e9


def _from_proc(name, path="/proc/self/status"):
    if not os.path.exists(path):
        return None
    with open(path, "rb") as status:
        for line in status:
            key, _, value = line.partition(b":")
            if key == name.encode():
                return int(value.split()[0]) * 1024
    return None


def _highest_resident_bytes():
    return in_bytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def in_bytes(highest):
    """Return what the system counts as the highest resident memory in bytes."""
    return highest if sys.platform == "darwin" else highest * 1024
