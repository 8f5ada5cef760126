"""Staff pages, one module per group."""
