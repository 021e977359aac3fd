"""Alembic's entry: runs inside the transaction that studio.store.migrate opened."""

from alembic import context

from studio.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
