"""A command run in the process of its test: starting one of its own takes seconds."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    returncode: object
    stdout: str
    stderr: str


Run = Callable[..., Outcome]
