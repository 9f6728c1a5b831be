"""Any workbook as a template: data goes in, the figures are computed, and everything else is kept."""
