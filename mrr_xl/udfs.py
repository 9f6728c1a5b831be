"""What a workbook's "UDF Modules" names: every =MRR function, registered with xlwings."""

import xlwings as xw

from mrr_xl.hosts.excel import CLASSIC, cell_functions, registered

# xlwings looks for functions among a module's names.
globals().update(registered(cell_functions(), xw.func, xw.arg, xw.ret, options=CLASSIC))
