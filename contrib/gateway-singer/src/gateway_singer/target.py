"""Run a target, and find the records that it does not take by sending halves."""

from __future__ import annotations

import hashlib
import shlex
import subprocess
from collections.abc import Iterable, Iterator, Sequence

from gateway.api import Destination, Finding, Order, Outcome, Parcel, PushLimits, TryLater
from gateway_singer import Options
from gateway_singer.messages import last_state, messages


class Target(Destination):
    """A program that takes a batch at a run and answers for all of it by its exit code and its last STATE."""

    def __init__(self, options: Options, order: Order) -> None:
        self.limits = PushLimits(batch=options.batch, workers=1)
        self._options = options
        self._delivery = order.delivery
        self._command = [
            *shlex.split(options.command),
            *(["--config", options.config] if options.config else []),
        ]

    def check(self) -> Iterable[Finding]:
        """Run the target with a schema and no record."""
        fault = self._fault([])
        if fault:
            return [Finding(level="error", message=f"the target does not run: {fault}")]
        return [Finding(level="ok", message="the target runs")]

    def send(self, parcels: Sequence[Parcel]) -> Iterable[Outcome]:
        """Send a batch; when the target takes nothing of it at all, it is taken for out of order, and asked later."""
        outcomes = list(self._send(parcels))
        if all(each.state == "rejected" for each in outcomes):
            raise TryLater(outcomes[0].reason)
        return outcomes

    def _send(self, parcels: Sequence[Parcel]) -> Iterator[Outcome]:
        fault = self._fault(parcels)
        if not fault:
            yield from (Outcome(key=each.key) for each in parcels)
        elif len(parcels) == 1:
            yield Outcome(key=parcels[0].key, state="rejected", reason=fault)
        else:
            half = len(parcels) // 2
            yield from self._send(parcels[:half])
            yield from self._send(parcels[half:])

    def _fault(self, parcels: Sequence[Parcel]) -> str:
        """Run the target once; return a code for what went wrong, or an empty text."""
        run = hashlib.sha256(
            "\n".join((self._delivery, *(each.key for each in parcels))).encode()
        ).hexdigest()
        try:
            done = subprocess.run(
                self._command,
                input="".join(messages(self._options.stream, parcels, run)),
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=self._options.timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "timeout"
        except OSError as error:
            return f"cannot_start_{type(error).__name__}"
        if done.returncode:
            return f"exit_{done.returncode}"
        return "" if last_state(done.stdout) == run else "no_state"
