"""The description of the add-in's ribbon tab.

It is a part of the file, as [MS-CUSTOMUI] (https://learn.microsoft.com/openspecs/office_standards/ms-customui) has it,
in the version that Excel reads since 2010. Its pictures are Office's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from mrr_xl.metrics import REGISTRY, Metric

PART = "customUI/customUI14.xml"
CONTENT_TYPE = "application/xml"
RELATIONSHIP = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"

#: From the opening MRR to the closing one.
_ROLL_FORWARD = (
    "MRR_OPENING",
    "MRR_NEW",
    "MRR_REACTIVATION",
    "MRR_EXPANSION",
    "MRR_CONTRACTION",
    "MRR_CHURN",
    "MRR_FX",
    "MRR",
)
_FORMATS = {"money": "#,##0.00", "count": "#,##0", "rate": "0.0%", "ratio": "0.00"}
#: The modules of the metrics whose names are no plain headings.
_HEADINGS = {
    "movement": "Movements",
    "growth": "Growth, churn and averages",
    "committed": "Committed and FX",
    "at_risk": "Past due and at risk",
}
_TITLES = {"GROWTH_YOY": "Growth YoY", "CROSS_SELL": "Cross-sell"}
_SHORT = ("ARPA", "ARR", "ASP", "CMGR", "FX", "GRR", "HHI", "LTV", "MRR", "NRR")


def custom_ui() -> str:
    """The tab, with a menu of all monthly figures."""
    return _TAB.replace("<figures/>", "\n".join(_figures()))


def _figures() -> Iterator[str]:
    """The figures of Insert function: a button each, in menus by subject."""
    subjects: dict[str, list[Metric]] = {}
    for metric in REGISTRY.values():
        if metric.kind == "series":
            subjects.setdefault(metric.compute.__module__.rpartition(".")[2], []).append(metric)
    movements = ";".join(_tag(REGISTRY[name]) for name in _ROLL_FORWARD)
    yield _button("MrrRollForward", "Opening to closing MRR", "The movements of each month, in rows.", movements)
    for subject, metrics in subjects.items():
        heading = quoteattr(_HEADINGS.get(subject, subject.capitalize()))
        yield f'            <menu id="MrrMenu_{subject}" label={heading} itemSize="large">'
        for metric in metrics:
            yield _button(f"MrrFigure_{metric.name}", metric.name, metric.summary, _tag(metric))
        yield "            </menu>"


def _button(name: str, label: str, description: str, tag: str) -> str:
    """A button of the menu; its tag is what is to be inserted: function, name of the figure, number format."""
    texts = f"label={quoteattr(label)} description={quoteattr(description)} tag={quoteattr(tag)}"
    return f'              <button id="{name}" {texts} onAction="mrr_ribbon.InsertFunction"/>'


def _tag(metric: Metric) -> str:
    return f"{metric.name}|{_title(metric)}|{_FORMATS[metric.unit]}"


def _title(metric: Metric) -> str:
    """The figure's name beside its row.

    >>> [_title(REGISTRY[name]) for name in ("MRR_NET_NEW", "MRR_GROWTH_YOY", "MRR_NRR", "ARR")]
    ['Net new', 'Growth YoY', 'NRR', 'ARR']
    """
    name = metric.name.removeprefix("MRR_")
    return _TITLES.get(name) or (name if name in _SHORT else name.replace("_", " ").capitalize())


_TAB = """\
<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui">
  <ribbon>
    <tabs>
      <tab id="MrrTab" label="MRR" keytip="YM">
        <group id="MrrData" label="Data">
          <button id="MrrNewReport" label="New report" size="large" imageMso="CreateReport" keytip="N"
            onAction="mrr_ribbon.NewReport" screentip="New report"
            supertip="Makes the report from the table that the selected cell is in, and saves it as a new workbook in
the same folder."/>
          <button id="MrrCheckData" label="Check data" size="large" imageMso="DataValidation" keytip="C"
            onAction="mrr_ribbon.CheckData" screentip="Check data"
            supertip="Lists what is wrong in the table that the selected cell is in, on a new sheet (MRR_CHECKS)."/>
          <dynamicMenu id="MrrWhyValue" label="Why #VALUE!" size="large" imageMso="ErrorChecking" keytip="W"
            getContent="mrr_ribbon.ListMistakes" invalidateContentOnDrop="true" screentip="Why #VALUE!"
            supertip="The latest mistakes; choose one to go to its cell."/>
        </group>
        <group id="MrrFunctions" label="Functions">
          <menu id="MrrInsertFunction" label="Insert function" size="large" imageMso="FunctionWizard" keytip="I"
            itemSize="large" screentip="Insert function"
            supertip="Adds a row of twelve months, and the figure that you choose below it. If the selected cell is in
such rows, adds one more row to them.">
<figures/>
          </menu>
          <button id="MrrHelp" label="Help" size="large" imageMso="Help" keytip="H"
            onAction="mrr_ribbon.ShowHelp" screentip="Help"
            supertip="What the functions in the selected cell compute; if it has none, all functions."/>
          <button id="MrrRestartPython" label="Restart Python" size="large" imageMso="Refresh" keytip="R"
            onAction="mrr_ribbon.RestartPython" screentip="Restart Python"
            supertip="Starts Python again, for example after an upgrade, and recalculates every open workbook."/>
        </group>
      </tab>
    </tabs>
  </ribbon>
</customUI>
"""
