"""Where Alembic's commands begin: adoption/store/layout.py hands over its connection."""

from alembic import context

_given = context.config.attributes
context.configure(connection=_given["connection"], version_table_schema=_given["schema"])
with context.begin_transaction():
    context.run_migrations()
