"""xlwings Server: what Excel learns of the functions, and what it gets back, over HTTP and through JavaScript."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mrr_xl.cli import main
from mrr_xl.hosts.server import MODULE, SETTINGS, SIGN_IN
from mrr_xl.metrics import ARGUMENTS, REGISTRY
from support import ROOT
from support.calls import CALLS, Area, python_answers
from support.host_server import answers, arguments, called, common, make_project, matrix, request, running

pytestmark = pytest.mark.xdist_group("server")

DATA = [row[:6] for row in matrix(Area("Subscriptions"))]
NOT_AVAILABLE = {"type": "Error", "errorType": "NotAvailable"}
SOON = "'soon' is not a month; write it as 2024-03"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("server") / "mrr"
    make_project(folder)
    with running(folder) as address:
        yield address


def to_memory(url: str, body: Any = None) -> tuple[int, str]:
    data = None if body is None else json.dumps(body).encode()
    wanted = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(wanted, timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def posted(server: str, function: str, *arguments: Any) -> tuple[int, Any]:
    status, text = to_memory(f"{server}/xlwings/custom-functions-call", request(function, *arguments))
    return status, json.loads(text)["result"] if status == 200 else text


@pytest.fixture(scope="module")
def told(server: str) -> dict[str, Any]:
    """What Excel reads about the functions."""
    status, text = to_memory(f"{server}/xlwings/custom-functions-meta.json")
    assert status == 200
    return dict(json.loads(text))


@pytest.fixture(scope="module")
def learned(told: dict[str, Any]) -> dict[str, Any]:
    """The same by name."""
    return {function["name"]: function for function in told["functions"]}


def test_excel_learns_of_every_function_and_of_no_other(learned: dict[str, Any]) -> None:
    assert set(learned) == set(REGISTRY)


@pytest.mark.parametrize("name", REGISTRY)
def test_excel_learns_what_a_function_does_and_takes(learned: dict[str, Any], name: str) -> None:
    metric = REGISTRY[name]
    assert learned[name]["description"] == metric.summary
    assert learned[name]["result"] == {"dimensionality": "matrix", "type": "any"}
    assert "volatile" not in learned[name]["options"]
    given = learned[name]["parameters"]
    assert {item["name"]: item.get("optional", False) for item in given} == metric.arguments
    assert [item["description"] for item in given] == [ARGUMENTS[argument].doc for argument in metric.arguments]
    for item in given:
        scalar = bool(ARGUMENTS[item["name"]].words)
        assert (item["dimensionality"], item["type"]) == (("scalar", "string") if scalar else ("matrix", "any"))


def test_excel_lists_the_words_that_an_argument_takes(server: str, learned: dict[str, Any]) -> None:
    lists = {
        item["id"]: item for item in json.loads(to_memory(f"{server}/xlwings/custom-functions-meta.json")[1])["enums"]
    }
    asked = {
        item["customEnumId"]: item["name"]
        for function in learned.values()
        for item in function["parameters"]
        if ARGUMENTS[item["name"]].words
    }
    assert {name: list(ARGUMENTS[argument].words) for name, argument in asked.items()} == {
        name: [value["stringValue"] for value in item["values"]] for name, item in lists.items()
    }
    assert lists["MRR_COHORTS.MEASURE"] == {
        "id": "MRR_COHORTS.MEASURE",
        "type": "string",
        "values": [
            {"name": "net", "stringValue": "net", "tooltip": "their MRR"},
            {"name": "gross", "stringValue": "gross", "tooltip": "their MRR, never more than each one's first"},
            {"name": "logos", "stringValue": "logos", "tooltip": "the number of customers"},
        ],
    }


@pytest.mark.parametrize("through", ["http", "javascript"])
def test_a_word_may_be_written_otherwise_be_blank_or_be_wrong(server: str, through: str) -> None:
    def asked(measure: Any) -> Any:
        arguments = [DATA, measure, "quarter", None, None, None]
        if through == "http":
            status, found = posted(server, "MRR_COHORTS", *arguments)
            return found if status == 400 else found[1][:2]
        (found,) = through_javascript(server, [["MRR_COHORTS", arguments]])["answers"]
        return found["text"] if "error" in found else found["result"][1][:2]

    # The first to join is A, who pays 100. A cell with the word is handed over as its text.
    assert [asked(measure) for measure in ("logos", " LOGOS ", "net", "", None)] == [
        ["2023-Q1", 1.0],
        ["2023-Q1", 1.0],
        ["2023-Q1", 100.0],
        ["2023-Q1", 100.0],
        ["2023-Q1", 100.0],
    ]
    assert asked("mrr") == "'mrr' is not a measure; it must be one of net, gross, logos"


def test_the_manifest_puts_nothing_before_the_names(server: str) -> None:
    status, manifest = to_memory(f"{server}/manifest")
    assert status == 200
    assert "<Namespace" not in manifest and "Functions.Namespace" not in manifest
    assert '<DisplayName DefaultValue="MRR" />' in manifest
    assert f'DefaultValue="{server}/xlwings/custom-functions-meta.json"' in manifest


def test_every_call_gives_what_python_gives() -> None:
    assert answers(CALLS) == python_answers(CALLS)


def test_over_http_an_answer_is_rows_of_cells(server: str) -> None:
    assert posted(server, "MRR", DATA, [[45352]]) == (200, [[200.0]])
    assert posted(server, "MRR", DATA, [[45323, 45352]]) == (200, [[290.0, 200.0]])
    assert posted(server, "MRR", DATA, [[45323], [45352]]) == (200, [[290.0], [200.0]])


def test_a_month_comes_back_as_a_number_with_a_format(server: str) -> None:
    month = {"type": "FormattedNumber", "basicValue": 45352.0, "numberFormat": "yyyy-mm"}
    status, table = posted(server, "MRR_MOVEMENTS", DATA, [[45352]], [[45352]])
    assert (status, table[1][:2]) == (200, [month, 290.0])
    # Excel hands such a cell back as it got it, or as a Double.
    for kind in ("FormattedNumber", "Double"):
        assert posted(server, "MRR", DATA, [[month | {"type": kind}]]) == (200, [[200.0]])


def test_what_is_undefined_is_a_real_error_cell(server: str) -> None:
    assert posted(server, "MRR_GROWTH", DATA, [[44927]]) == (200, [[NOT_AVAILABLE]])
    assert posted(server, "MRR_GROWTH", DATA, [[44927, 45323]]) == (200, [[NOT_AVAILABLE, 0.45]])


def test_blanks_in_arguments_and_answers(server: str) -> None:
    assert posted(server, "MRR_MONTHLY", [[1200], [""], [None]], [["year"], ["year"], ["year"]]) == (
        200,
        [[100.0], [""], [""]],
    )
    below = [*DATA, [None] * 6, [""] * 6]
    assert posted(server, "MRR", below, [[45352]], [[""]], None, [[None]]) == (200, [[200.0]])


def test_a_mistake_is_a_sentence_and_not_asked_again(server: str) -> None:
    assert posted(server, "MRR", DATA, [["soon"]]) == (400, SOON)
    broken = [*DATA[:2], ["B", {"type": "Error", "basicValue": "#REF!", "errorType": "Ref"}, *DATA[2][2:]]]
    expected = "row 3, column Start: the cell holds the error #REF!; fix that cell first"
    assert posted(server, "MRR", broken) == (400, expected)
    assert posted(server, "MRR", [DATA[0]]) == (400, called([request("MRR", [DATA[0]])])[0]["text"])


def test_odd_cells_give_a_sentence() -> None:
    one_row, one_cell = [DATA[0]], [["Customer"]]
    flag = [*DATA[:2], ["B", True, *DATA[2][2:]]]
    entity = [*DATA[:2], [{"type": "Entity", "text": "x", "basicValue": "#VALUE!"}, *DATA[2][1:]]]
    odd = [one_row, one_cell, None, [[None]], [[""]], [[True]], [[5]], flag, entity]
    found = called([request("MRR", data) for data in odd])
    assert [answer.get("error") for answer in found] == ["XlwingsError"] * len(odd), found


def test_an_excel_without_data_types_gets_texts_and_serials() -> None:
    old = {"runtime": "1.3"}
    rules = matrix(Area("Rules"))
    growth, last = called(
        [request("MRR_GROWTH", DATA, [[44927]], **old), request("MRR_LAST_MONTH", DATA, None, rules, **old)]
    )
    assert growth["result"] == [["#N/A"]]
    assert last["result"] == [[45352.0]]


def through_javascript(server: str, wanted: list[Any], runtime: str = "1.4") -> dict[str, Any]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the generated JavaScript was not run")
    script = ROOT / "tests" / "support" / "node" / "server.mjs"
    done = subprocess.run(
        [node, script, server, runtime], input=json.dumps(wanted), capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_generated_javascript_gives_what_python_gives(server: str) -> None:
    done = through_javascript(server, [[call.function, arguments(call)] for call in CALLS])
    assert set(done["functions"]) == set(REGISTRY)
    assert [common(answer["result"]) for answer in done["answers"]] == python_answers(CALLS)


def test_in_the_generated_javascript_a_mistake_is_an_error_with_the_sentence(server: str) -> None:
    wanted = [["MRR", [DATA, [["soon"]], None, None, None]], ["MRR_GROWTH", [DATA, [[44927]], None, None, None]]]
    done = through_javascript(server, wanted)
    assert done["answers"] == [{"error": "#VALUE!", "text": SOON, "requests": 1}, {"result": [[NOT_AVAILABLE]]}]


def test_in_an_old_excel_a_mistake_is_the_sentence_itself(server: str) -> None:
    done = through_javascript(server, [["MRR", [DATA, [["soon"]], None, None, None]]], runtime="1.1")
    assert done["answers"] == [{"result": [[SOON]]}]


def test_the_command_prints_what_the_tests_put_into_the_servers_folder() -> None:
    printed = CliRunner().invoke(main, ["addin", "server"]).output
    for line in [*MODULE.split("\n"), *(f'{key}="{value}"' for key, value in SETTINGS.items())]:
        assert line in printed
    assert "paid plan" in printed and "noncommercial" in printed


def test_a_page_of_another_website_is_not_let_in(server: str) -> None:
    asked = urllib.request.Request(
        f"{server}/xlwings/custom-functions-call",
        method="OPTIONS",
        headers={"Origin": "https://example.com", "Access-Control-Request-Method": "POST"},
    )
    try:
        with urllib.request.urlopen(asked, timeout=60) as response:
            headers = response.headers
    except urllib.error.HTTPError as refused:
        with refused:
            headers = refused.headers
    assert headers.get("Access-Control-Allow-Origin") is None


def test_with_the_lines_of_the_last_step_only_who_is_signed_in_is_answered(tmp_path: Path) -> None:
    make_project(tmp_path / "mrr", sign_in=True)
    with running(tmp_path / "mrr") as address:
        status, text = posted(address, "MRR", DATA)
    assert status == 401, text
    printed = CliRunner().invoke(main, ["addin", "server"]).output
    assert all(f"{key}='{value}'" in printed for key, value in SIGN_IN.items())


def test_nothing_of_xlwings_is_imported_before_it_is_asked_for() -> None:
    code = "import sys, mrr_xl.hosts.server, mrr_xl.cli; print([name for name in sys.modules if 'xlwings' in name])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
