"""What the records hold, in the words in which a file would say it."""

from datetime import date

from adoption.formats import short_day_text
from adoption.language import Language
from adoption.store.schema import UNSTATED
from etl.mapping.feeds import FeedColumn
from etl.mapping.feeds.feed import UNSTATED_ZH, stated_parser
from etl.validation.vocabularies import Vocabulary


def in_words(column: FeedColumn, value: object, language: Language) -> str:
    """`value` of `column`; days and, in Chinese, the words of a list are not what is kept."""
    if value is None:
        return ""
    if isinstance(value, date):
        return short_day_text(value, language)
    if language == "zh" and value == UNSTATED:
        return UNSTATED_ZH
    parse = stated_parser(column)
    if language == "zh" and isinstance(parse, Vocabulary) and value in parse.words:
        return parse.words[str(value)][0]
    return str(value)
