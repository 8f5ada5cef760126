"""Performance figures: a synthetic city of any size, measured over real HTTP beside the same work in plain SQL."""
