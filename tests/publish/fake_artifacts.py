"""The artifacts of the fake GitHub; their archives lie on another host, as at GitHub."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.publish.fake_github import FakeGitHub, Reply, Request


@dataclass
class Storage:
    """Archives by path, and what was sent along when they were asked for."""

    url: str = ""
    archives: dict[str, bytes] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """Answered instead, one after the other."""
    endless: bool = False
    redirects: str | None = None
    closing: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    storage: Storage

    def do_GET(self) -> None:
        self.storage.asked.append(dict(self.headers))
        status = self.storage.statuses.pop(0) if self.storage.statuses else 200
        content = self.storage.archives.get(self.path, b"")
        self.send_response(302 if self.storage.redirects else status)
        if self.storage.redirects:
            self.send_header("Location", self.storage.redirects)
        if not self.storage.endless:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content)
            while self.storage.endless and not self.storage.closing.is_set():
                self.wfile.write(b"\0" * 65_536)
        except OSError:
            return  # the client had enough, as it should

    def log_message(self, *args: Any) -> None:
        """Stay silent."""


@contextmanager
def running_storage() -> Iterator[Storage]:
    storage = Storage()
    handler = type("BoundHandler", (Handler,), {"storage": storage})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    storage.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield storage
    finally:
        storage.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class FakeArtifacts:
    def __init__(self, github: FakeGitHub, storage: Storage) -> None:
        self.github = github
        self.storage = storage
        self.location: str | None = None
        """Where archives are said to be, if not in the storage."""
        self.listed: dict[int, list[dict[str, Any]]] = {}
        github.route("GET", "actions/runs/{run}/artifacts", self._list)
        github.route("GET", "actions/artifacts/{number}/zip", self._download)

    def add(
        self, run: int, archive: bytes, name: str = "tfperf-report", **changes: Any
    ) -> dict[str, Any]:
        number = 9001 + sum(map(len, self.listed.values()))
        artifact: dict[str, Any] = self.github.contract.specimen("artifact")
        artifact |= {"id": number, "name": name, "size_in_bytes": len(archive), "expired": False}
        artifact |= {"created_at": "2026-11-20T12:30:00Z"}
        self.listed.setdefault(run, []).append(artifact | changes)
        self.storage.archives[f"/archives/{number}"] = archive
        return artifact

    def _list(self, request: Request) -> Reply:
        found = [
            artifact
            for artifact in self.listed.get(int(request.parts["run"]), [])
            if artifact["name"] == request.query.get("name", artifact["name"])
        ]
        return self.github.page(request, found, inside="artifacts")

    def _download(self, request: Request) -> Reply:
        location = self.location or f"{self.storage.url}/archives/{request.parts['number']}"
        found = Reply(status=302, headers={"Location": location})
        return replace(found, outside_contract=False)
