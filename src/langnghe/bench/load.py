"""A lean HTTP load generator: one thread a client, raw sockets, keep-alive. It shares the machine with what it
measures, so it does as little as it can."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

REQUESTS_PER_CONNECTION = 40
"""A client connects anew after so many requests, so that the server's processes share the clients evenly."""

FIRST = 16


class Broken(ConnectionError):
    """The server closed the connection, or does not answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask. `form` makes it a POST. `expect` is the status that counts as well done. `after` is told whether it
    went well: who asks next needs to know."""

    path: str
    form: Mapping[str, str] | None = None
    cookies: Mapping[str, str] = field(default_factory=dict)
    expect: int = 200
    after: Callable[[bool], None] = lambda _well: None


@dataclass(slots=True)
class Response:
    """What came back."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes


class Client:
    """One connection to the server, made when needed and again when it broke."""

    def __init__(self, host: str, port: int, *, timeout: float = 60) -> None:
        self.host, self.port, self.timeout = host, port, timeout
        self._socket: socket.socket | None = None
        self._rest = b""
        self._sent = 0

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest, self._sent = None, b"", 0

    def connect(self) -> None:
        """Connect, unless there is a connection that may still be used."""
        if self._socket is None or self._sent >= REQUESTS_PER_CONNECTION:
            self.close()
            self._socket = socket.create_connection((self.host, self.port), self.timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: Request) -> Response:
        """Send one request and read the whole answer. Broken when the connection does not hold."""
        self.connect()
        assert self._socket is not None
        self._sent += 1
        try:
            self._socket.sendall(self._bytes(request))
            return self._read()
        except OSError as error:
            self.close()
            raise Broken(str(error)) from error

    def _bytes(self, request: Request) -> bytes:
        lines = [f"Host: {self.host}:{self.port}", "User-Agent: langnghe-bench", "Accept-Language: vi"]
        if request.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in request.cookies.items()))
        body = b""
        if request.form is not None:
            body = urlencode(request.form).encode()
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
            lines.append(f"Origin: http://{self.host}:{self.port}")
        method = "GET" if request.form is None else "POST"
        return "\r\n".join([f"{method} {request.path} HTTP/1.1", *lines, "", ""]).encode() + body

    def _more(self) -> None:
        assert self._socket is not None
        got = self._socket.recv(262144)
        if not got:
            raise Broken("the server closed the connection")
        self._rest += got

    def _read(self) -> Response:
        while b"\r\n\r\n" not in self._rest:
            self._more()
        head, self._rest = self._rest.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        cookies: dict[str, str] = {}
        for line in lines:
            name, _colon, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _equals, rest = value.partition("=")
                cookies[key] = rest.partition(";")[0]
            headers[name.lower()] = value
        status = int(first.split(" ", 2)[1])
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = self._chunks()
        else:
            length = int(headers.get("content-length", "0"))
            while len(self._rest) < length:
                self._more()
            body, self._rest = self._rest[:length], self._rest[length:]
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Response(status, headers, cookies, body)

    def _chunks(self) -> bytes:
        parts = []
        while True:
            while b"\r\n" not in self._rest:
                self._more()
            line, self._rest = self._rest.split(b"\r\n", 1)
            size = int(line.partition(b";")[0], 16)
            while len(self._rest) < size + 2:
                self._more()
            parts.append(self._rest[:size])
            self._rest = self._rest[size + 2 :]
            if size == 0:
                return b"".join(parts)


@dataclass(slots=True)
class Figures:
    """How one kind of work went: how many a second, and how long each took (milliseconds)."""

    count: int
    per_second: float
    p50: float
    p95: float
    p99: float
    worst: float
    failed: dict[str, int] = field(default_factory=dict)


def figures(seconds: Sequence[float], *, passed: float, failed: Counter[str] | None = None) -> Figures:
    """The figures of single durations that were measured within `passed` seconds."""
    ranked = sorted(seconds)

    def at(share: float) -> float:
        return round(ranked[min(len(ranked) - 1, int(share * len(ranked)))] * 1000, 2) if ranked else 0.0

    rate = len(ranked) / passed if passed else 0.0
    return Figures(len(ranked), round(rate, 1), at(0.5), at(0.95), at(0.99), at(1.0), dict(failed or {}))


def run(
    make_work: Callable[[int, random.Random], Callable[[], str]], *, clients: int, seconds: float, warm_up: float = 1.0
) -> Figures:
    """Let so many clients work one task after the other for so long; what is done in the warm-up does not count.

    `make_work` is called in each client's thread and gives the task; the task gives '' when it went well, else what
    went wrong.
    """
    start = threading.Barrier(clients + 1)
    taken: list[list[float]] = [[] for _ in range(clients)]
    failed: Counter[str] = Counter()
    ends: list[float] = [0.0] * clients

    def work(number: int) -> None:
        task = make_work(number, random.Random(number))
        start.wait()
        begin = time.perf_counter() + warm_up
        end = begin + seconds
        while True:
            before = time.perf_counter()
            if before >= end and (taken[number] or failed):  # each client measures one at least
                break
            wrong = task()
            after = time.perf_counter()
            if wrong:
                failed[wrong] += 1
            elif before >= begin:
                taken[number].append(after - before)
        ends[number] = time.perf_counter() - begin

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(clients)]
    for thread in threads:
        thread.start()
    start.wait()
    for thread in threads:
        thread.join()
    return figures([one for many in taken for one in many], passed=max(ends), failed=failed)


def http(
    host: str,
    port: int,
    make_request: Callable[[random.Random], Request],
    *,
    clients: int,
    seconds: float,
    warm_up: float = 1.0,
    connections: int = FIRST,
) -> Figures:
    """Measure requests to a server. A status other than the expected one counts as failed. Before, so many connections
    ask once each, so that every process of the server has met the page."""
    first = random.Random("first")
    for _number in range(connections):
        client, request, well = Client(host, port), make_request(first), False
        with contextlib.suppress(Broken):
            well = client.ask(request).status == request.expect
        request.after(well)
        client.close()

    def make_work(number: int, dice: random.Random) -> Callable[[], str]:
        client = Client(host, port)

        def task() -> str:
            request = make_request(dice)
            try:
                answer = client.ask(request)
            except Broken as error:
                request.after(False)
                return f"broken: {error}"
            request.after(answer.status == request.expect)
            return "" if answer.status == request.expect else f"status {answer.status}"

        return task

    return run(make_work, clients=clients, seconds=seconds, warm_up=warm_up)
