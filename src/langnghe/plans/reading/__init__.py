"""Reading a plan: a document goes in, a register of tasks, deadlines, indicators and reporting duties comes out.

Pure: no database, no clock, no request. The bodies of the city come in as a gazetteer.
"""
