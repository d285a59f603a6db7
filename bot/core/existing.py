"""Owns what an interpreter that is used as it is says of itself."""

from pydantic import BaseModel, ConfigDict


class Existing(BaseModel):
    """An interpreter, the framework it imports and everything installed for it."""

    model_config = ConfigDict(frozen=True)

    python: str
    """The interpreter, not what it links to: a virtual environment is told by its own path."""

    prefix: str
    version: str
    package: str
    release: str
    module: str
    imported_from: str
    """The folder that the framework is imported from."""

    packages: dict[str, str]

    @property
    def minor(self) -> str:
        """The version as environments name it: 3.10."""
        return ".".join(self.version.split(".")[:2])
