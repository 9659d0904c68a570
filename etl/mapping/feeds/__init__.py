"""Every kind of file that can be loaded. To add one: its module here, its table in schema.py."""

from etl.mapping.feeds.certificates import CERTIFICATES
from etl.mapping.feeds.entities import ENTITIES
from etl.mapping.feeds.feed import Feed, FeedColumn, Rule
from etl.mapping.feeds.reminders import REMINDERS
from etl.mapping.feeds.suspensions import SUSPENSIONS
from etl.mapping.feeds.systems import SYSTEMS
from etl.mapping.feeds.targets import TARGETS
from etl.mapping.feeds.units import UNITS

__all__ = ["FEEDS", "Feed", "FeedColumn", "Rule"]

FEEDS: dict[str, Feed] = {
    feed.name: feed
    for feed in (UNITS, SYSTEMS, CERTIFICATES, SUSPENSIONS, REMINDERS, ENTITIES, TARGETS)
}
