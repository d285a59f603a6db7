"""What a comment may ask for: every line here is a comment; nothing else reaches a run."""

import re
import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.asked import inputs_of
from bot.core.commands import (
    Ack,
    Bisect,
    Command,
    Confirm,
    Explain,
    Help,
    Run,
    Unknown,
    parse_command,
)

DAY = date(2026, 11, 21)
NEXT = date(2026, 12, 31)

COMMANDS: list[tuple[str, Command]] = [
    ("/tfperf", Help()),
    ("/tfperf ", Help()),
    ("/tfperf help", Help()),
    ("/tfperf help run", Help()),
    ("/tfperf run", Run()),
    ("/tfperf\trun", Run()),
    ("/tfperf   run  ", Run()),
    ("/tfperf run\r\nthanks!", Run()),
    ("/tfperf run\n/tfperf confirm", Run()),
    ("/tfperf run 2.15.1 2.21.0", Run(versions=("2.15.1", "2.21.0"))),
    ("/tfperf run 2.15 latest", Run(versions=("2.15", "latest"))),
    ("/tfperf run 2.9..2.12", Run(versions=("2.9..2.12",))),
    ("/tfperf run every-minor", Run(versions=("every-minor",))),
    ("/tfperf run 2.16.* 2.21.0@3.13", Run(versions=("2.16.*", "2.21.0@3.13"))),
    ("/tfperf run latest-3..latest", Run(versions=("latest-3..latest",))),
    (
        "/tfperf run 2.15.1 tensorflow-cpu==2.16.1",
        Run(versions=("2.15.1", "tensorflow-cpu==2.16.1")),
    ),
    (
        "/tfperf run 2.15.1 tf-nightly==2.22.0.dev20251101",
        Run(versions=("2.15.1", "tf-nightly==2.22.0.dev20251101")),
    ),
    ("/tfperf run tensorflow==2.15.1 2.21.0", Run(versions=("2.15.1", "2.21.0"))),
    ("/tfperf run -w mnist_mlp[fit]", Run(workloads=("mnist_mlp[fit]",))),
    ("/tfperf run -w mnist* -w scan?", Run(workloads=("mnist*", "scan?"))),
    ("/tfperf run -w mnist*,scan?", Run(workloads=("mnist*", "scan?"))),
    ("/tfperf run --workloads *", Run(workloads=("*",))),
    (
        "/tfperf run -w mnist* 2.15.1 2.21.0",
        Run(versions=("2.15.1", "2.21.0"), workloads=("mnist*",)),
    ),
    ("/tfperf confirm", Confirm()),
    ("/tfperf confirm   ", Confirm()),
    (
        "/tfperf bisect mnist_mlp[fit] 2.9 2.21",
        Bisect(case="mnist_mlp[fit]", good="2.9", bad="2.21"),
    ),
    ("/tfperf bisect * 2.9 latest", Bisect(case="*", good="2.9", bad="latest")),
    (
        "/tfperf bisect scan tensorflow-cpu==2.9.3 tensorflow-cpu==2.12.1",
        Bisect(case="scan", good="tensorflow-cpu==2.9.3", bad="tensorflow-cpu==2.12.1"),
    ),
    (
        "/tfperf explain mnist_mlp 2.15.1 2.21.0",
        Explain(case="mnist_mlp", base="2.15.1", candidate="2.21.0"),
    ),
    (
        "/tfperf explain scan 2.15.1 2.21.0@3.13",
        Explain(case="scan", base="2.15.1", candidate="2.21.0@3.13"),
    ),
    ("/tfperf ack scan known", Ack(case="scan", reason="known")),
    (
        "/tfperf ack mnist_mlp[fit] Keras 3   builds more",
        Ack(case="mnist_mlp[fit]", reason="Keras 3 builds more"),
    ),
    (
        "/tfperf ack scan the new kernel until 2026-12-31",
        Ack(case="scan", reason="the new kernel", until=NEXT),
    ),
    (
        '/tfperf ack scan "slow until it is warm"',
        Ack(case="scan", reason="slow until it is warm"),
    ),
    (
        '/tfperf ack scan "slow until it is warm" until 2026-12-31',
        Ack(case="scan", reason="slow until it is warm", until=NEXT),
    ),
    (
        "/tfperf ack scan today only until 2026-11-21",
        Ack(case="scan", reason="today only", until=DAY),
    ),
    (
        "/tfperf ack scan see #12 & <b> $(id) `x`",
        Ack(case="scan", reason="see #12 & <b> $(id) `x`"),
    ),
]


