"""A statement of SQLAlchemy in the words of Spark SQL.

SQLAlchemy has no dialect for Spark: a statement is compiled for PostgreSQL with named parameters,
and SQLGlot says the same in Spark's words. The values stay apart from the text all the way, so that
Spark binds them.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlglot import exp, parse_one

_dialect = PGDialect(paramstyle="named")  # type: ignore[no-untyped-call]
# Stands before the name of a table until it is known which files that is.
_MARK = "table__of__store__"
_MARKED = re.compile(f"{_MARK}(\\w+)")


def in_spark_sql(
    statement: Executable, view_of: Callable[[str], str]
) -> tuple[str, dict[str, Any]]:
    """The text and the values of its parameters; `view_of` gives the view that is read as a table.

    Statements that differ in nothing but values are translated once.
    """
    compiled = statement.compile(  # type: ignore[attr-defined]
        dialect=_dialect, compile_kwargs={"render_postcompile": True}
    )
    text = _MARKED.sub(lambda mark: view_of(mark[1]), _translated(str(compiled)))
    return text, dict(compiled.params)


@lru_cache(maxsize=2_000)
def _translated(text: str) -> str:
    tree = parse_one(text, read="postgres")
    of_statement = {part.alias for part in tree.find_all(exp.CTE)}
    for table in list(tree.find_all(exp.Table)):
        name = table.name
        if name not in of_statement:
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
            table.set("this", exp.to_identifier(_MARK + name))
    for cast in tree.find_all(exp.Cast):
        if cast.to.is_type(exp.DataType.Type.DECIMAL) and not cast.to.expressions:
            cast.set("to", exp.DataType.build("DOUBLE"))  # PostgreSQL's has any number of digits
    return str(tree.sql(dialect="spark"))
