"""Owns the two pipes: requests in, replies out, one JSON object a line."""

import json
import os

from . import lines, process
from .faults import OutOfPlace, told

_EX_IOERR = 74


class Request:
    """What is asked for; an unreadable line is a request to do nothing, with no id."""

    def __init__(self, line):
        try:
            message = json.loads(line.decode("utf-8"))
        except ValueError:
            message = None
        self._fields = message if isinstance(message, dict) else {}
        self.id = self._fields.get("id")
        self.do = self._fields.get("do")

    def field(self, name):
        """Return a field that the request cannot do without."""
        if name not in self._fields:
            raise OutOfPlace(f"{self.do}: the field {name!r} is missing")
        return self._fields[name]

    def wants(self, name):
        """Tell whether an extra is asked for."""
        return bool(self._fields.get(name))


class Channel:
    """One end of the conversation; passes from the arm to its child and back by fork and exit."""

    def __init__(self, requests, replies):
        self._requests = requests
        self._replies = replies
        # A program that a workload starts must not keep the pipes open after everybody left.
        os.set_inheritable(requests, False)
        os.set_inheritable(replies, False)

    def receive(self):
        """Return the next request; EOFError says that there will be no other."""
        line = bytearray()
        while True:
            # One byte at a time: what one process reads ahead is lost to the one that serves next.
            byte = os.read(self._requests, 1)
            if not byte:
                raise EOFError
            if byte == b"\n":
                return Request(line)
            line += byte

    def reply(self, request, fields):
        """Say that the request was carried out."""
        self._write(dict(fields, id=request.id, ok=True))

    def refuse(self, request, exc, file=None):
        """Say that the request failed, and how; `file` is the workload that `exc` may come from."""
        self._write({"id": request.id, "ok": False, "error": told(exc, file)})

    def announce_death(self, died):
        """Say, unasked, how the child that served a case ended."""
        self._write({"id": None, "ok": False, "died": died})

    def answer(self, request, perform, file=None):
        """Carry the request out by `perform(request)`; whatever it raises is the answer."""
        try:
            fields = perform(request)
        except BaseException as exc:
            process.flush()  # the log is read together with the error
            self.refuse(request, exc, file)
        else:
            self.reply(request, fields)

    def _write(self, message):
        line = lines.encoded(message)
        try:
            os.write(self._replies, line)
        except OSError:
            # Nobody listens (or the workload closed the pipe): there is no one left to tell.
            os._exit(_EX_IOERR)
