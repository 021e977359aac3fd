"""Reference pages of records: Markdown for people and a JSON Schema for programs, both made from the record itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

Schema = Mapping[str, Any]
"""A JSON Schema, or a part of one."""
ANY = "JsonValue"
"""What pydantic calls any JSON: no record, so no section."""


def write(model: type[BaseModel], docs: Path, name: str, title: str, text: str, notes: str = "") -> tuple[Path, Path]:
    """Write the Markdown page and, in `schemas/` beside it, the JSON Schema; returns both paths."""
    page, schema = docs / f"{name}.md", docs / "schemas" / f"{name}.schema.json"
    schema.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(markdown(model, title, text, notes), encoding="utf-8", newline="\n")
    schema.write_text(schema_text(model, title), encoding="utf-8", newline="\n")
    return page, schema


def schema_text(model: type[BaseModel], title: str) -> str:
    """The JSON Schema (draft 2020-12) of what a record accepts, as text."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps({**dialect, **model.model_json_schema(), "title": title}, ensure_ascii=False, indent=1) + "\n"


def markdown(model: type[BaseModel], title: str, text: str, notes: str = "") -> str:
    """One section for each record, in the order in which a reader meets them: its keys, their types, what they mean."""
    root = model.model_json_schema()
    records = {model.__name__: root, **root.get("$defs", {})}
    order = list(_reached(model.__name__, records))
    sections = "\n\n".join(_section(name, records[name], records) for name in order)
    return "\n\n".join(part for part in (f"# {title}", text, sections, notes) if part) + "\n"


def _reached(name: str, records: Mapping[str, Schema]) -> Iterator[str]:
    """Names of the records that `name` leads to, itself first, each once."""
    seen, waiting = set[str](), [name]
    while waiting:
        current = waiting.pop(0)
        if current not in seen:
            seen.add(current)
            yield current
            parts = {key: part for key, part in records[current].items() if key != "$defs"}
            waiting = [*_named(parts), *waiting]


def _named(part: Schema) -> list[str]:
    """The records that a part of a schema names."""
    return [name for name in re.findall(r"#/\$defs/(\w+)", json.dumps(part)) if name != ANY]


def _section(name: str, record: Schema, records: Mapping[str, Schema]) -> str:
    head = f"## {name}\n\n{_prose(record.get('description', ''))}".rstrip()
    if "enum" in record:
        return head + "\n\n" + "One of " + ", ".join(f"`{value}`" for value in record["enum"]) + "."
    if "properties" not in record and record.get("type") == "object":
        return head + f"\n\n{_type(record).capitalize()}."
    rows = [_row(key, part, record, records) for key, part in record.get("properties", {}).items()]
    return "\n".join([head, "", "| key | type | meaning |", "|---|---|---|", *rows])


def _row(key: str, part: Schema, record: Schema, records: Mapping[str, Schema]) -> str:
    """A key with its type and its meaning; that of the record it holds where it says nothing itself."""
    absent = "" if key in record.get("required", ()) else ", may be absent"
    held = _named(part)
    meaning = part.get("description") or (records[held[0]].get("description", "") if len(held) == 1 else "")
    return f"| `{key}` | {_type(part)}{absent} | {_prose(meaning)} |"


def _prose(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _type(part: Schema) -> str:
    """The type of a value in words."""
    if "$ref" in part:
        name = part["$ref"].rsplit("/", 1)[-1]
        if name == ANY:
            return "any"
        return f"[{name}](#{name.lower()})"
    if "anyOf" in part:
        return " or ".join(_type(option) for option in part["anyOf"])
    if "allOf" in part:
        return _type(part["allOf"][0])
    if "enum" in part or "const" in part:
        return ", ".join(f"`{value}`" for value in part.get("enum", [part.get("const")]))
    if part.get("type") == "array":
        if "prefixItems" in part:
            return f"[{', '.join(_type(item) for item in part['prefixItems'])}]"
        return f"array of {_type(part['items'])}" if "items" in part else "array"
    if part.get("type") == "object" and isinstance(part.get("additionalProperties"), Mapping):
        return f"object of {_type(part['additionalProperties'])}"
    return str(part.get("type", "any"))
