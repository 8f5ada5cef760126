"""From sections to files: DOCX, PDF and XLSX in the layout of Decree 30/2020."""
