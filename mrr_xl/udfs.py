"""What a workbook's "UDF Modules" names: every =MRR function, registered with xlwings."""

import xlwings as xw

from mrr_xl.hosts.excel import registered

# xlwings looks for functions among a module's names.
globals().update(registered(xw.func, xw.arg, xw.ret))
