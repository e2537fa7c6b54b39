"""The pieces that statements are written with: parameters, a learner's own rows, inserts and overwrites.

`among` is one parameter for a list of any length.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Delete, Integer, Table, Text, and_, bindparam, delete, exists
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from storage.tables import holds, progress


def value(name: str) -> BindParameter[Any]:
    return bindparam(name, required=False)  # bound on the driver's cursor, not here


def constant(value: Any) -> BindParameter[Any]:
    """Written into the text, so that the planner can match a partial index."""
    return bindparam(None, value, literal_execute=True)


def own(table: Table) -> ColumnElement[bool]:
    return table.c.learner == value("learner")


def suspended() -> ColumnElement[bool]:
    return holds.c.kind == constant("suspended")


def held(how: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the progress row's card has a hold of this kind."""
    return exists().where(own(holds), holds.c.card == progress.c.card, how)


def add(insert: Any, table: Table) -> Any:
    return insert(table).values({column.name: value(column.name) for column in table.c})


def put(insert: Any, table: Table, *changing: str) -> Any:
    """Insert, or overwrite the row with the same primary key: the columns named, or all."""
    statement = add(insert, table)
    rest = {c.name: statement.excluded[c.name] for c in table.c if c not in set(table.primary_key)}
    rest = {name: rest[name] for name in changing or rest}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=rest)


def drop(table: Table, key: str) -> Delete:
    return delete(table).where(and_(own(table), table.c[key] == value(key)))


class among(ColumnElement[bool]):
    """`column` is one of a JSON array of texts or integers: one statement however long the list."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.of = "INTEGER" if isinstance(column.type, Integer) else "TEXT"
        self.values: BindParameter[str] = bindparam(name, type_=Text, required=False)


@compiles(among, "sqlite")
def _among_sqlite(element: among, compiler: SQLCompiler, **kwargs: Any) -> str:
    column = compiler.process(element.column, **kwargs)
    values = compiler.process(element.values, **kwargs)
    return column + " IN (SELECT value FROM json_each(" + values + "))"  # noqa: S608 - both are compiled here


@compiles(among, "postgresql")
def _among_postgres(element: among, compiler: SQLCompiler, **kwargs: Any) -> str:
    column = compiler.process(element.column, **kwargs)
    values = compiler.process(element.values, **kwargs)
    each = f"SELECT CAST(json_array_elements_text(CAST({values} AS JSON)) AS {element.of})"
    return f"{column} = ANY (ARRAY({each}))"
