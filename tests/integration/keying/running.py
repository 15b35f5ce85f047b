"""A data folder with the invented consultation, its pipeline, and its desk."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

from dashboards.accounts import Account, add_account, list_accounts
from dashboards.desk.serve import LOOPBACK, desk_server
from dashboards.sessions import open_session
from dashboards.sign_in_settings import sign_in_settings
from orchestration.builds import Request, start_build
from orchestration.commands.shared import the_consultation
from orchestration.desk import desk_of
from schemas.clock import write_shifted_clock
from schemas.data_folder import DataFolder
from schemas.definition import BUILT_IN, Definition, load_definition, publish_definition
from schemas.sealing import make_keys
from transforms.warehouse.build import stage
from transforms.warehouse.layers import check_layers
from transforms.warehouse.publish import publish
from transforms.warehouse.steps import STEPS

NOW = datetime(2007, 5, 14, 9, tzinfo=UTC)
PARKS = load_definition(BUILT_IN / "parks-and-libraries-2007")


def publish_parks(data: DataFolder, beside: Path, double_key_share: float = 0, audit_share: float = 0) -> Definition:
    """The consultation with these shares and its keys; the clock stands in May 2007."""
    folder = beside / PARKS.id
    folder.mkdir()
    for file in (BUILT_IN / PARKS.id).iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    with (folder / "policy.toml").open("a", encoding="utf-8") as policy:
        policy.write(f"\n[keying]\ndouble_key_share = {double_key_share}\naudit_share = {audit_share}\n")
    write_shifted_clock(data.clock_file, NOW)
    make_keys(data.keys(PARKS.id), data.recovery(PARKS.id))
    return publish_definition(folder, data.definitions)


def build(data: DataFolder, definition: Definition) -> None:
    """The steps of the pipeline, without Dagster's history."""
    with start_build(data, definition, Request(definition.id)) as one:
        stage(one.staging, one.chunks())
        for step in STEPS:
            step(one.staging)
        check_layers(one.staging)
        publish(one.staging, None)


@dataclass(frozen=True)
class Desk:
    """The running desk and its data folder."""

    address: str
    data: DataFolder

    def account(self, name: str, role: Any = "officer") -> str:
        """An account of that name, made where it is not there; its password."""
        password = f"{name}'s long password"
        if name not in {one.name for one in list_accounts(self.data.accounts)}:
            add_account(self.data.accounts, Account(name, role), password)
        return password

    def client(self, name: str, role: Any = "officer") -> httpx.Client:
        """A browser that is signed in under this name."""
        self.account(name, role)
        token = open_session(self.data.accounts, Account(name, role), self.data.clock.now())
        return httpx.Client(base_url=self.address, cookies={"yoursay_session": token}, timeout=60)


@contextmanager
def run_desk(data: DataFolder) -> Iterator[Desk]:
    """The desk of the only consultation, in a thread: a process of its own takes seconds to import what it needs."""
    definition = the_consultation(data, None)
    server = desk_server(sign_in_settings(data, "desk", definition.id), desk_of(data, definition))
    with socket.create_server((LOOPBACK, 0)) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield Desk(f"http://{LOOPBACK}:{listener.getsockname()[1]}", data)
        finally:
            server.should_exit = True
            thread.join()
