"""The one gate to the public."""
