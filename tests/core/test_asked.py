"""What a command starts: inputs that the configuration reads as what was meant."""

import pytest

from bot.core.asked import Inputs, Suspects, inputs_of, inputs_of_confirm, suspects
from bot.core.commands import Bisect, Explain, Run
from bot.core.config import Config, load
from bot.core.ranges import settle
from bot.core.releases import Spec
from bot.core.report import Acknowledgement, Report
from bot.errors import BadConfiguration
from tests.render.conftest import cell_of, numeric_of, report_of


def config_of(inputs: Inputs) -> Config:
    """Read the inputs as a measuring job does: from its environment, blank ones left out."""
    environ = {
        "TFPERF_BASELINE": inputs.baseline,
        "TFPERF_VERSIONS": inputs.versions,
        "TFPERF_WORKLOADS": inputs.workloads,
    }
    return load(None, source="tfperf.yml", environ=environ, overrides={})


@pytest.mark.parametrize(
    ("command", "inputs"),
    [
        (Run(), Inputs()),
        (Run(workloads=("a*", "b[fit]")), Inputs(workloads="a*,b[fit]")),
        (Run(versions=("2.15.1", "2.21.0")), Inputs(baseline="2.15.1", versions="2.21.0")),
        (
            Run(versions=("2.15.1", "2.16", "latest")),
            Inputs(baseline="2.15.1", versions="2.16,latest"),
        ),
        (Run(versions=("2.9..2.12",)), Inputs(baseline="2.9", versions="2.9..2.12")),
        (
            Run(versions=("2.9..2.12", "2.21.0")),
            Inputs(baseline="2.9", versions="2.9..2.12,2.21.0"),
        ),
        (
            Bisect(case="scan", good="2.9", bad="2.21"),
            Inputs(baseline="2.9", versions="2.9..2.21", workloads="scan"),
        ),
        (
            Bisect(case="scan", good="tensorflow-cpu==2.9", bad="tensorflow-cpu==2.12"),
            Inputs(
                baseline="tensorflow-cpu==2.9",
                versions="tensorflow-cpu==2.9..2.12",
                workloads="scan",
            ),
        ),
    ],
)
def test_inputs(command: Run | Bisect, inputs: Inputs) -> None:
    assert inputs_of(command) == inputs
    config_of(inputs)


def columns_of(base: str, candidate: str) -> list[Spec]:
    inputs = inputs_of(Explain(case="scan", base=base, candidate=candidate))
    assert (inputs.baseline, inputs.workloads, inputs.mode) == (base, "scan", "compare")
    return list(config_of(inputs).versions)


ONEDNN = (("TF_ENABLE_ONEDNN_OPTS", "0"),)
KERAS = (("TF_USE_LEGACY_KERAS", "1"),)


@pytest.mark.parametrize(
    ("candidate", "columns"),
    [
        ("2.3.0", [Spec(version="2.3.0")]),
        ("2.15.1", [Spec(version="2.15.1"), Spec(version="2.15.1", knobs=ONEDNN)]),
        (
            "2.21.0@3.13",
            [
                Spec(version="2.21.0", python="3.13"),
                Spec(version="2.21.0", python="3.13", knobs=ONEDNN),
                Spec(
                    version="2.21.0",
                    python="3.13",
                    knobs=KERAS,
                    requirements=("tf-keras==2.21.*",),
                ),
            ],
        ),
        (
            "tensorflow-cpu==2.16.1",
            [
                Spec(package="tensorflow-cpu", version="2.16.1"),
                Spec(package="tensorflow-cpu", version="2.16.1", knobs=ONEDNN),
                Spec(
                    package="tensorflow-cpu",
                    version="2.16.1",
                    knobs=KERAS,
                    requirements=("tf-keras==2.16.*",),
                ),
            ],
        ),
        (
            "tf-nightly==2.22.0.dev20251101",
            [
                Spec(package="tf-nightly", version="2.22.0.dev20251101"),
                Spec(package="tf-nightly", version="2.22.0.dev20251101", knobs=ONEDNN),
            ],
        ),
    ],
)
def test_an_explanation_changes_one_thing_at_a_time(candidate: str, columns: list[Spec]) -> None:
    assert columns_of("1.15", candidate) == columns


