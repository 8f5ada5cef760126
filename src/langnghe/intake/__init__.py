"""Intake of submissions."""
