"""Pages of periodic reports and of meetings."""
