"""Lắng Nghe: a city receives, handles, answers, publishes and has rated the feedback of its people."""

__version__ = "0.1.0"
