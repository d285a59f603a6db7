"""Owns a file that is read as a model, and one that is written at once or not at all."""

import os
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.errors import BadRunFolder

M = TypeVar("M", bound=BaseModel)


def write_whole(path: Path, content: BaseModel | str | bytes) -> None:
    """Write a file so that half of it never counts."""
    if isinstance(content, BaseModel):
        content = content.model_dump_json(by_alias=True, indent=1) + "\n"
    if isinstance(content, str):
        content = content.encode()
    part = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # or the name may reach the disk before the content
    part.replace(path)


def read_model(
    path: Path,
    model: type[M],
    *,
    cause: str = "this is not a run folder, or the run ended before it was written",
    next_step: str = "name a folder that `tfperf compare` printed, for example .tfperf/runs/...",
) -> M:
    """Read a file that one of our models wrote; raise `BadRunFolder` when it is not one."""
    try:
        return model.model_validate_json(path.read_bytes())
    except OSError as error:
        is_missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        raise BadRunFolder(
            f"there is no {path.name} here"
            if is_missing
            else f"{path.name} cannot be read: {error.strerror}",
            where=str(path),
            cause=cause,
            next_step=next_step,
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(map(str, first["loc"]))
        raise BadRunFolder(
            f"{path.name} is not what this version writes: {first['msg']} (at {at})",
            where=str(path),
            cause="it was edited, damaged, or written by another version of tfperf",
        ) from error
