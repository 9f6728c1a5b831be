"""The loops over many cells, as a WebAssembly module beside the engine: a call from Python for each cell takes longer.

A cell is three numbers of 32 bits (sheet, row, column, from 0). A value is the engine's own 16 bytes (a kind, nothing,
and a number or the address of a text). The address of a text that was read is that of its copy in `texts`; that of one
to write counts from the start of `texts`.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

_NUMBER, _BOOL, _TEXT, _ERROR = 1, 2, 3, 4  #: the engine's kinds of values; 0 is a blank
_FORMULA = 5  #: of our own, for writing
_PUTS = {"number": "f64", "bool": "i32", "text": "i32", "error": "i32", "formula": "i32"}

WAT = f"""
(module
  (import "engine" "memory" (memory 1))
  (import "engine" "get" (func $get (param i32 i32 i32 i32 i32) (result i32)))
  (import "engine" "item" (func $item (param i32 i32 i32) (result i32)))
  {"".join(f'(import "engine" "{n}" (func ${n} (param i32 i32 i32 i32 {t}) (result i32)))' for n, t in _PUTS.items())}
  (import "engine" "blank" (func $blank (param i32 i32 i32 i32) (result i32)))

  ;; Copies the text whose address stands at $value, and gives where the next copy goes; 0 if it does not fit.
  (func $copied (param $value i32) (param $texts i32) (param $end i32) (result i32)
    (local $from i32) (local $byte i32)
    (local.set $from (i32.load offset=8 (local.get $value)))
    (i32.store offset=8 (local.get $value) (local.get $texts))
    (loop $next
      (if (i32.ge_u (local.get $texts) (local.get $end)) (then (return (i32.const 0))))
      (local.set $byte (i32.const 0))
      (if (local.get $from) (then
        (local.set $byte (i32.load8_u (local.get $from)))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))))
      (i32.store8 (local.get $texts) (local.get $byte))
      (local.set $texts (i32.add (local.get $texts) (i32.const 1)))
      (br_if $next (local.get $byte)))
    (local.get $texts))

  ;; The values of cells, or (with no cells) of the array that was evaluated last, from index $i on.
  ;; Gives how many were read before the room for texts was used up.
  (func (export "read") (param $book i32) (param $cells i32) (param $i i32) (param $n i32) (param $out i32)
                        (param $texts i32) (param $end i32) (result i32)
    (local $cell i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (if (local.get $cells)
          (then
            (local.set $cell (i32.add (local.get $cells) (i32.mul (local.get $i) (i32.const 12))))
            (br_if $done (call $get (local.get $book) (i32.load (local.get $cell)) (i32.load offset=4 (local.get $cell))
                                    (i32.load offset=8 (local.get $cell)) (local.get $out))))
          (else (br_if $done (call $item (local.get $book) (local.get $i) (local.get $out)))))
        (if (i32.eq (i32.load (local.get $out)) (i32.const 3)) (then
          (local.set $texts (call $copied (local.get $out) (local.get $texts) (local.get $end)))
          (br_if $done (i32.eqz (local.get $texts)))))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $i))

  ;; Sets the cells to values of the same form; gives how many were set before one that the engine refused.
  (func (export "write") (param $book i32) (param $cell i32) (param $value i32) (param $texts i32) (param $n i32)
                         (result i32)
    (local $i i32) (local $s i32) (local $r i32) (local $c i32) (local $kind i32) (local $status i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (local.set $s (i32.load (local.get $cell)))
        (local.set $r (i32.load offset=4 (local.get $cell)))
        (local.set $c (i32.load offset=8 (local.get $cell)))
        (local.set $kind (i32.load (local.get $value)))
        (if (i32.eq (local.get $kind) (i32.const 0)) (then (local.set $status
          (call $blank (local.get $book) (local.get $s) (local.get $r) (local.get $c)))))
        (if (i32.eq (local.get $kind) (i32.const 1)) (then (local.set $status
          (call $number (local.get $book) (local.get $s) (local.get $r) (local.get $c)
                        (f64.load offset=8 (local.get $value))))))
        (if (i32.eq (local.get $kind) (i32.const 2)) (then (local.set $status
          (call $bool (local.get $book) (local.get $s) (local.get $r) (local.get $c)
                      (i32.load offset=8 (local.get $value))))))
        (if (i32.eq (local.get $kind) (i32.const 3)) (then (local.set $status
          (call $text (local.get $book) (local.get $s) (local.get $r) (local.get $c)
                      (i32.add (local.get $texts) (i32.load offset=8 (local.get $value)))))))
        (if (i32.eq (local.get $kind) (i32.const 4)) (then (local.set $status
          (call $error (local.get $book) (local.get $s) (local.get $r) (local.get $c)
                       (i32.load offset=8 (local.get $value))))))
        (if (i32.eq (local.get $kind) (i32.const 5)) (then (local.set $status
          (call $formula (local.get $book) (local.get $s) (local.get $r) (local.get $c)
                         (i32.add (local.get $texts) (i32.load offset=8 (local.get $value)))))))
        (br_if $done (local.get $status))
        (local.set $cell (i32.add (local.get $cell) (i32.const 12)))
        (local.set $value (i32.add (local.get $value) (i32.const 16)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $i))
)
"""


class FormulaText(str):
    """A text that is a formula, with its =, and not a value."""


def packed(values: Iterable[Any], errors: Mapping[str, int]) -> tuple[bytes, bytes]:
    """Values as the engine holds them, and their texts. errors: the engine's number of each error."""
    out, texts = bytearray(), bytearray()
    for value in values:
        if value is None:
            out += bytes(16)
        elif isinstance(value, (bool, int, float)):
            is_bool = isinstance(value, bool)
            out += struct.pack("<iiII", _BOOL, 0, value, 0) if is_bool else struct.pack("<iid", _NUMBER, 0, value)
        elif value in errors:
            out += struct.pack("<iiII", _ERROR, 0, errors[value], 0)
        else:
            out += struct.pack("<iiII", _FORMULA if isinstance(value, FormulaText) else _TEXT, 0, len(texts), 0)
            texts += str(value).replace("\0", "").encode("utf-8", "replace") + b"\0"
    return bytes(out), bytes(texts)


def unpacked(content: bytes, memory: int, error: Callable[[int], str]) -> Iterator[Any]:
    """The values that the engine's bytes stand for. memory: where its memory starts. error: what an error is called."""
    numbers, lows = struct.iter_unpack("<iid", content), struct.iter_unpack("<iiII", content)
    for (kind, _, number), (_, _, low, _) in zip(numbers, lows):
        if kind == _NUMBER:
            yield number
        elif kind == _TEXT:
            yield ctypes.string_at(memory + low).decode("utf-8", "replace")
        elif kind == _BOOL:
            yield bool(low)
        elif kind == _ERROR:
            yield error(low)
        else:
            yield None if kind == 0 else "#CALC!"  # a function alone is no value
