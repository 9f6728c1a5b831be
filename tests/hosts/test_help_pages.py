"""The address of a function's page, which Excel opens from its help in the hosts that take one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.message import Message
from importlib import metadata
from typing import Any

import pytest

from mrr_xl.functions import sheet_functions
from mrr_xl.hosts.excel import office_functions
from mrr_xl.metrics import REGISTRY


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    sheet_functions._documentation.cache_clear()
    yield
    sheet_functions._documentation.cache_clear()


def says(*urls: str) -> Callable[[str], Message]:
    """An installed package that has these URLs."""
    message = Message()
    for url in urls:
        message["Project-URL"] = url
    return lambda name: message


def options() -> dict[str, Any]:
    """What the functions ask of Office.js, by name."""
    asked: dict[str, Any] = {}

    def func(**given: Any) -> Callable[[Any], Any]:
        return lambda function: asked.update({function.__name__: given}) or function

    def unchanged(*_: Any, **__: Any) -> Callable[[Any], Any]:
        return lambda function: function

    office_functions(sheet_functions.sheet_functions(), func, unchanged, unchanged)
    return asked


def test_the_page_is_the_functions_entry_where_the_package_says_that_its_docs_are(monkeypatch: Any) -> None:
    folder = "https://example.com/mrr/docs/"
    monkeypatch.setattr(metadata, "metadata", says("Source, https://example.com", f"Documentation, {folder}"))
    assert sheet_functions.help_address("MRR_NET_NEW") == "https://example.com/mrr/docs/functions.md#mrr_net_new"
    assert options() == {
        name: {"help_url": f"https://example.com/mrr/docs/functions.md#{name.lower()}"} for name in REGISTRY
    }


def test_without_such_an_address_no_host_gets_one(monkeypatch: Any) -> None:
    monkeypatch.setattr(metadata, "metadata", says("Source, https://example.com"))
    assert sheet_functions.help_address("MRR") is None
    assert options() == {name: {} for name in REGISTRY}


def test_a_copy_that_was_never_installed_has_none(monkeypatch: Any) -> None:
    def missing(name: str) -> Message:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "metadata", missing)
    assert sheet_functions.help_address("MRR") is None
