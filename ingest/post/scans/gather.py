"""Pages of a file gathered into forms: by their serials and their order.

A serial keeps the sheets of one printed form together, but a photocopied blank has the serial of its original: a page
that comes a second time with something else on it begins another form, and one that looks the same was fed twice.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.post.scans.blank_forms import Edition
from ingest.post.scans.recognise import PageFacts, same_look

CONTINUATION = 0
_FORM = ("form", "unregistered")


@dataclass
class Form:
    """One respondent's form. `pages` are by their printed numbers; letters and continuation sheets lie beside it."""

    edition: Edition
    serial: str | None
    first: int
    pages: dict[int, PageFacts] = field(default_factory=dict)
    continuations: list[PageFacts] = field(default_factory=list)
    letters: list[PageFacts] = field(default_factory=list)
    doubled: list[int] = field(default_factory=list)

    @property
    def at(self) -> list[int]:
        """Where its pages are in the file."""
        return sorted(one.at for one in (*self.pages.values(), *self.continuations))


@dataclass
class Others:
    """Pages that are not this form's: of another version or consultation, or foreign, or unreadable."""

    kind: str
    pages: list[PageFacts]


@dataclass(frozen=True)
class Gathered:
    """What a file holds, in the order of its pages."""

    forms: list[Form]
    others: list[Others]


def gather(pages: Sequence[PageFacts]) -> Gathered:
    """The forms among the pages of one file. Blank backs are left out."""
    ours = [page for page in pages if page.kind in _FORM]
    with_serials = any(page.serial for page in ours)
    # Where forms have serials, a page whose code was not read waits until the others have found their forms.
    waiting = [page for page in ours if with_serials and not page.code]
    forms: list[Form] = []
    last: Form | None = None
    for page in ours:
        if page not in waiting:
            last = _placed(page, forms, last)
    for page in waiting:
        _placed_late(page, forms)
    forms.sort(key=lambda form: min(form.at))
    for form in forms:
        form.first = min(form.at)
    others = _other_versions(page for page in pages if page.kind == "other_version")
    others += [Others("unreadable", [page]) for page in pages if page.kind == "unreadable"]
    foreign = [page for page in pages if page.kind == "foreign"]
    for page in foreign:
        if forms:
            _form_beside(page, forms).letters.append(page)
    if foreign and not forms:
        others.append(Others("foreign", foreign))
    return Gathered(forms, others)


def _placed(page: PageFacts, forms: list[Form], last: Form | None) -> Form:
    """Put a page into the form it belongs to, perhaps a new one; that form."""
    same = [form for form in reversed(forms) if _may_be_of(page, form)]
    if page.page == CONTINUATION:
        form = next((form for form in [last, *same] if form and form in same), None) or _new(page, forms)
        if not any(same_look(page.look, other.look) for other in form.continuations):
            form.continuations.append(page)
        return form
    for form in same:
        before = form.pages.get(page.page)
        if before is None:
            # The newest form that lacks it: two people may well fill a page alike.
            if page.serial or (form is last and _goes_on(page, form)):
                form.pages[page.page] = page
                return form
        elif _fed_twice(page, before, form):
            form.doubled.append(page.at)
            return form
    form = _new(page, forms)
    form.pages[page.page] = page
    return form


def _may_be_of(page: PageFacts, form: Form) -> bool:
    return (page.language, page.variant) == form.edition and (page.serial == form.serial)


def _fed_twice(page: PageFacts, before: PageFacts, form: Form) -> bool:
    """Whether a page is one that is there already: the same additions, or none at all and fed right after it."""
    if not (page.look and before.look and same_look(page.look, before.look)):
        return False
    return _has_additions(page) or form.at[-1] == before.at


def _has_additions(page: PageFacts) -> bool:
    return any(page.written) or any(box.state != "empty" for box in page.boxes)


def _goes_on(page: PageFacts, form: Form) -> bool:
    """Whether a page without a serial goes on where the form stands: onwards, or backwards in a stack fed so."""
    numbers = [one.page for one in sorted(form.pages.values(), key=lambda one: one.at)]
    if not numbers:
        return True
    backwards = len(numbers) > 1 and numbers[-1] < numbers[-2]
    if len(numbers) == 1:
        return page.page > numbers[0] or page.page == numbers[0] - 1
    return page.page < numbers[-1] if backwards else page.page > numbers[-1]


def _placed_late(page: PageFacts, forms: list[Form]) -> None:
    """A page whose serial is not known: to the form around it, or to the only one that lacks it, else by itself."""
    alike = [form for form in forms if form.edition == (page.language, page.variant)]
    beside = [form for form in (_before(page, alike), _after(page, alike)) if form is not None]
    if page.page == CONTINUATION:
        (beside[0] if beside else _new(page, forms)).continuations.append(page)
        return
    for form in beside:
        there = form.pages.get(page.page)
        if there is not None and _fed_twice(page, there, form):
            form.doubled.append(page.at)
            return
    lacking = [form for form in alike if page.page not in form.pages]
    chosen: Form | None = None
    if len(lacking) == 1:
        chosen = lacking[0]
    elif lacking and len(beside) == 2 and beside[0] is beside[1] and beside[0] in lacking:
        chosen = beside[0]
    elif lacking and not _interleaved(alike):
        chosen = next((form for form in beside if form in lacking and _next_to(page, form)), None)
    form = chosen or _new(page, forms)
    form.pages[page.page] = page


def _before(page: PageFacts, forms: list[Form]) -> Form | None:
    earlier = [(max(at for at in form.at if at < page.at), form) for form in forms if min(form.at) < page.at]
    return max(earlier, key=lambda pair: pair[0])[1] if earlier else None


def _after(page: PageFacts, forms: list[Form]) -> Form | None:
    later = [(min(at for at in form.at if at > page.at), form) for form in forms if max(form.at) > page.at]
    return min(later, key=lambda pair: pair[0])[1] if later else None


def _interleaved(forms: list[Form]) -> bool:
    spans = sorted((form.at[0], form.at[-1]) for form in forms)
    return any(second[0] < first[1] for first, second in itertools.pairwise(spans))


def _next_to(page: PageFacts, form: Form) -> bool:
    """Whether the page nearest to it in the file is also the one before or after it in print."""
    near = min(form.pages.values(), key=lambda one: abs(one.at - page.at), default=None)
    return near is not None and abs(near.page - page.page) == 1


def _new(page: PageFacts, forms: list[Form]) -> Form:
    form = Form((page.language, page.variant), page.serial, page.at)  # type: ignore[arg-type]
    forms.append(form)
    return form


def _form_beside(page: PageFacts, forms: list[Form]) -> Form:
    """A letter goes with the form before it; one that lies before all forms, with the first."""
    return max((form for form in forms if form.first < page.at), key=lambda form: form.first, default=forms[0])


def _other_versions(pages: Iterable[PageFacts]) -> list[Others]:
    """The forms of other versions: told apart by hash and serial, and by a page that comes again."""
    groups: list[Others] = []
    for page in pages:
        key = (page.questionnaire_hash, page.language, page.variant, page.serial)
        group = next(
            (
                group
                for group in reversed(groups)
                if key == _key_of(group) and page.page not in {one.page for one in group.pages}
            ),
            None,
        )
        if group is None:
            groups.append(Others("other_version", [page]))
        else:
            group.pages.append(page)
    return groups


def _key_of(group: Others) -> tuple[str | None, str, str, str | None]:
    first = group.pages[0]
    return first.questionnaire_hash, first.language, first.variant, first.serial
