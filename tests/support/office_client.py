"""Run by LibreOffice's Python: it starts soffice with the given arguments, opens a workbook and does what is asked.

On stdin a JSON list [soffice, arguments, workbook, steps]; on stdout the steps' answers. A step is ["formula", cell,
formula] (in Calc's own grammar, on the first sheet; the answer is seconds, text and number), ["null date", year,
month, day], ["functions"] (what the function wizard says of the add-in), ["save", path, filter], or ["text", cell].
"""

import json
import subprocess
import sys
import time
import uuid

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.util import Date


def prop(name, value):
    return PropertyValue(Name=name, Value=value)


def connected(address):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        try:
            return resolver.resolve(f"uno:pipe,name={address};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.1)
    raise SystemExit("soffice does not answer")


def fields(description):
    """A function description as a dictionary."""
    return {item.Name: item.Value for item in description}


def functions(context):
    found = context.ServiceManager.createInstanceWithContext("com.sun.star.sheet.FunctionDescriptions", context)
    answer = {}
    for index in range(found.getCount()):
        about = fields(found.getByIndex(index))
        if about["Name"].startswith(("MRR", "ARR")):
            arguments = [[item.Name, item.Description, item.IsOptional] for item in about["Arguments"]]
            answer[about["Name"]] = [about["Description"], arguments]
    return answer


def done(context, document, step):
    kind, *given = step
    sheet = document.Sheets.getByIndex(0)
    if kind == "formula":
        cell = sheet.getCellRangeByName(given[0])
        begin = time.perf_counter()
        cell.setFormula(given[1])
        number = cell.getValue()
        return [time.perf_counter() - begin, cell.getString(), number]
    if kind == "null date":
        document.NullDate = Date(Year=given[0], Month=given[1], Day=given[2])
        return None
    if kind == "functions":
        return functions(context)
    if kind == "save":
        document.storeToURL(uno.systemPathToFileUrl(given[0]), (prop("FilterName", given[1]),))
        return None
    if kind == "text":
        return sheet.getCellRangeByName(given[0]).getString()
    raise SystemExit(f"unknown step {kind}")


def main():
    soffice, arguments, workbook, steps = json.load(sys.stdin)
    address = f"mrr{uuid.uuid4().hex}"
    command = [soffice, "--headless", "--norestore", f"--accept=pipe,name={address};urp;", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        context = connected(address)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(workbook), "_blank", 0, (prop("Hidden", True),))
        answers = [done(context, document, step) for step in steps]
        document.close(False)
        desktop.terminate()
        process.wait(30)
    finally:
        process.kill()
    json.dump(answers, sys.stdout)


main()
