"""Text files as programs and people write them: what is read, what is said of it, and what is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.readings import closing, found_out, refused, written

PLAIN = "write a plain number such as 1200.50"


def test_an_export_of_excel_in_german(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """Abonnements 2024;;;
;;;
Kunde;Beginn;Betrag;Intervall
Müller;04.03.2024;1.200,00 €;jährlich
Groß;15.04.2024;50,50 €;monatlich
Summe;;1.250,50 €;
""",
        "windows-1252",
    )
    assert closing(path) == {"2024-03": 100.0, "2024-04": 150.5}  # 1200 / 12, and 50.50
    assert found_out(path) == [
        "encoding: windows-1252",
        "delimiter: semicolon",
        "header: in row 3; above it stands 'Abonnements 2024'",
        "row of totals: row 6 is left out",
        "dates of Beginn: day first, as '15.04.2024' shows",
        "numbers of Betrag: with a decimal comma, as '1.200,00 €' shows",
        "currency of Betrag: EUR, as it stands beside the amounts",
    ]


def test_a_plain_file_has_nothing_to_say(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,start,mrr\nA,2024-01-15,100.50\nB,2024-01-20,1.5\n")
    assert closing(path) == {"2024-01": 102.0}
    assert found_out(path) == []


# Delimiters


@pytest.mark.parametrize(
    ("delimiter", "name"), [(";", "semicolon"), ("\t", "tab"), ("|", "vertical bar")], ids=["semicolon", "tab", "bar"]
)
def test_the_delimiter_is_the_one_with_which_the_header_says_most(tmp_path, delimiter, name):
    text = "customer,start,mrr\nA,2024-01-15,100\n".replace(",", delimiter)
    assert closing(written(tmp_path, text)) == {"2024-01": 100.0}
    assert found_out(tmp_path / "ledger.csv") == [f"delimiter: {name}"]


def test_a_delimiter_in_titles_and_cells_does_not_count(tmp_path: Path) -> None:
    path = written(tmp_path, "Report, all regions, 2024, January\ncustomer;start;mrr\nA, B, C;2024-01-15;1,5\n")
    assert closing(path) == {"2024-01": 1.5}
    assert found_out(path) == [
        "delimiter: semicolon",
        "header: in row 2; above it stands 'Report, all regions, 2024, January'",
        "numbers of mrr: with a decimal comma, as '1,5' shows",
    ]


def test_a_delimiter_that_a_user_names(tmp_path: Path) -> None:
    path = written(tmp_path, "customer^start^mrr\nA^2024-01-15^100\n")
    assert refused(path) == (
        "no column says whose subscription it is, such as 'customer'; the header row has customer^start^mrr"
        "; if one of them does, say which with --map customer=..., elsewhere with columns"
    )
    assert closing(path, delimiter="^") == {"2024-01": 100.0}
    assert found_out(path, delimiter="^") == ["delimiter: '^'"]


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"'])
def test_the_line_sep_is_no_row_as_no_spreadsheet_program_shows_it(tmp_path, line):
    path = written(tmp_path, f"{line}\r\ncustomer;start;mrr\r\nA;2024-01-15;x\r\n")
    assert refused(path) == f"row 2, column mrr: 'x' is not an amount; {PLAIN}"
    assert refused(path, header=1) == f"row 2, column mrr: 'x' is not an amount; {PLAIN}"


# Encodings


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", None), ("utf-8-sig", None), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"), ("windows-1252", "windows-1252"), ("latin-1", "windows-1252"),
    ],
)  # fmt: skip
def test_the_encoding_is_found_out(tmp_path, encoding, name):
    path = written(tmp_path, "customer,start,mrr\nMüller,2024-01-15,1\n", encoding)
    assert closing(path, where="customer=Müller") == {"2024-01": 1.0}
    assert found_out(path) == ([f"encoding: {name}"] if name else [])


def test_utf_16_with_a_mark_in_either_order_of_bytes(tmp_path: Path) -> None:
    text = "customer\tstart\tmrr\r\n顧客\t2024-01-15\t1\r\n"
    for encoding in ("utf-16-le", "utf-16-be"):
        path = written(tmp_path, "\ufeff" + text, encoding)
        assert closing(path, where="customer=顧客") == {"2024-01": 1.0}
        assert found_out(path) == ["encoding: utf-16", "delimiter: tab"]


def test_an_encoding_that_a_user_names(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,start,mrr\nŽižka,2024-01-15,1\n", "cp1250")
    assert closing(path, encoding="cp1250", where="customer=Žižka") == {"2024-01": 1.0}
    assert refused(path, encoding="utf-8") == (
        "ledger.csv is not text in the encoding utf-8; name another one as encoding"
    )
    assert refused(path, encoding="utf8000") == (
        "'utf8000' is not a known encoding; write one such as utf-8 or windows-1252"
    )


UNKNOWN = (
    "ledger.csv is not UTF-8 text, and its encoding can't be told; in Excel, save it as CSV UTF-8, or say which with "
    "encoding"
)


def test_a_file_in_two_encodings_at_once_is_asked_about(tmp_path: Path) -> None:
    rows = "A Müller,2024-01-15,1\n"
    content = b"customer,start,mrr\n" + rows.encode() + rows.encode("latin-1")
    assert refused(written(tmp_path, content)) == UNKNOWN
    # In the other encoding it has names of another kind, which a user may want all the same.
    assert closing(tmp_path / "ledger.csv", encoding="windows-1252") == {"2024-01": 2.0}


@pytest.mark.parametrize("name", ["Müller", "Jérôme", "Gård", "Français", "Lemâle", "Héloïse Noëlle"])
@pytest.mark.parametrize("encoding", ["mac_roman", "cp437", "cp850"])
def test_letters_of_old_systems_are_not_taken_for_those_of_windows(tmp_path: Path, name: str, encoding: str) -> None:
    """Müller of a Mac would be MŸller. Some can't be told: its ñ and ö are a dash and an š."""
    path = written(tmp_path, f"customer,start,mrr\n{name},2024-01-15,1\n", encoding)
    assert refused(path) == UNKNOWN
    assert closing(path, encoding=encoding, where=f"customer={name}") == {"2024-01": 1.0}


