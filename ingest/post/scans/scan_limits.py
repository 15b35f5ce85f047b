"""How much of a scanned file is read."""

MAX_SCAN_BYTES = 200 * 1024 * 1024
MAX_SCAN_PAGES = 2_000
# An A4 page at 600 dots to the inch has 35 million.
MAX_PAGE_PIXELS = 60_000_000
# Pages larger than this on their longer side are made smaller first: 300 dots to the inch, with room around the page.
LONGEST_SIDE = 4_000
# For one page: processor seconds, and real ones in case a decoder only waits. The first page also draws the blank form.
CPU_SECONDS = 60
WALL_SECONDS = 180
MEMORY_BYTES = 4 * 1024**3
