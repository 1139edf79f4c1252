"""A receiver that costs little: takes every batch of a webhook or Salesforce push, after a latency, and refuses nobody.

It speaks as much of Salesforce's REST and Bulk API 2.0 as a push and simple-salesforce need. Runs in a process of its own:
``python -m benchmarks.crm_receiver LATENCY_SECONDS``; prints its port.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterable

KEY = "VendorKey__c"
_TICK = 0.0015
_FIELDS = (KEY, "LineCode__c", "LastName", "PostalCode", "Street", "Building__c")


class _Receiver(asyncio.Protocol):
    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._buffer = bytearray()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that has arrived whole."""
        arrived = asyncio.get_running_loop().time()
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:end])
            length = _length(head.lower())
            if len(self._buffer) < end + 4 + length:
                return
            body = bytes(self._buffer[end + 4 : end + 4 + length])
            del self._buffer[: end + 4 + length]
            method, path = head.split(b" ", 2)[:2]
            status = "201 Created" if method == b"PUT" else "200 OK"
            self._send(status, _answer(method.decode(), path.decode(), body), arrived + self._latency)

    def _send(self, status: str, content: bytes, at: float) -> None:
        """Answer when the latency is over, the time that the answer took included."""
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        if self._latency:
            asyncio.get_running_loop().call_at(at - _TICK, self._answer_at, at, head.encode() + content)
        else:
            self._transport.write(head.encode() + content)

    def _answer_at(self, at: float, answer: bytes) -> None:
        """Answer at just this time: the loop's own clock ticks in milliseconds and is always late."""
        while asyncio.get_running_loop().time() < at:
            pass
        self._transport.write(answer)


def _length(head: bytes) -> int:
    found = head.find(b"content-length:")
    if found < 0:
        return 0
    end = head.find(b"\r", found)
    return int(head[found + 15 : end if end >= 0 else len(head)])


_jobs: dict[str, bytes] = {}
_port = 0


def _answer(method: str, path: str, body: bytes) -> bytes:
    for part, handle in _HANDLERS.items():
        if part in path:
            return handle(method, path, body)
    return b"{}"


def _hook(_method: str, _path: str, body: bytes) -> bytes:
    return _joined(
        '{{"results":[{}]}}',
        (
            f'{{"key":"{each["key"]}","status":"accepted","id":"{each["key"][:8]}","operation":"insert"}}'
            for each in json.loads(body)["records"]
        ),
    )


def _token(_method: str, _path: str, _body: bytes) -> bytes:
    return json.dumps({"access_token": "t", "instance_url": f"http://127.0.0.1:{_port}"}).encode()


def _describe(_method: str, _path: str, _body: bytes) -> bytes:
    rights = {"createable": True, "updateable": True}
    fields = [
        {"name": name, "externalId": name == KEY, "unique": name == KEY, "nillable": True, **rights}
        for name in _FIELDS
    ]
    return json.dumps({"deletable": True, "fields": fields, **rights}).encode()


def _limits(_method: str, _path: str, _body: bytes) -> bytes:
    return b'{"DailyApiRequests":{"Max":100000,"Remaining":100000}}'


def _collections(_method: str, _path: str, body: bytes) -> bytes:
    return _joined(
        "[{}]",
        (
            f'{{"id":"{each[KEY][:18]}","success":true,"created":true,"errors":[]}}'
            for each in json.loads(body)["records"]
        ),
    )


def _ingest(method: str, path: str, body: bytes) -> bytes:
    """Take a job's rows and give them back as done."""
    name, _slash, part = path.partition("/jobs/ingest")[2].strip("/").partition("/")
    if method == "PUT":
        _jobs[name] = body
        return b""
    if part.startswith("successfulResults"):
        head, *rows = _jobs.pop(name).rstrip(b"\n").split(b"\n")
        done = (b"00Q%015d,true,%s" % (number, row.rstrip(b"\r")) for number, row in enumerate(rows))
        return b"\n".join([b"sf__Id,sf__Created," + head.rstrip(b"\r"), *done]) + b"\n"
    if part:
        return b""
    state = "JobComplete" if method == "GET" else "Open"
    made = name or f"750{len(_jobs):015d}"
    return json.dumps(
        {"id": made, "state": state, "numberRecordsProcessed": 0, "numberRecordsFailed": 0}
    ).encode()


def _joined(frame: str, parts: Iterable[str]) -> bytes:
    return frame.format(",".join(parts)).encode()


_HANDLERS: dict[str, Callable[[str, str, bytes], bytes]] = {
    "/hook": _hook,
    "/oauth2/token": _token,
    "/describe": _describe,
    "/limits": _limits,
    "/composite/sobjects": _collections,
    "/jobs/ingest": _ingest,
}


async def _serve(latency: float) -> None:
    global _port  # noqa: PLW0603 - a process has one receiver, which says where it is
    server = await asyncio.get_running_loop().create_server(lambda: _Receiver(latency), "127.0.0.1", 0)
    _port = server.sockets[0].getsockname()[1]
    print(_port, flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
