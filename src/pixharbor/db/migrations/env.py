"""Alembic's entry: runs migrations on the connection that migrate.py hands over."""

from alembic import context

from pixharbor.db.migrations.run import run_migrations

run_migrations(context.config.attributes["connection"])
