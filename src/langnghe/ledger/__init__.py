"""The ledger: every act leaves a row that nobody can edit, chained per subject and sealed across subjects."""
