"""'You said, we did' as a document: what was said, with its count, what was decided, and which paragraphs changed."""

from collections.abc import Iterator, Sequence

from schemas.definition import Definition
from transforms.disclosure.members import moment_of
from transforms.disclosure.vocabulary import in_words, reported_fields
from transforms.report.document import Block, Bullets, Document, Heading, Paragraph, Quoted, Run, Written
from transforms.report.prose import blocks_of
from transforms.report.said_did import YouSaid
from transforms.report.sources import Sources
from transforms.report.words import NOT_A_POLL, day, moment


def said_did_document(definition: Definition, sources: Sources, entries: Sequence[YouSaid]) -> Document:
    """The whole page.

    Raises:
        ReportError: an entry names a figure that the release does not have.
    """
    manifest = sources.manifest
    as_at = moment_of({"as_at": manifest["as_at"]}).astimezone(definition.zone)
    start = "Interim, as at " if manifest["interim"] else "Final, as at "
    title = in_words(definition.questionnaire.title)
    return Document(
        title=f"You said, we did: {title}",
        mark=(start, moment(as_at), ". From release ", Quoted(sources.release)),
        notice=manifest.get("notice") or "",
        blocks=(
            Heading(1, ("You said, we did: ", Quoted(title)), "title"),
            Paragraph((NOT_A_POLL,)),
            *_blocks(definition, sources, entries),
        ),
    )


def _blocks(definition: Definition, sources: Sources, entries: Sequence[YouSaid]) -> Iterator[Block]:
    if not entries:
        yield Paragraph(("What was said has not been answered yet. This page says when it was.",))
    for number, one in reported_fields(definition):
        own = [entry for entry in entries if entry.field == one.id]
        if own:
            name = f"Question {number}: " if number else ""
            yield Heading(2, (Quoted(f"{name}{in_words(one.label)}"),), f"question-{one.id}")
        for place, entry in enumerate(own, 1):
            yield from _entry(sources, entry, f"{one.id}-{place}")


def _entry(sources: Sources, entry: YouSaid, anchor: str) -> Iterator[Block]:
    yield Heading(3, ("You said",), f"said-{anchor}")
    yield Written(f"said-{anchor}", blocks_of(entry.said, sources.at))
    if entry.figure:
        yield Paragraph(("Counted: ", sources.at(entry.figure), " answers."))
    yield Heading(3, ("We did",), f"did-{anchor}")
    yield Written(f"did-{anchor}", blocks_of(entry.did, sources.at))
    if entry.paragraphs:
        yield Written(f"paragraphs-{anchor}", (Bullets(tuple((f"Changed: {text}",) for text in entry.paragraphs)),))
    if entry.decided_on:
        decided: list[Run] = ["Decided on ", day(entry.decided_on), "."]
        yield Paragraph(tuple(decided))
