"""How an act is done: one engine for whatever moves by a transition table, its errors, facts and reminders."""