@pytest.mark.parametrize(("body", "command"), COMMANDS)
def test_commands(body: str, command: Command) -> None:
    assert parse_command(body, on=DAY) == command


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n/tfperf run",
        " /tfperf run",
        "\t/tfperf run",
        "    /tfperf run",
        "> /tfperf run",
        "`/tfperf run`",
        "```\n/tfperf run\n```",
        "- /tfperf run",
        "please /tfperf run",
        "/tfperfrun",
        "/tfperf-run",
        "/tfperf: run",
        "/TFPERF run",
        "/tfbench run",
        "//tfperf run",
        "\N{ZERO WIDTH SPACE}/tfperf run",
        "\N{BYTE ORDER MARK}/tfperf run",
        "/tfperf\N{NO-BREAK SPACE}run",
        "/tfperf\x0brun",
        "<!-- /tfperf run -->",
        "LGTM",
    ],
)
def test_what_is_not_meant_for_us(body: str) -> None:
    assert parse_command(body, on=DAY) is None


MISTAKES: list[tuple[str, str | None, str]] = [
    ("/tfperf rnu", None, 'no command "rnu"; did you mean run?'),
    ("/tfperf RUN", None, "did you mean run?"),
    ("/tfperf bench", None, "no command"),
    ("/tfperf run;id", None, "no command"),
    ("/tfperf --help", None, "no command"),
    ("/tfperf " + "run " * 200, None, "longer than 500"),
    ("/tfperf run 2.15.1", "run", "name the baseline first"),
    ("/tfperf run 2.15.7 2.21.0", "run", "a release that exists; did you mean 2.15.1"),
    ("/tfperf run 2.15.1 2.21.0;id", "run", "is no release"),
    ("/tfperf run 2.15.1 $(id)", "run", "is no release"),
    ("/tfperf run 2.15.1 `id`", "run", "is no release"),
    ("/tfperf run 2.15.1 ${{github.token}}", "run", "is no release"),
    ("/tfperf run 2.15.1 existing:/usr", "run", "no path and no address"),
    ("/tfperf run 2.15.1 wheel:/tmp/tensorflow-2.21.0-py3-none-any.whl", "run", "no path"),
    ("/tfperf run 2.15.1 wheel:https://example.org/x.whl", "run", "no address"),
    ("/tfperf run 2.15.1 https://example.org/x.whl", "run", "is no release"),
    ("/tfperf run 2.15.1 ../../venv", "run", "is no release"),
    ("/tfperf run 2.15.1 torch==2.5.1", "run", "no release of TensorFlow"),
    ("/tfperf run 2.15.1 numpy", "run", "no release of TensorFlow"),
    ("/tfperf run 2.15.1 python==3.11", "run", "no release of TensorFlow"),
    ("/tfperf run 2.15.1 tensorflw==2.16.1", "run", "did you mean tensorflow==2.16.1?"),
    ("/tfperf run 2.15.1 {tensorflow: 2.16.1}", "run", "is no release"),
    ("/tfperf run 2.15.1 [2.16.1]", "run", "is no release"),
    ("/tfperf run 2.21..2.9", "run", "ends before it starts"),
    ("/tfperf run 2.15.1 2.15.1..2.15.1", "run", "names the baseline 2.15.1 alone"),
    ("/tfperf run " + "2.16.1 " * 21, "run", "21 versions are more than 20"),
    (
        "/tfperf run every-minor tensorflow-cpu==1.15..2.21 every-minor@3.8",
        "run",
        "60 are the most",
    ),
    ("/tfperf run --fail-on none", "run", "is no option"),
    ("/tfperf run -x", "run", "is no option"),
    ("/tfperf run -w", "run", "a workload is missing"),
    ("/tfperf run -w mnist,,scan", "run", "a workload is missing"),
    ("/tfperf run -w --config", "run", "names no workload"),
    ("/tfperf run -w ../x", "run", "names no workload"),
    ("/tfperf run -w a/b", "run", "names no workload"),
    ("/tfperf run -w 'a'", "run", "names no workload"),
    ("/tfperf run -w a;b", "run", "names no workload"),
    ("/tfperf run -w \N{CYRILLIC SMALL LETTER A}", "run", "names no workload"),
    ("/tfperf run -w " + "a" * 121, "run", "names no workload"),
    ("/tfperf run" + " -w a" * 11, "run", "11 globs of workloads are more than 10"),
    ("/tfperf run auto", "run", "auto is no release"),
    ("/tfperf explain scan 2.15.1 auto", "explain", "auto is no release"),
    ("/tfperf run please", "run", "expected a release"),
    ("/tfperf confirm now", "confirm", 'takes no words, and found "now"'),
    ("/tfperf bisect", "bisect", "three words, CASE GOOD BAD, and found 0"),
    ("/tfperf bisect scan 2.9", "bisect", "and found 2"),
    ("/tfperf bisect scan 2.9 2.21 2.22", "bisect", "and found 4"),
    ("/tfperf bisect scan 2.21 2.9", "bisect", "ends before it starts"),
    ("/tfperf bisect scan 2.9 2.9", "bisect", "alone"),
    ("/tfperf bisect scan 2.9..2.12 2.21", "bisect", "is a range"),
    ("/tfperf bisect scan 2.9 tensorflow-cpu==2.12.1", "bisect", "one package"),
    ("/tfperf bisect scan 2.16@3.11 2.21@3.11", "bisect", "plain releases"),
    ("/tfperf bisect scan existing:/x 2.21", "bisect", "no path"),
    ("/tfperf bisect a|b 2.9 2.21", "bisect", "names no workload"),
    ("/tfperf explain scan 2.15.1", "explain", "three words, CASE BASE CAND"),
    ("/tfperf explain scan 2.15.1 2.15.1", "explain", "nothing to explain"),
    ("/tfperf explain scan 2.15.1 every-minor", "explain", "is a range"),
    ("/tfperf explain scan 2.15.1 tensorflow[and-cuda]==2.16.1", "explain", "without extras"),
    ("/tfperf ack", "ack", "needs the case"),
    ("/tfperf ack scan", "ack", "needs a reason"),
    ("/tfperf ack scan until 2026-12-31", "ack", "needs a reason"),
    ('/tfperf ack scan ""', "ack", "needs a reason"),
    ('/tfperf ack scan "a" b', "ack", "no quotes in it"),
    ('/tfperf ack scan "a', "ack", "no quotes in it"),
    ("/tfperf ack scan slow until tomorrow", "ack", "no day such as 2026-11-21"),
    ("/tfperf ack scan slow until 2026-13-01", "ack", "no day such as"),
    ("/tfperf ack scan slow until 2026-W52-1", "ack", "no day such as"),
    ("/tfperf ack scan slow until 2026-11-20", "ack", "from 2026-11-21 to 2027-11-22"),
    ("/tfperf ack scan slow until 2099-01-01", "ack", "from 2026-11-21 to 2027-11-22"),
    ("/tfperf ack scan evil \N{RIGHT-TO-LEFT OVERRIDE}txt", "ack", "control characters"),
    ("/tfperf ack scan \x1b[31mred", "ack", "control characters"),
    ("/tfperf ack a/b known", "ack", "names no workload"),
]


