"""mrr-xl functions NAME: the page of a function in the terminal."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner, Result

from mrr_xl.cli import main
from mrr_xl.metrics import REGISTRY


def run(*arguments: str, width: int = 80) -> Result:
    return CliRunner().invoke(main, ["functions", *arguments], env={"COLUMNS": str(width)})


@pytest.mark.parametrize("name", ["ltv cac", "MRR_LTV_CAC", "ltv-cac", "Mrr_Ltv_Cac", "=MRR_LTV_CAC(A2, B2)"])
def test_the_page_of_a_function_however_it_is_called(name: str) -> None:
    result = run(name)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "MRR_LTV_CAC\n"
        "\n"
        "How many times the cost of winning a customer comes back over that customer's\n"
        "lifetime.\n"
        "\n"
        "Syntax\n"
        "  =MRR_LTV_CAC(ltv, cac)\n"
        "\n"
        "Arguments\n"
        "  ltv  the lifetime value of a customer, as MRR_LTV gives it (a number;\n"
        "       required)\n"
        "  cac  what it costs to win a customer (a number; required)\n"
        "\n"
        "Returns\n"
        "  a number; for a range as ltv, a range of its shape\n"
        "\n"
        "Remarks\n"
        "  - Formula: LTV ÷ CAC.\n"
        "  - #N/A where the CAC is 0 or the LTV undefined, or where an argument is #N/A.\n"
        "  - #VALUE! where an argument is missing or is not of its form.\n"
        "  - Source: David Skok, SaaS Metrics 2.0.\n"
        "\n"
        "Example\n"
        "   ltv  cac\n"
        "  2000  500\n"
        "\n"
        "  =MRR_LTV_CAC(A2, B2) gives 4\n"
        "\n"
        "  By hand: 2000 ÷ 500.\n"
        "  In Python: mrr_xl.ltv_cac(ltv=2000, cac=500)\n"
        "\n"
        "See also\n"
        "  MRR_CAC_PAYBACK, MRR_MAGIC_NUMBER, MRR_LTV, MRR_BURN_MULTIPLE, MRR_RULE_OF_40\n"
    )


@pytest.mark.parametrize("width", [50, 80, 200])
def test_every_page_fits_the_terminal_and_has_no_marks(width: int) -> None:
    for name in REGISTRY:
        text = run(name, width=width).stdout
        said = text if width >= 80 else text.partition("\nExample\n")[0]  # a table may be wider than that
        wide = [line for line in said.splitlines() if len(line) > width and "://" not in line]
        assert wide == [], name
        assert not re.search(r"`|\*\*|\]\(|^\s*\|", text, re.MULTILINE), name


def test_a_table_that_is_too_wide_is_shown_on_its_side() -> None:
    text = run("segments").stdout
    assert '  =MRR_SEGMENTS(A1:E8, "product", "2024-03") gives (on its side here)\n' in text
    assert "  Segment       CRM  Mail  total\n  Opening       450    50    500\n" in text
    assert "  Segment  Opening  New  " in run("segments", width=120).stdout


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nrrr", "'nrrr' is not a function; did you mean MRR_NRR? mrr-xl functions lists them all"),
        ("net neu", "'net neu' is not a function; did you mean MRR_NET_NEW? mrr-xl functions lists them all"),
        ("xyzzy", "'xyzzy' is not a function; mrr-xl functions lists them all"),
    ],
)
def test_an_unknown_name_is_a_sentence(name: str, said: str) -> None:
    result = run(name)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"mrr-xl: {said}\n")


def test_the_page_has_no_other_format() -> None:
    result = run("nrr", "--format", "json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "mrr-xl: --format is for the list of all functions; leave it out, or leave nrr out\n"
