"""The configuration: what each key takes, which source wins, what is said about mistakes."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.config import KEYS, Config, load
from bot.core.metric import RATIO_METRICS
from bot.core.releases import Spec
from bot.errors import BadConfiguration


def read(
    text: str | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Config:
    return load(text, source="tfperf.yml", environ=environ or {}, overrides=overrides or {})


def refusal(*sources: Any) -> str:
    with pytest.raises(BadConfiguration) as refused:
        read(*sources)
    return str(refused.value)


def specs(*versions: str) -> tuple[Spec, ...]:
    return tuple(Spec(version=version) for version in versions)


def test_without_any_source_the_defaults_hold() -> None:
    assert read() == read("") == read("# nothing\n") == Config()
    config = read()
    assert (config.baseline, config.versions) == (*specs("2.15.1"), specs("2.21.0"))
    assert (config.budget_seconds, config.timeout_seconds) == (600, 120)
    assert (config.workloads, config.tags, config.paths) == ((), (), ())
    assert (config.threshold, config.alpha, config.most_blocks) == ({}, 0.01, 40)
    assert (config.dependencies, config.device, config.isolation) == ("release-date", "cpu", "auto")
    assert (config.python, config.threads, config.seed, config.knobs) == (None, 1, None, {})
    assert config.fail_on == ("regression", "wrong")


EVERYWHERE = dict.fromkeys(RATIO_METRICS, 0.05)
READ: dict[str, tuple[str, object]] = {
    # YAML 1.1 would make these the numbers 2.1, 3.1, 1.0 and the truth value true
    "versions: [2.10, 2.9]": ("versions", specs("2.10", "2.9")),
    "baseline: 2.10": ("baseline", Spec(version="2.10")),
    "python: 3.10": ("python", "3.10"),
    "knobs: {A: 1.0, B: on, C: 0x10}": ("knobs", {"A": "1.0", "B": "on", "C": "0x10"}),
    'python: "3.11"': ("python", "3.11"),
    "python: null": ("python", None),
    "python:": ("python", None),
    "versions: [tensorflow-cpu==2.9.3]": (
        "versions",
        (Spec(package="tensorflow-cpu", version="2.9.3"),),
    ),
    "versions: 2.15.1 2.21.0@3.13": (
        "versions",
        (Spec(version="2.15.1"), Spec(version="2.21.0", python="3.13")),
    ),
    "versions: [{tensorflow: 2.20, python: 3.10, with: [keras==3.5.0]}]": (
        "versions",
        (Spec(version="2.20", python="3.10", requirements=("keras==3.5.0",)),),
    ),
    "versions: [{tensorflow-cpu: 2.20.0, with: keras==3.5.0}]": (
        "versions",
        (Spec(package="tensorflow-cpu", version="2.20.0", requirements=("keras==3.5.0",)),),
    ),
    "versions: [{tensorflow: 2.15.1, knobs: {A: 0, B: on}}]": (
        "versions",
        (Spec(version="2.15.1", knobs=(("A", "0"), ("B", "on"))),),
    ),
    "versions: [{tensorflow: 2.15.1, knobs: A=0 B='1 2'}]": (
        "versions",
        (Spec(version="2.15.1", knobs=(("A", "0"), ("B", "1 2"))),),
    ),
    "versions: [2.9..2.21, latest-3, every-minor, 2.16.*]": (
        "versions",
        specs("2.9..2.21", "latest-3", "every-minor", "2.16.*"),
    ),
    "versions: [{tensorflow: 2.9..2.12, with: numpy<2}]": (
        "versions",
        (Spec(version="2.9..2.12", requirements=("numpy<2",)),),
    ),
    "versions: [tf-nightly, {tf-nightly: 2.22.0.dev20251101}]": (
        "versions",
        tuple(Spec(package="tf-nightly", version=v) for v in ("latest", "2.22.0.dev20251101")),
    ),
    "versions: [{torch: 2.5.1, python: 3.11}, {numpy: }, {python: 3.12}, python]": (
        "versions",
        (
            Spec(package="torch", version="2.5.1", python="3.11"),
            Spec(package="numpy", version="latest"),
            Spec(package="python", version="3.12", python="3.12"),
            Spec(package="python", version=""),
        ),
    ),
    "versions: [{existing: my venv, knobs: {A: 1}}, 'existing:/a/b']": (
        "versions",
        (
            Spec(version="", existing="my venv", knobs=(("A", "1"),)),
            Spec(version="", existing="/a/b"),
        ),
    ),
    "versions: [{wheel: tensorflow-2.15.1-cp311-cp311-linux_x86_64.whl, with: a==1}]": (
        "versions",
        (
            Spec(
                version="2.15.1",
                wheel="tensorflow-2.15.1-cp311-cp311-linux_x86_64.whl",
                requirements=("a==1",),
            ),
        ),
    ),
    "baseline: latest-1": ("baseline", Spec(version="latest-1")),
    "baseline: {existing: ../venv}": ("baseline", Spec(version="", existing="../venv")),
    "workloads: ['mnist_mlp[fit]', geometric*]": ("workloads", ("mnist_mlp[fit]", "geometric*")),
    "tags:": ("tags", ()),
    "paths: [my folder/a.py]": ("paths", ("my folder/a.py",)),
    "threshold: 5%": ("threshold", EVERYWHERE),
    "threshold: 0.05": ("threshold", EVERYWHERE),
    "threshold: null": ("threshold", {}),
    "threshold: {step: 3 %, import: .5}": ("threshold", {"step": 0.03, "import": 0.5}),
    "alpha: 1e-3": ("alpha", 0.001),
    "budget: 1h30m": ("budget_seconds", 5400.0),
    "timeout: 90s": ("timeout_seconds", 90.0),
    "dependencies: newest": ("dependencies", "newest"),
    "device: gpu": ("device", "gpu"),
    "threads: all": ("threads", "all"),
    "threads: 8": ("threads", 8),
    "fail-on: [drifted, failure]": ("fail_on", ("drifted", "failure")),
    "fail-on: none": ("fail_on", ()),
    "fail-on: []": ("fail_on", ()),
    "most-blocks: 200": ("most_blocks", 200),
    "isolation: process": ("isolation", "process"),
    "seed: 7": ("seed", 7),
    "shards: 4": ("shards", 4),
    "confirm: true": ("confirm", True),
    "runs-on: {gpu: [self-hosted, gpu-1]}": (
        "runs_on",
        {"cpu": ("ubuntu-24.04",), "gpu": ("self-hosted", "gpu-1")},
    ),
    "runs-on: {cpu: ubuntu-26.04}": ("runs_on", {"cpu": ("ubuntu-26.04",)}),
    "runs-on: cpu=ubuntu-26.04": ("runs_on", {"cpu": ("ubuntu-26.04",)}),
    "runs-on:": ("runs_on", {"cpu": ("ubuntu-24.04",)}),
    "environment: GPU runners": ("environment", "GPU runners"),
    "environment:": ("environment", None),
}


@pytest.mark.parametrize(("text", "expected"), READ.items())
def test_what_a_key_takes(text: str, expected: tuple[str, object]) -> None:
    key, value = expected
    assert getattr(read(text), key) == value


def test_auto_leaves_the_releases_to_the_pull_request() -> None:
    alone, *rest = read("versions: auto").versions
    assert (alone.is_auto, rest) == (True, [])
    first, *fallback = read("versions: [auto, 2.16.2, 2.17.1]").versions
    assert first.is_auto
    assert tuple(fallback) == specs("2.16.2", "2.17.1")


REFUSED = {
    "versions: [2.16.2, auto]": 'versions[1]: found "auto", expected the word auto first, and once',
    "versions: [auto, auto]": "versions[1]",
    "versions: [atuo]": "did you mean auto?",
    "baseline: auto": 'baseline: found "auto", expected a release such as 2.15.1',
    "dependencies: mine": "expected release-date or newest or project",
    "subject: []": "expected a text",
    "base: [main]": "expected a text",
    "versions: [2.15.1, 2.15.9]": 'line 1: versions[1]: found "2.15.9", expected a release that '
    "exists; did you mean 2.15.1 or 2.15.0?",
    "versions: [tensorflow-cpu==2.0.0]": "did you mean tensorflow-cpu==2.1.0",
    "versions: [tensrflow==2.3]": "did you mean tensorflow==2.3?",
    "versions: [latst]": 'found "latst", expected a release such as 2.15.1, 2.9..2.21, latest, '
    "tensorflow-cpu==2.9.3 or 2.21.0@3.13; did you mean latest?",
    "versions: [2.21..2.9]": "expected a range of releases that exist (the range 2.21..2.9 ends "
    "before it starts; write 2.9..2.21)",
    "versions: [latest-99]": "write latest-37 at most",
    "versions: [2.9.9..2.12]": "There is no tensorflow 2.9.9; choose one of 2.9.3, 2.9.2",
    "versions: [torch==2.1..2.5]": "expected one release of torch (its newest: torch)",
    "versions: [tf-nightly==latest-1]": "expected one release of tf-nightly",
    "versions: [python==2.7]": 'found "python==2.7"',
    "baseline: 2.9..2.21": 'baseline: found "2.9..2.21", expected one release, such as 2.15.1, '
    "2.16 or latest-1; a range is for `versions`",
    "baseline: every-minor": "a range is for `versions`",
    "baseline: torch==2.5.1": "expected a release of TensorFlow; torch is a reference",
    "baseline: {python: 3.12}": "expected a release of TensorFlow; python is a reference",
    "versions: [wheel:tf.whl]": '("tf.whl" is not the name of a wheel; call the file as it was',
    "versions: [{wheel: keras-3.0-py3-none-any.whl}]": "versions[0].wheel: found",
    "versions: [{existing: venv, with: [keras==3.5.0]}]": "versions[0].with: found a list, "
    "expected nothing: an existing interpreter is used as it is",
    "versions: [{existing: venv, python: 3.10}]": 'found "3.10", expected nothing',
    "versions: [{existing: }]": "versions[0].existing: found nothing, expected a text",
    "versions: [{existing: a, wheel: b}]": "expected exactly one of tensorflow, tensorflow-cpu, ",
    "versions: []": "the list may be empty only together with `subject`",
    "versions:": "versions: found nothing, expected a list",
    "versions: [2.21.0@2.7]": "expected a release such as",
    "versions: [{tensorflow: 2.21.0, pyton: 3.13}]": "versions[0].pyton: found "
    '"3.13", expected one of tensorflow, tensorflow-cpu, tf-nightly, torch, numpy, existing, '
    "wheel, python, with, knobs; did you mean python?",
    "versions: [{with: [a==1]}]": "expected exactly one of tensorflow, tensorflow-cpu, ",
    "versions: [{tensorflow: x}]": 'versions[0].tensorflow: found "x", expected a version',
    "versions: [{tensorflow: 2.21.0, python: 2}]": 'versions[0].python: found "2"',
    "versions: [{tensorflow: 2.21.0, with: [keras=3]}]": 'versions[0].with[0]: found "keras=3"',
    "versions: [{tensorflow: 2.21.0, with: {a: b}}]": "versions[0].with: found a mapping",
    "versions: {tensorflow: 2.21.0}": "versions: found a mapping, expected a list",
    "baseline: [2.15.1]": "baseline: found a list, expected a release",
    "tags: [[a]]": "tags[0]: found a list, expected a text",
    'paths: ["a\\0b"]': "without control characters",
    "threshold: 5": 'found "5", expected a fraction up to 1, or a percentage; did you mean 5%?',
    "threshold: 0.0001": "expected 0.1% to 1000%",
    "threshold: 2000%": "expected 0.1% to 1000%",
    "threshold: lots": "expected a fraction such as 0.05 or a percentage such as 5%",
    "threshold: {peak-rss: 5%}": "threshold.peak-rss: found",
    "threshold: {step: much}": 'threshold.step: found "much"',
    "threshold: [5%]": "threshold: found a list",
    "alpha: 0": "above 0 and up to 0.2",
    "alpha: 50%": "above 0 and up to 0.2",
    "budget: 90": "did you mean 90s or 90m?",
    "budget: 1:30": "did you mean 1m30s?",
    "budget: 0s": "expected a duration from 1s to 168h",
    "budget:": "budget: found nothing, expected a duration",
    "timeout: 25h": "expected a duration from 1s to 24h",
    "dependencies: newst": "did you mean newest?",
    "runs-on: ubuntu-24.04": "expected a mapping of cpu and gpu",
    "runs-on: {tpu: big}": "runs-on.tpu: found",
    "runs-on: {gpu: []}": "runs-on.gpu: found a list, expected a list of 1 to 10",
    "runs-on: {gpu: '${{ x }}'}": "expected the label of a runner",
    "environment: a/b": "expected the name of an environment",
    "device: GPU": "expected cpu or gpu; did you mean gpu",
    "python: 3.1": 'found "3.1", expected a Python such as 3.11',
    "python: 2.7": "from 3.6 on",
    "threads: 0": 'from 1 to 1024, or "all"',
    "threads: al": "did you mean all?",
    "threads: -1": "from 1 to 1024",
    "knobs: {PATH: /x}": "knobs.PATH: found",
    "versions: [{tensorflow: 2.15.1, knobs: {PATH: /x}}]": "line 1: versions[0].knobs.PATH: found "
    '"/x", expected a variable that the tool does not set itself',
    "versions: [{tensorflow: 2.15.1, knobs: {A: }}]": "versions[0].knobs.A: found nothing, "
    "expected a text",
    "versions: [{tensorflow: 2.15.1, knobs: [A]}]": "versions[0].knobs: found a list, expected a "
    "mapping",
    "knobs: {PYTHONHASHSEED: 0}": "a variable that the tool does not set itself",
    "knobs: {TFPERF_SEED: 0}": "a variable that the tool does not set itself",
    "knobs: {A-B: 0}": "the name of an environment variable",
    "knobs: {A: '" + "x" * 5000 + "'}": "up to 4096 characters",
    "knobs: {A: }": "knobs.A: found nothing, expected a text",
    "knobs: [A]": "knobs: found a list",
    "knobs: A": "expected NAME=VALUE",
    "fail-on: [wrong, drift]": 'fail-on[1]: found "drift"',
    "fail-on:": "expected a list, or none",
    "most-blocks: 2": "expected a whole number from 3 to 200",
    "most-blocks: 2.5": "expected a whole number",
    "isolation: thread": "expected auto or fork or process",
    "seed: -1": "expected a whole number",
    "shards: 21": "expected a whole number",
    "shards: 0": "expected a whole number",
    "confirm: maybe": "confirm",
    "bugdet: 5m": 'line 1: found the unknown key "bugdet", expected a key of the configuration; '
    "did you mean budget?",
    "xyzzy: 1": "expected one of baseline, versions",
    "fail_on: [wrong]": "did you mean fail-on?",
    "seed: 1\nalpha: 5%\nseed: 2": "line 3: seed: found it again, expected each key once "
    "(it is also at tfperf.yml, line 1)",
    "knobs: {A: 1, A: 2}": "A: found it again",
    "- a": "found a list, expected a mapping of keys to values",
    "hello": 'found "hello", expected a mapping',
    "a: 1\n---\nb: 1": "line 2: found a second document",
    "workloads: *mnist": 'found the alias *mnist, expected "*mnist" in quotes',
    "workloads: [*]": "line 1, column 14",
    "seed: 1\nknobs: {a: [}": "tfperf.yml, line 2, column 13",
    "seed: !!python/name:os.system 1": "found a tag",
    "? [a]\n: 1": "found a key that is no text",
    'tags: ["\\uD800"]': "found half a character",
    'tags: ["\\UFFFFFFFF"]': "found an escape that stands for no character",
    "tags: \x07": "expected YAML",
    "[" * 5000: "nested this deeply",
    "tags: [" + "a, " * 20_000 + "]": "more than 10000 values",
    "#" * 300_000: "more than 256 KiB",
}


@pytest.mark.parametrize(("text", "part"), REFUSED.items(), ids=lambda text: text[:40])
def test_a_mistake_names_place_key_finding_and_remedy(text: str, part: str) -> None:
    said = refusal(text)
    assert part in said
    assert "tfperf.yml" in said
    assert "next: " in said


def test_all_mistakes_are_told_at_once() -> None:
    said = refusal(
        "alpha: 2\nbudgte: 5m\nseed: x\nversions: [2.15.9, 2.0.9]",
        {"TFPERF_TIMEOUT": "soon", "TFPERF_BUGDET": "5m"},
        {"device": "tpu", "sed": 4},
    )
    lines = said.splitlines()
    assert lines[0] == "The configuration has 9 mistakes:"
    for start in (
        "  tfperf.yml, line 1: alpha: ",
        '  tfperf.yml, line 2: found the unknown key "budgte"',
        "  tfperf.yml, line 3: seed: ",
        "  tfperf.yml, line 4: versions[0]: ",
        "  tfperf.yml, line 4: versions[1]: ",
        "  environment variable TFPERF_TIMEOUT: timeout: ",
        "  environment variable TFPERF_BUGDET: ",
        "  command line: device: ",
        '  command line: found the unknown key "sed"',
    ):
        assert sum(line.startswith(start) for line in lines) == 1, start


def test_the_command_line_wins_over_the_environment_over_the_file() -> None:
    text, environ, overrides = "seed: 1", {"TFPERF_SEED": "2"}, {"seed": 3}
    assert read(text).seed == 1
    assert read(text, environ).seed == 2
    assert read(text, environ, overrides).seed == 3


def test_a_value_that_is_overridden_need_not_be_right() -> None:
    assert read("seed: x", {}, {"seed": 3}).seed == 3


ENVIRON: dict[tuple[str, str], tuple[str, object]] = {
    ("TFPERF_BUDGET", "5m"): ("budget_seconds", 300.0),
    ("TFPERF_VERSIONS", "2.15.1 2.21.0"): ("versions", specs("2.15.1", "2.21.0")),
    ("TFPERF_VERSIONS", "2.9..2.21 latest"): ("versions", specs("2.9..2.21", "latest")),
    ("TFPERF_VERSIONS", "2.15.1,2.21.0"): ("versions", specs("2.15.1", "2.21.0")),
    ("TFPERF_FAIL_ON", "wrong,drifted"): ("fail_on", ("wrong", "drifted")),
    ("TFPERF_MOST_BLOCKS", "7"): ("most_blocks", 7),
    ("TFPERF_THRESHOLD", "step=5% import=20%"): ("threshold", {"step": 0.05, "import": 0.2}),
    ("TFPERF_KNOBS", "A=1 B='--x --y'"): ("knobs", {"A": "1", "B": "--x --y"}),
    ("TFPERF_SEED", " "): ("seed", None),
    ("TFPERF_PADDING", "x"): ("seed", None),
}


@pytest.mark.parametrize(("variable", "expected"), ENVIRON.items())
def test_what_a_variable_takes(variable: tuple[str, str], expected: tuple[str, object]) -> None:
    key, value = expected
    assert getattr(read(None, dict([variable])), key) == value


def test_mistakes_inside_a_variable_name_the_part() -> None:
    assert "quotes closed" in refusal(None, {"TFPERF_KNOBS": "A='x"})
    assert 'threshold.step: found "step=x"' in refusal(None, {"TFPERF_THRESHOLD": "step=x"})


def test_the_command_line_takes_values_of_python() -> None:
    overrides = {
        "versions": ("2.16.2",),
        "threshold": {"step": 0.05},
        "most-blocks": 9,
        "alpha": None,
        "tags": ["a", "b"],
    }
    config = read(None, {}, overrides)
    assert config.versions == specs("2.16.2")
    assert config.threshold == {"step": 0.05}
    assert (config.most_blocks, config.alpha, config.tags) == (9, 0.01, ("a", "b"))
    assert "true" in refusal(None, {}, {"seed": True})


def test_a_path_changes_one_entry_of_a_mapping() -> None:
    assert read("knobs: {A: 1, B: 2}", {}, {"knobs.B": "3"}).knobs == {"A": "1", "B": "3"}
    assert read(None, {}, {"threshold.step": "9%"}).threshold == {"step": 0.09}
    assert read("threshold:", {}, {"threshold.step": "9%"}).threshold == {"step": 0.09}
    said = refusal("threshold: 5%", {}, {"threshold.step": "9%"})
    assert 'line 1: threshold: found "5%", expected a mapping' in said


def test_a_configuration_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read().seed = 3  # type: ignore[misc]


LINES = st.sampled_from(
    [*KEYS, ": ", ":", "\n", "\n- ", "{", "}", "[", "]", ", ", "*", "&a ", "!", "2.10", "5%", "~"]
)


@given(text=st.text(max_size=80) | st.lists(LINES, max_size=15).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text)
    except BadConfiguration:
        return


@given(key=st.sampled_from(KEYS), value=st.text(max_size=30))
def test_any_value_is_read_or_refused(key: str, value: str) -> None:
    name = "TFPERF_" + key.upper().replace("-", "_")
    for environ, overrides in (({name: value}, {}), ({}, {key: value}), ({}, {key: [value]})):
        try:
            read(None, environ, overrides)
        except BadConfiguration:
            continue


@given(text=st.characters(exclude_categories=["Cs"]))
def test_what_is_quoted_is_on_one_line(text: str) -> None:
    for overrides in ({"device": f"a{text}b"}, {"knobs": {f"PATH-{text}": "1"}}):
        assert len(refusal(None, {}, overrides).splitlines()) == 2


def test_a_project_may_be_measured_under_the_baseline_alone() -> None:
    found = read("versions: []\nsubject: .")

    assert (found.versions, str(found.baseline)) == ((), "2.15.1")
