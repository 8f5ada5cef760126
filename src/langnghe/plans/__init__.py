"""Plans: from the signed document to tasks that are done and reported."""
