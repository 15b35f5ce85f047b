"""A screen that is signed in to over a provider: the real routes and middleware around one page."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboards.guard import SessionMiddleware
from dashboards.sign_in import sign_in_routes
from dashboards.sign_in_settings import SignInSettings, sign_in_settings
from schemas.data_folder import DataFolder
from tests.oidc_provider import CLIENT, SECRET, Provider, running

# Why a browser that got this answer did not come in, once it is certain that it did not.
Refused = Callable[[httpx.Client, httpx.Response], str]


@dataclass(frozen=True)
class Screen:
    """A running screen."""

    address: str
    settings: SignInSettings

    def browser(self) -> httpx.Client:
        """A browser that follows no redirect by itself."""
        return httpx.Client(base_url=self.address, timeout=30, headers={"Accept": "text/html"}, verify=False)


def write_sign_in(data: DataFolder, provider: Provider, more: str = "") -> None:
    """Name the provider in the data folder's settings."""
    secret = data.root / "sign-in.secret"
    secret.write_text(SECRET + "\n")
    secret.chmod(0o600)
    data.sign_in_file.write_text(
        f'issuer = "{provider.issuer}"\nclient_id = "{CLIENT}"\nclient_secret_file = "sign-in.secret"\n{more}'
    )


@contextmanager
def run_screen(data: DataFolder) -> Iterator[Screen]:
    """The screen on a free port of loopback; `/who` says who is signed in."""

    async def who(request: Request) -> Response:
        return PlainTextResponse(f"{request.state.account.name} ({request.state.account.role})")

    settings = sign_in_settings(data, "results")
    app = Starlette(
        routes=[*sign_in_routes(settings), Route("/who", who)],
        middleware=[
            Middleware(
                SessionMiddleware,
                store=settings.store,
                clock=settings.clock,
                shut=(),
                content_security_policy="default-src 'none'",
            )
        ],
    )
    listener = socket.create_server(("127.0.0.1", 0))
    with running(app, listener):
        yield Screen(f"http://127.0.0.1:{listener.getsockname()[1]}", settings)


def begin(browser: httpx.Client, after: str = "/who") -> str:
    """Go to the provider, and where it sends the browser back to."""
    leaves = browser.get("/sign-in/provider", params={"next": after})
    assert leaves.status_code == 303, leaves.text
    return str(httpx.get(leaves.headers["location"], verify=False).headers["location"])


def sign_in(browser: httpx.Client, after: str = "/who") -> httpx.Response:
    """Sign in over the provider: what the screen answers to who comes back."""
    return browser.get(begin(browser, after))


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def files_of(folder: Path) -> bytes:
    """All that lies in a folder, to look for what must not."""
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())
