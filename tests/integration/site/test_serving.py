"""What the public server hands out of what is published: what the index names, and nothing else."""

import hashlib
import http.client
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import requests

from schemas.published import read_index
from tests.integration.site.conftest import APRIL_9, JUNE, PARKS, THIRD, Shelf
from tests.public_releases import make_report, manifest_of, publish
from transforms.release import life
from transforms.release.life import Deed

Visit = Callable[..., AbstractContextManager[str]]
MARCH = datetime(2007, 3, 20, 9, tzinfo=UTC)


def get(url: str, **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(url, headers=named, timeout=10, allow_redirects=False)


def raw_status(url: str, target: str) -> int:
    """The answer to an address that is sent as it is: clients tidy addresses up."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.putrequest("GET", target, skip_accept_encoding=True)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_every_listed_file_is_handed_out_byte_by_byte(shelf: Shelf, visit: Visit) -> None:
    releases = {THIRD: shelf.third_release(), PARKS: shelf.parks_release()}
    shelf.build()
    with visit() as url:
        for consultation, release in releases.items():
            for name, said in manifest_of(shelf.data, consultation, release)["files"].items():
                answer = get(f"{url}/results/{consultation}/releases/{release}/files/{name}")
                assert answer.status_code == 200
                assert hashlib.sha256(answer.content).hexdigest() == said["sha256"]


def test_data_are_saved_and_never_change_under_their_address(shelf: Shelf, visit: Visit) -> None:
    release = shelf.third_release()
    shelf.build()
    with visit() as url:
        address = f"{url}/results/{THIRD}/releases/{release}/files/tables/positions.csv"
        answer = get(address)
        kept = {name: answer.headers.get(name) for name in ("content-type", "content-disposition", "cache-control")}
        assert kept == {
            "content-type": "text/csv; charset=utf-8; header=present",
            "content-disposition": 'attachment; filename="positions.csv"',
            "cache-control": "public, max-age=86400, immutable",
        }
        assert get(address, if_none_match=answer.headers["etag"]).status_code == 304
        part = get(address, range="bytes=0-4")
        assert (part.status_code, part.content, part.headers["content-range"]) == (
            206,
            b"field",
            f"bytes 0-4/{len(answer.content)}",
        )
        head = requests.head(address, timeout=10)
        assert (head.status_code, head.content, int(head.headers["content-length"])) == (200, b"", len(answer.content))
        assert requests.post(address, timeout=10).status_code == 405


def test_pages_are_asked_for_anew_and_run_nothing(shelf: Shelf, visit: Visit) -> None:
    release = shelf.third_release()
    shelf.build()
    with visit() as url:
        for rest in ("", f"releases/{release}/", f"releases/{release}/data", "feed.xml"):
            answer = get(f"{url}/results/{THIRD}/{rest}")
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
            assert answer.headers["content-security-policy"] == (
                "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'self';"
                " font-src 'self'; img-src 'self'"
            )
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "set-cookie" not in answer.headers
            again = get(f"{url}/results/{THIRD}/{rest}", if_none_match=answer.headers["etag"])
            assert (again.status_code, again.content) == (304, b"")
            assert b"<script" not in answer.content
            plain = requests.get(f"{url}/results/{THIRD}/{rest}", headers={"accept-encoding": "identity"}, timeout=10)
            assert plain.content == answer.content


def test_addresses_that_stay(shelf: Shelf, visit: Visit) -> None:
    first, second = shelf.third_release(155), shelf.third_release(160, at=APRIL_9)
    shelf.build()
    with visit() as url:
        assert get(f"{url}/results/{THIRD}").headers["location"] == f"/results/{THIRD}/"
        to_latest = get(f"{url}/results/{THIRD}/latest")
        assert (to_latest.status_code, to_latest.headers["location"]) == (302, f"/results/{THIRD}/releases/{second}/")
        assert get(f"{url}/results/{THIRD}/releases/{first}/").status_code == 200
        style = get(f"{url}/results/app.css")
        assert style.status_code == 302
        assert get(f"{url}{style.headers['location']}").headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    "target",
    [
        "/results/{c}/../../../signing.key",
        "/results/{c}/%2e%2e/%2e%2e/signing.key",
        "/results/{c}/..%2f..%2f..%2fsigning.key",
        "/results/{c}/files/..%5c..%5csigning.key",
        "/results/{c}//etc/passwd",
        "/results/{c}/index.json",
        "/results/{c}/files/",
        "/results/{c}/releases/{r}/files/../manifest.json",
        "/results/{c}/releases/{r}/files/tables",
        "/results/{c}/releases/{r}/files/tables/",
        "/results/{c}/releases/{r}",
        "/results/{c}/releases/{r}/files/tables/positions.csv%00",
        "/results/%2e%2e/{c}/",
        "/results/..%2f{c}/",
        "/results/{C}/",
        "/results/",
        "/results/nowhere/",
    ],
)
def test_no_other_address_gives_anything(shelf: Shelf, visit: Visit, target: str) -> None:
    release = shelf.third_release()
    shelf.build()
    with visit() as url:
        assert raw_status(url, target.format(c=THIRD, r=release, C=THIRD.upper())) == 404


def test_a_link_in_place_of_a_file_is_not_followed(shelf: Shelf, visit: Visit) -> None:
    release = shelf.third_release()
    shelf.build()
    folder = shelf.data.published(THIRD)
    index = read_index(folder)
    assert index
    address = f"releases/{release}/files/tables/ledger.csv"
    for one in (address, ""):
        file = folder / "files" / index.files[one].sha256
        secret = shelf.data.root / f"secret-{file.name}"
        secret.write_bytes(file.read_bytes())
        file.unlink()
        file.symlink_to(secret)
    with visit() as url:
        assert get(f"{url}/results/{THIRD}/{address}").status_code == 404
        assert get(f"{url}/results/{THIRD}/").status_code == 404


def test_a_changed_file_is_not_handed_out(shelf: Shelf, visit: Visit) -> None:
    release = shelf.third_release()
    shelf.build()
    index = read_index(shelf.data.published(THIRD))
    assert index
    address = f"releases/{release}/files/tables/ledger.csv"
    with visit() as url:
        assert get(f"{url}/results/{THIRD}/{address}").status_code == 200
        for one in (address, f"releases/{release}/"):
            file = shelf.data.published(THIRD) / "files" / index.files[one].sha256
            content = file.read_bytes().replace(b"191", b"999")
            file.unlink()
            file.write_bytes(content)
            assert get(f"{url}/results/{THIRD}/{one}").status_code == 404


def test_what_was_withdrawn_is_gone_and_says_when_and_why(shelf: Shelf, visit: Visit) -> None:
    release = shelf.third_release()
    shelf.build()
    with visit() as url:
        below = f"{url}/results/{THIRD}/releases/{release}/"
        csv = get(f"{below}files/tables/ledger.csv").content
        life.withdraw(shelf.data.releases(THIRD), release, Deed("ben", APRIL_9, "A table <b>counted</b> twice."))
        shelf.build()
        page = get(below)
        assert page.status_code == 200
        said = "Release {} was withdrawn on 9 April 2007"
        assert f"Release {release}, which was published on 5 April 2007, was withdrawn on 9 April 2007." in page.text
        assert "A table &lt;b&gt;counted&lt;/b&gt; twice." in page.text, said
        for rest in ("files/tables/ledger.csv", "files/manifest.json", "data", "questions/q2_place", "files/no-such"):
            gone = get(below + rest)
            assert (gone.status_code, gone.content) == (410, page.content)
        assert get(f"{url}/results/{THIRD}/latest").status_code == 404
        assert "No results are published at the moment." in get(f"{url}/results/{THIRD}/").text
    assert csv not in shelf.published_bytes().values()
    assert not any(b"ledger" in name.encode() for name in shelf.published_bytes())
    held = b"".join(shelf.published_bytes().values())
    assert b"partnership_place" not in held
    assert b"190 name" not in held


def test_a_report_is_read_in_the_browser_and_does_nothing_there(shelf: Shelf, visit: Visit) -> None:
    data = shelf.third_release()
    report = make_report(shelf.third, shelf.data.releases(THIRD), data)
    publish(shelf.data, shelf.third, report, APRIL_9)
    shelf.build()
    with visit() as url:
        below = f"{url}/results/{THIRD}/releases/{report}"
        page = get(f"{below}/files/report.html")
        assert page.headers["content-security-policy"] == (
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            " style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"
        )
        shown = {
            name: get(f"{below}/files/{name}").headers["content-disposition"].split(";")[0]
            for name in ("report.html", "report.pdf", "report.docx", "you-said-we-did.html", "figures.json")
        }
        assert shown == {
            "report.html": "inline",
            "report.pdf": "inline",
            "report.docx": "attachment",
            "you-said-we-did.html": "inline",
            "figures.json": "attachment",
        }
        index = get(f"{url}/results/{THIRD}/").text
        for name in ("report.html", "report.pdf", "report.docx", "you-said-we-did.html"):
            assert f'href="/results/{THIRD}/releases/{report}/files/{name}"' in index
        overview = get(f"{below}/").text
        assert f"Its figures are those of release {data}." in overview
        # The figures that count are the dataset's, though the report came later.
        assert get(f"{url}/results/{THIRD}/latest").headers["location"].endswith(f"/{data}/")


def test_before_anything_is_published_the_address_says_so(shelf: Shelf, visit: Visit) -> None:
    with visit(MARCH) as url:
        page = get(f"{url}/results/{THIRD}/")
        assert page.status_code == 200
        assert "No results are published yet." in page.text
        assert f'href="/{THIRD}"' in page.text
        assert get(f"{url}/results/{THIRD}/feed.xml").status_code == 404
        assert get(f"{url}/results/{THIRD}/latest").status_code == 404
        arabic = get(f"{url}/results/{PARKS}/?lang=ar").text
        assert 'lang="ar" dir="rtl"' in arabic


def test_a_damaged_index_is_no_page_and_stops_nothing_else(shelf: Shelf, visit: Visit) -> None:
    shelf.third_release()
    shelf.build()
    (shelf.data.published(THIRD) / "index.json").write_text('{"files": {}}')
    with visit() as url:
        assert get(f"{url}/results/{THIRD}/").status_code == 503
        assert get(f"{url}/{THIRD}").status_code == 200
        assert get(f"{url}/").status_code == 200


def test_the_pages_around_say_how_the_results_stand(shelf: Shelf, visit: Visit) -> None:
    shelf.third_release()
    with visit(JUNE) as url:
        assert "Closed. Results awaited." in get(f"{url}/{THIRD}").text
        shelf.build()
        page = get(f"{url}/{THIRD}").text
        assert "Closed. Results published" in page
        assert "Interim results are published, as at 4 April 2007, 17:00. They will change." in page
        assert f'href="/results/{THIRD}/" hreflang="en">See the interim results' in page
        home = get(f"{url}/").text
        assert f'href="/results/{THIRD}/">See the interim results' in home
        assert f"/results/{PARKS}/" not in home


def test_while_it_is_open_the_results_lead_to_the_form(shelf: Shelf, visit: Visit) -> None:
    shelf.third_release()
    shelf.build()
    with visit(datetime(2007, 4, 10, 9, tzinfo=UTC)) as url:
        page = get(f"{url}/{THIRD}").text
        assert f'href="/{THIRD}/respond"' in page
        assert "Open. Results published" in page
        assert f'href="/{THIRD}">About the consultation' in get(f"{url}/results/{THIRD}/").text


def test_what_is_for_members_is_not_on_the_public_site(shelf: Shelf, visit: Visit) -> None:
    release = shelf.third_release(audience="members")
    assert [one.addresses for one in shelf.build()] == [0, 0]
    assert shelf.published_bytes() == {}
    with visit() as url:
        assert get(f"{url}/results/{THIRD}/releases/{release}/").status_code == 404
        assert get(f"{url}/results/{THIRD}/releases/{release}/files/manifest.json").status_code == 404
        assert "No results are published yet." in get(f"{url}/results/{THIRD}/").text


def test_pages_of_results_count_as_pages(shelf: Shelf, visit: Visit) -> None:
    shelf.third_release()
    shelf.build()
    shelf.data.public_server.mkdir(exist_ok=True)
    (shelf.data.public_server / "limits.toml").write_text("pages_a_minute_an_address = 3\n")
    with visit() as url:
        answers = [get(f"{url}/results/{THIRD}/").status_code for _ in range(5)]
        assert answers in ([200, 200, 200, 429, 429], [200, 200, 200, 200, 429])


def test_the_accessibility_statement_is_linked_everywhere(shelf: Shelf, visit: Visit) -> None:
    shelf.third_release()
    shelf.build()
    with visit() as url:
        for rest in ("/", f"/{THIRD}", "/help", f"/results/{THIRD}/", f"/{PARKS}?lang=ar"):
            assert 'href="/accessibility"' in get(url + rest).text
        assert "How accessible this website is" in get(f"{url}/accessibility").text


def test_the_folder_of_what_is_published_is_the_server_s_alone(shelf: Shelf) -> None:
    shelf.third_release()
    shelf.build()
    folder = shelf.data.published(THIRD)
    assert folder.parent.stat().st_mode & 0o777 == 0o700
