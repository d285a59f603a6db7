"""Owns the configuration: every key of `tfperf.yml`, and which of its sources wins."""

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    WithJsonSchema,
    model_validator,
)

from bot.core import config_shapes as shapes
from bot.core import config_values as values
from bot.core.config_acknowledged import Acknowledged
from bot.core.config_layers import layered
from bot.core.config_mistakes import bad_configuration
from bot.core.config_pages import ImageBase, Templates
from bot.core.config_releases import auto_first, baseline, candidate, candidates, must_compare
from bot.core.config_runners import Approval, RunsOn, default_runners
from bot.core.config_validation import validated
from bot.core.metric import METRICS, MetricName
from bot.core.plan import Dependencies, Device
from bot.core.releases import Spec, parse_spec
from bot.core.systems import ASKED_ISOLATIONS, AskedIsolation

FailOn = Literal["regression", "wrong", "drifted", "failure", "counter"]
FAIL_ON: tuple[FailOn, ...] = get_args(FailOn)
SECOND = 1.0
DAY = 24 * 3600.0
WEEK = 7 * DAY
MOST_SEED = 2**32 - 1

Asked = Annotated[InstanceOf[Spec], BeforeValidator(candidate)]
Baseline = Annotated[InstanceOf[Spec], BeforeValidator(baseline)]
Word = Annotated[str, BeforeValidator(values.text)]
Words = Annotated[tuple[Word, ...], BeforeValidator(values.texts()), WithJsonSchema(shapes.TEXTS)]


