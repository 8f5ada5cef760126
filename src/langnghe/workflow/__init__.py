"""How a thing moves: transition tables, the actor of an act, and the guard that the database keeps over states."""
