"""Every text here was said by uv or Nox."""

import pytest

from bot.environments.reasons import explain
from bot.errors import CannotWrite

NO_WHEEL = """\
error: No solution found when resolving dependencies
  cause: Because tensorflow==2.15.1 has no wheels with a matching Python ABI tag (e.g., `cp313`) \
and you require tensorflow==2.15.1, we can conclude that your requirements are unsatisfiable.

hint: You require CPython 3.13 (`cp313`), but we only found wheels for `tensorflow` (v2.15.1) \
with the following Python ABI tags: `cp39`, `cp310`, `cp311`
"""
NO_PLATFORM = """\
error: No solution found when resolving dependencies
  cause: Because tensorflow-intel==2.15.0 has no wheels with a matching platform tag \
(e.g., `manylinux_2_36_x86_64`) and you require tensorflow-intel==2.15.0, we can conclude that \
your requirements are unsatisfiable.
"""
OLD_PYTHON = """\
error: No solution found when resolving dependencies
  cause: Because the current Python version (3.6.15) does not satisfy Python>=3.8 and \
packaging==25.0 depends on Python>=3.8, we can conclude that packaging==25.0 cannot be used.
         And because you require packaging==25.0, we can conclude that your requirements are \
unsatisfiable.
"""
TOO_NEW = """\
error: No solution found when resolving dependencies
  cause: Because there is no version of six==1.16.0 and you require six==1.16.0, we can conclude \
that your requirements are unsatisfiable.

hint: `six` was filtered by `exclude-newer` to only include packages uploaded before \
2020-01-02T00:00:00Z. The requested version, v1.16.0, was published at 2021-05-05T14:18:17.237Z. \
Consider using `exclude-newer-package` to override the cutoff for this package.
"""
NO_VERSION = """\
error: No solution found when resolving dependencies
  cause: Because there is no version of tensorflow==2.99.1 and you require tensorflow==2.99.1, \
we can conclude that your requirements are unsatisfiable.
"""
NO_PACKAGE = """\
error: No solution found when resolving dependencies
  cause: Because tensorflaw was not found in the package registry and you require \
tensorflaw==2.9.1, we can conclude that your requirements are unsatisfiable.
"""
NO_NETWORK = """\
error: Request failed after 3 retries in 5.8s
  cause: Failed to fetch: http://user:password@nohost.invalid/simple/six/
  cause: error sending request for url (http://user:password@nohost.invalid/simple/six/)
  cause: client error (Connect)
  cause: dns error
"""
OFFLINE = """\
error: No solution found when resolving dependencies
  cause: Because six was not found in the cache and you require six==1.16.0, we can conclude that \
your requirements are unsatisfiable.

hint: Packages were unavailable because the network was disabled. When the network is disabled, \
registry packages may only be read from the cache.
"""
FORBIDDEN = """\
error: Failed to fetch: `http://127.0.0.1:8000/six/`
  cause: HTTP status server error (503 Service Unavailable) for url (http://127.0.0.1:8000/six/)
"""
CERTIFICATE = """\
error: Failed to fetch: https://index.invalid/simple/tiny/
  cause: error sending request for url (https://index.invalid/simple/tiny/)
  cause: client error (Connect)
  cause: invalid peer certificate: UnknownIssuer
"""
NO_CACHE = """\
error: Failed to initialize cache at `/nonexistent/.cache/uv`
  cause: failed to create directory `/nonexistent/.cache/uv`: Permission denied (os error 13)
"""
DISK_FULL = """\
nox > Running session env-e00
error: Failed to install: numpy-2.4.0-cp313-cp313-manylinux_2_28_x86_64.whl (numpy==2.4.0)
  cause: failed to copy file from /cache/a to /b: No space left on device (os error 28)
nox > Command uv pip sync failed with exit code 2
"""
BUILD = """\
error: Failed to build `gast==0.2.2`
  cause: The build backend returned an error
  cause: Call to `setuptools.build_meta.build_wheel` failed (exit status: 1)
"""
HASH = """\
error: Failed to download `six==1.16.0`
  cause: Hash mismatch for `six==1.16.0`
         Expected: sha256:1
"""


