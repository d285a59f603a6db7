"""GitHub's own description as a judge of every exchange, and as a source of whole answers."""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

DESCRIPTION = Path(__file__).parent / "github-openapi.json"
SPECIMENS = {"uri": "https://example.org/", "date-time": "2026-11-20T12:00:00Z"}


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and what was answered; `status` is null where the connection was cut."""

    verb: str
    path: str
    query: str
    request_headers: dict[str, str]
    request: bytes
    status: int | None = None
    response_headers: dict[str, str] = field(default_factory=dict)
    response: bytes = b""
    outside_contract: bool = False

    def __str__(self) -> str:
        return f"{self.verb} {self.path} -> {self.status}"


class Contract:
    def __init__(self) -> None:
        self.document: dict[str, Any] = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
        self.openapi = OpenAPI.from_dict(self.document)

    def violations(self, exchange: Exchange) -> list[str]:
        """Say what the client sent, or the fake answered, that GitHub's description forbids."""
        request = MockRequest(
            "https://api.github.com",
            exchange.verb.lower(),
            _with_one_segment(exchange.path),
            args=dict(parse_qsl(exchange.query)),
            headers=exchange.request_headers,
            data=exchange.request or None,
            content_type="application/json",
        )
        try:
            self.openapi.validate_request(request)
            if not exchange.outside_contract:
                self._validate_response(request, exchange)
        except OpenAPIError as error:
            return [f"{exchange}: {error}: {error.__cause__ or ''}"]
        return []

    def _validate_response(self, request: MockRequest, exchange: Exchange) -> None:
        response = MockResponse(
            exchange.response,
            status_code=exchange.status or 0,
            headers=exchange.response_headers,
            content_type="application/json",
        )
        self.openapi.validate_response(request, response)

    def specimen(self, name: str) -> Any:
        """Build the plainest value that a schema of the description allows."""
        return self._specimen(self.document["components"]["schemas"][name])

    def _specimen(self, schema: dict[str, Any]) -> Any:
        if "$ref" in schema:
            return self.specimen(schema["$ref"].rpartition("/")[2])
        if schema.get("nullable"):
            return None
        if "enum" in schema:
            return schema["enum"][0]
        for kind in ("allOf", "anyOf", "oneOf"):
            if kind in schema:
                return self._specimen(schema[kind][0])
        if schema.get("type", "object") == "object":
            properties = schema.get("properties", {})
            return {name: self._specimen(properties[name]) for name in schema.get("required", ())}
        text = SPECIMENS.get(schema.get("format", ""), "specimen")
        return {"array": [], "string": text, "boolean": False}.get(schema["type"], 1)


def _with_one_segment(path: str) -> str:
    """Write the slashes inside a file's path or a ref as one segment, as templates want them."""
    return re.sub(
        r"(?:(?<=/contents/)|(?<=/git/ref/)).+$", lambda found: found[0].replace("/", "%2F"), path
    )


@cache
def contract() -> Contract:
    """Return the one contract: reading the description takes a second."""
    return Contract()
