"""The one command of the project, `langnghe`, and the embedded PostgreSQL that it can start."""
