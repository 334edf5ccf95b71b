"""Holds documents against their own standards, and rows of a database against the documents."""

import json
import os
import re
from pathlib import Path
from typing import Any, Iterator

import psycopg
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

BASE = "https://example.test/"


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def documents(folder: Path) -> tuple[dict[str, Any], Registry[Any]]:
    found = {path.name: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    resources = [(BASE + name, Resource(contents=text, specification=DRAFT202012)) for name, text in found.items()]
    return found, Registry().with_resources(resources)


def check(folder: Path, style: str) -> tuple[dict[str, Any], Registry[Any]]:
    found, registry = documents(folder)
    for name, document in found.items():
        schemas = document["$defs"] if style == "json-schema" else document["components"]["schemas"]
        if style == "json-schema":
            Draft202012Validator.check_schema(document)
        elif folder.name == "single":
            OpenAPIV31SpecValidator(document | {"paths": {}}).validate()
        for key, schema in schemas.items():
            assert re.fullmatch(r"[a-zA-Z0-9._-]+", key), key
            Draft202012Validator.check_schema(schema)
        resolver = registry.resolver(BASE + name)
        for reference in set(references(document)):
            resolver.lookup(reference)
    return found, registry


def errors(registry: Registry[Any], file: str, name: str, value: object, formats: bool = True) -> list[str]:
    checker = FormatChecker() if formats else None
    schema = {"$ref": f"{BASE}{file}#/$defs/public.{name}"}
    validator = Draft202012Validator(schema, registry=registry, format_checker=checker)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


WRONG: list[dict[str, object]] = [
    {"email": "ab"}, {"email": None}, {}, {"score": 101}, {"high_score": 50}, {"varchar": "abcdef"}, {"id": 1},
    {"doubled": 2}, {"int2": 40000}, {"mood": "glad"}, {"unknown": 1}, {"bit": "102"}, {"hstore": {"a": "b"}},
]
RIGHT: list[dict[str, object]] = [
    {"score": 100}, {"score": None}, {"high_score": 51}, {"varchar": "abcde"}, {"mood": ""}, {"jsonb": {"a": [None]}},
    {"address": {"street": "x", "zip": None, "moods": ["sad", None]}}, {"scores": [1, None]}, {"hstore": "a=>NULL"},
]

for folder in sorted(Path().glob("*/*/*")):
    if not folder.is_dir():
        continue
    style = folder.parent.name
    _, registry = check(folder, style)
    if folder.parent.parent.name != "rows" or style != "json-schema":
        continue
    file = "all.json" if folder.name == "single" else "public.json"
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        for name in ("scalars", "arrays", "special", "happy", "latest"):
            rows = connection.execute(f"select to_jsonb(r), to_json(r)::text from {name} r").fetchall()
            assert rows
            for binary, text in rows:
                for value in (binary, json.loads(text)):
                    # No format has the dates of no end.
                    assert errors(registry, file, name, value, name != "special") == [], (name, value)
        for change in WRONG:
            value = change if change in ({}, {"email": None}, {"email": "ab"}) else {"email": "a@b"} | change
            assert errors(registry, file, "scalars.Insert", value), value
            assert not change or errors(registry, file, "scalars.Update", change), change
        for change in RIGHT:
            value = {"email": "a@b"} | change
            for name in ("scalars.Insert", "scalars.Update"):
                assert errors(registry, file, name, value) == [], value
            keys = ", ".join(value)
            connection.execute(
                f"insert into scalars ({keys}) select {keys} from jsonb_populate_record(null::scalars, %s)",
                [json.dumps(value)],
            )
        connection.rollback()
