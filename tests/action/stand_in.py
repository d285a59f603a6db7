"""Stands in for the command line at the process boundary: leaves recorded run folders behind.

Copied over `bot/__main__.py` of a copy of the action; it notes what it was given. The gate alone is
the real one. Variables (STAND_IN_...): SAW, the folder for notes; RUN, a recorded run; EXIT, how
the command ends (a JSON object: by command); SHARDS; CONFIRMED, the report after a confirmation.
"""

import json
import os
import shutil
import sys
from pathlib import Path

ARGUMENTS = sys.argv[1:]
COMMAND = ARGUMENTS[0]


def option(name: str) -> Path:
    return Path(ARGUMENTS[ARGUMENTS.index(name) + 1])


def leave_run(recorded: str) -> None:
    run_dir = option("--run-dir")
    if COMMAND in {"run", "confirm"}:
        run_dir.mkdir()
        (run_dir / "plan.json").write_text("{}", encoding="utf-8")
        note = {"command": COMMAND, "shard": str(option("--shard")) if COMMAND == "run" else ""}
        (run_dir / "measured.json").write_text(json.dumps(note), encoding="utf-8")
        return
    shutil.copytree(recorded, run_dir, dirs_exist_ok=True)
    if COMMAND == "merge":
        parts = [Path(run) for run in ARGUMENTS[ARGUMENTS.index("--") + 1 :]]
        shards = [json.loads((part / "measured.json").read_text())["shard"] for part in parts]
        (run_dir / "merged.json").write_text(json.dumps(shards), encoding="utf-8")


def main() -> int:
    saw = {"arguments": ARGUMENTS, "environ": dict(os.environ), "folder": str(Path.cwd())}
    notes = Path(os.environ["STAND_IN_SAW"])
    (notes / "saw.json").write_text(json.dumps(saw), encoding="utf-8")
    with (notes / "saw.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(saw) + "\n")
    sys.stdout.write("::error::a workload may print this\n::set-output name=verdict::clean\nno end")
    sys.stdout.flush()
    recorded = os.environ.get("STAND_IN_RUN")
    exits = json.loads(os.environ["STAND_IN_EXIT"])
    code = exits if isinstance(exits, int) else exits.get(COMMAND, 0)
    if COMMAND == "plan" and code == 0:
        plan = json.dumps({"shards": int(os.environ.get("STAND_IN_SHARDS", "1"))})
        option("--output").write_text(plan, encoding="utf-8")
    elif "--confirmation" in ARGUMENTS:
        target = Path(ARGUMENTS[-1]) / "report.json"
        shutil.copy(os.environ["STAND_IN_CONFIRMED"], target)
        code = json.loads(target.read_text())["exit_code"]
    elif "--run-dir" in ARGUMENTS and recorded:
        leave_run(recorded)
    return int(code)


def real_gate() -> int:
    from bot.cli_gate import gate
    from bot.errors import TfperfError
    from bot.exits import exit_code, explain

    try:
        gate.main(ARGUMENTS[1:], standalone_mode=False)
    except TfperfError as error:
        explain(error)
        return int(exit_code(error))
    return 0


if __name__ == "__main__":
    sys.exit(real_gate() if COMMAND == "gate" else main())
