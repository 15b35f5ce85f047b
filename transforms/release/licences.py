"""The licences that a release may be given under: what they are called and where their text is."""

from dataclasses import dataclass

from schemas.policy import Licence


@dataclass(frozen=True)
class LicenceTerms:
    """A licence's name, the address of its text, and the sentence that whoever uses the data has to give."""

    title: str
    path: str
    attribution: str


LICENCES: dict[Licence, LicenceTerms] = {
    "OGL-UK-3.0": LicenceTerms(
        "Open Government Licence v3.0",
        "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        "Contains public sector information licensed under the Open Government Licence v3.0.",
    ),
    "CC-BY-4.0": LicenceTerms(
        "Creative Commons Attribution 4.0 International",
        "https://creativecommons.org/licenses/by/4.0/",
        "Give credit to those who asked, link to the licence, and say whether you changed anything.",
    ),
    "CC0-1.0": LicenceTerms(
        "CC0 1.0 Universal",
        "https://creativecommons.org/publicdomain/zero/1.0/",
        "No attribution is asked for.",
    ),
}


def licence_text(licence: Licence, title: str, asked_by: tuple[str, ...]) -> str:
    """What stands in a release's LICENCE.txt."""
    terms = LICENCES[licence]
    return (
        f"{title}: anonymised results\n{', '.join(asked_by)}\n\n"
        f"Licence: {terms.title} ({licence})\n{terms.path}\n\n{terms.attribution}\n"
    )
