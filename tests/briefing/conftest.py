"""Briefings and decks that many tests look at and none changes."""

from typing import Any

import pytest

from adoption.briefing.content import Briefing
from adoption.language import LANGUAGES, Language
from adoption.store import Store
from tests.briefing.decks import AS_OF, HOSTILE, briefing_of, opened
from tests.reference import System, Unit
from tests.stores import store_of


@pytest.fixture(scope="session")
def briefings(sample_store: Store) -> dict[Language, Briefing]:
    return {language: briefing_of(sample_store, language) for language in LANGUAGES}


@pytest.fixture(scope="session")
def decks(briefings: dict[Language, Briefing]) -> dict[Language, Any]:
    return {language: opened(briefing) for language, briefing in briefings.items()}


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Briefing:
    store = store_of(
        tmp_path_factory.mktemp("hostile"),
        [Unit(code, name, "ministry") for code, name in HOSTILE.items()],
        [
            System(f"{code}-{number}", code, name, integrated_on=AS_OF)
            for code, name in HOSTILE.items()
            for number in range(7 - int(code[1]))
        ],
    )
    return briefing_of(store, unit=tuple(HOSTILE))
