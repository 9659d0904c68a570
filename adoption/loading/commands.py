"""Which commands of python -m etl this version has."""

from functools import cache


@cache
def has_command(name: str) -> bool:
    from etl.__main__ import app

    return any(
        (command.name or getattr(command.callback, "__name__", "")) == name
        for command in app.registered_commands
    )
