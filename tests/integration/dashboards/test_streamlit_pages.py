"""The Streamlit pages, run as Streamlit runs them; their figures are those of the public tables."""

import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboards.accounts import Account
from dashboards.results import settings as results_settings_module
from dashboards.results import wording
from dashboards.results.settings import install, results_settings
from dashboards.results.views import view_of
from dashboards.sessions import close_session, open_session
from schemas.data_folder import DataFolder
from schemas.definition import load_definition

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "dashboards/results/script.py"
CONSULTATIONS = ("third-sector-2007", "parks-and-libraries-2007")


class Visitor:
    """Somebody whose browser holds a session's cookie. Only the cookie's way to the script is replaced."""

    def __init__(self, data: DataFolder, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
        install(results_settings(data, CONSULTATIONS))
        self.data = data
        self.monkeypatch = monkeypatch
        self.token = open_session(data.accounts, Account(role, "member"), data.clock.now())
        monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: {"yoursay_session": self.token}))
        self.app = AppTest.from_file(SCRIPT, default_timeout=60).run()

    def open(self, page: str) -> AppTest:
        self.app._page_hash = calc_hash(page)
        return self.app.run()


@pytest.fixture
def visit(demonstration: DataFolder, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Visitor]:
    return lambda role: Visitor(demonstration, role, monkeypatch)


def query(data: DataFolder, sql: str, consultation: str = "third-sector-2007") -> list[tuple[object, ...]]:
    public = data.warehouse_public(consultation)
    file = public / f"{(public / 'CURRENT').read_text().strip()}.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


class Tables(HTMLParser):
    """The rows of every table of a page, the heads of its columns first."""

    def __init__(self, app: AppTest) -> None:
        super().__init__()
        self.tables: list[list[tuple[str, ...]]] = []
        self._cells: list[str] = []
        for one in app.html:
            self.feed(one.value)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self._cells = []
        elif tag in ("th", "td"):
            self._cells.append("")

    def handle_data(self, data: str) -> None:
        if self._cells:
            self._cells[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr":
            self.tables[-1].append(tuple(self._cells))
            self._cells = []


def table_with(app: AppTest, first_column: str) -> list[tuple[str, ...]]:
    """The rows of the first table whose first column is headed so."""
    return next(rows for head, *rows in Tables(app).tables if head[0] == first_column)


def key_figures(app: AppTest) -> dict[str, str]:
    found = [re.fullmatch(r"\*\*(.+)\*\*  \n(.+)", one.value) for one in app.markdown]
    return {one[2].replace("\\", ""): one[1].replace("\\", "") for one in found if one}


def watermark(app: AppTest) -> str:
    return app.info[0].value.split("  \n")[0].replace("\\", "")


def text_of(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.title, *app.header, *app.info, *app.markdown, *app.error))


def shown(count: object) -> str:
    return "not shown" if count is None else f"{count:,}"


