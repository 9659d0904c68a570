"""Every kind of file that can be loaded. To add one: its module here, its table in schema.py."""

from etl.feeds.certificates import CERTIFICATES
from etl.feeds.entities import ENTITIES
from etl.feeds.feed import Feed, FeedColumn, Reference, Rule
from etl.feeds.reminders import REMINDERS
from etl.feeds.suspensions import SUSPENSIONS
from etl.feeds.systems import SYSTEMS
from etl.feeds.targets import TARGETS
from etl.feeds.units import UNITS

__all__ = ["FEEDS", "Feed", "FeedColumn", "Reference", "Rule"]

FEEDS: dict[str, Feed] = {
    feed.name: feed
    for feed in (UNITS, SYSTEMS, CERTIFICATES, SUSPENSIONS, REMINDERS, ENTITIES, TARGETS)
}
