"""What a first visit costs on the wire."""

from pathlib import Path

import pytest

from tests.browser.conftest import MAY
from tests.browser.first_visit import first_visits
from tests.browser.public_server import new_server

pytestmark = pytest.mark.browser
LIMIT_KILOBYTES = 120


@pytest.mark.parametrize("page", ["third-sector-2007", "parks-and-libraries-2007", "parks-and-libraries-2007?lang=ar"])
def test_a_first_visit_until_the_form_works_without_a_network_is_light(tmp_path: Path, page: str) -> None:
    server = new_server(tmp_path / "data", MAY)
    server.start()
    try:
        [visit] = first_visits(server.port, page, times=1)
    finally:
        server.kill()
    assert visit["kilobytes"] <= LIMIT_KILOBYTES
