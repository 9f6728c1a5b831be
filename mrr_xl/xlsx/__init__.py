"""The inside of Excel files: parts, sheets, tables and charts, changed in place."""
