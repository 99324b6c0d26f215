"""The demo running: in a thread of this process (``DemoServer``), or as a command of its own (``serve``)."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from datetime import datetime
from types import TracebackType

import uvicorn

from snaptui.demo.controls import DEMO_TOKEN, Controls
from snaptui.demo.links import Links
from snaptui.demo.server import Api
from snaptui.demo.world import World
from snaptui.i18n import _


class _Server(uvicorn.Server):
    """A server that runs until it is told to stop, without the ticks of a tenth of a second that uvicorn counts in."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ending = asyncio.Event()

    async def main_loop(self) -> None:
        """Wait for the end."""
        await self.ending.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Break off what is under way and leave nothing open."""
        for listener in self.servers:
            listener.close()
        for opened in sockets or []:
            opened.close()
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # Each connection learns of it in the loop's next turn.


def _config(app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        http="h11",
        loop="asyncio",
        server_header=False,
    )


def _listen(port: int) -> socket.socket:
    # With the protocol named, asyncio sends small answers at once (TCP_NODELAY); without, each waits 40 ms for an ACK.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


class DemoServer:
    """The demo in a daemon thread with an event loop of its own; a context manager.

    The API and the archives listen on two loopback ports, so they are two origins as they may be in life.
    ``world`` and ``controls`` may be read and set from the caller's thread. Raises OSError where ``port`` is taken.
    """

    def __init__(
        self,
        now: datetime | None = None,
        *,
        port: int = 0,
        latency: float = 0.0,
        requests_per_minute: int = 60,
        create_seconds: float = 2.0,
    ) -> None:
        self.world = World(now)
        self.controls = Controls(
            latency=latency, requests_per_minute=requests_per_minute, create_seconds=create_seconds
        )
        self.links = Links(self.controls)
        self._port = port
        self._servers: list[_Server] = []
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self.api_url = ""

    @property
    def token(self) -> str:
        """The token this demo takes."""
        return self.controls.token or DEMO_TOKEN

    @property
    def archive_origin(self) -> str:
        """Where links lead."""
        return self.links.base_url

    def start(self) -> DemoServer:
        """Listen and serve; return once connections are taken."""
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)
        api = _listen(self._port)
        archives = _listen(0)
        self.api_url = f"http://127.0.0.1:{api.getsockname()[1]}/v2"
        self.links.base_url = f"http://127.0.0.1:{archives.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, args=([api, archives],), name="snaptui-demo", daemon=True)
        self._thread.start()
        self._ready.wait(10)  # Both listen already: this is for ``stop``, which needs the loop.
        return self

    def _run(self, sockets: list[socket.socket]) -> None:
        asyncio.run(self._serve(sockets))

    async def _serve(self, sockets: list[socket.socket]) -> None:
        applications = (Api(self.world, self.controls, self.links).application(), self.links.application())
        self._servers = [_Server(_config(application)) for application in applications]
        self._loop = asyncio.get_running_loop()
        self._ready.set()
        pairs = zip(self._servers, sockets, strict=True)
        await asyncio.gather(*(server.serve(sockets=[listener]) for server, listener in pairs))

    def stop(self) -> None:
        """Stop serving, close every connection, and wait for the thread; does no harm twice."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        if self._loop is not None and thread.is_alive():
            for server in self._servers:
                self._loop.call_soon_threadsafe(server.ending.set)
        thread.join(10)

    def wait(self) -> None:
        """Block until the server stops, in pieces so that a signal is heard."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(0.5)

    def __enter__(self) -> DemoServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if kind is None and self.controls.crashes:
            raise RuntimeError("the demo failed while it answered:\n" + "\n".join(self.controls.crashes))


def describe(server: DemoServer) -> str:
    """How to point snaptui at a running demo: a sentence and two lines to paste."""
    return "\n".join(
        (
            _(
                "The demo answers at {url}; paste these two lines where snaptui is to use it, and end it with Ctrl-C."
            ).format(url=server.api_url),
            f"export SNAPTUI_API_URL={server.api_url}",
            f"export DISCLOUD_TOKEN={server.token}",
        )
    )
