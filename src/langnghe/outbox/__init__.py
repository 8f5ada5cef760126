"""Messages: rows with a unique key, sent by the worker, never from a request."""
