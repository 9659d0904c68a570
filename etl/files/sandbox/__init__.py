"""The child process that parses a spreadsheet, a Parquet file or a web page, which may be hostile.

It imports nothing of ours but this room. Standard input is the file itself, so that it needs no
path; standard output is JSON (`heads`) or an Arrow stream of text columns (`rows`). What goes wrong
is told by the exit code, because half an answer may have been written already.

    python -m etl.files.sandbox '{"kind": "xlsx", "task": "rows", "sheet": 0, "after": 3, ...}'
"""