def test_signs_of_windows_within_and_beside_words_are_read(tmp_path: Path) -> None:
    names = "Škoda;Žižka;Œuvre d’art;SŒUR;Cœur;L’Haÿ;Berlin–Köln;“Zoë”;wait…what;5 €;‚a‘;A™;ŒUVRE;O‘Neill"
    names += ";AutoŠkoda;ABŠtavby;UAB„Žalgiris“;Rock”n”Roll;O‚Brien;Größe"
    rows = "".join(f"{name},2024-01-15,1\n" for name in names.split(";"))
    path = written(tmp_path, f"customer,start,mrr\n{rows}", "windows-1252")
    assert closing(path) == {"2024-01": 20.0}
    assert closing(path, where="customer=Žižka") == {"2024-01": 1.0}


def test_what_is_not_text(tmp_path: Path) -> None:
    assert refused(written(tmp_path, b"customer,start,mrr\nA\0B,2024-01-15,1\n")) == (
        "ledger.csv is not a text file; give a CSV file"
    )
    assert refused(written(tmp_path, "customer,start,mrr\nA,2024-01-15,1\n", "utf-32")) == (
        "ledger.csv is not a text file; give a CSV file"
    )


# The header, and what stands above it


@pytest.mark.parametrize(
    ("text", "row", "title"),
    [
        ("Report\ncustomer,start,mrr\nA,2024-01-15,x\n", 3, "Report"),
        ("Report,,\n\ncustomer,start,mrr\nA,2024-01-15,x\n", 4, "Report"),
        ("# exported on 2024-02-01\ncustomer,start,mrr\nA,2024-01-15,x\n", 3, "# exported on 2024-02-01"),
        ("Customer:,ACME\nStart:,2024-01-01\n\ncustomer,start,mrr\nA,2024-01-15,x\n", 5, "Customer: ACME"),
        ("Customer MRR by start month\ncustomer,start,mrr\nA,2024-01-15,x\n", 3, "Customer MRR by start month"),
        ('"Report\nof 2024"\n\ncustomer,start,mrr\nA,2024-01-15,x\n', 4, r"Report\nof 2024"),
        ('"Report\r\nof 2024"\r\ncustomer,start,mrr\r\nA,2024-01-15,x\r\n', 3, r"Report\r\nof 2024"),
        ("a,b,c,d,e,f,g\ncustomer,start,mrr\nA,2024-01-15,x\n", 3, "a b c d e f g"),
    ],
)  # fmt: skip
def test_a_title_above_the_header_and_the_row_as_a_spreadsheet_program_shows_it(tmp_path, text, row, title):
    path = written(tmp_path, text)
    assert refused(path) == f"row {row}, column mrr: 'x' is not an amount; {PLAIN}"
    path = written(tmp_path, text.replace("x\r\n", "1\r\n").replace("x\n", "1\n"))
    assert closing(path) == {"2024-01": 1.0}
    assert found_out(path) == [f"header: in row {row - 1}; above it stands '{title}'"]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("customer,start,mrr\n\n\nA,2024-01-15,1\n\nB,2024-01-15,x\n", 6),
        ("customer,start,mrr\n,,\nA,2024-01-15,1\n,,\nB,2024-01-15,x\n", 5),
        ("customer,start,mrr\r\n\r\nA,2024-01-15,1\r\nB,2024-01-15,x\r\n", 4),
        ("customer,start,mrr\rA,2024-01-15,1\rB,2024-01-15,x\r", 3),  # Excel's CSV (Macintosh)
        ("Report\r\rcustomer,start,mrr\rA,2024-01-15,1\rB,2024-01-15,x\r", 5),
        ('customer,start,mrr\n"A\nGmbH",2024-01-15,1\nB,2024-01-15,x\n', 3),
        ("Report\n\ncustomer,start,mrr\n\nA,2024-01-15,1\n\nB,2024-01-15,x\n", 7),
    ],
)  # fmt: skip
def test_blank_lines_and_line_breaks_within_a_cell_leave_the_row_as_it_is_shown(tmp_path, text, row):
    assert refused(written(tmp_path, text)) == f"row {row}, column mrr: 'x' is not an amount; {PLAIN}"


