"""How much of a file is looked at before it is refused. All sizes are measured, none is believed.

Spreadsheets are held in memory by their parser, text and Parquet stream through: so two measures.
"""

SPREADSHEET_BYTES = 20 << 20
SPREADSHEET_UNPACKED_BYTES = 200 << 20
# Web pages, XML and JSON, unpacked and in UTF-8.
MARKUP_BYTES = 100 << 20
SPREADSHEET_CELLS = 20_000_000
SPREADSHEET_FREE_CELLS = 2_000_000  # from where on there are as many as the file has bytes
ARCHIVE_ENTRIES = 1_000
# Of them, files of records that are loaded together.
MEMBERS = 100
# The list of entries at the end of a zip; a thousand long names need a tenth of it.
ARCHIVE_DIRECTORY_BYTES = 1 << 20
# Text and Parquet inside a zip or gzip. Records in text shrink to between a third and a tenth.
UNPACKED_BYTES = 8 << 30
UNPACKED_RATIO = 100
UNPACKED_FREE_BYTES = 64 << 20  # from where on the ratio counts
COLUMNS = 500
# Of a cell: as many as Excel itself keeps in one.
CELL_SIGNS = 32_767
# Rows that are worked on at once.
ROWS_AT_ONCE = 131_072
# Rows of another width than the header; a file with more of them is no table with that header.
MALFORMED_ROWS = 100_000
# Refused rows of a file that are kept, to be mended; those beyond are counted.
REJECTS_KEPT = 100_000
REJECTS_KEPT_BYTES = 64 << 20
# Where so many are refused and hardly any row is not, it is another kind of file.
REJECTS_TRIED = 100_000
LEAST_GOOD_SHARE = 0.05
# Of the child process that parses spreadsheets and Parquet.
MEMORY_BYTES = 1_200 << 20
CPU_SECONDS = 120
WAITING_SECONDS = 150
