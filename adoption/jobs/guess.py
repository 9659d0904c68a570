"""Which feed a file is, by its header row."""

from pathlib import Path

from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.headers import UnfitFile, UnreadableFile
from etl.mapping.source_file import columns_as, feeds_of_rejects, opened


def guess_feeds(path: Path, name: str) -> list[Feed]:
    """As `guess_feed`; several for rejects of several feeds, which say themselves what they are."""
    said = set(feeds_of_rejects(opened(path)).values())
    if said and "" not in said:
        return [feed for feed in FEEDS.values() if feed.name in said]
    return [guess_feed(path, name)]


def guess_feed(path: Path, name: str) -> Feed:
    """The feed that has a use for most of the file's columns, of those that could take it.

    Raises UnreadableFile: what is wrong with the file if it can be read as none, or that two feeds
    fit it alike.
    """
    file = opened(path)
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
        raise UnreadableFile(
            f"{name}：從標題列看不出是哪一種資料；請自行選擇資料種類，再檢查一次",
            f"{name}: its header row does not tell which kind of records it holds; "
            "choose the kind yourself and check again",
        )
    return best[0]