def test_the_overview_shows_what_the_tables_hold(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("member")
    [(received, included)] = query(
        visitor.data, "SELECT sum(responses), sum(responses) FILTER (line = 'included') FROM ledger"
    )
    app = visitor.app
    assert [one.value for one in app.title] == ["Overview"]
    assert list(key_figures(app).items())[:2] == [("Received", shown(received)), ("Included", shown(included))]
    channels = table_with(app, "Channel")
    by_channel = query(
        visitor.data,
        "SELECT channel, sum(responses), sum(responses) FILTER (line = 'included') FROM ledger "
        "GROUP BY channel ORDER BY max(rowid)",
    )
    assert channels[:-1] == [(wording.CHANNELS[name], shown(all_), shown(in_)) for name, all_, in_ in by_channel]
    assert channels[-1] == ("All channels", shown(received), shown(included))
    assert not app.exception


def test_every_page_says_that_it_is_interim_synthetic_and_no_poll(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("member")
    view = view_of(results_settings(visitor.data, CONSULTATIONS), "third-sector-2007")
    questions = [f"question-{question.field}" for question in view.version.questions]
    for page in ("overview", "responses", *questions, "outreach", "ledger", "quality", "compare", "downloads"):
        app = visitor.open(page)
        [banner] = [one.value for one in app.info]
        said = [line.replace("\\", "") for line in banner.split("  \n")]
        assert said == [
            "**Interim, as at 16 April 2007, 17:00**",
            "Every response here is synthetic.",
            "Demonstration: this clock reads 16 April 2007. It is not the real date.",
            wording.NOT_A_POLL,
        ], page
        assert not app.exception, page


def test_the_ledger_page_adds_up(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("member")
    rows = table_with(visitor.open("ledger"), "Line")
    numbers = [[int(cell.replace(",", "")) for cell in row[1:]] for row in rows]
    assert numbers[-1] == [sum(column) for column in zip(*numbers[:-1], strict=True)]
    [(received,)] = query(visitor.data, "SELECT sum(responses) FROM ledger")
    assert numbers[-1][-1] == received


def test_a_question_shows_its_positions_and_a_chart_with_words(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("member")
    app = visitor.open("question-q4_grants_contracts")
    rows = query(
        visitor.data,
        "SELECT label, responses FROM positions WHERE field = 'q4_grants_contracts' AND code <> 'no_answer'",
    )
    assert table_with(app, "Position") == [(label, shown(count)) for label, count in rows]
    chart = next(iter(app.get("arrow_vega_lite_chart") or app.get("vega_lite_chart")))
    assert chart.proto.alt == (
        "23 of 44 coded answers: Support. Bar chart with for to the right, against to the left and on neither side "
        "apart. Coded answers by position. Support: 23; Support, with reservations: 17; Oppose: 11; "
        "Unclear: not shown. Interim, as at 16 April 2007, 17:00."
    )


def test_the_responses_page_has_every_day_in_a_table(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("member")
    days = query(visitor.data, "SELECT day, received_so_far FROM received_over_time")
    assert table_with(visitor.open("responses"), "Day") == [(wording.day(day), shown(n)) for day, n in days]


def test_an_earlier_moment_shows_its_own_figures_on_every_page(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("member")
    latest = key_figures(visitor.app)["Received"]
    app = visitor.app.sidebar.selectbox[1].set_value("2007-04-04T17:00").run()
    assert watermark(app) == "**Interim, as at 4 April 2007, 17:00**"
    assert "Open. Day 35 of 92, 57 days left; closes on 31 May 2007." in [one.value for one in app.markdown]
    assert key_figures(app)["Received"] != latest
    assert watermark(visitor.open("ledger")) == "**Interim, as at 4 April 2007, 17:00**"


def test_another_consultation_can_be_chosen_and_its_questions_left_behind(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("member")
    visitor.open("question-q2_place")
    app = visitor.app.sidebar.selectbox[0].set_value("parks-and-libraries-2007").run()
    assert not app.exception
    assert [one.value for one in app.title] == ["Overview"]
    assert [one.value for one in app.sidebar.selectbox] == ["parks-and-libraries-2007", "latest"]
    quotes = [one.value for one in visitor.open("question-q5_proposal").markdown if one.value.startswith("> ")]
    assert quotes == ["> More \\*trees\\*: !\\[x\\](http://192.0.2.1/y) \\<script\\>alert(1)\\</script\\>"]


def test_themes_are_those_of_the_table(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("member")
    rows = query(visitor.data, "SELECT label, responses, base FROM themes WHERE field = 'q7_review'")
    shares = [("not shown" if n is None else f"{round(100 * n / base)}%") for _, n, base in rows]
    assert table_with(visitor.open("question-q7_review"), "Theme") == [
        (label, shown(n), share) for (label, n, _), share in zip(rows, shares, strict=True)
    ]


def test_outreach_and_quality_are_those_of_the_tables(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("member")
    told = query(visitor.data, "SELECT day, who, how, note FROM outreach")
    assert table_with(visitor.open("outreach"), "Day") == [
        (wording.day(day) if day else "Day not known", who, how, note) for day, who, how, note in told
    ]
    page = visitor.open("quality")
    values = dict(query(visitor.data, "SELECT measure, value FROM quality"))
    assert table_with(page, "Measure")[0][:2] == ("Pairs that wait for an officer", f"{values['pairs_waiting']:.0f}")
    coded = table_with(page, "Question")[1]
    assert coded[1:] == (f"{values['coded:q2_place']:.0f}", f"{values['kappa:q2_place:all_levels']:.2f}")
    assert [one.value for one in page.header] == ["Linkage", "Coding, question by question", "Reading of paper"]


@pytest.mark.parametrize(
    ("groups", "columns"),
    [
        ("type_code NOT LIKE '~%'", 6),
        ("type_code LIKE '~channel%'", 2),
        ("type_code IN ('~campaign', '~own_words')", 2),
    ],
)
def test_breakdowns_are_those_of_the_table(visit: Callable[[str], Visitor], groups: str, columns: int) -> None:
    visitor = visit("member")
    app = visitor.open("question-q6_monitoring")
    rows = query(
        visitor.data,
        "SELECT type_label, base, responses FROM positions_by_type "
        f"WHERE field = 'q6_monitoring' AND code <> 'no_answer' AND {groups} ORDER BY rowid",
    )
    heads = list(dict.fromkeys(f"{label} (base {base})" for label, base, _ in rows))
    head, *table = next(rows for rows in Tables(app).tables if set(heads) <= set(rows[0]))
    assert len(heads) == columns
    for one in heads:
        found = [shown(count) for label, base, count in rows if f"{label} (base {base})" == one]
        assert [row[head.index(one)] for row in table][:-1] == found


def test_two_moments_are_compared_with_both_tables(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("member")
    app = visitor.open("compare")
    [choice] = [one for one in app.selectbox if one.label == "Beside"]
    assert choice.value == "2007-04-04T17:00"
    public = visitor.data.warehouse_public("third-sector-2007")
    received = []
    for name in ("000001-papers", "000002-commission"):
        with duckdb.connect(str(public / f"{name}.duckdb"), read_only=True) as connection:
            received.append(connection.execute("SELECT sum(responses) FROM ledger").fetchall()[0][0])
    rows = {row[0]: row[1:] for row in table_with(app, "Responses")}
    more = f"+{received[1] - received[0]:,}"
    assert rows["All channels, received"] == (shown(received[0]), shown(received[1]), more)


def test_the_overview_says_what_has_changed_since_the_last_visit(
    visit: Callable[[str], Visitor], publish_version: Callable[..., Path]
) -> None:
    visitor = visit("member")
    assert [one.value for one in visitor.app.success] == []
    definition = load_definition(ROOT / "schemas/consultations/third-sector-2007")
    public = visitor.data.warehouse_public(definition.id)
    publish_version(public, definition, datetime(2007, 4, 17, 8, tzinfo=UTC), name="000003-next", web=322)
    assert [one.value for one in visitor.app.run().success] == []
    again = Visitor(visitor.data, "member", visitor.monkeypatch)
    assert [one.value.split(", on ")[0] for one in again.app.success] == ["Nothing has changed since your last visit"]
    publish_version(public, definition, datetime(2007, 4, 18, 8, tzinfo=UTC), name="000004-next", web=325)
    third = Visitor(visitor.data, "member", visitor.monkeypatch)
    [told] = [one.value for one in third.app.success]
    assert re.search(r" 17\\:\d\d: 12 more responses received; 12 more responses included\.$", told)
    assert [one.value for one in third.app.run().success] == [told]


def test_final_results_carry_their_hash(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("member")
    public = visitor.data.warehouse_public("third-sector-2007")
    file = public / f"{(public / 'CURRENT').read_text().strip()}.duckdb"
    copy = public / "000009-final.duckdb"
    copy.write_bytes(file.read_bytes())
    with duckdb.connect(str(copy)) as connection:
        connection.execute("UPDATE about SET value = 'final' WHERE key = 'status'")
        connection.execute("UPDATE about SET value = '000009-final' WHERE key = 'version'")
        connection.execute("INSERT INTO about VALUES ('final_hash', repeat('c0', 32)), ('correction', '1')")
    (public / "CURRENT").write_text("000009-final")
    app = visitor.app.run()
    assert watermark(app) == "**Final, correction 1, as at 16 April 2007, 17:00**"
    assert f"Signed off by two people. Hash of the results: {'c0' * 32}." in [one.value for one in app.markdown]


def test_what_nobody_foresaw_is_a_sentence_with_an_id(
    visit: Callable[[str], Visitor], caplog: pytest.LogCaptureFixture
) -> None:
    visitor = visit("member")
    with sqlite3.connect(visitor.data.accounts) as connection:
        connection.execute("DROP TABLE visits")
    app = visitor.app.run()
    [said] = [one.value for one in app.error]
    [name] = re.findall(r"noted as ([0-9a-f]{8})\.", said)
    assert any(f"Incident {name}: OperationalError at " in record.getMessage() for record in caplog.records)
    assert not app.exception


def test_an_engineer_has_the_ledger_and_no_results(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("engineer")
    assert [one.value for one in visitor.app.title] == ["Ledger"]
    opened = visitor.open("question-q2_place")
    assert [one.value for one in opened.title] != ["Question 2"]
    assert "coded answers" not in text_of(opened)


def test_downloads_list_what_a_role_may_have(visit: Callable[[str], Visitor]) -> None:
    heads = {role: [one.value for one in visit(role).open("downloads").header] for role in ("member", "officer")}
    assert heads == {
        "member": ["Release 2007-04-04-papers, as at 4 April 2007, 00\\:00, for members"],
        "officer": [
            "Release 2007-04-16-draft, as at 16 April 2007, 00\\:00, for officers",
            "Release 2007-04-04-papers, as at 4 April 2007, 00\\:00, for members",
        ],
    }


def test_a_run_after_the_session_ended_shows_nothing(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("member")
    close_session(visitor.data.accounts, visitor.token)
    app = visitor.app.run()
    assert [one.value for one in app.title] == ["You are signed out"]
    assert (len(app.markdown), len(app.html), len(app.sidebar.selectbox)) == (1, 0, 0)


def test_a_role_that_changes_counts_at_the_next_run(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("member")
    with sqlite3.connect(visitor.data.accounts) as connection:
        connection.execute("UPDATE accounts SET role = 'engineer' WHERE name = 'member'")
    assert [one.value for one in visitor.app.run().title] == ["Ledger"]


def test_a_new_version_shows_at_the_next_run(
    visit: Callable[[str], Visitor], publish_version: Callable[..., Path]
) -> None:
    visitor = visit("member")
    definition = load_definition(ROOT / "schemas/consultations/third-sector-2007")
    public = visitor.data.warehouse_public(definition.id)
    publish_version(public, definition, datetime(2007, 4, 17, 8, tzinfo=UTC), name="000003-next", web=9_321)
    [(received,)] = query(visitor.data, "SELECT sum(responses) FROM ledger")
    assert key_figures(visitor.app.run())["Received"] == shown(received)


def test_a_version_that_cannot_be_read_is_said_in_a_sentence(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("member")
    for name in CONSULTATIONS:
        (visitor.data.warehouse_public(name) / "CURRENT").write_text("gone")
    app = visitor.app.run()
    assert [one.value for one in app.error] == ["The published version gone cannot be read; run the pipeline again."]
    assert not app.exception


def test_without_the_application_around_it_the_script_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results_settings_module, "_installed", [])
    app = AppTest.from_file(SCRIPT, default_timeout=60).run()
    assert [one.message for one in app.exception] == [
        "The results are shown by 'yoursay serve results', which also asks to sign in."
    ]
    assert (len(app.html), len(app.markdown)) == (0, 0)
