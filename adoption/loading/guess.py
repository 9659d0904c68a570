"""Which feed a file is, by its header row."""

from pathlib import Path

from etl.feeds import FEEDS, Feed
from etl.headers import UnreadableFile
from etl.read import describe


def guess_feed(path: Path, name: str) -> Feed:
    """The feed that has a use for most of the file's columns, of those that could take it.

    Raises UnreadableFile: what is wrong with the file if it can be read as none, or that two feeds
    fit it alike.
    """
    fits: list[tuple[int, Feed]] = []
    wrong: UnreadableFile | None = None
    for feed in FEEDS.values():
        try:
            columns = describe(path, feed).columns.values()
        except UnreadableFile as error:
            wrong = error
        else:
            fits.append((sum(column is not None for column in columns), feed))
    # A file that lacks columns as every feed is only not told; anything else is wrong with it.
    if not fits and wrong is not None and "columns missing" not in wrong.en:
        raise wrong
    most = max((count for count, _ in fits), default=0)
    best = [feed for count, feed in fits if count == most]
    if len(best) != 1:
        raise UnreadableFile(
            f"{name}：從標題列看不出是哪一種資料；請自行選擇資料種類，再檢查一次",
            f"{name}: its header row does not tell which kind of records it holds; "
            "choose the kind yourself and check again",
        )
    return best[0]
