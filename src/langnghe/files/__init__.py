"""Attachments: type by content, images made anew without metadata, names never trusted, one store for all machines."""
