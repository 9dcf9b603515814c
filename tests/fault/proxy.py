"""A bad line between tills and the server: a TCP proxy that cuts connections."""

import contextlib
import random
import socket
import threading
import time
from collections import Counter

HOST = "127.0.0.1"
PATIENCE = 60  # seconds until a silent side counts as gone
PIECE = 65536
# What may happen to a request, and how often of 100 times.
FATES = {
    "delivered": 60,
    "cut before": 8,  # nothing reaches the server
    "cut inside": 8,  # half of the request does
    "trickled": 6,  # all of it does, slowly
    "answer lost": 12,  # the server has done its work, and nobody hears of it
    "answer cut": 6,  # half of the answer arrives
}


class BadLine:
    """Listens on a port of its own and passes requests on to a server, or does not.

    Each connection carries one request: clients must send `Connection: close`.

    :param port: where the server listens.
    :param seed: decides the fate of each request.
    """

    def __init__(self, port, seed):
        self.server_port = port
        self.rng = random.Random(seed)
        self.fates = Counter()
        self.lock = threading.Lock()
        self.listener = socket.create_server((HOST, 0), backlog=64)

    @property
    def url(self):
        """Where tills find the server through this line."""
        return f"http://{HOST}:{self.listener.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_error):
        # `close` alone would leave a thread that waits in `accept` waiting.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _listen(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self.listener.accept()
                threading.Thread(target=self._carry, args=(connection,), daemon=True).start()

    def _carry(self, till):
        """Carry one request and its answer, as fate decides."""
        with self.lock:
            (fate,) = self.rng.choices(list(FATES), FATES.values())
            self.fates[fate] += 1
        till.settimeout(PATIENCE)
        with till, contextlib.suppress(OSError):
            request = _request(till)
            if fate == "cut before" or not request:
                return
            with socket.create_connection((HOST, self.server_port), PATIENCE) as server:
                answer = _conversation(server, request, fate)
            till.sendall(answer)


def _conversation(server, request, fate):
    """Say the request to the server; return what the till gets to hear."""
    if fate == "cut inside":
        server.sendall(request[: len(request) // 2])
        return b""
    if fate == "trickled":
        for start in range(0, len(request), 1 + len(request) // 10):
            server.sendall(request[start : start + 1 + len(request) // 10])
            time.sleep(0.02)
    else:
        server.sendall(request)
    answer = b"".join(iter(lambda: server.recv(PIECE), b""))
    return {"answer lost": b"", "answer cut": answer[: len(answer) // 2]}.get(fate, answer)


def _request(till):
    """One whole HTTP request, or nothing when the till went away."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = till.recv(PIECE)
        if not piece:
            return b""
        data += piece
    head, _gap, body = data.partition(b"\r\n\r\n")
    fields = [line.partition(b":") for line in head.lower().split(b"\r\n")]
    length = sum(int(value) for name, _colon, value in fields if name == b"content-length")
    while len(body) < length:
        piece = till.recv(PIECE)
        if not piece:
            return b""
        data += piece
        body += piece
    return data
