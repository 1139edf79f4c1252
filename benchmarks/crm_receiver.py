"""A receiver that costs little: accepts every batch of a webhook push, after a latency, and counts keys.

Runs in a process of its own: ``python -m benchmarks.crm_receiver LATENCY_SECONDS``; prints its port.
"""

from __future__ import annotations

import asyncio
import json
import sys


class _Receiver(asyncio.Protocol):
    def __init__(self, latency: float, keys: set[str]) -> None:
        self._latency = latency
        self._keys = keys
        self._buffer = bytearray()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that has arrived whole."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:end]).lower()
            start = head.find(b"content-length:") + 15
            length = int(head[start : head.find(b"\r", start)] if b"\r" in head[start:] else head[start:])
            if len(self._buffer) < end + 4 + length:
                return
            body = bytes(self._buffer[end + 4 : end + 4 + length])
            del self._buffer[: end + 4 + length]
            self._answer(body)

    def _answer(self, body: bytes) -> None:
        records = json.loads(body)["records"]
        self._keys.update(each["key"] for each in records)
        results = ",".join(
            f'{{"key":"{each["key"]}","status":"accepted","id":"{each["key"][:8]}","operation":"insert"}}'
            for each in records
        )
        content = f'{{"results":[{results}]}}'.encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        loop = asyncio.get_running_loop()
        if self._latency:
            loop.call_later(self._latency, self._transport.write, head.encode() + content)
        else:
            self._transport.write(head.encode() + content)


async def _serve(latency: float) -> None:
    keys: set[str] = set()
    server = await asyncio.get_running_loop().create_server(lambda: _Receiver(latency, keys), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
