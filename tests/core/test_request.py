"""The name of a run that a comment asked for: written once, read once, and nothing else is one."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.request import VERBS, Request, parse_request

SHA = "0123456789abcdef0123456789abcdef01234567"
BASE = "89abcdef0123456789abcdef0123456789abcdef"
NAME = f"tfperf run for #7 at {SHA} onto {BASE} by comment 1234567890"


def test_its_text() -> None:
    assert str(Request(verb="run", pull=7, commit=SHA, base=BASE, comment=1234567890)) == NAME


numbers = st.integers(min_value=1, max_value=10**18 - 1)
commits = st.text("0123456789abcdef", min_size=40, max_size=40)
requests = st.builds(
    Request,
    verb=st.sampled_from(VERBS),
    pull=numbers,
    commit=commits,
    base=commits,
    comment=numbers,
)


@given(requests)
def test_what_is_written_is_read_back(request: Request) -> None:
    assert parse_request(str(request)) == request


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Speed up the model",
        f" {NAME}",
        f"{NAME} ",
        f"{NAME}\n",
        f"{NAME}\n{NAME}",
        NAME.upper(),
        NAME.replace("run", "ack"),
        NAME.replace("run", "help"),
        NAME.replace("#7", "7"),
        NAME.replace("#7", "#0"),
        NAME.replace("#7", "#07"),
        NAME.replace("#7", "#-7"),
        NAME.replace("#7", "#\N{FULLWIDTH DIGIT SEVEN}"),
        NAME.replace("#7", "#" + "7" * 19),
        NAME.replace(SHA, SHA[:39]),
        NAME.replace(SHA, SHA + "0"),
        NAME.replace(SHA, SHA.upper()),
        NAME.replace(SHA, "main"),
        NAME.replace(BASE, BASE[:39]),
        NAME.replace(BASE, BASE.upper()),
        NAME.replace(BASE, "release/x"),
        NAME.replace(f" onto {BASE}", ""),
        NAME.replace("1234567890", "x"),
        NAME.replace(" at ", "  at "),
    ],
)
def test_what_is_no_name_of_such_a_run(text: str) -> None:
    assert parse_request(text) is None


@given(st.text() | st.text(string.printable) | requests.map(lambda request: str(request)[::-1]))
def test_any_text_is_read_without_an_error(text: str) -> None:
    request = parse_request(text)
    assert request is None or str(request) == text


@pytest.mark.parametrize(
    "changes",
    [
        {"verb": "ack"},
        {"verb": "run for #1"},
        {"pull": 0},
        {"commit": "main"},
        {"base": ""},
        {"comment": -1},
    ],
)
def test_a_request_that_could_not_be_read_back_cannot_be_made(changes: dict[str, object]) -> None:
    fields: dict[str, object] = {
        "verb": "run",
        "pull": 7,
        "commit": SHA,
        "base": BASE,
        "comment": 1,
    }
    with pytest.raises(ValueError, match="is not the name"):
        Request(**(fields | changes))  # type: ignore[arg-type]
