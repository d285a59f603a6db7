"""The description of a script: what it may say, and that every mistake is told with its line."""

import textwrap

import pytest

from bot.core.script_description import Described, read_description, script_named


def described(text: str) -> Described:
    read = read_description(textwrap.dedent(text), source="train.yml")
    assert isinstance(read, Described), read
    return read


def test_a_script_alone_is_one_case_without_arguments() -> None:
    description = described("script: train.py").description
    assert description.cases == {"default": ()}
    assert description.folder == "."
    assert description.tolerance == 1e-4
    assert description.upgrade is False


def test_everything_that_can_be_said() -> None:
    description = described(
        r"""
        script: train.py
        folder: data
        cases:
          small: [--epochs, 1, --name, "two words"]
          large: --epochs 5 --name 'two words'
          bare:
        numbers: {loss: 'loss: (\S+)'}
        since: {large: 2.10}
        tolerance: 1e-3
        thresholds: {wall: 10%, peak_rss: 0.2}
        tags: [slow, keras]
        upgrade: true
        """
    ).description
    assert description.cases == {
        "small": ("--epochs", "1", "--name", "two words"),
        "large": ("--epochs", "5", "--name", "two words"),
        "bare": (),
    }
    assert description.numbers == {"loss": r"loss: (\S+)"}
    assert [description.oldest(case) for case in ("small", "large")] == [None, "2.10"]
    assert description.thresholds == {"wall": 0.1, "peak_rss": 0.2}
    assert (description.tolerance, description.tags) == (1e-3, ("slow", "keras"))
    assert description.upgrade is True


def test_one_release_and_one_threshold_stand_for_all() -> None:
    description = described("script: a.py\nsince: 1.3\nthresholds: 20%").description
    assert description.oldest("default") == "1.3"
    assert description.thresholds == {"wall": 0.2, "cpu": 0.2, "peak_rss": 0.2}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("cases: {a: []}", "line 1: script: found nothing, expected a value"),
        ("scirpt: a.py", 'line 1: found the unknown key "scirpt"'),
        ("scirpt: a.py", "did you mean script?"),
        ("script: a.py\nscript: b.py", "line 2: script: found it again"),
        ("script: a.py\ncases: []", "line 2: cases: found a list, expected a mapping of cases"),
        ("script: a.py\ncases: {}", "line 2: cases: found a mapping, expected a mapping of cases"),
        ("script: a.py\ncases:\n  A b: []", 'line 3: cases.A b: found "A b", expected a name'),
        ("script: a.py\ncases:\n  ..: []", 'line 3: cases...: found "..", expected a name of 1'),
        ("script: a.py\ncases:\n  .: []", "1 to 60 of a-z 0-9 _ . -, the first a letter"),
        ("script: a.py\ncases:\n  -a: []", 'found "-a", expected a name of 1 to 60'),
        ("script: a.py\ncases:\n  a: 'x", "line 3, column 8: found unexpected end of stream"),
        ('script: a.py\ncases:\n  a: "it\'s"', "line 3: cases.a: found"),
        ("script: a.py\ncases:\n  a: {b: c}", "line 3: cases.a: found a mapping, expected a list"),
        ("script: a.py\ncases:\n  a: [[b]]", "line 3: cases.a[0]: found a list, expected a text"),
        ("script: a.py\nnumbers:\n  l: 'l: ('", 'line 3: numbers.l: found "l: (", expected a regu'),
        ("script: a.py\nnumbers:\n  l: 'l: .*'", "expected one group in parentheses around the nu"),
        ("script: a.py\nnumbers:\n  l: '(a)(b)'", "around the number, not 2"),
        ("script: a.py\nnumbers: loss", 'line 2: numbers: found "loss", expected a mapping of up'),
        ("script: a.py\nsince: 2", 'line 2: since: found "2", expected a release such as 1.3'),
        ("script: a.py\nsince:\n  smal: 2.0", 'line 3: since.smal: found "2.0", expected a case'),
        ("script: a.py\nthresholds: {step: 5%}", 'thresholds.step: found "5%", expected a metric'),
        ("script: a.py\ntolerance: some", 'line 2: tolerance: found "some", expected a fraction'),
        ("script: a.py\nupgrade: maybe", 'line 2: upgrade: found "maybe", expected true or false'),
        ("script: a.py\ntags: {a: b}", "line 2: tags: found a mapping, expected a list"),
        ("script: [", "line 1, column 10"),
        ("script: &a a.py\nfolder: *a", "line 2: found the alias *a"),
    ],
)
def test_mistakes_are_told_with_their_line(lines: str, said: str) -> None:
    told = read_description(lines, source="train.yml")
    assert isinstance(told, str)
    assert said in told
    assert "train.yml" in told


def test_all_mistakes_are_told_at_once() -> None:
    told = read_description("script: a.py\nsince: x\nupgrade: x\nfoo: x", source="t.yml")
    assert isinstance(told, str)
    assert [f"line {line}" in told for line in (2, 3, 4)] == [True] * 3


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("script: a.py", "a.py"),
        ("script: a.py\nnonsense: 1", "a.py"),
        ("script: 'a b.py'\ncases: [", "a b.py"),
        ("# none", None),
        ("script: [a.py]", None),
        ("- list", None),
        ("cases: [", None),
    ],
)
def test_a_script_is_known_also_from_a_bad_description(text: str, script: str | None) -> None:
    assert script_named(text) == script
