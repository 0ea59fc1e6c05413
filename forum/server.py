"""uvicorn, put together for a forum: its listening socket, limits and WebSockets."""

import socket
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

from forum.live.wires import HANDED_OVER

MAX_FRAME_BYTES: Final = 64 * 1024  # a message of 10,000 characters in any script, as JSON
# The kernel ends a connection whose other end takes nothing for so long (a phone in a tunnel).
TAKES_NOTHING_MILLISECONDS: Final = 10_000
WAITING_CONNECTIONS: Final = 2048  # after a restart everybody comes back at once
CLOSE_SECONDS: Final = 2  # to answer a close frame, before the connection is cut
STOP_SECONDS: Final = 5  # for requests under way when the server stops


class ForumWebSocket(WebSocketsSansIOProtocol):
    """uvicorn's own, which also hands itself to the application so that the hub can write to it.

    The hub writes whole frames between whole frames, so the protocol's state does not change.
    """

    def handle_connect(self, event: Request) -> None:
        """A handshake came in: uvicorn answers it and starts the application with its scope."""
        super().handle_connect(event)
        if hasattr(self, "scope"):  # there is none when the handshake was refused
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[HANDED_OVER] = self

    def hang_up(self, code: int) -> None:
        """Send a close frame, stop hearing the other side and give it a moment to answer."""
        if self.close_sent or self.transport.is_closing() or self.conn.state is not State.OPEN:
            return
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code})
        self.conn.send_close(code)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:  # the answer is read like anything else
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(CLOSE_SECONDS, self.transport.abort)

    def keepalive_timeout(self) -> None:
        """No answer to a ping: who does not read would not let go of a closing connection."""
        super().keepalive_timeout()
        self.transport.abort()

    def shutdown(self) -> None:
        """The server stops: goodbye with 1012, and no waiting for one who does not read."""
        super().shutdown()
        self.loop.call_later(CLOSE_SECONDS, self.transport.abort)


def build_server(app: ASGIApp, *, forwarded_allow_ips: str = "127.0.0.1") -> uvicorn.Server:
    """A server for this application; `serve` runs it.

    forwarded_allow_ips: the proxies whose X-Forwarded-* headers are believed, with commas.
    """
    config = uvicorn.Config(
        app,
        ws=ForumWebSocket,
        ws_max_size=MAX_FRAME_BYTES,
        ws_per_message_deflate=False,  # it costs half of the speed and most of the memory
        forwarded_allow_ips=forwarded_allow_ips,
        timeout_graceful_shutdown=STOP_SECONDS,
        server_header=False,
        # Its lines hold addresses of people and of pages, and at "debug" what they say.
        access_log=False,
        log_config=None,
        log_level="warning",
    )
    return uvicorn.Server(config)


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that lets the kernel end connections whose other end takes nothing.

    port: 0 for any free one. Raises OSError when the address is in use or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=WAITING_CONNECTIONS)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; accepted connections inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, TAKES_NOTHING_MILLISECONDS)
    return listener


def serve(app: ASGIApp, *, host: str, port: int, forwarded_allow_ips: str = "127.0.0.1") -> None:
    """Serve until SIGTERM or SIGINT; then every WebSocket is closed with 1012.

    Raises OSError when the address is in use or not ours.
    """
    with listening_socket(host, port) as listener:
        build_server(app, forwarded_allow_ips=forwarded_allow_ips).run(sockets=[listener])
