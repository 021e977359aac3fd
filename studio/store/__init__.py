"""The store: tables, event log, projections, queries. SQLAlchemy and Alembic live here and nowhere else."""
