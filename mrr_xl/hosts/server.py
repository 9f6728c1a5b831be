"""xlwings Server: the sheet functions for Excel on Windows, Mac and the web, computed on a server of your own.

Importing this module imports nothing of xlwings; custom_functions() imports xlwings.server, whose licence is
not ours: free for noncommercial use, a paid plan for a business.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mrr_xl.errors import MrrError
from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.hosts.excel import office_functions

#: What stands in custom_functions/__init__.py of the server's folder.
MODULE = """\
from mrr_xl.hosts.server import custom_functions

globals().update(custom_functions())
"""

#: What stands in .env of the same folder. Any other environment, and a namespace, would come before the names. The
#: server's own .env lets the pages of every website call it.
SETTINGS = {
    "XLWINGS_ENVIRONMENT": "prod",
    "XLWINGS_FUNCTIONS_NAMESPACE": "",
    "XLWINGS_PROJECT_NAME": "MRR",
    "XLWINGS_CORS_ALLOW_ORIGINS": "[]",
}
#: What makes it ask who calls, by the company's accounts at Microsoft.
SIGN_IN = {
    "XLWINGS_AUTH_PROVIDERS": '["entraid"]',
    "XLWINGS_AUTH_ENTRAID_CLIENT_ID": "<application id>",
    "XLWINGS_AUTH_ENTRAID_TENANT_ID": "<tenant id>",
}

_STEPS = """\
xlwings Server has a licence of its own: free for noncommercial use (the key is "noncommercial"); a business
needs a paid plan, for internal tools too (www.xlwings.org/pricing, a trial key at www.xlwings.org/trial).

1. Beside this mrr_xl:  pip install "xlwings-server>=1.20"
2. Make the server's folder:  xlwings-server init mrr-server
3. In mrr-server, the whole of custom_functions/__init__.py:

{module}
4. At the end of mrr-server/.env:

{settings}
5. Certificates, which Excel asks for even on one machine; in mrr-server/certs, with the tool mkcert:
   mkcert -install, then mkcert localhost 127.0.0.1 ::1
6. In mrr-server:  xlwings-server
7. Save https://127.0.0.1:8000/manifest as mrr.xml and add it to Excel, on the web by uploading it; how it goes on
   Windows, on a Mac and for a whole company: server.xlwings.org/en/latest/install_officejs_addin
8. In a cell:  =MRR(Subscriptions[#All])
9. Before anybody else uses it: so far, whoever reaches the server can call it. Make it ask for the company's sign-in
   (Microsoft Entra ID, server.xlwings.org/en/latest/auth_providers), by these lines at the end of .env:

{sign_in}
"""


def custom_functions() -> dict[str, Callable[..., Any]]:
    """The sheet functions under xlwings Server's decorators, by name.

    What is undefined becomes a real #N/A, a user's mistake a #VALUE! whose tooltip is the sentence.

    Raises xlwings.LicenseError where xlwings finds no licence key.
    """
    from xlwings import XlwingsError
    from xlwings.server import arg, func, ret

    functions = {name: _with_mistakes_as(XlwingsError, function) for name, function in sheet_functions().items()}
    return office_functions(functions, func, arg, ret)


def steps() -> str:
    """How to set up a server of one's own, as a text for people."""
    key = "your key"
    lines = [f'{name}="{value}"' for name, value in ({"XLWINGS_LICENSE_KEY": key} | SETTINGS).items()]
    sign_in = "\n".join(f"{name}='{value}'" for name, value in SIGN_IN.items())
    settings = "".join(f"{line}\n" for line in lines)
    return _STEPS.format(module=MODULE, settings=settings, sign_in=sign_in).rstrip("\n")


def _with_mistakes_as(error: type[Exception], function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def answered(*given: Any) -> Any:
        try:
            return function(*given)
        except MrrError as mistake:
            # Any other exception is HTTP 500: asked again three times, and its text is hidden.
            raise error(str(mistake)) from mistake

    return answered
