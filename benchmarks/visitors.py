"""A hundred visitors of a page who each click every three seconds on average: how long they wait.

They speak to the real server as Streamlit's browser part does: protobuf messages on a websocket. A
click changes the language, so that every element of the page is sent anew. Server and visitors
share the machine.
"""

import asyncio
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from benchmarks.noise import spread
from benchmarks.records import store_url
from dashboard import PAGES
from tests.running import dashboard

CERTIFICATES = 1_500_000
VISITORS = 100
SECONDS_BETWEEN_CLICKS = 3.0
SECONDS_OF_ARRIVING = 15.0
SECONDS = 45.0
# The page that is held to a target; the others are published.
TARGET_PAGE, TARGET = "overview", 2.0
LANGUAGES = ("English", "中文")


@dataclass
class Waited:
    """Seconds from each click to the last message of its answer, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def percentile(self, percent: int) -> float:
        return statistics.quantiles(self.seconds, n=100)[percent - 1]


class Visitor:
    """One who has a page open."""

    def __init__(self, socket: ClientConnection, page: str) -> None:
        self._socket = socket
        self._page = page
        self._language_widget = ""

    async def run(self, language: str = "") -> str:
        """Have the page run, with this language if one is given; what went wrong, or nothing."""
        asked = BackMsg()
        asked.rerun_script.page_name = self._page
        if language:
            widget = asked.rerun_script.widget_states.widgets.add(id=self._language_widget)
            widget.string_array_value.data.append(language)
        await self._socket.send(asked.SerializeToString())
        while True:
            told = ForwardMsg.FromString(await self._socket.recv(decode=False))
            kind = told.WhichOneof("type")
            if kind == "script_finished":
                ended = told.script_finished
                return "" if ended == ForwardMsg.FINISHED_SUCCESSFULLY else f"ended with {ended}"
            if kind == "delta":
                element = told.delta.new_element
                if element.WhichOneof("type") == "exception":
                    return element.exception.message
                if element.button_group.id.endswith("-lang"):
                    self._language_widget = element.button_group.id

    async def click_until(self, end: float, waited: Waited) -> None:
        languages = _by_turns()
        while True:
            await asyncio.sleep(random.expovariate(1 / SECONDS_BETWEEN_CLICKS))
            if (clicked := time.monotonic()) >= end:
                return
            if wrong := await self.run(next(languages)):
                waited.errors.append(wrong)
            waited.seconds.append(time.monotonic() - clicked)


def _connected(address: str) -> connect:
    stream = address.replace("http", "ws", 1) + "/_stcore/stream"
    return connect(stream, subprotocols=[Subprotocol("streamlit")], max_size=None)


def _by_turns() -> Iterator[str]:
    while True:
        yield from LANGUAGES


async def _visit(address: str, page: str, number: int, end: float, waited: Waited) -> None:
    await asyncio.sleep(SECONDS_OF_ARRIVING * number / VISITORS)
    try:
        async with _connected(address) as socket:
            visitor = Visitor(socket, page)
            if wrong := await visitor.run():
                waited.errors.append(wrong)
            await visitor.click_until(end, waited)
    except (OSError, RuntimeError) as error:
        waited.errors.append(str(error))


async def visits(address: str, page: str) -> Waited:
    """What VISITORS of a page wait for."""
    waited = Waited()
    end = time.monotonic() + SECONDS_OF_ARRIVING + SECONDS
    everybody = (_visit(address, page, number, end, waited) for number in range(VISITORS))
    await asyncio.gather(*everybody)
    return waited


def main(pages: list[str]) -> None:
    print(f"{VISITORS} visitors of a page, each clicking every {SECONDS_BETWEEN_CLICKS:g} s")
    print(f"machine: {spread()}, {os.cpu_count()} cores")
    with dashboard(store_url(CERTIFICATES)) as address:
        for page in pages or [name for name, _, _ in PAGES]:
            path = "" if page == PAGES[0][0] else page
            asyncio.run(_warmed(address, path))
            found = asyncio.run(visits(address, path))
            target = f"   target p95 <= {TARGET}, no error" if page == TARGET_PAGE else ""
            print(
                f"  {page:12} {len(found.seconds):5} clicks   median {found.percentile(50):.2f} s"
                f"   p95 {found.percentile(95):.2f}   p99 {found.percentile(99):.2f}"
                f"   errors {len(found.errors)} {' '.join(sorted(set(found.errors)))[:80]}{target}"
            )


async def _warmed(address: str, page: str) -> None:
    """Have the answers in both languages at hand, as they are after the first visitors."""
    async with _connected(address) as socket:
        visitor = Visitor(socket, page)
        for language in ("", *LANGUAGES):
            await visitor.run(language)


if __name__ == "__main__":
    main(sys.argv[1:])
