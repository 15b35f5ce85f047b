"""The results server: Streamlit behind the session middleware, with routes for sign-in, files, plain pages."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config

from dashboards.accounts import unknown_name_hash
from dashboards.assets import asset_route
from dashboards.guard import SessionMiddleware
from dashboards.incidents import IncidentMiddleware
from dashboards.results.plain import plain_routes
from dashboards.results.releases import release_route
from dashboards.results.settings import ResultsSettings, install
from dashboards.sign_in import sign_in_routes

_SCRIPT = Path(__file__).with_name("script.py")
_OPTIONS: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "global.developmentMode": False,
    "logger.hideWelcomeMessage": True,
    "runner.magicEnabled": False,
    # It would stop the process for 130 ms after each run. Python collects its garbage by itself.
    "runner.postScriptGC": False,
    "server.allowRunOnSave": False,
    "server.enableAgentApi": False,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.enableXsrfProtection": True,
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.maxUploadSize": 1,
    "theme.base": "light",
    "theme.headingFontSizes": ["2.25rem", "1.5rem", "1.25rem", "1.125rem", "1rem", "1rem"],
    "theme.linkColor": "#1a5a96",
    "theme.primaryColor": "#12507b",
    "theme.textColor": "#0b0c0c",
}
# Streamlit's front end writes styles into the page and Vega compiles its expressions. Nothing comes from elsewhere.
_POLICY = (
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
# Parts of Streamlit that this application does not use: uploads, its own sign-in, components, agents, counters.
_UNUSED = (
    "/_stcore/upload_file",
    "/_stcore/agent",
    "/_stcore/metrics",
    "/_stcore/bidi-components",
    "/component/",
    "/auth/",
    "/oauth2callback",
)


def create_results_app(settings: ResultsSettings) -> st.App:
    """The ASGI application. One a process, as Streamlit has it.

    It opens what `settings` names and nothing else: public versions, releases, and the store of accounts.
    """
    install(settings)
    # Hashed now, so that the first unknown name takes no longer than the next.
    unknown_name_hash()
    config.get_config_options(force_reparse=True, options_from_flags=_OPTIONS)
    return st.App(
        _SCRIPT,
        routes=[
            asset_route(),
            *sign_in_routes(settings.sign_in),
            release_route(settings),
            *plain_routes(settings),
        ],
        middleware=[
            Middleware(
                SessionMiddleware,
                store=settings.store,
                clock=settings.clock,
                shut=_UNUSED,
                content_security_policy=_content_security_policy(),
            ),
            Middleware(IncidentMiddleware),
        ],
    )


def _content_security_policy() -> str:
    """Scripts of this server, and the ones that stand in Streamlit's own page, by their hashes."""
    html = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
    hashes = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for script in re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    ]
    scripts = ["script-src 'self' 'unsafe-eval'", *(f"'sha256-{one}'" for one in hashes)]
    return "; ".join([" ".join(scripts), *_POLICY])