@pytest.mark.parametrize("header", [30, 2])
def test_a_header_whose_row_a_user_names(tmp_path, header):
    path = written(tmp_path, "x,y,z\n" * (header - 1) + "customer,start,mrr\nA,2024-01-15,1\nB,2024-01-15,x\n")
    expected = f"row {header + 2}, column mrr: 'x' is not an amount; {PLAIN}"
    assert refused(path, header=header) == expected
    assert refused(path, skip=header - 1) == expected


def test_a_header_that_is_not_where_a_user_says_it_is(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,start,mrr\n\nA,2024-01-15,1\n")
    wrong = "of ledger.csv, said to be the header, is blank; name the header's row"
    assert refused(path, header=2) == f"row 2 {wrong}"
    assert refused(path, header=9) == f"row 9 {wrong}"
    assert refused(path, header=3) == ("ledger.csv has a header but no rows")
    assert refused(path, header=1, skip=0) == "header and skip say the same twice; give one of them"
    assert refused(path, header=0) == "header cannot be 0; it is a number of rows, 1 or more"


# Rows that are longer or shorter than the header


@pytest.mark.parametrize(
    "text",
    [
        "customer,start,mrr,,\nA,2024-01-15,1,,\n",
        "customer,start,mrr\nA,2024-01-15,1,,\nB,2024-01-15,1,\n",
        "customer,start,mrr,\nA,2024-01-15,1\n",
        "customer,,start,mrr\nA,,2024-01-15,1\n",
        "customer,start,mrr,note\nA,2024-01-15,1\n",
    ],
)
def test_commas_at_the_end_of_lines_and_columns_without_content(tmp_path, text):
    path = written(tmp_path, text)
    assert closing(path, where="customer=A") == {"2024-01": 1.0}
    assert found_out(path) == []


def test_a_row_that_is_longer_than_the_header_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "Report\n\ncustomer,start,mrr\nA,2024-01-15,1\n\nB,2024-01-15,1,200\n")
    assert refused(path) == (
        "ledger.csv is not a table: row 6 has 4 cells and the header 3; put quotes around a cell that contains a ','"
    )