@pytest.mark.parametrize(("body", "verb", "why"), MISTAKES)
def test_mistakes_are_told(body: str, verb: str | None, why: str) -> None:
    read = parse_command(body, on=DAY)
    assert isinstance(read, Unknown)
    assert read.verb == verb
    assert why in read.why


OURS = re.compile(r'[A-Za-z0-9_*?\[\]., @={}":-]*')
"""What the inputs of a run are made of, whatever was written in the comment."""

VERBS = ["run", "confirm", "bisect", "explain", "ack", "help", "-w", "until", "-x"]
VALUES = ["2.9", "2.21.0", "latest", "2.9..2.12", "every-minor", "mnist[fit]", "*", "2026-12-31"]
HOSTILE = ['"', ";", "$(id)", "existing:/x", "wheel:a", "../x", "torch==2.5.1", "--config"]
words = st.sampled_from([*VERBS, *VALUES, *HOSTILE])
lines = st.lists(words | st.text(string.printable, max_size=8), max_size=8).map(" ".join)


@given(
    lines.map("/tfperf {}".format) | st.text() | st.text(string.printable).map("/tfperf ".__add__)
)
def test_any_comment_is_read_without_an_error_and_only_our_letters_get_through(body: str) -> None:
    read = parse_command(body, on=DAY)
    if isinstance(read, Run | Bisect | Explain):
        inputs = inputs_of(read)
        for text in (inputs.baseline, inputs.versions, inputs.workloads):
            assert OURS.fullmatch(text)
            assert not text.startswith("-")
    elif isinstance(read, Ack):
        assert read.reason.isprintable()
        assert OURS.fullmatch(read.case)
    elif isinstance(read, Unknown):
        assert read.why
