"""What other engines take for the same comparison, for ``benchmarks.checking``.

numpy, polars and DuckDB join ready keys: that is stage 1 alone, reading the keys before and deciding after are not in it.
splink has no such keys; it blocks on columns and weighs what it finds, so it does both stages in its own way; its weights are
those it starts with, not trained.
"""

from __future__ import annotations

import logging
import resource
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from time import perf_counter
from unicodedata import normalize

import numpy as np
from sqlalchemy import Connection, text

from gateway.db.engine import open_database, reading
from gateway.people.person import Person
from gateway.suppression.key_index import KeyIndex
from gateway.suppression.key_pages import Int64s, KeyPage, record_pages
from gateway.suppression.register_keys import OPT_OUTS, read_keys

Keys = tuple[Int64s, Int64s]
"""Keys int64[n] and whose they are int64[n]."""


def postal_and_name(person: Person) -> tuple[str, str]:
    """Fold a person as is usual today: width, and blanks in the name."""
    digits = "".join(filter(str.isdigit, normalize("NFKC", person.postal_code)))
    return digits, "".join(normalize("NFKC", person.name).split())


def run(url: str, list_id: int) -> None:
    """Compare one list with the register by every engine that is installed."""
    engine = open_database(url)
    with reading(engine) as connection:
        started = perf_counter()
        register = read_keys(connection, OPT_OUTS)
        pages = list(record_pages(connection, list_id))
        print(f"reading the keys of list and register from the database: {perf_counter() - started:.1f} s")
        people = sum(len(page.numbers) for page in pages)
        _tell("numpy, the gateway's index", "numpy", people, lambda: _by_index(pages, register))
        _tell("polars join", "polars", people, lambda: _by_polars(pages, register))
        _tell("DuckDB join", "duckdb", people, lambda: _by_duckdb(pages, register))
        _tell("splink", "splink", people, lambda: _by_splink(connection, list_id))
    engine.dispose()


def _tell(name: str, module: str, people: int, find_pairs: Callable[[], int]) -> None:
    if find_spec(module) is None:
        print(f"{name:28} not installed", flush=True)
        return
    started = perf_counter()
    pairs = find_pairs()
    seconds = perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name:28} {seconds:6.1f} s  {people / seconds:>12,.0f} people/s  {pairs:,} pairs"
        f"  peak so far {peak:,.0f} MB",
        flush=True,
    )


def _by_index(pages: Sequence[KeyPage], register: Keys) -> int:
    index = KeyIndex(*register)
    return sum(len(index.candidates(page)) for page in pages)


def _with_owners(pages: Sequence[KeyPage]) -> Keys:
    owners = [np.repeat(page.numbers, page.lens.astype(np.intp)) for page in pages]
    return np.concatenate([page.keys for page in pages]), np.concatenate(owners)


def _by_polars(pages: Sequence[KeyPage], register: Keys) -> int:
    import polars

    keys, numbers = _with_owners(pages)
    records = polars.DataFrame({"key": keys, "number": numbers})
    opt_outs = polars.DataFrame({"key": register[0], "owner": register[1]})
    return records.join(opt_outs, on="key").select("number", "owner").unique().height


def _by_duckdb(pages: Sequence[KeyPage], register: Keys) -> int:
    import duckdb
    import pyarrow

    keys, numbers = _with_owners(pages)
    with duckdb.connect() as database:
        database.register("records", pyarrow.table({"key": keys, "number": numbers}))
        database.register("opt_outs", pyarrow.table({"key": register[0], "owner": register[1]}))
        statement = (
            "SELECT count(*) FROM (SELECT DISTINCT number, owner FROM records JOIN opt_outs USING (key))"
        )
        row = database.execute(statement).fetchone()
    return int(row[0]) if row else 0


def _by_splink(connection: Connection, list_id: int) -> int:
    """Block on name with postal code and on name with address; reading the rows is in it."""
    import pandas
    import splink.comparison_library as comparisons
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    columns = ("unique_id", "name", "postal_code", "address")
    records = text("SELECT number, name, postal_code, address FROM record WHERE list_id = :list")
    opt_outs = text("SELECT id, name, postal_code, address FROM opt_out")
    engine = DuckDBAPI()
    tables = [
        engine.register(pandas.DataFrame(rows, columns=columns))
        for rows in (
            connection.execute(records, {"list": list_id}).all(),
            connection.execute(opt_outs).all(),
        )
    ]
    settings = SettingsCreator(
        link_type="link_only",
        blocking_rules_to_generate_predictions=[
            block_on("name", "postal_code"),
            block_on("postal_code", "address"),
        ],
        comparisons=[
            comparisons.ExactMatch("name"),
            comparisons.ExactMatch("postal_code"),
            comparisons.LevenshteinAtThresholds("address", [1, 3]),
        ],
    )
    linker = Linker(tables, settings, log_level=logging.ERROR)
    return len(linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe())
