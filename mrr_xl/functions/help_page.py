"""What the functions compute, as a page for a browser; docs/functions.md says the same of each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from mrr_xl.functions.sheet_functions import argument_help, syntax
from mrr_xl.metrics import REGISTRY, Metric
from mrr_xl.version import __version__

#: What a function of each unit returns; those of tables say it themselves.
RETURNS = {
    "money": "money",
    "count": "a count",
    "rate": "a fraction (format it as %)",
    "ratio": "a number",
    "month": "a date",
    "text": "a text",
}
_NAME = re.compile(rf"\b({'|'.join(sorted(REGISTRY, key=len, reverse=True))})\s*\(", re.IGNORECASE)


def named_in(formula: str) -> list[Metric]:
    """The functions that a formula calls, in its order; all of them if it calls none.

    >>> [metric.name for metric in named_in("=IFERROR(mrr_net_new(A1:B9)/[1]!MRR(A1:B9),0)")]
    ['MRR_NET_NEW', 'MRR']
    """
    plain = re.sub(r'"[^"]*"', '""', formula)
    names = dict.fromkeys(name.upper() for name in _NAME.findall(plain))
    return [REGISTRY[name] for name in names or REGISTRY]


def help_page(metrics: Iterable[Metric]) -> str:
    """An HTML page about these functions, readable without a network."""
    return _PAGE.format(version=__version__, entries="\n".join(map(_entry, metrics)))


def _entry(metric: Metric) -> str:
    paragraphs = [f"<p>{_text(part)}</p>" for part in metric.prose.split("\n\n")]
    if metric.unit in RETURNS:
        paragraphs.append(f"<p>Returns {RETURNS[metric.unit]}.</p>")
    arguments = [
        f"<tr><th scope='row'><code>{name}</code></th><td>{_text(doc)}</td></tr>"
        for name, doc in argument_help(metric).items()
    ]
    return "\n".join(
        [
            f"<h2 id='{metric.name.lower()}'>{metric.name}</h2>",
            f"<p><code>={escape(syntax(metric))}</code></p>",
            *paragraphs,
            f"<table>{''.join(arguments)}</table>",
        ]
    )


def _text(prose: str) -> str:
    """A docstring's paragraph, with its code and its addresses."""
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(" ".join(prose.split()), quote=False))
    return re.sub(r"(https://[^\s,;)]*[^\s,;).])", r"<a href='\1'>\1</a>", text)


_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>The functions of mrr_xl {version}</title>
<style>
body {{ font: 16px/1.5 "Segoe UI", sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; color: #222; }}
h2 {{ margin-top: 2em; border-bottom: 1px solid #ccc; }}
code {{ background: #f3f3f3; padding: 0 .2em; }}
th {{ text-align: left; vertical-align: top; padding-right: 1em; font-weight: normal; }}
</style>
</head>
<body>
<h1>The functions of mrr_xl {version}</h1>
<p>An argument in brackets may be left out. An undefined figure is #N/A; a mistake in the data or the arguments is
#VALUE!.</p>
{entries}
</body>
</html>
"""
