"""Which feed a file is, by its header row."""

from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.headers import UnfitFile, UnreadableFile
from etl.mapping.source_file import Opened, columns_as, feeds_of_rejects


def guess_feeds(file: Opened, name: str) -> list[Feed]:
    """As `guess_feed`; several for rejects of several feeds."""
    return feeds_said(file) or [guess_feed(file, name)]


def feeds_said(file: Opened) -> list[Feed]:
    """The feeds whose rejects the file says that it holds; none for another file."""
    said = set(feeds_of_rejects(file).values())
    return [] if "" in said else [feed for feed in FEEDS.values() if feed.name in said]


def guess_feed(file: Opened, name: str) -> Feed:
    """The feed that has a use for most of the file's columns, of those that could take it.

    Raises UnfitFile where that is none, or two alike; UnreadableFile for what is wrong with it.
    """
    fits: list[tuple[int, Feed]] = []
    wrong: list[UnreadableFile] = []
    for feed in FEEDS.values():
        try:
            fits.append((columns_as(file, feed), feed))
        except UnfitFile:
            continue
        except UnreadableFile as error:
            wrong.append(error)
    if not fits and wrong:
        raise wrong[0]
    most = max((count for count, _ in fits), default=0)
    best = [feed for count, feed in fits if count == most]
    if len(best) != 1:
        raise UnfitFile(
            f"{name}：從標題列看不出是哪一種資料；請自行選擇資料種類，再檢查一次",
            f"{name}: its header row does not tell which kind of records it holds; "
            "choose the kind yourself and check again",
        )
    return best[0]
