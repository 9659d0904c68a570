"""Why the child process gives up: its exit code."""

PASSWORD, DAMAGED, MEMORY, CELLS, COLUMNS, NO_RECORDS = 10, 11, 12, 13, 14, 15


class Refused(Exception):  # noqa: N818 (it says what happened)
    """Leaves the process with this exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
