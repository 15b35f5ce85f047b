"""What the ledger must show once the pipeline has run: it follows from the plan and from what the officers decide."""

from collections import Counter

from orchestration.demonstration.officers import ACCEPTED_LATE, CONFIRMED, RELEASED
from orchestration.demonstration.plan import ConsultationPlan, Oddity, Submission, channel_of, forms_of

_LINES: dict[Oddity, str] = {
    "late": "out_of_time",
    "blank": "blank",
    "unknown_choice": "in_quarantine",
    "wrong_id_inside": "in_quarantine",
    "damaged_pdf": "in_quarantine",
    "encrypted_zip": "in_quarantine",
    "keyings_differ": "in_review",
    "keyed_once": "in_review",
    "question": "in_review",
    "automatic_reply": "not_a_response",
}


def expected_lines(plan: ConsultationPlan) -> dict[str, dict[str, int]]:
    """Responses by channel and line of the ledger; a line without any is left out."""
    counted: dict[str, Counter[str]] = {}
    for one in plan.submissions:
        lines = counted.setdefault(channel_of(one), Counter())
        lines[_line_of(one)] += len(forms_of(one)) or 1
    return {channel: dict(sorted(lines.items())) for channel, lines in sorted(counted.items())}


def _line_of(one: Submission) -> str:
    if one.key in (RELEASED, ACCEPTED_LATE):
        return "included"
    if one.key.endswith("b") and one.key[:-1] in CONFIRMED:
        return "duplicate" if one.oddity == "duplicate" else "merged"
    return _LINES.get(one.oddity, "included")
