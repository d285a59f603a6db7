"""Owns the sentences about since which release something is so."""


def since(word: str, still: str, slower: str, unknown: str) -> str:
    """Say since which release something is so; `unknown` are those between of which none knows."""
    if unknown:
        return (
            f"{word} since a release after {still}, {slower} at the latest; not known for {unknown}"
        )
    return f"{word} since {slower}, not yet in {still}"


def since_open(word: str, still: str, slower: str, unknown: str) -> str:
    """Say the same where later releases are not known."""
    return f"{word} in {slower}, not in {still}; not known for {unknown}"
