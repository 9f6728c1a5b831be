"""JSON: objects one a line, in an array or in a list of an API, which no billing system's module claims."""

from __future__ import annotations

from pathlib import Path

import pytest

import mrr_xl
from mrr_xl import metric
from mrr_xl.errors import MrrError, MrrWarning
from mrr_xl.sources.json_lines import read_json
from support.exports import check, closing

ADA = '{"customer": "Ada", "start": "2024-01-10", "plan": {"name": "Pro", "mrr": 30}, "tags": ["a", "b"]}'
BOB = '{"customer": "Bob", "start": "2024-02-10", "plan": {"name": "Basic", "mrr": 10.5}, "seats": 2}'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("export.jsonl", f"{ADA}\n{BOB}\n"),
        ("export.ndjson", f"\ufeff{ADA}\r\n\r\n{BOB}"),
        ("export.json", f"[{ADA},\n {BOB}]"),
        ("export.json", f'{{"data": [{ADA}, {BOB}]}}'),
        ("export.json", f'{{"entries": [{ADA}, {BOB}], "has_more": false, "cursor": "x"}}'),
        ("export.json", f"{ADA}\n{BOB}"),
    ],
)
def test_objects_are_rows(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    frame = read_json(path.read_bytes(), name).frame
    assert frame.columns == ["(row)", "customer", "start", "plan.name", "plan.mrr", "tags", "seats"]
    assert frame.rows() == [
        (1, "Ada", "2024-01-10", "Pro", 30.0, '["a", "b"]', None),
        (2, "Bob", "2024-02-10", "Basic", 10.5, None, 2),
    ]
    assert closing(path, through="2024-02") == {"01": 30, "02": 40.5}
    assert closing(path, through="2024-02", where="plan.name=Pro") == {"01": 30, "02": 30}
    assert check(path, "lines read") == ("OK", 2, 1, "recognised as subscriptions")


def test_values_keep_what_they_say() -> None:
    text = b'[{"id": 12345678901234567890, "on": true, "n": null}, {"id": 7, "on": false, "n": 1.5}]'
    rows = [(1, "12345678901234567890", "true", None), (2, "7", "false", 1.5)]
    assert read_json(text, "export.json").frame.rows() == rows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "export.json is not JSON: line 1, character 1: expecting value"),
        ('{"a": 1,\n"b": }', "export.json is not JSON: line 2, character 6: expecting value"),
        ('{"a": 1}\n{"a": 2', "export.json is not JSON: line 2, character 8: expecting ',' delimiter"),
        ("[]", "export.json has no objects; give a list of subscriptions"),
        ("[1, 2]", "export.json: object 1 is 1; give objects, such as {\"id\": 1}"),
        ('{"a": NaN}', "the JSON holds NaN, which is not a number; export it again"),
        ('{"a.b": 1, "a": {"b": 2}}', "export.json: object 1 has a.b twice; rename one of them"),
        ('{"customer":"A","start":"2024-01-01","mrr":5,"mrr":50}',
         "export.json: object 1 has mrr twice; rename one of them"),
        (f'{ADA}\n{{"customer": "Bob", "plan": {{"mrr": 5, "mrr": 5}}}}',
         "export.json: object 2 has plan.mrr twice; rename one of them"),
        (f'[{ADA}, {{"id": "sub_1", "items": {{"data": [{{"plan": {{"amount": 1, "amount": 2}}}}]}}}}]',
         "export.json: object 2 has items.data.plan.amount twice; rename one of them"),
        (f'{{"data": [{ADA}], "data": []}}', "export.json has data twice; rename one of them"),
        ("[" * 100_000, "the JSON is nested too deeply; give a list of objects"),
        ('{"customer": "A"}',
         "no column says when it starts, such as 'start'; the header row has customer"
         "; if one of them does, say which with --map start=..., elsewhere with columns"),
        ('{"mrr": ' + "9" * 5000 + "}", "the JSON holds a number with too many digits; export it again"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "export.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MrrError) as error:
        mrr_xl.movements(path)
    assert str(error.value) == message


def test_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_bytes('{"customer": "Zoë"}'.encode("latin-1"))
    with pytest.raises(MrrError, match=r"^export.json is not UTF-8 text, as JSON has to be; export it again$"):
        mrr_xl.movements(path)


def test_a_wrong_cell_is_named_by_its_object(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    path.write_text(f"{ADA}\n{BOB.replace('2024-02-10', 'soon')}", encoding="utf-8")
    with pytest.raises(MrrError, match=r"^row 2, column start: 'soon' is not a date"):
        mrr_xl.movements(path)


def test_a_second_list_of_objects_is_a_problem(tmp_path: Path) -> None:
    first = '{"data": [{"customer": "Ada", "start": "2024-01-01", "mrr": 100}], "tags": ["a"], '
    (tmp_path / "two.json").write_text(first + '"archived": [{"customer": "Bob", "start": "2024-01-01", "mrr": 77}]}')
    said = "two.json has other lists of objects, of which nothing is read: archived; give each its own file"
    with pytest.warns(MrrWarning, match=said):
        assert metric("MRR", tmp_path / "two.json", "2024-01") == 100
    (tmp_path / "one.json").write_text(first + '"archived": []}')
    assert metric("MRR", tmp_path / "one.json", "2024-01") == 100
