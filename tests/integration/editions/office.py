"""LibreOffice without a screen, with settings of its own, so that no other one running gets in the way."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path


def saved_by_libreoffice(documents: Mapping[str, bytes], to: str, folder: Path) -> dict[str, bytes]:
    """Each document (name with its ending -> content) opened by LibreOffice and saved as `to`: docx, odt or pdf."""
    program = shutil.which("soffice")
    assert program, "LibreOffice is missing: install libreoffice-writer-nogui"
    sources = []
    for name, content in documents.items():
        sources.append(folder / name)
        sources[-1].write_bytes(content)
    settings = f"-env:UserInstallation={(folder / 'settings').as_uri()}"
    command = [program, settings, "--headless", "--convert-to", to, "--outdir", str(folder / to), *map(str, sources)]
    subprocess.run(command, check=True, capture_output=True, timeout=280)
    return {one.name: (folder / to / one.name).with_suffix(f".{to}").read_bytes() for one in sources}
