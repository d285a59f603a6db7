"""The wire of the fake GitHub: a local server that records every exchange, and breaks at will."""

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.publish.contract import Contract, Exchange
from tests.publish.fake_artifacts import FakeArtifacts, Storage, running_storage
from tests.publish.fake_checks import FakeChecks
from tests.publish.fake_github import FakeGitHub, Fault, Reply
from tests.publish.fake_graphql import FakeGraphQL


class Handler(BaseHTTPRequestHandler):
    """One connection: applies the faults, records the exchange."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    github: FakeGitHub

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.github.fault(self.command, url.path) or Fault(verb=self.command)
        if fault.meet is not None:
            fault.meet.wait()
        if fault.deletes is not None:
            del self.github.comments[fault.deletes]
        if fault.edits is not None:
            self.github.comments[fault.edits[0]]["body"] = fault.edits[1]
        if fault.adds is not None:
            self.github.add_comment(fault.adds)
        reply = self._reply(fault, url.path, url.query, body)
        if fault.hangs:
            self.github.closing.wait()
        is_cut = fault.reset or fault.hangs or fault.drips
        self._record(url.path, url.query, body, None if is_cut else reply)
        if fault.drips:
            self._drip()
        elif is_cut:
            self._cut()
        else:
            self._send(reply)

    do_POST = do_PATCH = do_DELETE = do_PUT = do_GET  # noqa: N815 - the names http.server looks for

    def _reply(self, fault: Fault, path: str, query: str, body: bytes) -> Reply:
        values = {name: found[-1] for name, found in parse_qs(query).items()}
        is_fine = fault.status is None and not (fault.reset or fault.hangs or fault.drips)
        if is_fine or fault.late:
            reply = self.github.answer(self.command, path, values, body)
            if is_fine:
                return reply
        wrong = json.dumps(fault.body).encode() if isinstance(fault.body, dict) else fault.body
        return Reply(
            status=fault.status or 0, body=wrong, headers=fault.headers, outside_contract=True
        )

    def _record(self, path: str, query: str, body: bytes, reply: Reply | None) -> None:
        answered: dict[str, Any] = {"outside_contract": True}
        if reply is not None:
            answered = {
                "status": reply.status,
                "response": reply.body,
                "response_headers": reply.headers,
                "outside_contract": reply.outside_contract,
            }
        self.github.exchanges.append(
            Exchange(
                verb=self.command,
                path=path,
                query=query,
                request_headers=dict(self.headers),
                request=body,
                **answered,
            )
        )

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json; charset=utf-8"} | reply.headers
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def _cut(self) -> None:
        """Close with a reset, as a crashing proxy does."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()

    def _drip(self) -> None:
        """Send one byte at a time: no timeout between two bytes ever strikes."""
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        self.close_connection = True
        try:
            while not self.github.closing.wait(0.05):
                self.wfile.write(b" ")
        except OSError:
            return  # the client gave up, as it should

    def finish(self) -> None:
        if self.connection.fileno() != -1:
            super().finish()

    def log_message(self, *args: Any) -> None:
        """Stay silent: failing tests show the exchanges."""


class WholeGitHub(FakeGitHub):
    """Everything that publishing meets: comments, pulls, checks, GraphQL, artifacts elsewhere."""

    def __init__(self, contract: Contract, storage: Storage) -> None:
        super().__init__(contract)
        self.check_runs = FakeChecks(self)
        self.graphql = FakeGraphQL(self, self.check_runs)
        self.artifacts = FakeArtifacts(self, storage)
        self.storage = storage

    @property
    def checks(self) -> dict[int, dict[str, Any]]:
        return self.check_runs.runs

    def add_artifact(self, run: int, name: str, archive: bytes) -> None:
        self.artifacts.add(run, archive, name)


@contextmanager
def running(contract: Contract) -> Iterator[WholeGitHub]:
    with running_storage() as storage, _serving(WholeGitHub(contract, storage)) as github:
        yield github


@contextmanager
def _serving(github: WholeGitHub) -> Iterator[WholeGitHub]:
    handler = type("BoundHandler", (Handler,), {"github": github})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    github.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield github
    finally:
        github.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
