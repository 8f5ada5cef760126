"""Is everything running? Health and figures for the people who operate the program."""
