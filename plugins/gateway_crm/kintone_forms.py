"""Whether a kintone app's form takes what is mapped to it, and the documents that go along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.api import Finding
from gateway.i18n import _
from gateway_crm.options import KintoneOptions

_READ_ONLY = frozenset(
    {"RECORD_NUMBER", "CREATOR", "CREATED_TIME", "MODIFIER", "UPDATED_TIME", "CALC", "STATUS", "CATEGORY",
     "STATUS_ASSIGNEE", "REFERENCE_TABLE", "GROUP", "SUBTABLE", "FILE"}
)  # fmt: skip

Form = Mapping[str, Mapping[str, Any]]


def form_findings(form: Form, options: KintoneOptions) -> Iterable[Finding]:
    """Compare the mapping with the fields of the people's app."""
    key = form.get(options.key_field)
    if key is None or key["type"] not in ("SINGLE_LINE_TEXT", "NUMBER") or not key.get("unique"):
        message = _("the field {name} must be 文字列(1行) with 値の重複を禁止する")
        yield Finding(level="error", message=message.format(name=options.key_field))
    missing = [field for field in options.fields if field not in form]
    if missing:
        message = _("the app has no fields {names}").format(names=", ".join(missing))
        yield Finding(level="error", message=message)
    fixed = [field for field in options.fields if field in form and form[field]["type"] in _READ_ONLY]
    if fixed:
        message = _("these fields cannot be written: {names}").format(names=", ".join(fixed))
        yield Finding(level="error", message=message)
    needed = _required(form, {*options.fields, options.key_field})
    if needed:
        message = _("the app requires fields without a mapping: {names}").format(names=", ".join(needed))
        yield Finding(level="error", message=message)
    if not missing and key is not None:
        message = _("the mapping fits the form ({count} fields)").format(count=len(options.fields))
        yield Finding(level="ok", message=message)


def document_findings(form: Form, options: KintoneOptions) -> Iterable[Finding]:
    """Say what keeps a record with a document from being added to an app."""
    if form.get(options.documents_field, {}).get("type") != "FILE":
        message = _("the field {name} must be 添付ファイル").format(name=options.documents_field)
        yield Finding(level="error", message=message)
    if form.get(options.documents_name_field, {}).get("type") != "SINGLE_LINE_TEXT":
        message = _("the field {name} must be 文字列(1行)").format(name=options.documents_name_field)
        yield Finding(level="error", message=message)
    needed = _required(form, {options.documents_field, options.documents_name_field, options.key_field})
    if needed:
        message = _("documents need an app of their own (documents_app): this one requires {names}")
        yield Finding(level="error", message=message.format(names=", ".join(needed)))


def _required(form: Form, filled: set[str]) -> list[str]:
    """Return the required fields that nothing would fill."""
    return sorted(
        field
        for field, shape in form.items()
        if shape.get("required") and field not in filled and not shape.get("defaultValue")
    )
