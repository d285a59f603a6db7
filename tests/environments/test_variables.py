import pytest

from bot.environments import variables


@pytest.mark.parametrize(
    "name",
    ["PATH", "HOME", "UV_INDEX_URL", "UV_INDEX_MIRROR_PASSWORD", "UV_CACHE_DIR", "HTTPS_PROXY",
     "UV_INDEX_TOKENS_USERNAME", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "CC",
     "UV_TORCH_BACKEND"],
)  # fmt: skip
def test_what_is_needed_to_reach_packages_is_kept(name: str) -> None:
    assert variables.for_tools({name: "x"}) == {name: "x"}


@pytest.mark.parametrize(
    "name",
    ["GITHUB_TOKEN", "MY_TOKEN", "npm_token", "AWS_SECRET_ACCESS_KEY", "ACTIONS_RUNTIME_URL",
     "GITHUB_ENV", "UV_PUBLISH_TOKEN"],
)  # fmt: skip
def test_secrets_and_the_runner_are_out_of_reach(name: str) -> None:
    assert variables.for_tools({name: "x"}) == {}


@pytest.mark.parametrize(
    "name",
    ["UV_CONSTRAINT", "UV_OVERRIDE", "UV_PRERELEASE", "UV_EXCLUDE_NEWER", "UV_PYTHON",
     "UV_VENV_SEED", "UV_NO_BUILD", "UV_COMPILE_BYTECODE", "UV_PROJECT_ENVIRONMENT",
     "VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "PYTHONOPTIMIZE",
     "NOX_ENVDIR", "NOXSESSION", "NOX_SCRIPT_MODE", "SOURCE_DATE_EPOCH", "UV"],
)  # fmt: skip
def test_what_would_change_the_environment_is_dropped(name: str) -> None:
    assert variables.for_tools({name: "x"}) == {}


def test_a_lock_knows_its_sources_but_no_password() -> None:
    environ = {"UV_INDEX_URL": "https://here", "UV_INDEX_X_PASSWORD": "x", "UV_CACHE_DIR": "y"}

    assert variables.sources(environ) == ["UV_INDEX_URL=https://here"]
