"""The components behind `{% load ui %}`, a module for each kind; `templatetags/ui.py` puts them together."""
