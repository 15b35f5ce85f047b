"""The description of the sync API says what the server does, and nothing that is sent ends in an error of its own."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.routing import Route

from ingest.web import api, feed_api, openapi
from ingest.web.openapi import description

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "response_headers_conformance,unsupported_method"
)
OF_THE_PIPELINE = "/(feed|extent|arrived)"


def test_every_route_of_the_api_is_described_with_its_method() -> None:
    routes = {
        (route.path, method)
        for module in (api, feed_api, openapi)
        for route in module.ROUTES
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    described = {
        (path, method.upper())
        for path, item in description()["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert described == routes


def test_the_server_gives_its_description(quiet: Any) -> None:
    answer = requests.get(f"{quiet.url}/api/openapi.json", timeout=10)
    assert (answer.status_code, answer.json()) == (200, description())


@pytest.mark.slow
@pytest.mark.parametrize("side", ["devices", "pipeline"])
def test_whatever_is_sent_is_answered_as_described(quiet: Any, tmp_path: Path, side: str) -> None:
    """Schemathesis makes the requests: bodies and parameters that fit the description, and many that do not."""
    config = tmp_path / "schemathesis.toml"
    config.write_text('[parameters]\n"path.consultation" = "third-sector-2007"\n')
    command = [
        Path(sys.executable).with_name("schemathesis"),
        *("--config-file", config, "run", f"{quiet.url}/api/openapi.json"),
        *("--seed", "1", "--max-examples", "40", "--phases", "coverage,fuzzing", "--checks", CHECKS),
        *("--generation-database", ":memory:", "--no-color"),
    ]
    if side == "pipeline":
        token = quiet.feed_headers["authorization"]
        command += ["--include-path-regex", OF_THE_PIPELINE, "--header", f"Authorization: {token}"]
    else:
        command += ["--exclude-path-regex", OF_THE_PIPELINE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=200)
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-1_000:]
    assert "0 generated" not in done.stdout
