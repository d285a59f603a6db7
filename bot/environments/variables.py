"""Owns which environment variables the tools that build environments may see."""

from collections.abc import Mapping

# Where packages and interpreters come from and how to reach them; everything else uv reads
# (resolution, constraints, seeds, ...) would change what is measured behind the plan's back.
_KEPT_OF_UV = (
    "UV_CACHE_DIR",
    "UV_CONCURRENT_",
    "UV_CONFIG_FILE",
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_HTTP_",
    "UV_INDEX",
    "UV_INSECURE_HOST",
    "UV_KEYRING_PROVIDER",
    "UV_LINK_MODE",
    "UV_NATIVE_TLS",
    "UV_NO_CONFIG",
    "UV_OFFLINE",
    "UV_PYTHON_CACHE_DIR",
    "UV_PYTHON_DOWNLOADS",
    "UV_PYTHON_INSTALL",
    "UV_REQUEST_TIMEOUT",
    "UV_SYSTEM_CERTS",
    "UV_TORCH_BACKEND",
)
_CHANGES_WHAT_IS_FOUND = (
    "UV_CONFIG_FILE",
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_INDEX",
    "UV_INDEX_URL",
    "UV_TORCH_BACKEND",
)
# SOURCE_DATE_EPOCH makes Python write .pyc files that are hashed again at every import.
_DROPPED = ("CONDA_PREFIX", "SOURCE_DATE_EPOCH", "UV", "VIRTUAL_ENV")
_DROPPED_PREFIXES = ("ACTIONS_", "GITHUB_", "NOX", "PYTHON", "UV_")
_SECRET = ("TOKEN", "SECRET")


def for_tools(environ: Mapping[str, str]) -> dict[str, str]:
    """Keep what locates packages; drop secrets and whatever would alter the environment built.

    Source packages run their own code while they are built, so no token may be within reach.
    """
    return {name: value for name, value in environ.items() if _is_kept(name)}


def sources(environ: Mapping[str, str]) -> list[str]:
    """List the settings of where packages come from: part of a lock's identity."""
    return [f"{name}={environ[name]}" for name in _CHANGES_WHAT_IS_FOUND if name in environ]


def _is_kept(name: str) -> bool:
    if name.startswith(_KEPT_OF_UV):
        return True
    if any(word in name.upper() for word in _SECRET):
        return False
    return name not in _DROPPED and not name.startswith(_DROPPED_PREFIXES)
