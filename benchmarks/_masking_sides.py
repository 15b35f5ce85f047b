"""What masking is held against: Presidio without a language model, and scrubadub."""

import logging
from collections.abc import Callable

from benchmarks._masking_scores import Found


def presidio() -> Callable[[str], Found]:
    """Presidio's analyser over a blank spaCy pipeline: no model can be fetched, so its recognisers work by pattern."""
    # It asks the net for a list of domains, and takes its own where there is no net.
    logging.getLogger("tldextract").setLevel(logging.CRITICAL)
    import spacy
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class Blank(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__()
            self.nlp = {"en": spacy.blank("en")}

        def load(self) -> None:
            """There is nothing to load."""

    engine = AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"])
    return lambda text: [(one.start, one.end, one.entity_type) for one in engine.analyze(text, language="en")]


def scrubadub() -> Callable[[str], Found]:
    """scrubadub with the detectors that it has by default, for Britain."""
    import scrubadub

    scrubber = scrubadub.Scrubber(locale="en_GB")
    return lambda text: [(one.beg, one.end, one.type) for one in scrubber.iter_filth(text)]
