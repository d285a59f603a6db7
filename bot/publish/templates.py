"""Owns what the base branch chose about pages: its templates, fetched only where it names some."""

from posixpath import dirname, join, normpath

from bot.core.appearance import MOST_CHARACTERS, TEMPLATES, Appearance, TemplateName
from bot.core.review import base_rule
from bot.publish.look import Looking


def appearance_of_base(looking: Looking, base_config: str | None, config_path: str) -> Appearance:
    """Read what the base branch says of pages; one request more where it names templates."""
    rule = base_rule(base_config, config_path)
    if rule.templates is None:
        return Appearance(image_base=rule.image_base)
    folder = normpath(join(dirname(config_path), rule.templates))
    templates, notes = _fetched(looking, folder)
    return Appearance(templates=templates, image_base=rule.image_base, notes=notes)


def _fetched(looking: Looking, folder: str) -> tuple[dict[TemplateName, str], tuple[str, ...]]:
    """Return the templates in a folder, and what there is to say against them."""
    if folder.startswith(("/", "../")) or folder == "..":
        return {}, (f"templates: {folder} is outside of the repository; ours are used",)
    comment, summary = (normpath(join(folder, name)) for name in TEMPLATES)
    texts = looking.base_files(comment=comment, summary=summary)
    found = {name: text for name, text in zip(TEMPLATES, texts, strict=True) if text is not None}
    if not found:
        return {}, (f"the base branch has no {' or '.join(TEMPLATES)} in {folder}; ours are used",)
    large = [name for name, text in found.items() if len(text) > MOST_CHARACTERS]
    notes = (f"the base branch's {name} is too long; ours is used" for name in large)
    return {n: text for n, text in found.items() if n not in large}, tuple(notes)
