"""The workbook's sheets, one module each."""
