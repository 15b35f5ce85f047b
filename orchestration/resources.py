"""What assets are given: the installation's data folder, and the build that the steps of one run share."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

import dagster as dg
from pydantic import Field, PrivateAttr

from orchestration.builds import Build, Request, start_build
from schemas.data_folder import DataFolder, find_data_folder
from schemas.definition import Definition, published_definition


class Installation(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The data folder that everything is read from and written to."""

    data: str = Field(description="The data folder.")

    @classmethod
    def of_environment(cls) -> "Installation":
        """The folder that YOURSAY_DATA names, else the user's."""
        return cls(data=os.environ.get("YOURSAY_DATA") or str(find_data_folder(None).root))

    @property
    def folder(self) -> DataFolder:
        from pathlib import Path

        return DataFolder(Path(self.data))

    def definition(self, consultation: str) -> Definition:
        return published_definition(self.folder.definitions, consultation)


class BuildOptions(dg.Config):
    """How a warehouse is built."""

    as_at: str | None = Field(default=None, description="Build the view as at this moment (ISO, with its offset).")
    full: bool = Field(default=False, description="Build everything anew.")


class Builds(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Holds the one build of a run, from its first step to its last, and gives it up whatever happens."""

    installation: Installation
    _stack: ExitStack = PrivateAttr(default_factory=ExitStack)
    _build: Build | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Builds"]:  # noqa: ARG002
        with self._stack:
            yield self
        self._build = None

    def start(self, consultation: str, options: BuildOptions) -> Build:
        """Begin the run's build."""
        definition = self.installation.definition(consultation)
        as_at = datetime.fromisoformat(options.as_at) if options.as_at else None
        request = Request(consultation, as_at, options.full)
        self._build = self._stack.enter_context(start_build(self.installation.folder, definition, request))
        return self._build

    @property
    def build(self) -> Build:
        """The build that an earlier step of this run began.

        Raises:
            Failure: there is none: the steps only work one after another in one run.
        """
        if self._build is None:
            raise dg.Failure("The warehouse is built in one run: materialise all of its assets together.")
        return self._build
