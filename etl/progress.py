"""The progress bar on stderr; nothing at all when that is not a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from adoption.language import Language, Text

_DOING = {
    "sample": Text("產生範例資料", "making records"),
    "read": Text("讀取並檢查", "reading and checking"),
    "keep": Text("比對並寫入", "comparing and writing"),
    "copy": Text("複製", "copying"),
    "compare": Text("逐表核對", "comparing"),
    "publish": Text("發布", "publishing"),
}


@contextmanager
def progress_bar(language: Language) -> Iterator[Callable[[str, float], None]]:
    """A function that takes what is going on and how much of it is done, 0 to 1."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda doing, share: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def show(doing: str, share: float) -> None:
            bar.update(task, description=_DOING[doing].in_language(language), completed=share)

        yield show
