"""Which of a project's files is installed from."""

import pytest

from bot.core.dependency_files import read_file
from bot.core.dependency_main import main_file

TF = "tensorflow==2.16.2\n"
HASHED = f"tensorflow==2.16.2 --hash=sha256:{'ab' * 32}\n"
DECLARED = '[project]\nname = "m"\ndependencies = ["tensorflow>=2.15"]\n'
LOCK = '[[package]]\nname = "tensorflow"\nversion = "2.16.2"\n'


@pytest.mark.parametrize(
    ("files", "chosen", "constraints"),
    [
        ({"requirements.txt": TF, "requirements-dev.txt": HASHED}, "requirements.txt", ()),
        (
            {"requirements.txt": "tensorflow>=2.15\n", "constraints.txt": TF},
            "requirements.txt",
            ("constraints.txt",),
        ),
        (
            {"requirements.txt": "tensorflow\n-c pins.txt\n", "pins.txt": TF},
            "requirements.txt",
            (),
        ),
        (
            {"requirements.txt": "-r requirements/base.txt\n", "requirements/base.txt": TF},
            "requirements.txt",
            (),
        ),
        ({"requirements.txt": "numpy\n", "pyproject.toml": DECLARED}, "pyproject.toml", ()),
        ({"requirements.txt": TF, "pyproject.toml": DECLARED}, "requirements.txt", ()),
        ({"requirements-dev.txt": TF, "pyproject.toml": DECLARED}, "pyproject.toml", ()),
        ({"requirements-dev.txt": HASHED, "requirements-gpu.txt": TF}, "requirements-gpu.txt", ()),
        ({"requirements-a.txt": TF, "requirements-b.txt": HASHED}, "requirements-b.txt", ()),
        ({"requirements-dev.txt": "-r requirements-z.txt\n" + TF}, "requirements-dev.txt", ()),
        ({"requirements.txt": HASHED, "constraints.txt": TF}, "requirements.txt", ()),
        ({"requirements.txt": TF, "uv.lock": LOCK}, "uv.lock", ()),
        ({"requirements.txt": TF, "uv.lock": "version = 1\n"}, "requirements.txt", ()),
        (
            {"environment.yml": "dependencies: [tensorflow=2.15.1]\n", "requirements.txt": TF},
            "requirements.txt",
            (),
        ),
        ({"environment.yml": "dependencies: [tensorflow=2.15.1]\n"}, "environment.yml", ()),
    ],
)
def test_the_main_file_is_installed_from(
    files: dict[str, str], chosen: str, constraints: tuple[str, ...]
) -> None:
    readings = {file: read_file(file, text) for file, text in files.items()}

    found = main_file(readings, files, folder="")

    assert found is not None
    assert (found.file, found.constraints) == (chosen, constraints)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"requirements.txt": "numpy\n"},
        {"constraints.txt": TF},
        {"requirements.txt": "numpy\n", "constraints.txt": TF},
    ],
)
def test_constraints_alone_install_nothing(files: dict[str, str]) -> None:
    readings = {file: read_file(file, text) for file, text in files.items()}

    assert main_file(readings, files, folder="") is None


def test_files_of_the_project_come_before_those_above_it() -> None:
    files = {"requirements.txt": TF, "uv.lock": LOCK, "m/pylock.toml": LOCK}
    readings = {file: read_file(file, text) for file, text in files.items()}

    found = main_file(readings, files, folder="m")

    assert found is not None
    assert found.file == "m/pylock.toml"
