"""Imports the generated modules that `ways.json` names, and makes one of everything that they define."""

import ast
import dataclasses
import datetime as dt
import enum
import importlib
import inspect
import ipaddress
import json
import re
import sys
import types
import typing
import uuid
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range
from pydantic import BaseModel, ValidationError
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import configure_mappers
from sqlalchemy.schema import CreateTable
from typing_extensions import is_typeddict

AWARE = dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)
VALUES = [
    1, "a", True, [], {}, Decimal(1), AWARE, AWARE.replace(tzinfo=None), AWARE.date(), AWARE.time(), dt.timedelta(1),
    uuid.UUID(int=1), ipaddress.ip_address("10.0.0.1"), ipaddress.ip_network("10.0.0.0/8"), Range(empty=True),
    Multirange([]), b"", "a@example.com", "aaa", "1" * 4, "1" * 8, {"colour": "red"}, None,
]


def classes(module: types.ModuleType) -> list[type]:
    own = [value for value in vars(module).values() if isinstance(value, type)]
    return [value for value in own if value.__module__ == module.__name__]


def candidates(annotation: object) -> list[object]:
    """What may be a value: more than fits."""
    found: list[object] = []
    for part in typing.get_args(annotation):
        found += candidates(part) if typing.get_origin(annotation) is not typing.Literal else [part]
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        found += list(annotation)[:1]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        found.append(instance(annotation))
    return found


def instance(model: type[BaseModel]) -> BaseModel | None:
    """An instance, found by asking the model what it minds; none where no value satisfies a rule."""
    required = {field.alias or name: field for name, field in model.model_fields.items() if field.is_required()}
    choices = {key: iter(candidates(field.annotation) + VALUES) for key, field in required.items()}
    values = {key: next(choice) for key, choice in choices.items()}
    for _ in range(200):
        try:
            return model.model_validate(values)
        except ValidationError as error:
            for key in {fault["loc"][0] for fault in error.errors()}:
                message = next(fault["msg"] for fault in error.errors() if fault["loc"][0] == key)
                offered = re.search(r"must be one of ([^,]*)", message)
                if offered and values[key] not in (offered[1], int(offered[1]) if offered[1].isdigit() else None):
                    values[key] = int(offered[1]) if offered[1].isdigit() else offered[1]
                    continue
                try:
                    values[key] = next(choices[key])
                except StopIteration:
                    unsatisfied.append(f"{model.__module__}.{model.__name__}.{key}: {message}")
                    return None
    raise AssertionError(f"{model}: {values}")


def check_pydantic(module: types.ModuleType) -> None:
    for model in classes(module):
        if not issubclass(model, BaseModel) or model.__name__.startswith("_"):
            continue
        model.model_rebuild()
        assert model.__pydantic_complete__, model
        made = instance(model)
        if made is not None:
            # By its fields' names as well as by the database's.
            assert model.model_validate(made.model_dump(exclude_unset=True)) == made
            assert model.model_validate(made.model_dump(by_alias=True, exclude_unset=True)) == made
        if model.__name__.endswith("Update") and not any(field.is_required() for field in model.model_fields.values()):
            assert model().model_dump(exclude_unset=True) == {}


def check_sqlalchemy(module: types.ModuleType) -> None:
    base = getattr(module, "Base", None) or module._base.Base
    configure_mappers()
    dialect = postgresql.dialect()
    for mapper in base.registry.mappers:
        mapper.class_()
        str(sa.select(mapper.class_).compile(dialect=dialect))
    for table in base.metadata.tables.values():
        str(CreateTable(table).compile(dialect=dialect))
        assert not any(isinstance(column.type, sa.types.NullType) for column in table.columns)


def check_plain(module: types.ModuleType) -> None:
    for one in classes(module) + [value for value in vars(module).values() if is_typeddict(value)]:
        if dataclasses.is_dataclass(one):
            fields = dataclasses.fields(one)
            required = [field.name for field in fields if field.default is dataclasses.MISSING]
            made = one(**dict.fromkeys(required))
            assert not hasattr(made, "__dict__")
            assert set(typing.get_type_hints(one, include_extras=True)) == {field.name for field in fields}
        elif is_typeddict(one):
            assert set(typing.get_type_hints(one, include_extras=True)) == set(one.__annotations__)


def tidy(text: str) -> str:
    return inspect.cleandoc("\n".join(line.rstrip() for line in text.strip().replace("\r\n", "\n").replace("\t", "    ").split("\n")))


STATEMENTS = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.Assign, ast.AnnAssign, ast.Expr)


def docs(path: Path) -> set[str]:
    """The texts in a module that are nothing but texts, and the comments that its columns hold."""
    tree = ast.parse(path.read_text())
    assert all(isinstance(node, STATEMENTS) for node in tree.body), path
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(tidy(node.value.value))
        elif isinstance(node, ast.keyword) and node.arg == "comment":
            found.add(tidy(ast.literal_eval(node.value)))
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values)
            found.update(tidy(value.value) for key, value in pairs if ast.unparse(key) == "'comment'")
    return found


unsatisfied: list[str] = []
ways = json.loads(Path("ways.json").read_text())
for way in ways:
    name, style = way["name"], way["style"]
    package = importlib.import_module(name)
    modules = [package]
    if hasattr(package, "__path__"):
        modules = [importlib.import_module(f"{name}.{part}") for part in package.__all__]
        assert len(set(modules)) == len(way["schemas"]) or not way["schemas"]
    for module in modules:
        match style:
            case "pydantic":
                check_pydantic(module)
            case "sqlalchemy":
                check_sqlalchemy(module)
            case _:
                check_plain(module)
    if "docs" in way:
        paths = [Path(module.__file__) for module in modules]
        if style == "sqlalchemy" and hasattr(package, "__path__"):
            paths.append(Path(package.__path__[0], "base.py"))
        found = set().union(*map(docs, paths))
        expected = {tidy(text) for text in way["docs"] if text.strip()}
        ours = {
            text for text in found - expected
            if text.startswith("@generated") or text in way["own"] or "Do not edit" in text
        }
        assert found - ours == expected, (name, "missing", expected - found, "extra", found - ours - expected)
for line in unsatisfied:
    print(line, file=sys.stderr)
print(f"{len(ways)} ways, {len(unsatisfied)} unsatisfied")
