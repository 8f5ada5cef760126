"""Lắng Nghe: a city hears its people, carries out its plans, and keeps its word."""

__version__ = "0.2.0"
