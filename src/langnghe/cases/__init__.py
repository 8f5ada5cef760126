"""Feedback cases."""
