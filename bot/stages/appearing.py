"""Owns reading what a repository chose about its pages: its templates, before anything is run."""

from pathlib import Path

from bot.core.appearance import MOST_CHARACTERS, TEMPLATES, Appearance
from bot.core.config import Config
from bot.errors import BadConfiguration
from bot.render.template_check import check_templates


def appearance_of(config: Config, base: Path) -> Appearance:
    """Read and try the templates that the configuration names, relative to `base`."""
    if config.templates is None:
        return Appearance(image_base=config.image_base)
    folder = base / config.templates
    templates = {name: text for name in TEMPLATES if (text := _read(folder / name)) is not None}
    if not templates:
        raise BadConfiguration(
            "there are no templates",
            where=f"templates: {config.templates}",
            cause=f"none of {', '.join(TEMPLATES)} is in {folder}",
            next_step="write one, or leave the key out; docs/templates.md has an example",
        )
    check_templates(templates, str(folder))
    return Appearance(templates=templates, image_base=config.image_base)


def _read(file: Path) -> str | None:
    try:
        with file.open(encoding="utf-8") as opened:
            return opened.read(MOST_CHARACTERS + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfiguration(
            "a template cannot be read",
            where=str(file),
            cause=str(error),
            next_step="it has to be a file of UTF-8 text",
        ) from error
