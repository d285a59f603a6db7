"""Prism between publishing and the fake GitHub: a second, independent judge of every exchange.

    publishing -> Router -> prism proxy --errors -> fake GitHub

Prism holds requests and answers against the same cut of GitHub's description as `contract.py`, but
shares no code with it. What the description does not have goes around it, straight to the fake.
"""

import json
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.publish.contract import DESCRIPTION

PROGRAM = Path("node_modules/@stoplight/prism-cli/dist/index.js")
READY_SECONDS = 120.0
END_SECONDS = 10.0
ANSWER_SECONDS = 60.0
LEFT_OUT = {"connection", "content-length", "date", "server", "transfer-encoding", "host"}
FOLLOWED = "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}"
"""Answered with an address elsewhere, to which Prism goes itself instead of handing it on."""


@dataclass(kw_only=True)
class Judged:
    """What Prism saw: how many exchanges, and what is wrong with which."""

    exchanges: list[str] = field(default_factory=list)
    around: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Router(BaseHTTPRequestHandler):
    """Sends each request to Prism or around it, and notes what Prism objects to."""

    protocol_version = "HTTP/1.1"
    prism: str
    fake: str
    described: tuple[re.Pattern[str], ...]
    judged: Judged

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        is_judged = any(pattern.fullmatch(path) for pattern in self.described)
        answer = self._forward(self.prism if is_judged else self.fake, body)
        line = f"{self.command} {path} -> {answer.status}"
        (self.judged.exchanges if is_judged else self.judged.around).append(line)
        if is_judged:
            self.judged.violations += [f"{line}: {text}" for text in objections(answer)]
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names http.server looks for

    def _forward(self, to: str, body: bytes) -> Answer:
        headers = {k: v for k, v in self.headers.items() if k.lower() not in LEFT_OUT}
        headers["Accept-Encoding"] = "identity"
        connection = HTTPConnection(to, timeout=ANSWER_SECONDS)
        try:
            connection.request(self.command, self.path, body=body or None, headers=headers)
            response = connection.getresponse()
            kept = {k: v for k, v in response.getheaders() if k.lower() not in LEFT_OUT}
            return Answer(status=response.status, headers=kept, body=response.read())
        finally:
            connection.close()

    def log_message(self, *args: Any) -> None:
        """Stay silent: `judged` has it all."""


def objections(answer: Answer) -> list[str]:
    """Read what Prism found: a problem of its own instead of the answer, or a header beside it."""
    kind = {name.lower(): value for name, value in answer.headers.items()}
    if "problem+json" in kind.get("content-type", ""):
        problem = json.loads(answer.body)
        found = problem.get("validation") or [problem.get("detail")]
        return [f"{problem.get('title')}: {json.dumps(each)}" for each in found]
    return [kind["sl-violations"]] if "sl-violations" in kind else []


def paths_of(document: dict[str, Any]) -> tuple[re.Pattern[str], ...]:
    """Return patterns of the paths that Prism can judge."""
    parts = (re.split(r"(\{\w+\})", path) for path in document["paths"] if path != FOLLOWED)
    return tuple(
        re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in path))
        for path in parts
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def prism(place: Path, upstream: str, log: Path) -> Iterator[str]:
    """Run Prism in front of `upstream`; yield its host and port."""
    address = f"127.0.0.1:{free_port()}"
    host, _, port = address.partition(":")
    options = ("--errors", "--host", host, "--port", port)
    command = ["node", str(place / PROGRAM), "proxy", *options, str(DESCRIPTION), upstream]
    with log.open("w", encoding="utf-8") as written:
        process = subprocess.Popen(command, stdout=written, stderr=subprocess.STDOUT)
        try:
            wait_until_ready(process, host, int(port), log)
            yield address
        finally:
            end(process)


def wait_until_ready(process: "subprocess.Popen[bytes]", host: str, port: int, log: Path) -> None:
    give_up = time.monotonic() + READY_SECONDS
    while time.monotonic() < give_up:
        if process.poll() is not None:
            break
        try:
            with socket.create_connection((host, port), timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"Prism did not start: {log.read_text(encoding='utf-8')[-2000:]}")


def end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(END_SECONDS)


@contextmanager
def routed(prism_address: str, fake_url: str) -> Iterator[tuple[str, Judged]]:
    """Serve as the address of GitHub; yield it, and what has been judged."""
    judged = Judged()
    document = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    known: dict[str, Any] = {"prism": prism_address, "fake": urlsplit(fake_url).netloc}
    known |= {"described": paths_of(document), "judged": judged}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("BoundRouter", (Router,), known))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", judged
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
