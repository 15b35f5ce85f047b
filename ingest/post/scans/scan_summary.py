"""What was recognised in a scanned file, in counts: to be held against the sheets that were counted by hand."""

from dataclasses import asdict, dataclass, fields

from ingest.post.scans.blank_forms import blank_form
from ingest.post.scans.form_answers import pages_in_words
from ingest.post.scans.gather import CONTINUATION, Form
from ingest.post.scans.read_scan import ScanReading
from schemas.definition import Definition


@dataclass(frozen=True)
class ScanSummary:
    """Counts of pages of one kind or another; forms are responses. `missing` are pages that forms lack."""

    pages: int = 0
    forms: int = 0
    form_pages: int = 0
    continuation_sheets: int = 0
    letters: int = 0
    missing: int = 0
    doubled: int = 0
    not_laid: int = 0
    upside_down: int = 0
    other_version: int = 0
    foreign: int = 0
    unreadable: int = 0
    blank: int = 0
    choices_read: int = 0
    to_key: int = 0

    def __add__(self, other: "ScanSummary") -> "ScanSummary":
        names = [one.name for one in fields(self)]
        return ScanSummary(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def sheets(self) -> tuple[int, int]:
        """How many sheets of paper these pages are, at least and at most: printed on both sides, or on one."""
        return (self.pages + 1) // 2, self.pages

    def as_counts(self) -> dict[str, int]:
        return asdict(self)


def summary_of(reading: ScanReading, definition: Definition) -> ScanSummary:
    """The counts of one file."""
    kinds = [page.kind for page in reading.pages]
    forms = reading.gathered.forms
    letters = sum(len(form.letters) for form in forms)
    return ScanSummary(
        pages=len(kinds),
        forms=len(forms),
        form_pages=sum(len(form.pages) for form in forms),
        continuation_sheets=sum(len(form.continuations) for form in forms),
        letters=letters,
        missing=sum(len(_missing(form, definition)) for form in forms),
        doubled=sum(len(form.doubled) for form in forms),
        not_laid=kinds.count("unregistered"),
        upside_down=sum(page.turned == 2 for page in reading.pages),
        other_version=kinds.count("other_version"),
        foreign=kinds.count("foreign") - letters,
        unreadable=kinds.count("unreadable"),
        blank=kinds.count("blank"),
        choices_read=sum(
            one.how == "tick" and one.review is None for response in reading.responses for one in response.readings
        ),
        to_key=sum(one.review is not None for response in reading.responses for one in response.readings),
    )


def remarks_on(reading: ScanReading, definition: Definition) -> list[str]:
    """What a person should know of a file, in sentences that name pages, never what is on them."""
    found = []
    for number, form in enumerate(reading.gathered.forms, 1):
        name = f"form {number} ({pages_in_words(form.at)})"
        missing = _missing(form, definition)
        if missing:
            found.append(f"{name}: its {pages_in_words(missing)} {'is' if len(missing) == 1 else 'are'} missing")
        if form.doubled:
            found.append(f"{name}: {pages_in_words(form.doubled)} fed twice, read once")
        if form.letters:
            found.append(f"{name}: {pages_in_words([page.at for page in form.letters])} kept as a letter with it")
        not_laid = [page.at for page in form.pages.values() if page.kind == "unregistered"]
        if not_laid:
            found.append(f"{name}: {pages_in_words(not_laid)} could not be laid on the blank form")
    turned = [page.at for page in reading.pages if page.turned == 2]
    if turned:
        found.append(f"upside down, and read all the same: {pages_in_words(turned)}")
    words = {
        "other_version": "of another version or another consultation",
        "foreign": "not the form",
        "unreadable": "cannot be read",
    }
    for others in reading.gathered.others:
        found.append(f"{words[others.kind]}: {pages_in_words([page.at for page in others.pages])}")
    return found


def _missing(form: Form, definition: Definition) -> list[int]:
    """The printed numbers of the pages that a form lacks."""
    return [
        number
        for number in sorted(blank_form(definition, form.edition))
        if number != CONTINUATION and number not in form.pages
    ]
