"""Reports: periodic reports on plans, official documents, and the pack for meetings."""