def test_an_explanation_of_the_newest_names_it() -> None:
    assert {column.version for column in columns_of("2.15.1", "latest")} == {
        settle(Spec(version="1.15"), (Spec(version="latest"),), {})[1][0].version
    }


CASE = "mnist_mlp[train_step]"
SLOW = cell_of(CASE, "REGRESSION", ratio=1.3)
KNOWN = Acknowledgement(author="octocat", reason="known")


@pytest.mark.parametrize(
    ("report", "found"),
    [
        (report_of(), None),
        (report_of(cells=(cell_of(CASE, "IMPROVEMENT", ratio=0.7),)), None),
        (report_of(cells=(SLOW.model_copy(update={"matters": False}),)), None),
        (report_of(cells=(SLOW.model_copy(update={"acknowledged": KNOWN}),)), None),
        (
            report_of(cells=(SLOW,)),
            Suspects(cases=(CASE,), baseline="2.15.1", versions=("2.21.0",)),
        ),
        (
            report_of(cells=(SLOW, SLOW), numerics=(numeric_of("scan", "WRONG"),)),
            Suspects(cases=(CASE, "scan"), baseline="2.15.1", versions=("2.21.0",)),
        ),
        (
            report_of(
                candidates=("2.16.2", "2.20.0", "2.21.0@3.13"),
                cells=(
                    cell_of(CASE, "EQUIVALENT", candidate="2.16.2"),
                    cell_of(CASE, "REGRESSION", candidate="2.21.0@3.13"),
                    cell_of("scan", "REGRESSION", candidate="2.20.0"),
                ),
            ),
            Suspects(cases=(CASE, "scan"), baseline="2.15.1", versions=("2.21.0@3.13", "2.20.0")),
        ),
        # How long an import takes is nobody's case: any will show it.
        (
            report_of(cells=(cell_of("import", "REGRESSION", metric="import"),)),
            Suspects(cases=(CASE,), baseline="2.15.1", versions=("2.21.0",)),
        ),
        # What is more than a release cannot be named in one word: all that is configured again.
        (
            report_of(cells=(cell_of(CASE, "REGRESSION", candidate="2.21.0 +A=1"),)),
            Suspects(cases=(CASE,)),
        ),
        (
            report_of(cells=(cell_of(CASE, "REGRESSION", candidate="2.15.1"),)),
            Suspects(cases=(CASE,)),
        ),
        # Hostile names never become inputs.
        (report_of(cells=(cell_of("$(id)", "REGRESSION"),)), None),
        (
            report_of(
                cells=(
                    cell_of("a;b", "REGRESSION"),
                    cell_of(CASE, "REGRESSION", candidate="existing:/usr"),
                )
            ),
            Suspects(cases=(CASE,)),
        ),
        (
            report_of(baseline="wheel:https://example.org/x.whl", cells=(SLOW,)),
            Suspects(cases=(CASE,)),
        ),
    ],
)
def test_suspects(report: Report, found: Suspects | None) -> None:
    assert suspects(report) == found
    if found is not None:
        config_of(inputs_of_confirm(found))


def test_only_so_many_suspects_are_measured_again() -> None:
    cells = tuple(cell_of(f"case{number}", "REGRESSION") for number in range(300))
    found = suspects(report_of(cells=cells))
    assert found is not None
    assert len(found.cases) == 100


def test_inputs_of_a_confirmation() -> None:
    inputs = inputs_of_confirm(
        Suspects(cases=("a", "b[fit]"), baseline="2.15.1", versions=("2.16",))
    )
    assert inputs == Inputs(
        baseline="2.15.1", versions="2.16", workloads="a,b[fit]", mode="confirm"
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[2.16", "expected ',' or ']'"),
        ("[2.16] [2.17]", "expected '<document start>'"),
        ("[2.16], baseline: 2.1", "expected '<document start>'"),
        ("[&a 2.16, *a]", "the alias"),
        ("[]", "a release to compare with"),
        ('[{"tensorflow": "9.x"}]', "versions[0].tensorflow"),
    ],
)
def test_a_list_in_a_variable_is_read_as_strictly_as_the_file(text: str, what: str) -> None:
    with pytest.raises(BadConfiguration) as raised:
        config_of(Inputs(baseline="2.15.1", versions=text))
    assert what in str(raised.value)
    assert "TFPERF_VERSIONS" in str(raised.value)
