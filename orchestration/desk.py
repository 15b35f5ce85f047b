"""The officers' desk over a data folder: its queues, and what they have to do."""

from dashboards.desk.forms import CODING_PATH, FORM_PATH, TRANSLATION_PATH, Desk
from dashboards.desk.work_list import WorkQueue
from orchestration.builds import warehouse_of
from orchestration.coding_queue import CodingQueue
from orchestration.final_desk import DeskReports, DeskSignOff
from orchestration.keying_forms import KeyingForms
from orchestration.keying_queue import KeyingQueue
from orchestration.operations import Operations
from orchestration.release_desk import ReleaseDesk
from orchestration.review_desk import review_of
from orchestration.translation_queue import TranslationQueue
from orchestration.work_queues import CodingWork, KeyingWork, TranslationWork
from schemas.data_folder import DataFolder
from schemas.definition import Definition


def desk_of(data: DataFolder, definition: Definition) -> Desk:
    """The desk of one consultation; it holds the private key in memory.

    Raises:
        SealingError: a key is missing or open to others.
    """
    keying, coding = KeyingQueue(data, definition), CodingQueue(data, definition)
    translations = TranslationQueue(data, definition, coding)
    warehouse = warehouse_of(data, definition)
    review, reviewing = review_of(data, definition)
    work: tuple[WorkQueue, ...] = (
        KeyingWork(keying, warehouse, FORM_PATH),
        CodingWork(coding, CODING_PATH),
        TranslationWork(translations, TRANSLATION_PATH),
        *reviewing,
    )
    title = definition.questionnaire.title.in_language(definition.questionnaire.languages[0])
    return Desk(
        queue=keying,
        forms=KeyingForms(data, keying),
        coding=coding,
        translations=translations,
        review=review,
        releases=ReleaseDesk(data, definition),
        operations=Operations(data, definition),
        work=work,
        title=title,
        zone=definition.zone,
        clock=data.clock,
        sign_off=DeskSignOff(data, definition, work),
        reports=DeskReports(data, definition),
    )
