"""The keys about how pages look."""

import pytest

from bot.core.config import load
from bot.errors import BadConfiguration


def base_of(address: str) -> str | None:
    return load(f"image-base: {address}", source="x", environ={}, overrides={}).image_base


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "https://example.org/",
        "https://raw.example.org/o/r/performance-data/charts",
        "https://example.org:8443/a_b-c~d/1.2",
    ],
)
def test_a_plain_address_is_taken(address: str) -> None:
    assert base_of(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org",
        "example.org/x",
        "https://user:secret@example.org/x",
        "https://user@example.org/x",
        "https://example.org/x?token=1",
        "https://example.org/x#y",
        "https://example.org/../x",
        "https://example.org/x/..",
        "https://example.org/a/./b",
        "https://example.org//x",
        "https://example.org/%2e%2e",
        "'https://example.org/\"onload='",
        "https://example.org/a b",
        "https://exämple.org/",
        "https:///x",
        "https://-x.org",
        "javascript:alert(1)",
        "data:image/png;base64,AA",
        f"https://example.org/{'x' * 300}",
    ],
)
def test_what_means_more_than_a_place_is_refused(address: str) -> None:
    with pytest.raises(BadConfiguration, match="without user, query or fragment"):
        base_of(address)


def test_without_a_word_nothing_is_chosen() -> None:
    config = load("", source="x", environ={}, overrides={})
    assert (config.templates, config.image_base) == (None, None)
