"""Whether a questionnaire and a policy, each valid by itself, belong together."""

import zoneinfo
from collections.abc import Iterator

from schemas.fields import WithChoices
from schemas.policy import Policy, Side
from schemas.questionnaire import AnyField, Questionnaire

# A key of the policy, and what is wrong with it.
Fault = tuple[str, str]
_WORDS = ("open_text", "short_text", "contact")
_TICKS = ("single_choice", "multiple_choice")


def inconsistencies(questionnaire: Questionnaire, policy: Policy) -> Iterator[Fault]:
    """Every fault of the policy when read beside its questionnaire."""
    yield from _identity(questionnaire, policy)
    yield from _dates(questionnaire, policy)
    yield from _named_columns(questionnaire, policy)
    yield from _sides(policy)
    yield from _disclosure(questionnaire, policy)
    yield from _empties(questionnaire, policy)
    yield from _respondent_type(questionnaire, policy)
    yield from _publication(questionnaire, policy)


def _identity(questionnaire: Questionnaire, policy: Policy) -> Iterator[Fault]:
    if policy.consultation != questionnaire.id:
        yield "consultation", f"'{policy.consultation}' is not the questionnaire's id '{questionnaire.id}'"


def _dates(questionnaire: Questionnaire, policy: Policy) -> Iterator[Fault]:
    try:
        zoneinfo.ZoneInfo(policy.dates.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        yield "dates.time_zone", f"'{policy.dates.time_zone}' is not a time zone such as 'Europe/London'"
    if policy.dates.closes != questionnaire.return_by:
        printed = questionnaire.return_by
        yield "dates.closes", f"{policy.dates.closes} is not the day printed on the form (return_by), {printed}"


def _named_columns(questionnaire: Questionnaire, policy: Policy) -> Iterator[Fault]:
    """What the policy names must be asked, and be of a kind that can be so used."""
    columns = questionnaire.answer_columns()
    for name in policy.disclosure:
        if name not in columns:
            yield f"disclosure.{name}", "the questionnaire has no such field"
    for name in policy.frames:
        if name not in columns:
            yield f"frames.{name}", "the questionnaire has no such field"
        elif columns[name].kind not in ("open_text", "short_text"):
            yield f"frames.{name}", "only a text is coded"
    for key, names in (("hierarchies", policy.microdata.hierarchies), ("sensitive", policy.microdata.sensitive)):
        for name in names:
            if name not in columns:
                yield f"microdata.{key}.{name}", "the questionnaire has no such field"
    for name in policy.linkage.roles:
        if name not in columns:
            yield f"linkage.roles.{name}", "the questionnaire has no such field"
        elif not _is_text(columns, name) and columns[name].kind != "postcode_district":
            yield f"linkage.roles.{name}", "only a text or a postcode district is evidence of who responds"


def _sides(policy: Policy) -> Iterator[Fault]:
    """A side is a code's; codes that become one stand on the same."""
    for field, sides in policy.sides.items():
        frame = policy.frames.get(field)
        unknown = sorted(set(sides) - set(frame.code_ids if frame else ()))
        if unknown:
            yield f"sides.{field}", f"the frame of this field has no code '{unknown[0]}'"
        of_collapsed: dict[str, Side | None] = {}
        for one in frame.codes if frame else ():
            side = sides.get(one.code)
            if of_collapsed.setdefault(one.collapsed, side) != side:
                yield f"sides.{field}", f"'{one.collapsed}' stands for codes of different sides"


def _disclosure(questionnaire: Questionnaire, policy: Policy) -> Iterator[Fault]:
    columns = questionnaire.answer_columns()
    for name, field in columns.items():
        given = policy.disclosure.get(name)
        if given is None:
            yield f"disclosure.{name}", "the column has no disclosure class"
        elif field.kind == "contact" and given != "direct_identifier":
            yield f"disclosure.{name}", f"a contact detail is a 'direct_identifier', not '{given}'"
        elif _is_text(columns, name) and given not in ("direct_identifier", "confidential_text"):
            yield f"disclosure.{name}", f"a text is a 'direct_identifier' or a 'confidential_text', not '{given}'"
        elif not _is_text(columns, name) and given == "confidential_text":
            yield f"disclosure.{name}", "this field holds no text, so it cannot be 'confidential_text'"


def _empties(questionnaire: Questionnaire, policy: Policy) -> Iterator[Fault]:
    """An answer that says something must not be taken for one that says nothing."""
    empties = {empty.strip().casefold() for empty in policy.empties}
    for field in questionnaire.fields():
        for code in sorted(empties.intersection(field.codes if isinstance(field, WithChoices) else ())):
            yield "empties", f"'{code}' is also a choice of '{field.id}'; give a list without it, or another code"


def _respondent_type(questionnaire: Questionnaire, policy: Policy) -> Iterator[Fault]:
    name = policy.respondent_type_field
    if name is None:
        return
    field = {one.id: one for one in questionnaire.fields()}.get(name)
    if field is None:
        yield "respondent_type_field", f"the questionnaire has no field '{name}'"
    elif field.kind not in _TICKS:
        yield "respondent_type_field", f"'{name}' must be a single or a multiple choice"
    elif policy.disclosure.get(name, "tabulated") != "tabulated":
        yield "respondent_type_field", f"'{name}' must be 'tabulated' in disclosure"


def _publication(questionnaire: Questionnaire, policy: Policy) -> Iterator[Fault]:
    publication = policy.publication
    field = {one.id: one for one in questionnaire.fields()}.get(publication.permission_field or "")
    if publication.permission_field is not None and (field is None or field.kind != "permission"):
        what = f"'{publication.permission_field}' is not a field of the kind permission"
        yield "publication.permission_field", what
    if (publication.verbatim or publication.rows) and publication.permission_field is None:
        yield "publication.permission_field", "verbatim answers or rows need a field that asks for permission"
    if publication.organisation_list and "organisation" not in policy.linkage.roles.values():
        yield "publication.organisation_list", "no field has the linkage role 'organisation'"


def _is_text(columns: dict[str, AnyField], name: str) -> bool:
    """Whether the column holds words: a text field, or the text beside `please say`."""
    return columns[name].kind in _WORDS or columns[name].id != name
