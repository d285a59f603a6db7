"""The hostile reports: what somebody could put into an artifact, and what must come of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from bot.core.report import Report
from bot.core.review import review
from bot.core.strict_report import BadReport, parse_report
from tests.render.conftest import (
    cell_of,
    counter_of,
    environment_of,
    equal_cells,
    failure_of,
    numeric_of,
    report_of,
)

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PLAIN = "plain words"
PLAIN_LOG = "plain words\nof a log"
Tree = dict[str, Any]
Outcome = Literal["refused", "escaped"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Hostile:
    """One artifact: `said` is in the refusal, or nothing outside its own cell changes."""

    name: str
    make: Callable[[], bytes]
    outcome: Outcome
    said: tuple[str, ...] = ()


def report_with(text: str = PLAIN, *, log: str = PLAIN_LOG, label: str = "plain label") -> Report:
    """Fill every place that takes foreign words; `label` has to be of printable ASCII."""
    case = "keras_lstm[fit]"
    told = {"word": "confirmed", "reason": text}
    cells = equal_cells(
        cell_of("matmul[512]", "INCONCLUSIVE", ratio=1.1, reason=text, candidate=label),
        cell_of(
            case,
            "REGRESSION",
            ratio=1.3,
            reason=text,
            candidate=label,
            confirmation=told,
            acknowledged={"author": text, "reason": text, "until": "2027-01-31"},
        ),
        candidates=(label,),
    )
    failures = (
        failure_of(case, environment=label, reason=text, advice=text, detail=log),
        failure_of("*", environment=label, kind="unavailable", reason=text, detail=""),
    )
    environments = (
        environment_of("2.15.1", "baseline", compiler="clang"),
        environment_of(
            label,
            "candidate",
            release="2.21.0",
            packages={"keras": "3.12.0"},
            compiler=text,
            git_version=text,
            knobs={"A": text},
        ),
    )
    upgrade = {
        "workload": "old",
        "script": text,
        "made_by": label,
        "changed_lines": 3,
        "problems": [text, text],
        "diff": log,
    }
    counter = counter_of(case, "traces", "MORE", 1, 2).model_copy(update={"candidate": label})
    values = report_of(
        candidates=(label,),
        cells=cells,
        numerics=(numeric_of(case, "DRIFTED", candidate=label, reason=text),),
        failures=failures,
        environments=environments,
        counters=(counter,),
        upgrades=(upgrade,),
        machine={"cpu": text, "cores": 2, "memory_bytes": 2**30, "system": text},
        noise={"blocks": 3, "disturbance": text},
        run={"command": log, "phases": {"timed": 1.0, label: 2.0}},
        notes=(text, text),
        overall="partly-measured",
        exit_code=3,
        commit=COMMIT,
    )
    return values.model_copy(
        update={"rule": values.rule.model_copy(update={"knobs": {"TF_X": text}})}
    )


def written(report: Report) -> bytes:
    return report.model_dump_json(by_alias=True).encode()


def tree() -> Tree:
    read: Tree = json.loads(written(report_with()))
    return read


def _escaped(name: str, text: str, *, label: bool = True) -> Hostile:
    is_label = label and text.isascii() and len(text) <= 100 and "\n" not in text
    log = f"{text}\nat the end: {text}"
    return Hostile(
        name=name,
        make=lambda: written(
            report_with(text, log=log, label=text) if is_label else report_with(text, log=log)
        ),
        outcome="escaped",
    )


def _refused_text(name: str, text: str) -> Hostile:
    """A text that no place takes, not even a log."""
    return Hostile(
        name=name,
        make=lambda: json.dumps(tree() | {"notes": [text]}).encode(),
        outcome="refused",
        said=("notes[0]", "characters that a reader can see"),
    )


def _refused(name: str, change: Callable[[Tree], object], *said: str) -> Hostile:
    def make() -> bytes:
        report = tree()
        change(report)
        return json.dumps(report).encode()

    return Hostile(name=name, make=make, outcome="refused", said=said)


def _raw(name: str, make: Callable[[], bytes], *said: str) -> Hostile:
    return Hostile(name=name, make=make, outcome="refused", said=said)


def _cell(**values: Any) -> Callable[[Tree], object]:
    return lambda report: report["cells"][0].update(values)


def _set(**values: Any) -> Callable[[Tree], object]:
    return lambda report: report.update(values)


def _replaced(old: str, new: str) -> bytes:
    text = written(report_with()).decode()
    assert old in text
    return text.replace(old, new, 1).encode()


def _alarm(report: Tree) -> None:
    report["cells"][0].update(verdict="REGRESSION", matters=True, acknowledged=None)


ESCAPED = (
    _escaped("the bar of a table", "a | b || c"),
    _escaped("a whole table", "| a | b | / |---|---| / | c | d |"),
    _escaped("backticks", "`` a ` b ``` c"),
    _escaped("an open backtick", "`"),
    _escaped("a mention of everybody", "@everyone and @octocat and @org/team"),
    _escaped("a reference to an issue", "#1 and owner/repo#2 and GH-3"),
    _escaped("another pull request's number", "the report of pull request #8, not this one"),
    _escaped("a reference of another tracker", "JIRA-12"),
    _escaped("the hash of a commit", "see 0123456789abcdef0123456789abcdef01234567 and 1a2b3c4"),
    _escaped("an HTML element", "<b>bold</b> <script>alert(1)</script>"),
    _escaped("an HTML element never closed", "</td></tr></table><h1>"),
    _escaped("an image in HTML", '<img src="x" onerror="alert(1)">'),
    _escaped("details that are closed and opened", "</details></summary><details open><summary>"),
    _escaped("an HTML comment opened", "<!-- hidden from here on"),
    _escaped("an HTML comment closed", "--> and more"),
    _escaped("our own marker, forged", "<!-- tfperf:default v2 run=9.9 digest=00 -->"),
    _escaped("a link", "[click](https://evil.example)"),
    _escaped("a link that runs a script", "[x](javascript:alert(1))"),
    _escaped("a link by reference", "[x][y] and [y]: https://evil.example"),
    _escaped("a bare address", "https://evil.example www.evil.example ftp://evil.example/x"),
    _escaped("an address in angle brackets", "<https://evil.example> <a@evil.example>"),
    _escaped("an e-mail address", "somebody@evil.example mailto:somebody@evil.example"),
    _escaped("an image", "![x](https://evil.example/x.png)"),
    _escaped("a heading", "# heading"),
    _escaped("a heading by underline", "==="),
    _escaped("a rule across the page", "---"),
    _escaped("a list", "- item"),
    _escaped("a numbered list", "1. item"),
    _escaped("a task list", "[x] done and [ ] open"),
    _escaped("a quotation", "> quoted"),
    _escaped("an alert", "> [!CAUTION] do not merge"),
    _escaped("emphasis", "**bold** _italic_ ~~struck~~ ***"),
    _escaped("an emoji by its name", ":tada: :+1: :100: :8ball:"),
    _escaped("a footnote", "[^1] and [^1]: note"),
    _escaped("mathematics", "$x$ and $$\\frac{1}{0}$$"),
    _escaped("entities", "&lt;b&gt; &#64;octocat &amp;"),
    _escaped("a backslash at the end", "text\\"),
    _escaped("a template", "{{ config }} {% raw %} ${{ secrets.GITHUB_TOKEN }}"),
    _escaped("a command of the runner", "::set-output name=verdict::clean ::error::x"),
    _escaped("a code fence", "```", label=False),
    _escaped("a very long word", "W" * 399),
    _escaped(
        "names that look like others", "\u0440\u0430\u0443\u0440\u0430l m\u0430tmul", label=False
    ),
    Hostile(
        name="a fence and HTML on lines of a log",
        make=lambda: written(
            report_with(log="```\n</details>\n# heading\n````\n~~~\n| a |\n|---|\n@everyone #1")
        ),
        outcome="escaped",
    ),
    Hostile(
        name="a mermaid diagram in a log",
        make=lambda: written(report_with(log="```mermaid\ngraph TD; A-->B;\n```\nafter")),
        outcome="escaped",
    ),
)

HIDDEN = (
    _refused_text("right-to-left override", "abc\u202efed"),
    _refused_text("right-to-left isolate", "abc\u2067fed\u2069"),
    _refused_text("ANSI colours", "\x1b[31mred\x1b[0m"),
    _refused_text("a link of the terminal", "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07"),
    _refused_text("a C1 control", "\x9b31mred"),
    _refused_text("a null byte", "a\0b"),
    _refused_text("a zero-width space", "a\u200bb"),
    _refused_text("a soft hyphen", "a\u00adb"),
    _refused_text("a byte order mark within", "a\ufeffb"),
    _refused_text("tag characters", "a\U000e0041\U000e0042"),
    _refused_text("a private character", "a\ue000b"),
    _refused_text("half a character", "a\ud800b"),
    _refused_text("a character that is none", "a\uffffb"),
    _refused_text("a letter that shows nothing", "a\u3164b"),
    _refused_text("a line separator", "a\u2028b"),
    _refused_text("a tower of accents", "a" + "\u0301" * 40),
    _refused("a line break in a name", _set(cases=["matmul[512]\n# x"]), "cases[0]"),
    _refused("a line break in a reason", _cell(reason="a\n\n# x"), "cells[0].reason", "one line"),
)

NAMES = (
    _refused("a case with a bar", _set(cases=["a|b[c]"]), "cases[0]", "workload[case]"),
    _refused("a case with a backtick", _set(cases=["`a`"]), "cases[0]"),
    _refused("a case that is an element", _set(cases=["<img src=x>"]), "cases[0]"),
    _refused("a case that mentions", _set(cases=["@everyone"]), "cases[0]"),
    _refused("a case in letters that look alike", _set(cases=["m\u0430tmul[512]"]), "cases[0]"),
    _refused("a case that leaves its folder", _set(cases=["../x"]), "cases[0]"),
    _refused("a label in other letters", _set(candidates=["2.21.\u0660"]), "candidates[0]"),
    _refused("a commit that is none", _set(commit="main"), "commit", "hexadecimal"),
    _refused(
        "a place outside the repository",
        _set(places={"matmul[512]": {"path": "../../etc/passwd", "line": 1}}),
        'places.matmul[512].path: found "../../etc/passwd"',
    ),
    _refused(
        "a place with an absolute path",
        _set(places={"matmul[512]": {"path": "/etc/passwd", "line": 1}}),
        "places.matmul[512].path",
    ),
    _refused("a name of 10,000 characters", _set(cases=["a" * 10_000]), "cases[0]", "10000"),
    _refused("a reason of 3,000 characters", _cell(reason="a" * 3_000), "cells[0].reason"),
)

SHAPES = (
    _raw(
        "a text of 50 MB",
        lambda: b'{"notes": ["' + b"a" * 50_000_000 + b'"]}',
        "bytes, expected at most 16777216",
    ),
    _raw("a text of 10 MB", lambda: _replaced(PLAIN, "a" * 10_000_000), "10000000 characters"),
    _raw("nesting of 100,000 levels", lambda: b"[" * 100_000, "deeper nesting at character 20"),
    _raw("nesting within a field", lambda: _replaced('"notes":[', '"notes":[' + "[" * 25), "nest"),
    _raw("four million values", lambda: b"[" + b"0," * 4_000_000 + b"0]", "at most 1000000"),
    _raw("no UTF-8", lambda: _replaced(PLAIN, "x").replace(b'"x"', b'"\xff\xfe"'), "no UTF-8"),
    _raw("UTF-16", lambda: written(report_with()).decode().encode("utf-16"), "no UTF-8 at byte 0"),
    _raw("a byte order mark", lambda: b"\xef\xbb\xbf" + written(report_with()), "no JSON"),
    _raw("nothing", lambda: b"", "no JSON at line 1"),
    _raw("half a document", lambda: written(report_with())[:-100], "no JSON"),
    _raw("two documents", lambda: written(report_with()) * 2, "no JSON"),
    _raw("a list of reports", lambda: b"[" + written(report_with()) + b"]", "the document"),
    _raw("a pickle", lambda: b"\x80\x04\x95\x10\x00", "no UTF-8"),
    _raw(
        "a key twice",
        lambda: _replaced('"overall":', '"overall":"clean","overall":'),
        'the key "overall" twice',
    ),
    _raw(
        "a key twice within a row",
        lambda: _replaced('"verdict":', '"verdict":"EQUIVALENT","verdict":'),
        'cells[0]: found the key "verdict" twice',
    ),
    _raw("NaN", lambda: _replaced('"alpha":0.01', '"alpha":NaN'), "rule.alpha: found NaN"),
    _raw("Infinity", lambda: _replaced('"alpha":0.01', '"alpha":Infinity'), "rule.alpha"),
    _raw("-Infinity", lambda: _replaced('"alpha":0.01', '"alpha":-Infinity'), "rule.alpha"),
    _raw("1e999", lambda: _replaced('"alpha":0.01', '"alpha":1e999'), 'found "1e999"'),
    _raw(
        "a number of 5,000 digits",
        lambda: _replaced('"exit_code":3', '"exit_code":' + "9" * 5_000),
        "exit_code",
        "fewer digits",
    ),
    _refused("a number as a text", _cell(blocks="9"), "cells[0].blocks", "a valid integer"),
    _refused("a whole number with a point", _cell(blocks=9.0), "cells[0].blocks"),
    _refused("true as a number", _cell(blocks=True), 'cells[0].blocks: found "true"'),
    _refused("a text as a truth", _cell(matters="true"), "cells[0].matters"),
    _refused("a number as a text's place", _cell(reason=1), "cells[0].reason"),
    _refused("a list as a text", _cell(reason=["a"]), "cells[0].reason: found a list"),
    _refused("an object as a list", _set(cells={}), "cells: found an object"),
    _refused("null where a value is needed", _set(cells=None), 'cells: found "null"'),
    _refused("an unknown verdict", _cell(verdict="FINE"), 'cells[0].verdict: found "FINE"'),
    _refused("an unknown metric", _cell(metric="vibes"), "cells[0].metric"),
    _refused("an unknown word", _set(overall="great"), 'overall: found "great"'),
    _refused("an unknown key", _set(html="<b>"), "html: found a key that no report has"),
    _refused("an unknown key in a row", _cell(link="x"), "cells[0].link"),
    _refused("a key that names a method", _set(__class__="x"), "__class__"),
    _refused("a missing key", lambda report: report.pop("rule"), "rule: found nothing"),
    _refused("another version of the format", _set(schema=2), "schema"),
    _refused("the name of a key in our code", _set(schema_version=1), "schema_version"),
)

CONTENTS = (
    _raw(
        "a million rows",
        lambda: b'{"cells": [' + b"{}," * 1_000_000 + b"{}]}",
        "at most 1000000",
    ),
    _refused("300 notes", _set(notes=["x"] * 300), "notes: found 300 entries", "at most 200"),
    _refused(
        "60,000 cells",
        lambda report: report.update(cells=[{}] * 60_000),
        "cells: found 60000 entries",
    ),
    _refused(
        "65 candidates",
        lambda report: report.update(candidates=[f"2.{n}.0" for n in range(65)]),
        "candidates: found 65 entries",
    ),
    _refused("blocks below nothing", _cell(blocks=-1), 'cells[0].blocks: found "-1"'),
    _refused("a ratio of nothing", _cell(ratio=0), "cells[0].ratio", "a number above 0"),
    _refused("a ratio below nothing", _cell(ratio=-1.5), "cells[0].ratio"),
    _refused("an interval the wrong way round", _cell(interval=[2, 1]), "cells[0].interval"),
    _refused("an interval of three", _cell(interval=[1, 2, 3]), "cells[0].interval"),
    _refused("a bound below nothing", _cell(interval=[-1, 1]), "cells[0].interval"),
    _refused("a cell of no case", _cell(case="nobody[knows]"), "cells[0].case", "`cases`"),
    _refused("a cell of no candidate", _cell(candidate="9.9.9"), "cells[0].candidate"),
    _refused("a cell against nothing", _cell(against="9.9.9"), "cells[0].against"),
    _refused(
        "a row twice",
        lambda report: report["cells"].append(dict(report["cells"][0])),
        "the same row again",
    ),
    _refused(
        "a cell that matters and is equal",
        _cell(matters=True, verdict="EQUIVALENT"),
        "cells[0].matters",
    ),
    _refused("a green word over an alarm", _alarm, "overall: found"),
    _refused("exit code 0 over gaps", _set(exit_code=0), "exit_code: found 0", "3"),
    _refused("an exit code that is none", _set(exit_code=-1), "exit_code"),
    _refused(
        "a review of its own",
        _set(review={"changed_files": [], "more_files": 0, "notes": ["all is well"]}),
        "review",
    ),
    _refused(
        "a control that hides its alarms",
        lambda report: report["control"]["cells"][0].update(flagged=True),
        "control.flagged",
    ),
    _refused(
        "a line number of nothing",
        _set(places={"matmul[512]": {"path": "a.py", "line": 0}}),
        "line",
    ),
)


def message(case: Hostile) -> str:
    """Return what is said of a report that is refused."""
    try:
        review(
            parse_report(case.make()),
            base_config=None,
            changed_files=(),
            acknowledgements=(),
            today=date(2026, 11, 21),
            head_commit=COMMIT,
        )
    except BadReport as error:
        return error.what
    raise AssertionError(f"{case.name}: was taken")


OTHERS = (
    _refused("another commit than the head", _set(commit="f" * 40), "commit: found", COMMIT),
    _refused("no commit", _set(commit=None), "commit: found no commit", COMMIT),
)

REFUSED = (*OTHERS, *HIDDEN, *NAMES, *SHAPES, *CONTENTS)
HOSTILE = (*ESCAPED, *REFUSED)
