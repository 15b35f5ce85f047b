"""How much of a message is read. What goes beyond is landed all the same and quarantined with a reason."""

MAX_MESSAGE_BYTES = 25 * 1024 * 1024
MAX_DEPTH = 6
MAX_PARTS = 300
MAX_ATTACHMENTS = 50
# Archives: how many files, how large all files of a message together, how much larger than packed, how deep.
MAX_ARCHIVE_FILES = 100
MAX_UNPACKED_BYTES = 60 * 1024 * 1024
MAX_ARCHIVE_RATIO = 100
MAX_ARCHIVE_DEPTH = 2
MAX_PICTURE_PAGES = 60
MAX_TEXT_CHARACTERS = 500_000
MAX_HEADER_CHARACTERS = 4_000
MAX_PDF_BYTES = 20 * 1024 * 1024
MAX_PDF_PAGES = 200
MAX_FORM_FIELDS = 5_000
# Processor seconds for one message, and real ones in case the reader only waits.
CPU_SECONDS = 30
WALL_SECONDS = 180
MEMORY_BYTES = 4 * 1024**3
