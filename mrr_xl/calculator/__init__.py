"""The formulas of a workbook, computed without a spreadsheet program."""