def test_lines_that_end_in_different_ways(tmp_path: Path) -> None:
    assert refused(written(tmp_path, "customer,start\r,mrr\nA,2024-01-15,1\n")) == (
        "ledger.csv is not a table: its lines end in different ways; open it in Excel and save it again"
    )


def test_a_cell_below_a_blank_header_is_kept(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,,start,mrr\nA,North,2024-01-15,1\nB,South,2024-01-15,2\n")
    assert closing(path, where="column 2=South") == {"2024-01": 2.0}


# Rows of totals


@pytest.mark.parametrize(
    ("text", "row", "mrr"),
    [
        # Subscriptions: the row has no start.
        ("customer,start,mrr\nA,2024-01-15,1\nB,2024-01-15,2\nTotal,,3\n", 4, 3.0),
        ("customer,start,mrr\nA,2024-01-15,1\n\nGrand Total:,,1\n,,\n\n", 4, 1.0),
        ("customer,start,mrr\nA,2024-01-15,1\n,Total,1\n", 3, 1.0),
        ("Report\nKunde,Beginn,MRR\nA,2024-01-15,1\nGesamt,,1\n", 4, 1.0),
        # A long schedule: no month.
        ("customer,month,mrr\nA,2024-01,1\nB,2024-01,2\nTotal,,3\n", 4, 3.0),
        # A wide one: the sums of the columns, in whatever notation.
        ("customer,2024-01\nA,1\nB,2\nTotal,3\n", 4, 3.0),
        ('customer,2024-01\nA,"1,100.5"\nB,1\nTotal,"1,101.50"\n', 4, 1101.5),
        ('customer;2024-01\nA;1.100 €\nB;1,5 €\nSumme;1.101,5 €\n', 4, 1101.5),
        ("customer,2024-01\nA,33.333\nB,33.333\nC,33.333\nTotal MRR,100\n", 5, 99.999),
    ],
)  # fmt: skip
def test_a_row_of_totals_at_the_end_is_left_out_and_that_is_said(tmp_path, text, row, mrr):
    path = written(tmp_path, text)
    assert closing(path) == {"2024-01": mrr}
    assert f"row of totals: row {row} is left out" in found_out(path)


def test_a_customer_may_be_called_total(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,start,mrr\nA,2024-01-15,1\nTotal Wine,2024-01-15,2\n")
    assert closing(path) == {"2024-01": 3.0}
    assert found_out(path) == []


def test_a_total_that_is_not_the_sum_counts_and_a_warning_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,2024-01\nA,1\nB,2\nTotal,5\n")
    with pytest.warns(UserWarning, match="Total is counted as a customer; remove the totals from the table"):
        assert closing(path) == {"2024-01": 8.0}


def test_rows_below_the_total_are_no_lines(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,start,mrr\nA,2024-01-15,1\nTotal,,1\nGenerated on 2024-02-01,,\n")
    assert refused(path) == (
        "2 rows of column start (row 3, row 4): the start is blank; fill in the first day of service"
    )
