"""Alembic's entry: runs the steps on the connection that `upgrade` hands over."""

from alembic import context

from bot.storage.tables import metadata

# SQLite alters a table by building it anew, which is what batch mode does.
context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
context.run_migrations()
