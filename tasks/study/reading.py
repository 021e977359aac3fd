"""Files of a study folder, read into plain values that remember their lines, so that errors can name them.

A *place* is a path of keys and indices within a file, such as ("design", "seats"). Every mistake is noted and reading
goes on, so that all are shown at once. Byte order marks and Windows line ends are accepted; aliases, repeated keys,
numbers that are no numbers, and text that is not UTF-8 are not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tasks.languages.fault import Fault, Library, at, instead, line_of
from tasks.strict_json import loads, reason

Place = tuple[str | int, ...]
MOST_YAML = 128 * 1024
"""Bytes of a YAML file: forty times the demo's study.yaml, about a second of the parser."""
MOST_JSON = 4 * 2**20
"""Bytes of a JSON file of one object, such as a manifest."""
MOST_FLOW_DEPTH = 50
"""Open `[` and `{` in YAML: the parser's time grows with the square of them."""


class Located:
    """A value of a file, and the 1-based lines of its places."""

    def __init__(self, file: str, value: Any, lines: Mapping[Place, int]) -> None:
        self.file, self.value, self.lines = file, value, lines

    def line(self, place: Place) -> int | None:
        """The line of a place, or of the nearest place around it that has one."""
        for length in range(len(place), -1, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return None

    def where(self, place: Place) -> str:
        """File, line and field, as every error begins."""
        return line_of(self.file, self.line(place), ".".join(str(part) for part in place))


def read_text(path: Path, name: str, errors: list[str], most: int | None = None) -> str | None:
    """The text of a UTF-8 file without its byte order mark, line ends as they are; None and an error if it is none.

    Args:
        most: bytes that the file may have, where its parser would take long over more.
    """
    try:
        if most is not None and path.stat().st_size > most:
            errors.append(at(name, Fault("file_large", bytes=f"{path.stat().st_size:,}", most=f"{most:,}")))
            return None
        data = path.read_bytes()
    except OSError as error:
        errors.append(at(name, Fault("unreadable", reason=Library(f"{error.strerror}"))))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        errors.append(at(line_of(name, line), Fault("no_utf8", byte=f"0x{data[error.start]:02x}")))
        return None
    if not text.strip():
        errors.append(at(name, Fault("is_empty")))
        return None
    return text


def read_yaml(path: Path, name: str, errors: list[str]) -> Located | None:
    """A YAML file that holds one mapping; None and errors if it does not."""
    text = read_text(path, name, errors, MOST_YAML)
    if text is None:
        return None
    try:
        node = yaml.compose(text, Loader=_BoundedLoader)
        reader = _YamlReader(name, errors)
        value = reader.value(node, ()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        ours = error.problem if isinstance(error.problem, Fault) else Library(error.problem or f"{error.context}")
        why = Fault("no_yaml", reason=ours)
        errors.append(at(line_of(name, line), why))
        return None
    except (yaml.YAMLError, RecursionError) as error:
        errors.append(at(name, Fault("no_yaml", reason=_short(error))))
        return None
    if not isinstance(value, dict):
        errors.append(at(line_of(name, 1), instead(_kind(value), Fault("study_keys"))))
        return None
    return Located(name, value, reader.lines)


def read_jsonl(path: Path, name: str, errors: list[str]) -> list[Located]:
    """The objects of a JSONL file, one a line; empty lines are skipped, lines that are no object are errors."""
    text = read_text(path, name, errors)
    found: list[Located] = []
    for number, line in enumerate((text or "").split("\n"), 1):
        if not line.strip():
            continue
        value = _parse(line, line_of(name, number), errors)
        if value is not None:
            found.append(Located(name, value, {(): number}))
    return found


def read_json(path: Path, name: str, errors: list[str]) -> dict[str, Any] | None:
    """A JSON file that holds one object; None and an error if it does not."""
    text = read_text(path, name, errors, MOST_JSON)
    return None if text is None else _parse(text, name, errors)


def _parse(text: str, where: str, errors: list[str]) -> dict[str, Any] | None:
    try:
        value = loads(text)
    except ValueError as error:
        errors.append(at(where, Fault("not_json", reason=_short(error))))
        return None
    if not isinstance(value, dict):
        errors.append(at(where, instead(_kind(value), Fault("an_object_only"))))
        return None
    return value


def _short(error: Exception) -> Fault:
    return Fault("nested") if isinstance(error, RecursionError) else reason(error)


_KINDS = {dict: "an_object", list: "a_list", str: "a_text", bool: "true_or_false", type(None): "nothing"}


def _kind(value: Any) -> Fault:
    return Fault(_KINDS.get(type(value), "a_number"))


class _BoundedLoader(yaml.SafeLoader):
    def fetch_flow_collection_start(self, token: type[yaml.Token]) -> None:
        if self.flow_level >= MOST_FLOW_DEPTH:
            raise yaml.scanner.ScannerError(None, None, Fault("nested"), self.get_mark())
        super().fetch_flow_collection_start(token)


class _YamlReader:
    """Builds plain values from YAML nodes and notes the line of each."""

    def __init__(self, name: str, errors: list[str]) -> None:
        self.name, self.errors = name, errors
        self.lines: dict[Place, int] = {}
        self.seen: set[int] = set()
        self.scalars = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, place: Place) -> Any:
        self.lines.setdefault(place, node.start_mark.line + 1)
        if id(node) in self.seen:
            self._error(node, Fault("yaml_alias"))
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*place, index)) for index, child in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, child in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                self._error(key_node, Fault("yaml_key"))
            elif key in found:
                self._error(key_node, Fault("key_twice", key=repr(key)))
            else:
                self.lines[(*place, key)] = key_node.start_mark.line + 1
                found[key] = self.value(child, (*place, key))
        return found

    def _scalar(self, node: yaml.Node) -> Any:
        if node.tag in ("tag:yaml.org,2002:value", "tag:yaml.org,2002:merge"):  # a lone = or <<
            return node.value
        try:
            value = self.scalars.construct_object(node)
        except (ValueError, yaml.YAMLError):
            self._error(node, Fault("yaml_value", found=repr(node.value)))
            return None
        if isinstance(value, float) and not math.isfinite(value):
            self._error(node, instead(repr(node.value), Fault("a_finite_number")))
            return None
        return value if isinstance(value, (str, int, float, bool, type(None))) else str(node.value)

    def _error(self, node: yaml.Node, text: str) -> None:
        self.errors.append(at(line_of(self.name, node.start_mark.line + 1), text))
