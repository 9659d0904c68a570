"""What the files of a job can be read as: a kind of records, or that kind by a profile."""

from dataclasses import dataclass

from adoption.jobs.tables import feed_name
from adoption.language import Text
from adoption.policy import DATA
from etl.mapping.feeds import FEEDS
from etl.mapping.profile import profiles_in


@dataclass(frozen=True)
class FileKind:
    """`profile` is the text of one. `feed` and `profile` are as in a job's Request."""

    title: Text
    feed: str
    profile: str | None = None


def file_kinds() -> dict[str, FileKind]:
    """Code -> kind: every feed, then every profile in data/profiles."""
    titles = {feed: Text(feed_name(feed, "zh"), feed_name(feed, "en")) for feed in FEEDS}
    kinds = {feed: FileKind(titles[feed], feed) for feed in FEEDS}
    for profile in profiles_in(DATA / "profiles"):
        zh, en = titles[profile.feed]
        title = Text(f"{zh}：{profile.title.zh}", f"{en}: {profile.title.en}")
        kinds[profile.name] = FileKind(title, profile.feed, profile.text)
    return kinds
