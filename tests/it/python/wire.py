"""Reads rows of every type through the real clients into the generated types, and writes them back."""

import json
import os
import typing
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.rows import dict_row
from psycopg.types.json import Json
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from sqlalchemy.orm import Session

import as_dataclass
import as_pydantic
import as_pydantic_rest
import as_sqlalchemy
import as_typeddict
import as_typeddict_rest

STRICT = ConfigDict(arbitrary_types_allowed=True, strict=True)
JSON = (114, 199, 3802, 3807)
QUERIES = {
    "Scalars": "select * from scalars order by id",
    # The types say one dimension.
    "Arrays": "select * from arrays where array_ndims(int4) is distinct from 2 order by id",
    "Happy": "select * from happy order by id",
    "Latest": "select * from latest order by id",
}
count = {"pydantic": 0, "written": 0, "typeddict": 0, "dataclass": 0, "rest": 0, "sqlalchemy": 0}


def url(module: Any) -> psycopg.Connection[dict[str, Any]]:
    connection = psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row)
    module.register(connection)
    return connection


def wrapped(value: Any, oid: int) -> Any:
    if oid not in JSON or value is None:
        return value
    return [None if one is None else Json(one) for one in value] if oid in (199, 3807) else Json(value)


def same(left: Any, right: Any) -> bool:
    return bool(left == right)


with url(as_pydantic) as connection:
    connection.execute("insert into arrays (text, mood, score, email, address, jsonb) values ('{a,null}', '{sad,null}', '{1,null}', '{a@b}', '{null,\"(x,,)\"}', '{null,1}')")
    connection.commit()
    for name, query in QUERIES.items():
        cursor = connection.execute(query)
        oids = {column.name: column.type_code for column in cursor.description or ()}
        rows = cursor.fetchall()
        model: type[BaseModel] = getattr(as_pydantic, name)
        for row in rows:
            read = model.model_validate(row)
            count["pydantic"] += 1
            assert read.model_validate(read.model_dump(by_alias=True)) == read
        insert = getattr(as_pydantic, f"{name}Insert", None)
        if insert is None or name == "Happy":
            continue
        keys = {field.alias or key for key, field in insert.model_fields.items()} - {"id"}
        # psycopg writes lists in lists as one array of two dimensions.
        keys -= {"scores"} if name == "Arrays" else set()
        for row in rows:
            new = insert.model_validate({key: row[key] for key in keys})
            values = {key: getattr(new, key if key in type(new).model_fields else f"{key}_") for key in keys}
            params = {key: wrapped(value, oids[key]) for key, value in values.items()}
            columns = ", ".join(f'"{key}"' for key in params)
            places = ", ".join(f"%({key})s" for key in params)
            added = connection.execute(f"insert into {name} ({columns}) values ({places}) returning *", params).fetchone()
            assert added is not None
            for key in keys:
                assert same(added[key], row[key]), (name, key, row[key], added[key])
            count["written"] += 1
    connection.rollback()

    # What the database refuses, and what the types do.
    for wrong in ({"email": None}, {"doubled": 1}, {"id": 1}, {"score": 101}, {"varchar": "abcdef"}, {"email": "ab"}):
        for refusing in (as_pydantic.ScalarsInsert, as_pydantic.ScalarsUpdate):
            try:
                refusing.model_validate({"email": "a@b"} | wrong)
            except ValidationError:
                continue
            raise AssertionError(f"{refusing}: {wrong}")
    assert as_pydantic.ScalarsUpdate(score=None).model_dump(exclude_unset=True) == {"score": None}

for module, kind in ((as_typeddict, "typeddict"), (as_dataclass, "dataclass")):
    with url(module) as connection:
        for name, query in QUERIES.items():
            shape = getattr(module, name)
            shape.__pydantic_config__ = STRICT
            adapter = TypeAdapter(shape)
            for row in connection.execute(query):
                if kind == "dataclass":
                    names = [field for field in shape.__dataclass_fields__]
                    hints = typing.get_type_hints(shape)
                    made = shape(**dict(zip(names, row.values())))
                    for field in names:
                        TypeAdapter(hints[field], config=STRICT).validate_python(getattr(made, field))
                else:
                    adapter.validate_python(row)
                count[kind] += 1

with psycopg.connect(os.environ["DATABASE_URL"]) as plain:
    for name, query in QUERIES.items():
        as_typeddict_rest.__dict__[name].__pydantic_config__ = STRICT
        adapter = TypeAdapter(as_typeddict_rest.__dict__[name])
        for (text,) in plain.execute(f"select to_json(row)::text from ({query}) row").fetchall():
            adapter.validate_python(json.loads(text))
            getattr(as_pydantic_rest, name).model_validate(json.loads(text))
            getattr(as_pydantic_rest, name).model_validate_json(text)
            count["rest"] += 1
            insert = getattr(as_pydantic_rest, f"{name}Insert", None)
            if insert is None or name == "Happy":
                continue
            # PostgREST inserts what json_populate_record makes of an object.
            keys = {field.alias or key for key, field in insert.model_fields.items()} - {"id", "hstore"}
            keys -= {"scores"} if name == "Arrays" else set()
            old = json.loads(text)
            new = insert.model_validate_json(json.dumps({key: old[key] for key in keys}))
            columns = ", ".join(f'"{key}"' for key in keys)
            added = plain.execute(
                f"insert into {name} ({columns}) select {columns} from json_populate_record(null::{name}, %s) returning to_json({name})",
                [new.model_dump_json(by_alias=True, exclude_unset=True)],
            ).fetchone()
            assert added is not None
            for key in keys:
                assert same(added[0][key], old[key]), (name, key, old[key], added[0][key])
            count["written"] += 1
    plain.rollback()

engine = sa.create_engine("postgresql+psycopg://")
sa.event.listen(engine, "connect", lambda connection, _: as_sqlalchemy.register(connection))
with Session(engine) as session:
    for mapper in as_sqlalchemy.Base.registry.mappers:
        mapped = mapper.class_
        hints = typing.get_type_hints(mapped, include_extras=True)
        types = {key: typing.get_args(hints[key])[0] for key in mapper.column_attrs.keys()}
        statement = sa.select(mapped)
        if mapped.__tablename__ == "arrays":
            statement = statement.where(sa.func.array_ndims(mapped.int4).is_distinct_from(2))
        if mapped.__tablename__ == "special":
            statement = statement.where(mapped.id == 2)
        for old in list(session.scalars(statement)):
            values = {key: getattr(old, key) for key in types}
            for key, value in values.items():
                try:
                    TypeAdapter(types[key], config=STRICT).validate_python(value)
                except ValidationError as error:
                    raise AssertionError(f"{mapped.__name__}.{key}: {types[key]}: {value!r}") from error
            values = {key: value for key, value in values.items() if key not in ("id", "doubled")}
            if mapped.__tablename__ == "arrays":
                del values["scores"]
            if mapped.__tablename__ == "special":
                values["id"] = 3
            new = mapped(**values)
            session.add(new)
            session.flush()
            session.refresh(new)
            for key, value in values.items():
                assert same(getattr(new, key), value), (mapped, key, value, getattr(new, key))
            count["sqlalchemy"] += 1
    session.rollback()
    for table in as_sqlalchemy.Base.metadata.sorted_tables:
        if table.name not in ("special", "arrays"):
            session.execute(sa.select(table)).all()
engine.dispose()
print(json.dumps(count))
