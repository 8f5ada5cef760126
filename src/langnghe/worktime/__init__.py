"""Working time: the calendar, terms and deadlines, reminders, and the one clock of the program."""
