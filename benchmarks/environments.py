"""What an environment takes: cold, warm and used again; on disk, with and without hard links.

    python -m benchmarks.environments [RELEASE...] [--quick] [--json FILE] [--folder FOLDER]

Every minor's last patch from 1.0 on, or the releases named, each with a package cache of its own:

- cold: nothing is there; dependencies are resolved, wheels downloaded, installed and compiled;
- warm: the same lock into another environment, the wheels in the cache (no network is needed);
- again: a run finds the environment complete.

Each environment then imports its framework, and must say the version that was asked for. Downloads
depend on the network, so cold times are a picture of one day. `FOLDER` must lie on the disk that
is to be measured; what was made there is removed.

Must show: every release installs and imports; warm takes under 3 s.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.tables import Target, print_table, print_targets
from bot.core.config import load
from bot.core.coverage import pythons, releases
from bot.core.outcome import Failed
from bot.core.plan import Environment, Plan, Rule
from bot.core.resolution import resolve_environments
from bot.engine.arming import Armoury
from bot.engine.crew import Crew
from bot.environments.downloads import fetchable
from bot.environments.install import prepare
from bot.environments.interpreters import available
from bot.environments.preparation import Prepared
from bot.locations import workloads_root

MOST_WARM_SECONDS = 3.0
QUICK = ("2.3",)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One release; seconds, and bytes on disk of what one environment has and adds."""

    release: str
    python: str
    cold_seconds: float
    warm_seconds: float
    again_seconds: float
    packages: int
    whole_bytes: int
    added_bytes: int
    import_cpu_seconds: float
    import_rss_bytes: int


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A release that cannot be had here, and why."""

    release: str
    reason: str


Row = Figures | Missing


def measure(release: str, folder: Path) -> Row:
    """Make the environments of one release from nothing, and remove them."""
    home = Path(tempfile.mkdtemp(prefix="environments-", dir=folder))
    environ = {**os.environ, "UV_CACHE_DIR": str(home / "cache")}
    try:
        return _measure(release, home, environ)
    finally:
        shutil.rmtree(home)


def _measure(release: str, home: Path, environ: dict[str, str]) -> Row:
    baseline, control = _environments(release, environ)
    cold, cold_seconds = _prepared(baseline, home, environ)
    if not isinstance(cold, Prepared):
        return Missing(release=baseline.release, reason=cold)
    warm, warm_seconds = _prepared(control, home, environ)
    again, again_seconds = _prepared(baseline, home, environ)
    if not isinstance(warm, Prepared) or not isinstance(again, Prepared):
        return Missing(release=baseline.release, reason=f"{warm} {again}")
    imported = _imported(baseline, cold, home, environ)
    if isinstance(imported, str):
        return Missing(release=baseline.release, reason=imported)
    return Figures(
        release=baseline.release,
        python=baseline.python,
        cold_seconds=cold_seconds,
        warm_seconds=warm_seconds,
        again_seconds=again_seconds,
        packages=len(cold.packages),
        whole_bytes=_bytes(cold.prefix, only_own=False),
        added_bytes=_bytes(warm.prefix, only_own=True),
        import_cpu_seconds=imported[0],
        import_rss_bytes=imported[1],
    )


def _environments(release: str, environ: dict[str, str]) -> tuple[Environment, Environment]:
    overrides = {"baseline": release, "versions": [release]}
    config = load(None, source="tfperf.yml", environ={}, overrides=overrides)
    baseline, control, _ = resolve_environments(
        config, available(environ).keys() | fetchable(environ)
    )
    return baseline, control


def _prepared(
    environment: Environment, home: Path, environ: dict[str, str]
) -> tuple[Prepared | str, float]:
    began = time.monotonic()
    (made,) = prepare([environment], home=home, environ=environ, progress=_silent)
    seconds = time.monotonic() - began
    if isinstance(made, Prepared):
        return made, seconds
    return f"{made.reason}. {made.remedy or ''}".strip(), seconds


def _silent(_environment: Environment, _state: str, _text: str) -> None:
    """Say nothing."""


def _imported(
    environment: Environment, made: Prepared, home: Path, environ: dict[str, str]
) -> tuple[float, int] | str:
    """Import as a run does, with its check of identity: CPU seconds and resident bytes, or why."""
    armoury = Armoury(
        plan=_plan(environment),
        pythons={environment.id: made.python},
        worker=workloads_root() / "run.py",
        folder=home,
        environ=environ,
    )
    ending = None
    for _ in range(2):  # the first one fills the page cache
        crew = Crew(armoury=armoury, random=Random(0))
        crew.start([environment])
        crew.finish(width=1)
        ending = crew.imported[environment.id]
        crew.stop()
    if ending is None or isinstance(ending, Failed):
        return str(ending)
    return ending.cpu_seconds, ending.rss_bytes


def _plan(environment: Environment) -> Plan:
    return Plan(
        created="",
        command="",
        seed=0,
        environments=(environment,),
        cases=(),
        rule=Rule(),
        dependencies="release-date",
        device="cpu",
        isolation="fork",
        threads=1,
        budget_seconds=600.0,
        timeout_seconds=120.0,
    )


def _bytes(folder: Path, *, only_own: bool) -> int:
    """Add up what files take on disk; `only_own`: those that no other folder has a link to."""
    found = (path.lstat() for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    sizes = {stat.st_ino: stat for stat in found if not only_own or stat.st_nlink == 1}
    return sum(stat.st_blocks * 512 for stat in sizes.values())


def show(rows: Iterable[Row]) -> None:
    """Print the table."""
    heads = ("release", "Python", "cold", "warm", "again", "packages", "on disk", "a copy adds")
    print_table((*heads, "import CPU", "memory"), [_row(row) for row in rows])


def _row(row: Row) -> tuple[str, ...]:
    if isinstance(row, Missing):
        return row.release, "", row.reason, *[""] * 7
    return (
        row.release,
        row.python,
        f"{row.cold_seconds:.1f} s",
        f"{row.warm_seconds:.1f} s",
        f"{row.again_seconds:.2f} s",
        str(row.packages),
        f"{row.whole_bytes / 2**20:.0f} MiB",
        f"{row.added_bytes / 2**20:.0f} MiB",
        f"{row.import_cpu_seconds:.1f} s",
        f"{row.import_rss_bytes / 2**20:.0f} MiB",
    )


def targets(rows: Sequence[Row]) -> Iterator[Target]:
    """Say what had to be shown, and whether it was."""
    missing = [row.release for row in rows if isinstance(row, Missing)]
    yield Target(
        what=f"all {len(rows)} releases install and import",
        got=f"all but {', '.join(missing)}" if missing else "all",
        is_met=not missing,
    )
    made = [row for row in rows if isinstance(row, Figures)]
    if made:
        slowest = max(made, key=lambda row: row.warm_seconds)
        typical = median(row.warm_seconds for row in made)
        yield Target(
            what=f"a warm environment takes under {MOST_WARM_SECONDS:.0f} s",
            got=f"{typical:.1f} s typically, {slowest.warm_seconds:.1f} s for {slowest.release}",
            is_met=slowest.warm_seconds < MOST_WARM_SECONDS,
        )


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("releases", nargs="*", metavar="RELEASE")
    parser.add_argument("--quick", action="store_true", help="one release only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures")
    parser.add_argument("--folder", type=Path, default=Path(), help="where to work")
    options = parser.parse_args()
    asked = options.releases or (QUICK if options.quick else releases(pythons()))
    rows: list[Row] = []
    for release in asked:
        rows.append(measure(release, options.folder.resolve()))
        print(" ".join(_row(rows[-1])), file=sys.stderr, flush=True)
        if options.json:
            options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    show(rows)
    print_targets(list(targets(rows)))


if __name__ == "__main__":
    main()
