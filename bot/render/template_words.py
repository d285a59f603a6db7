"""Owns the sentences about templates of a repository that could not be used."""


def replaced(name: str, where: str, why: str) -> str:
    """Say that our own template was used in the place of another."""
    place = f" ({where})" if where != name else ""
    return (
        f"the template {name} of this repository could not be printed{place}: {why}; ours is used"
    )


def too_long(most: int) -> str:
    """Say that a template leaves no room."""
    return f"however short the page is made, it prints more than {most:,} characters"