class Config(BaseModel):
    """What is compared, with what, for how long, and what fails the run."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, title="tfperf.yml"
    )

    baseline: Annotated[
        Baseline,
        WithJsonSchema(shapes.RELEASE),
        Field(
            description="The release everything is compared with; it is installed twice. "
            "`latest` is the newest, `latest-1` the last patch of the minor version before it.",
            json_schema_extra={"default": "2.15.1"},
            examples=["2.15.1", "tensorflow-cpu==2.9.3", "latest-1"],
        ),
    ] = parse_spec("2.15.1")
    versions: Annotated[
        tuple[Asked, ...],
        BeforeValidator(candidates),
        AfterValidator(auto_first),
        WithJsonSchema(shapes.RELEASES),
        Field(
            description="The candidates: releases, each with a Python (`2.21.0@3.13`) or as a "
            "mapping with `tensorflow`, `python`, `with` and `knobs` if need be; a minor version "
            "means its last patch. Ranges (`2.9..2.21`, `latest-3..latest`, `every-minor`, "
            "`2.16.*`), interpreters and wheels (`existing: PATH`, `wheel: PATH`) and other "
            "frameworks (`torch==2.5.1`): see environments.md. `auto`, alone or first: what a pull "
            "request changes, and what follows where it changes nothing: see pull-requests.md. "
            "An empty list, with `subject`: the project under the release of the baseline alone.",
            json_schema_extra={"default": ["2.21.0"]},
            examples=[
                ["2.16.2", "2.21.0@3.13"],
                ["2.9..2.14", "latest"],
                ["auto", "2.21.0"],
                [{"existing": "../my-tensorflow/venv"}, "torch==2.5.1"],
                [{"tensorflow": "2.21.0", "with": ["keras==3.5.0"]}],
                [{"tensorflow": "2.15.1", "knobs": {"TF_ENABLE_ONEDNN_OPTS": "0"}}],
            ],
        ),
    ] = (parse_spec("2.21.0"),)
    workloads: Annotated[
        Words,
        Field(
            description="Globs over `workload` and `workload[case]` names, `*` for all; square "
            "brackets mean themselves unless nothing matches. Without it and `tags`: your own "
            "workloads where `paths` names some, else the suite's cases with the tag `core`.",
            examples=[["mnist_mlp[fit]", "geometric_series*"]],
        ),
    ] = ()
    tags: Annotated[
        Words, Field(description="Only workloads with one of these tags.", examples=[["eager"]])
    ] = ()
    paths: Annotated[
        Words,
        Field(
            description="Files and folders of your own workloads, relative to this file.",
            examples=[["benchmarks/workloads"]],
        ),
    ] = ()
    metrics: Annotated[
        tuple[Annotated[MetricName, BeforeValidator(values.choice(METRICS))], ...],
        BeforeValidator(values.texts(1)),
        WithJsonSchema(shapes.metrics()),
        Field(
            description="What is judged. Fewer metrics are decided sooner.",
            json_schema_extra={"default": list(METRICS)},
            examples=[["step"], ["step", "peak_rss", "import"]],
        ),
    ] = tuple(METRICS)
    threshold: Annotated[
        dict[MetricName, float],
        BeforeValidator(values.threshold),
        WithJsonSchema(shapes.THRESHOLD),
        Field(
            description="The smallest relative change worth telling, 0.1% to 1000%: one for all "
            "metrics, or by metric. Without it, each metric has its own; `rss_slope`, which is no "
            "ratio, always has.",
            json_schema_extra={"default": None},
            examples=["5%", 0.05, {"step": "3%", "peak_rss": "10%"}],
        ),
    ] = Field(default_factory=dict)
    alpha: Annotated[
        float,
        BeforeValidator(values.alpha),
        WithJsonSchema(shapes.FRACTION),
        Field(
            description="The chance, up to 0.2, of any alarm in a run whose versions are alike.",
            examples=[0.01, "1%"],
        ),
    ] = 0.01
    budget_seconds: Annotated[
        float,
        BeforeValidator(values.duration(SECOND, WEEK)),
        WithJsonSchema(shapes.DURATION),
        Field(
            alias="budget",
            description="How long the measuring may take.",
            json_schema_extra={"default": "10m"},
            examples=["10m", "90s", "1h30m"],
        ),
    ] = 600.0
    timeout_seconds: Annotated[
        float,
        BeforeValidator(values.duration(SECOND, DAY)),
        WithJsonSchema(shapes.DURATION),
        Field(
            alias="timeout",
            description="How long one import, build or call may take.",
            json_schema_extra={"default": "2m"},
            examples=["2m"],
        ),
    ] = 120.0
    dependencies: Annotated[
        Dependencies,
        BeforeValidator(values.choice(get_args(Dependencies))),
        Field(
            description="Which dependencies a release gets: those of its own date, the newest, or "
            "what your project locks at the two sides of a pull request."
        ),
    ] = "release-date"
    subject: Annotated[
        str | None,
        BeforeValidator(values.text_or_nothing),
        WithJsonSchema(shapes.TEXT),
        Field(
            description="Folder of your own project, relative to this file: it is built and "
            "installed into every environment as it is at the two sides of a pull request.",
            examples=["."],
        ),
    ] = None
    base: Annotated[
        str | None,
        BeforeValidator(values.text_or_nothing),
        WithJsonSchema(shapes.TEXT),
        Field(
            description="The branch or commit that HEAD is compared with; without it, that of the "
            "pull request, else the default branch.",
            examples=["origin/main"],
        ),
    ] = None
    python: Annotated[
        str | None,
        BeforeValidator(values.python),
        WithJsonSchema(shapes.PYTHON),
        Field(
            description="The Python for all releases that have wheels for it; without it, one that "
            "most of them share.",
            examples=["3.11"],
        ),
    ] = None
    device: Annotated[
        Device,
        BeforeValidator(values.choice(get_args(Device))),
        Field(description="What the workloads run on."),
    ] = "cpu"
    threads: Annotated[
        int | Literal["all"],
        BeforeValidator(values.threads),
        WithJsonSchema(shapes.THREADS),
        Field(description="Threads within and between operations: a number or `all`."),
    ] = 1
    knobs: Annotated[
        dict[
            Annotated[str, BeforeValidator(values.knob)],
            Annotated[str, BeforeValidator(values.knob_value)],
        ],
        BeforeValidator(values.pairs),
        WithJsonSchema(shapes.KNOBS),
        Field(
            description="Environment variables for every release.",
            json_schema_extra={"default": {}},
            examples=[{"TF_ENABLE_ONEDNN_OPTS": "0"}],
        ),
    ] = Field(default_factory=dict)
    fail_on: Annotated[
        tuple[Annotated[FailOn, BeforeValidator(values.choice(FAIL_ON))], ...],
        BeforeValidator(values.fail_on),
        WithJsonSchema(shapes.words(FAIL_ON)),
        Field(
            alias="fail-on",
            description="What ends the run with exit code 1: any of `regression`, `wrong`, "
            "`drifted`, `failure`, `counter` (a counter grew), or `none`.",
            examples=[["regression", "wrong", "failure"], "none"],
        ),
    ] = ("regression", "wrong")
    acknowledged: Acknowledged = ()
    most_blocks: Annotated[
        int,
        BeforeValidator(values.whole(3, 200)),
        WithJsonSchema(shapes.whole(3, 200)),
        Field(alias="most-blocks", description="The most repetitions of a case, 3 to 200."),
    ] = 40
    shards: Annotated[
        int,
        BeforeValidator(values.whole(1, 20)),
        WithJsonSchema(shapes.whole(1, 20)),
        Field(
            description="How many machines share a run that `tfperf plan` divides, 1 to 20; "
            "`tfperf compare` uses one. See pieces.md."
        ),
    ] = 1
    confirm: Annotated[
        bool,
        BeforeValidator(values.flag),
        WithJsonSchema(shapes.FLAG),
        Field(
            description="Whether alarms are to be measured again on a fresh machine, by "
            "`tfperf confirm`; one that nobody measured again is told as not confirmed."
        ),
    ] = False
    runs_on: RunsOn = Field(default_factory=default_runners)
    environment: Approval = None
    templates: Templates = None
    image_base: ImageBase = None
    isolation: Annotated[
        AskedIsolation,
        BeforeValidator(values.choice(ASKED_ISOLATIONS)),
        Field(
            description="How cases are kept apart: forked after one import, or a process for each; "
            "`auto` forks on Linux without a GPU."
        ),
    ] = "auto"
    isolate: Annotated[
        bool,
        BeforeValidator(values.flag),
        WithJsonSchema(shapes.FLAG),
        Field(
            description="Whether versions run a case one after the other, for cases that do not "
            "fit into the memory together; noisier than taking turns. A workload asks for it by "
            "`ISOLATE = True`.",
        ),
    ] = False
    seed: Annotated[
        int | None,
        BeforeValidator(values.whole_or_nothing(0, MOST_SEED)),
        WithJsonSchema(shapes.whole(0, MOST_SEED, absent=True)),
        Field(description="Seed of every random order, to repeat a run; without it, a new one."),
    ] = None

    @model_validator(mode="after")
    def _compares_something(self) -> "Config":
        must_compare(self.versions, subject=self.subject)
        return self


KEYS = tuple(field.alias or name for name, field in Config.model_fields.items())


def load(
    text: str | None,
    *,
    source: str,
    environ: Mapping[str, str],
    overrides: Mapping[str, object],
) -> Config:
    """Read the configuration: command line over environment over file over defaults.

    `text` is the file's, `source` its name, None stands for no file. `overrides` come from the
    command line, by key (`budget`) or key path (`knobs.NAME`); None among them means not given.
    Every mistake of every source is told at once.
    """
    tree, mistakes = layered(text, source=source, environ=environ, overrides=overrides, keys=KEYS)
    config = validated(Config, tree, mistakes)
    if isinstance(config, list):
        raise bad_configuration(config)
    return config
