"""Salesforce Bulk API 2.0: a job per chunk, its results row by row; rows that were not processed go again.

Rules: https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/ (create_job, upload_job_data,
close_job, get_job_info, get_all_jobs, abort_job, get_job_successful_results, …_failed_results, …_unprocessed_results):
CSV in UTF-8, at most 150 MB after base64, ``sf__Id``, ``sf__Created``, ``sf__Error`` before the columns that were sent.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from gateway.api import Failed, Outcome, TryLater
from gateway.i18n import _
from gateway_crm.options import SalesforceOptions
from gateway_crm.salesforce_client import SalesforceClient

BULK_BATCH = 10_000
"""Lines of one job: as many as the server works off in one batch, so that a chunk is checked and answered soon."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 10.0
_LONGEST_WAIT = 3600.0
_PASSING = ("UNABLE_TO_LOCK_ROW", "InternalServerError")


def upsert_in_bulk(
    client: SalesforceClient, options: SalesforceOptions, rows: Sequence[Mapping[str, str]]
) -> Iterable[Outcome]:
    """Run one job and read its results."""
    job = client.call(
        "POST",
        "/jobs/ingest",
        data={
            "object": options.object,
            "externalIdFieldName": options.key_field,
            "contentType": "CSV",
            "operation": "upsert",
            "lineEnding": "LF",
        },
    ).json()["id"]
    try:
        client.call(
            "PUT", f"/jobs/ingest/{job}/batches", content=_written(rows), headers={"Content-Type": "text/csv"}
        )
        client.call("PATCH", f"/jobs/ingest/{job}", data={"state": "UploadComplete"})
        state = _wait(client, job)
        outcomes = [
            *_successful(client, job, options.key_field),
            *_failed(client, job, options.key_field),
            *_unprocessed(client, job, options.key_field),
        ]
    except (TryLater, Failed):
        _abort(client, job)
        raise
    if state != "JobComplete" and not outcomes:
        raise TryLater(f"job {state}")
    return outcomes


def require_no_jobs(client: SalesforceClient, options: SalesforceOptions) -> None:
    """Raise ``TryLater`` while any job may still insert into the object: who is not there yet may be there soon."""
    path: str | None = "/jobs/ingest?jobType=V2Ingest"
    while path:
        found = client.call("GET", path).json()
        if any(_is_under_way(job, options) for job in found["records"]):
            raise TryLater("a bulk job is under way", after=_LONGEST_PAUSE)
        path = None if found["done"] else str(found["nextRecordsUrl"]).removeprefix(client.root)


def _is_under_way(job: Mapping[str, Any], options: SalesforceOptions) -> bool:
    return (
        job["object"] == options.object
        and job["operation"] == "upsert"
        and job["state"] in ("UploadComplete", "InProgress")
    )


def _abort(client: SalesforceClient, job: str) -> None:
    """Stop a job that nobody waits for any more, so that it inserts nobody who opts out from now on."""
    with suppress(TryLater, Failed):  # it may be over, or the system may be away; then it is looked for later
        client.call("PATCH", f"/jobs/ingest/{job}", data={"state": "Aborted"})


def _wait(client: SalesforceClient, job: str) -> str:
    """Ask until the job is over, less and less often."""
    pause, until = _FIRST_PAUSE, time.monotonic() + _LONGEST_WAIT
    while time.monotonic() < until:
        state = str(client.call("GET", f"/jobs/ingest/{job}").json()["state"])
        if state in ("JobComplete", "Failed", "Aborted"):
            return state
        time.sleep(pause)
        pause = min(_LONGEST_PAUSE, pause * 1.5)
    raise Failed(
        "crm_slow",
        _("the Salesforce job {id} is not over after an hour").format(id=job),
        hint=_("it was asked to stop; try again later"),
    )


def _successful(client: SalesforceClient, job: str, key: str) -> Iterator[Outcome]:
    for row in _read(client, f"/jobs/ingest/{job}/successfulResults/"):
        created = row["sf__Created"].lower() == "true"
        yield Outcome(key=row[key], remote_id=row["sf__Id"], operation="insert" if created else "update")


def _failed(client: SalesforceClient, job: str, key: str) -> Iterator[Outcome]:
    """Read what was wrong with each row: ``CODE:message:fields --``; the message may quote the record."""
    for row in _read(client, f"/jobs/ingest/{job}/failedResults/"):
        code, _colon, rest = row["sf__Error"].partition(":")
        if code.startswith(_PASSING):
            yield Outcome(key=row[key], state="again")
        else:
            fields = rest.rpartition(":")[2].removesuffix("--").strip()
            yield Outcome(key=row[key], state="rejected", reason=f"{code}: {fields}".rstrip(": "))


def _unprocessed(client: SalesforceClient, job: str, key: str) -> Iterator[Outcome]:
    for row in _read(client, f"/jobs/ingest/{job}/unprocessedrecords/"):
        yield Outcome(key=row[key], state="again")


def _read(client: SalesforceClient, path: str) -> Iterator[dict[str, Any]]:
    text = client.call("GET", path, headers={"Accept": "text/csv"}).body.decode("utf-8")
    yield from csv.DictReader(io.StringIO(text, newline=""))


def _written(rows: Sequence[Mapping[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    # An empty cell leaves a field as it is; #N/A empties it.
    writer.writerows({name: value or "#N/A" for name, value in row.items()} for row in rows)
    return out.getvalue().encode("utf-8")
