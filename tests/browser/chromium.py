"""The browser of these tests: where it is, and how it is started."""

import os
from pathlib import Path

CHROMIUM = Path(os.environ.get("YOURSAY_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
