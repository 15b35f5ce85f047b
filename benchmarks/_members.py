"""Members who read the dashboard at the same time: Streamlit's own protocol over its websocket, without browsers.

Each looks at one page after another and changes the moment that the results are as at, with pauses in between; whatever
the page asks to be run again by itself is run, as a browser does.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Navigation_pb2 import Navigation
from streamlit.proto.Selectbox_pb2 import Selectbox
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

_PATIENCE = 60.0
_AS_AT = "Results as at"


@dataclass(frozen=True)
class Visit:
    """How many pages and moments a member looks at after the first page, and the seconds between two looks."""

    looks: int
    pause: float


@dataclass
class Seen:
    """What all members saw together: seconds of each look, of each run by itself, and what went wrong."""

    looks: list[float] = field(default_factory=list)
    by_itself: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


async def members(address: str, cookies: Sequence[str], visit: Visit, seed: int = 1) -> Seen:
    """Let as many members as there are session cookies look at so many pages each, starting within one pause.

    Args:
        address: of the results server, such as `http://127.0.0.1:8702`.
        cookies: one `Cookie` header for each.
    """
    seen = Seen()
    chance = random.Random(seed)
    async with asyncio.TaskGroup() as group:
        for cookie in cookies:
            group.create_task(_one(address, cookie, visit, random.Random(chance.random()), seen))
    return seen


async def _one(address: str, cookie: str, visit: Visit, chance: random.Random, seen: Seen) -> None:
    await asyncio.sleep(chance.uniform(0, visit.pause))
    headers = {"Cookie": cookie}
    socket = address.replace("http", "ws", 1) + "/_stcore/stream"
    try:
        async with connect(
            socket,
            origin=address,
            additional_headers=headers,
            subprotocols=["streamlit"],
            max_size=None,
            open_timeout=_PATIENCE,
        ) as connection:
            member = _Member(connection, seen)
            await member.look()
            for _ in range(visit.looks):
                await member.wait(chance.uniform(0.5, 1.5) * visit.pause)
                await member.look(*member.choose(chance))
    except (OSError, TimeoutError, WebSocketException) as error:
        seen.wrong.append(type(error).__name__)


class _Member:
    """One open page: what it shows, and what runs by itself on it."""

    def __init__(self, connection: ClientConnection, seen: Seen) -> None:
        self._connection = connection
        self._seen = seen
        self._pages: list[str] = []
        self._page = ""
        self._select: Selectbox | None = None
        self._chosen: dict[str, str] = {}
        self._by_itself: dict[str, tuple[float, float]] = {}

    def choose(self, chance: random.Random) -> tuple[str, str | None]:
        """The next page, or now and then another moment."""
        options = list(self._select.options) if self._select else []
        if len(options) > 1 and chance.random() < 0.3:
            return self._page, chance.choice(options)
        return chance.choice(self._pages or [self._page]), None

    async def look(self, page: str = "", moment: str | None = None) -> None:
        self._page = page
        if moment is not None and self._select is not None:
            self._chosen[self._select.id] = moment
        if page or moment:
            self._by_itself.clear()
        self._seen.looks.append(await self._run(BackMsg(), page=page))

    async def wait(self, seconds: float) -> None:
        """Pass the time as a browser does: what runs by itself is run when it is due."""
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until:
            due = [one for one, (_, at) in self._by_itself.items() if at <= now]
            for fragment in due:
                interval, _ = self._by_itself[fragment]
                self._seen.by_itself.append(await self._run(BackMsg(), fragment=fragment, page=self._page))
                if fragment in self._by_itself:
                    self._by_itself[fragment] = (interval, time.monotonic() + interval)
            await asyncio.sleep(0.05)

    async def _run(self, message: BackMsg, *, page: str = "", fragment: str = "") -> float:
        """Ask for one run and read what it shows; how long it took."""
        message.rerun_script.query_string = ""
        message.rerun_script.page_script_hash = page
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = bool(fragment)
        for name, value in self._chosen.items():
            message.rerun_script.widget_states.widgets.append(WidgetState(id=name, string_value=value))
        started = time.monotonic()
        await self._connection.send(message.SerializeToString())
        async with asyncio.timeout(_PATIENCE):
            while not self._take(await self._connection.recv()):
                pass
        return time.monotonic() - started

    def _take(self, received: str | bytes) -> bool:
        """Note one message of the server; whether it ends the run."""
        message = ForwardMsg()
        message.ParseFromString(received if isinstance(received, bytes) else received.encode())
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self._note_pages(message.navigation)
        elif kind == "auto_rerun":
            interval = message.auto_rerun.interval
            self._by_itself.setdefault(message.auto_rerun.fragment_id, (interval, time.monotonic() + interval))
        elif kind == "stop_auto_rerun":
            self._by_itself.clear()
        elif kind == "delta":
            self._note(message)
        return kind == "script_finished"

    def _note_pages(self, navigation: Navigation) -> None:
        self._pages = [one.page_script_hash for one in navigation.app_pages if not one.is_hidden]

    def _note(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type") if message.delta.HasField("new_element") else None
        if kind == "exception":
            self._seen.wrong.append(element.exception.type)
        elif kind == "alert" and element.alert.format == Alert.ERROR:
            self._seen.wrong.append(element.alert.body)
        elif kind == "selectbox" and element.selectbox.label == _AS_AT:
            self._select = element.selectbox
