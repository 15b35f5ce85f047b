"""A report that two people let out is on the public site, byte by byte as it was approved."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.data_folder import DataFolder
from schemas.definition import Definition
from schemas.published import published_file, read_index

CommandLine = Callable[..., Any]


@pytest.mark.usefixtures("written")
def test_a_report_for_the_public_is_on_the_public_site(
    yoursay: CommandLine, data: DataFolder, over: Definition, dataset: str
) -> None:
    report = yoursay("report", "draft", "--release", dataset, "--officer", "anna", "--json").json["release"]
    for step in (["check", report, "--officer", "anna"], ["approve", report, "--officer", "ben"]):
        assert yoursay("release", *step).code == 0
    for release in (dataset, report):
        said = yoursay("release", "publish", release, "--officer", "ben", "--audience", "public")
        assert (said.code, said.err) == (0, "")
    folder = data.published(over.id)
    index = read_index(folder)
    assert index
    assert index.latest
    assert index.latest.release == dataset
    for name in ("report.html", "report.pdf", "report.docx", "you-said-we-did.html", "figures.json"):
        published = index.files[f"releases/{report}/files/{name}"]
        approved = (data.releases(over.id) / report / name).read_bytes()
        assert published_file(folder, published.sha256).read_bytes() == approved
    page = published_file(folder, index.files[""].sha256).read_text("utf-8")
    assert f'href="/results/{over.id}/releases/{report}/files/you-said-we-did.html"' in page
    # The public server's policy lets a report's own style and pictures work and nothing else.
    html = (data.releases(over.id) / report / "report.html").read_text("utf-8")
    assert [one for one in ("<script", "<link", "@import", 'src="http', ' style="') if one in html] == []
