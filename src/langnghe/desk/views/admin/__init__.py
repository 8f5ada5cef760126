"""Pages of the administrator, one module per group."""
