"""Suggestions and duplicates."""
