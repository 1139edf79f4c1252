"""A list goes in; a checked, logged delivery of labels comes out; opt-outs afterwards are acted upon."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from gateway.cli.sample_people import sample_people
from tests.e2e.conftest import rows, start


def text_of(path: Path) -> str:
    """Read a PDF's text with another program (pdfium)."""
    document = pypdfium2.PdfDocument(path)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def folded(text: str) -> str:
    """Leave out what a label may write otherwise: width, blanks and line breaks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def delivery_of(root: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((root / "delivery.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def provided(delivered_sample: Path) -> list[dict[str, Any]]:
    """What the log says was provided."""
    return rows(start("-C", delivered_sample, "log", "export", "--client", "sample-client", "--json"))


@pytest.fixture(scope="module")
def labels(delivered_sample: Path) -> str:
    """The text of the delivered labels."""
    return folded(text_of(delivered_sample / "outbox" / delivery_of(delivered_sample)["id"] / "labels.pdf"))


def test_the_counts_add_up(delivered_sample: Path, provided: list[dict[str, Any]]) -> None:
    delivery = delivery_of(delivered_sample)
    assert delivery["requested"] == sum(
        delivery[name] for name in ("suppressed", "held", "refused", "delivered")
    )
    assert delivery["delivered"] == len(provided) > 800


def test_everyone_provided_is_on_a_label_with_name_code_and_line_code(
    labels: str, provided: list[dict[str, Any]]
) -> None:
    missing = [
        (row["record_id"], what)
        for row in provided
        for what, text in (
            ("line code", row["line_code"]),
            ("name", row.get("name") or row.get("company", "")),
            ("postal code", row.get("postal_code", "").replace("-", "")),
        )
        if folded(text) not in labels and folded(text) not in labels.replace("-", "")
    ]
    assert missing == []


def test_nobody_who_asked_for_everything_to_stop_is_on_a_label(delivered_sample: Path, labels: str) -> None:
    opt_outs = rows(start("-C", delivered_sample, "optout", "list", "--json"))
    stopped = {
        each["id"] for each in opt_outs if each["scope"] == "individual" and each["purpose"] in ("all", "dm")
    }
    askers = [person for person in sample_people()[100::25] if person.name]
    assert len(stopped) >= len(askers)
    kept = rows(start("-C", delivered_sample, "log", "export", "--client", "sample-client", "--json"))
    delivered = {(folded(row.get("name", "")), folded(row.get("address", ""))) for row in kept}
    assert [
        person.id for person in askers if (folded(person.name), folded(person.address)) in delivered
    ] == []
    assert {row["record_id"] for row in kept}.isdisjoint({person.id for person in askers})


def test_held_and_refused_records_are_in_the_report_and_on_no_label(
    delivered_sample: Path, provided: list[dict[str, Any]]
) -> None:
    delivery = delivery_of(delivered_sample)
    report = (delivered_sample / "reports" / delivery["id"] / "held.csv").read_text(encoding="utf-8")
    out = {line.split(",")[1] for line in report.splitlines()[1:]}
    assert len(out) == delivery["suppressed"] + delivery["held"] + delivery["refused"]
    assert out.isdisjoint({row["record_id"] for row in provided})


def test_the_form_is_one_that_stops_everything_and_cites_the_law_in_force(delivered_sample: Path) -> None:
    delivery = delivery_of(delivered_sample)
    form = folded(text_of(Path(delivery["package"]) / "optout-request-form.pdf"))
    settings = (delivered_sample / "gateway.toml").read_text(encoding="utf-8")
    assert delivery["id"] in form
    assert folded("第27条第2項") in form
    assert folded("第23条") not in form
    desk = next(
        line.partition("=")[2] for line in settings.split("[filing.desk]")[1].splitlines() if "name" in line
    )
    assert folded(desk.partition("#")[0].strip().strip('"')) in form


def test_the_note_names_the_delivery_its_counts_and_the_hash_of_the_labels(delivered_sample: Path) -> None:
    delivery = delivery_of(delivered_sample)
    note = folded(text_of(Path(delivery["package"]) / "delivery-note.pdf"))
    manifest = json.loads((Path(delivery["package"]) / "manifest.json").read_bytes())
    sha256 = next(each["sha256"] for each in manifest["files"] if each["name"] == "labels.pdf")
    assert delivery["id"] in note
    assert str(delivery["delivered"]) in note.replace(",", "")
    assert sha256 in note
    assert folded("第23条") not in note


def test_the_manifest_agrees_with_what_the_command_printed(delivered_sample: Path) -> None:
    delivery = delivery_of(delivered_sample)
    manifest = json.loads((Path(delivery["package"]) / "manifest.json").read_bytes())
    assert {name: manifest[name] for name in ("client", "format", "purpose", "fence")} == {
        name: delivery[name] for name in ("client", "format", "purpose", "fence")
    }
    assert manifest["delivery"] == delivery["id"]
    assert manifest["counts"] == {name: delivery[name] for name in manifest["counts"]}
    assert [each["name"] for each in manifest["files"]] == delivery["files"]
    assert set(manifest) >= {
        "legal_basis",
        "options",
        "filing",
        "pledge",
        "files",
        "log",
        "software",
        "created_at",
        "released_at",
    }


def test_an_opt_out_by_line_code_is_acted_upon_everywhere(demo: Path) -> None:
    before = rows(start("-C", demo, "log", "export", "--client", "sample-client", "--json"))
    person = before[40]
    (added,) = rows(
        start("-C", demo, "optout", "add", "--line-code", person["line_code"], "--channel", "mail", "--json")
    )
    first = delivery_of(demo)["id"]
    assert added["erased"] == {"sample": 1}
    assert added["recalls"] == [first]

    (notice,) = rows(start("-C", demo, "recall", "write", "--json"))
    assert (notice["client"], notice["lines"]) == ("sample-client", 1)
    told = folded(text_of(Path(notice["folder"]) / "recall-notice.pdf"))
    assert person["line_code"] in told
    assert folded(person["name"]) not in told

    (second,) = rows(start("-C", demo, "deliver", "--format", "labels", "--json"))
    after = rows(start("-C", demo, "log", "export", "--client", "sample-client", "--json"))
    assert person["record_id"] not in {row["record_id"] for row in after if row["delivery"] == second["id"]}
    assert second["requested"] == delivery_of(demo)["requested"] - 1
    assert folded(person["name"] + "様") not in folded(text_of(Path(second["package"]) / "labels.pdf"))

    (verified,) = rows(start("-C", demo, "log", "verify", "--json"))
    assert (verified["deliveries"], verified["broken"]) == (2, None)
    answered = start("-C", demo, "recall", "answer", notice["id"], "--status", "deleted", "--json")
    assert rows(answered) == [{"id": notice["id"], "status": "deleted", "lines": 1}]
    explained = start("-C", demo, "explain", "--line-code", person["line_code"])
    assert added["id"] in explained.stdout


def test_one_changed_byte_of_the_labels_is_found_and_named(demo: Path) -> None:
    delivery = delivery_of(demo)["id"]
    path = demo / "outbox" / delivery / "labels.pdf"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    result = start("-C", demo, "log", "verify")
    assert result.returncode == 3
    assert f"{delivery}/labels.pdf" in result.stderr
    shown = start("-C", demo, "log", "show", delivery, "--json")
    release = json.loads(shown.stdout)["release_number"]
    assert f"entry {release} " in result.stderr


@pytest.mark.parametrize("command", ["deliver", "list import", "optout add", "log verify"])
def test_help_is_in_japanese_where_that_is_asked_for(command: str) -> None:
    shown = start(*command.split(), "--help", language="ja").stdout
    told = [line.strip() for line in shown.splitlines() if line.startswith("  ")]
    assert told
    assert [line for line in told if line.isascii() and not line.startswith("-")] == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("optout", "add", "--scope", "x"),
            "'individual', 'household', 'address', 'phone' のいずれでもありません",
        ),
        (("optout", "add", "--scop"), "オプション '--scop' はありません"),
        (("optout", "add", "--scope"), "値が1個必要です"),
        (("optout", "lift"), "引数がありません: 'ID'"),
        (("optout", "lift", "O000001"), "オプションがありません: '--why'"),
        (("optout", "lift", "O000001", "x", "--why", "y"), "余分な引数があります（x）"),
        (("deliver", "--limit", "0"), "範囲にありません"),
        (("list", "import", "/"), "フォルダーです"),
    ],
    ids=["choice", "unknown option", "no value", "no argument", "no option", "extra", "range", "folder"],
)
def test_wrong_usage_is_told_in_japanese_where_that_is_asked_for(
    arguments: tuple[str, ...], told: str
) -> None:
    result = start(*arguments, language="ja")
    assert result.returncode == 2
    assert told in result.stderr
    assert result.stderr.startswith("エラー：")
