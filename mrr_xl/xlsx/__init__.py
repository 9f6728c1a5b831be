"""Excel files from inside: their parts, sheets, tables and charts, changed in place."""