@pytest.mark.parametrize(
    ("said", "reason", "remedy"),
    [
        pytest.param(
            NO_WHEEL,
            "tensorflow 2.15.1 has no wheel for Python 3.13, only for 3.9, 3.10, 3.11",
            "choose one of these Pythons: 3.9, 3.10, 3.11",
            id="no wheel for this Python",
        ),
        pytest.param(
            NO_PLATFORM,
            "tensorflow-intel 2.15.0 has no wheel for this kind of machine",
            None,
            id="no wheel for this machine",
        ),
        pytest.param(
            OLD_PYTHON,
            "packaging 25.0 needs Python >=3.8, this is 3.6.15",
            "choose another Python for this release",
            id="Python too old",
        ),
        pytest.param(
            TOO_NEW,
            "six 1.16.0 was uploaded on 2021-05-05, after the date that bounds this "
            "environment's dependencies",
            "set `dependencies: newest` to allow newer ones",
            id="uploaded after the date",
        ),
        pytest.param(
            NO_VERSION,
            "the package index has no tensorflow 2.99.1",
            "check the spelling of the release",
            id="no such version",
        ),
        pytest.param(
            NO_PACKAGE,
            "the package index has no tensorflaw",
            "check its spelling, and UV_DEFAULT_INDEX",
            id="no such package",
        ),
        pytest.param(
            NO_NETWORK,
            "no network, or a wrong address: the server cannot be reached",
            "check the network and UV_DEFAULT_INDEX",
            id="no network",
        ),
        pytest.param(
            OFFLINE,
            "no network, or a wrong address: the server cannot be reached",
            "check the network and UV_DEFAULT_INDEX",
            id="told to stay offline",
        ),
        pytest.param(
            FORBIDDEN,
            "the server answered 503 Service Unavailable",
            "check UV_DEFAULT_INDEX, or wait",
            id="an index in trouble",
        ),
        pytest.param(
            CERTIFICATE,
            "the certificate of the server is not trusted here",
            "set UV_SYSTEM_CERTS=1, or SSL_CERT_FILE to your authority's certificate",
            id="a certificate that is not trusted",
        ),
        pytest.param(
            NO_CACHE,
            "uv cannot write its cache /nonexistent/.cache/uv",
            "set UV_CACHE_DIR to a folder you can write",
            id="no place for the cache",
        ),
        pytest.param(BUILD, "gast 0.2.2 could not be built from source", None, id="build failed"),
        pytest.param(
            HASH,
            "six 1.16.0 is not the file that was locked: its hash differs",
            "delete its lock if the index was changed on purpose",
            id="another file than locked",
        ),
    ],
)
def test_known_causes(said: str, reason: str, remedy: str | None) -> None:
    cause = explain(said)

    assert (cause.reason, cause.remedy) == (reason, remedy)


@pytest.mark.parametrize("words", ["No space left on device", "Disk quota exceeded"])
def test_a_full_disk_is_no_reason_against_a_release_and_ends_the_run(words: str) -> None:
    with pytest.raises(CannotWrite, match=words):
        explain(DISK_FULL.replace("No space left on device", words))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("error: One thing\n  cause: Another thing\n  cause: A third", "Another thing"),
        ("error: Only this\n", "Only this"),
        (
            "nox > Running session env-e\nnox > No such noodle\nnox > Session env-e failed.",
            "No such noodle",
        ),
        ("nox > Session env-e failed in 1 second.", "Session env-e failed in 1 second."),
        ("", "it said nothing"),
    ],
)
def test_an_unknown_cause_is_quoted(said: str, reason: str) -> None:
    assert explain(said).reason == reason


def test_a_quote_is_one_short_line_without_addresses() -> None:
    reason = explain("error: no good: `https://me:secret@index/simple` " + "x" * 1000).reason

    assert reason.startswith("no good: the server xxx")
    assert "\n" not in reason
    assert len(reason) == 300
