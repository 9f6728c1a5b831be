"""Any workbook as a template: data in, figures computed, nothing lost."""
