"""What Alembic runs: the revisions, on the connection and in the transaction `storage.migrate` has opened."""

from __future__ import annotations

from alembic import context

from storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # true on SQLite too, the driver's own transactions being switched off
)
with context.begin_transaction():
    context.run_migrations()
