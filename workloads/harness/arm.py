"""Owns the arm: imports the framework once and forks a child for each case, or runs a script."""

import contextlib
import faulthandler
import mmap
import os
import signal
import traceback

from . import case, framework, process, script
from .faults import OutOfPlace

_EX_SOFTWARE = 70


def serve(channel):
    """Answer requests until told to go, or until nobody asks any more."""
    process.bound()
    process.die_with_parent()
    process.speak_at_once()
    faulthandler.enable()
    # An interrupt from the keyboard is for who started the arms, and who ends them in good order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    arm = Arm(channel)
    with contextlib.suppress(EOFError):
        while arm.serve_one():
            pass
    process.leave(0)


class Arm:
    """The process of one environment."""

    def __init__(self, channel):
        self._channel = channel
        self._has_imported = False

    def serve_one(self):
        """Answer the next request, or serve the case that it opens; False: it was the last."""
        request = self._channel.receive()
        if request.do == "bye":
            self._channel.reply(request, {})
            return False
        if request.do == "open":
            return self._open(request)
        self._channel.answer(request, self._run if request.do == "script" else self._import)
        return True

    def _run(self, request):
        if self._has_imported:
            # The script would seem to have at least the memory of this process.
            raise OutOfPlace("script: a framework was imported here")
        return script.run(request)

    def _import(self, request):
        if request.do != "import":
            raise OutOfPlace(f"{request.do!r}: no case is open")
        if self._has_imported:
            raise OutOfPlace("import: that was done before")
        fields = framework.imported(request.field("module"), request.field("paths"))
        self._has_imported = True
        return fields

    def _open(self, request):
        try:
            fork = self._is_to_fork(request)
            if fork:
                self._fork(request)
        except (OutOfPlace, OSError) as exc:
            self._channel.refuse(request, exc)
            return True
        if not fork:
            self._serve_case(request)
        return fork

    def _is_to_fork(self, request):
        if not self._has_imported:
            raise OutOfPlace("open: no framework was imported")
        for name in ("file", "case"):
            request.field(name)  # asked here, where a fault can still be answered
        return bool(request.field("fork"))

    def _fork(self, request):
        """Serve the case in a child; return when that is gone."""
        process.flush()  # or the child would write once more what is still in the buffers
        # Shared with the child, who says there that it left in good order.
        with contextlib.closing(mmap.mmap(-1, 1)) as left:
            arm = os.getpid()
            pid = os.fork()
            if pid == 0:
                self._be_child(request, arm, left)
            with process.heir_of_group(pid):
                status = os.waitpid(pid, 0)[1]
            process.end_group(pid)
            if not left[0]:
                self._channel.announce_death(process.death(status))

    def _be_child(self, request, arm, left):
        code = _EX_SOFTWARE
        try:
            process.die_with_parent()
            if os.getppid() == arm:  # else it died before the kernel was told
                with contextlib.suppress(EOFError):
                    self._serve_case(request)
            left[0] = 1
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            # Never up into the arm's own frames, of which this process has a copy.
            process.leave(code)

    def _serve_case(self, request):
        signal.signal(signal.SIGINT, signal.default_int_handler)
        process.lead_group()
        case.serve(self._channel, request)
