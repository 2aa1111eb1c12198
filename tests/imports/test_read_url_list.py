"""Lists as people bring them: every encoding and dialect that spreadsheets write."""

import csv
import io

import pytest

from pixharbor.errors import BadInput
from pixharbor.imports.read_url_list import (
    ColumnUnknown,
    find_encoding,
    is_table,
    look_at_table,
    read_column,
    read_lines,
    split_addresses,
)

A, B, C = (f"https://a.example/{name}.jpg" for name in ("1", "ä", "3"))


def lines(text: str, encoding: str = "utf-8") -> list[str]:
    return list(read_lines(io.BytesIO(text.encode(encoding))))


def column(content: str | bytes, wanted: str | None = None) -> list[str]:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return list(read_column(file, look_at_table(file), wanted))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_text_is_read_in_any_encoding_t32(encoding: str, line_end: str) -> None:
    assert lines(line_end.join([A, B, "", C]), encoding) == [A, B, C]


def test_comments_and_blank_lines_are_no_addresses_and_nonsense_is_kept_to_be_told() -> None:
    assert lines(f"# mine\n\n  {A}  \nwhat is this\n") == [A, "what is this"]


def test_addresses_may_share_a_line_or_a_cell() -> None:
    assert list(split_addresses(f"{A}, {B};{C}")) == [A, B, C]
    assert list(split_addresses("https://a.example/?u=1,2;3|4")) == ["https://a.example/?u=1,2;3|4"]
    assert list(split_addresses("a\0b\nc")) == ["a b c"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_read_in_any_dialect_t32(delimiter: str, encoding: str) -> None:
    rows = [
        ["Product", "Image URL", "Price"],
        [f'Lamp{delimiter} "large"', A, "1,50"],
        ["Tisch\nzwei Zeilen", B, ""],
        ["", "", ""],
        ["Stuhl", "n/a", "3"],
    ]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    for wanted in ("Image URL", " image url ", "2"):
        assert column(text.getvalue().encode(encoding), wanted) == [A, B, "n/a"]


def test_spaces_after_commas_are_no_part_of_a_column_t32() -> None:
    assert column(f"name, image_url\nlamp, {A}\n") == [A]


def test_addresses_with_unquoted_commas_between_them_stay_with_their_row_t31() -> None:
    text = f"S. No.,Product Name,Input Image Urls\n1,SKU1,{A},{B}\n2,SKU2,{C}\n"
    assert column(text, "Input Image Urls") == [A, B, C]


def test_several_addresses_in_one_cell_are_several_s4_24() -> None:
    assert column(f'product_id,image_url\n1,"{A},{B}"\n2,"{C}\n{A}"\n') == [A, B, C, A]


def test_a_table_without_a_head_has_numbered_columns() -> None:
    file = io.BytesIO(f"1,{A}\n2,{B}\n".encode())
    table = look_at_table(file)
    assert [one.name for one in table.columns] == ["column 1", "column 2"]
    assert list(read_column(file, table, None)) == [A, B]
    assert list(read_column(file, table, "column 2")) == [A, B]


def test_a_single_column_is_a_table_too() -> None:
    assert column(f"url\n{A}\n{B}\n") == [A, B]


def test_the_only_column_with_addresses_is_taken_and_of_several_one_has_to_be_named() -> None:
    assert column(f"id,photo\n1,{A}\n2,\n3,{B}\n") == [A, B]
    with pytest.raises(ColumnUnknown, match="Which column") as asked:
        column(f"id,photo,thumb\n1,{A},{B}\n")
    assert asked.value.cure == "Its columns: id, photo, thumb."


def test_a_wrong_column_is_told_which_there_are_t34() -> None:
    with pytest.raises(ColumnUnknown, match="no column 'image'") as refused:
        column(f"id,photo\n1,{A}\n", "image")
    assert "id, photo" in refused.value.cure
    assert refused.value.field == "column"


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n"])
def test_an_empty_table_says_so(content: bytes) -> None:
    with pytest.raises(BadInput):
        column(content)


def test_a_cell_without_end_is_told_with_its_line() -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        column(f'id,url\n1,{A}\n2,"' + "x" * 200_000)


def test_a_sample_that_is_cut_in_a_letter_or_a_row_is_no_mistake() -> None:
    rows = [f"ä{number},https://a.example/{number}.jpg" for number in range(20_000)]
    assert len(column("\n".join(["name,url", *rows]))) == 20_000


def test_the_encoding_is_found_late_in_a_long_file() -> None:
    assert find_encoding(io.BytesIO(b"a" * (3 << 20) + "ä".encode("cp1252"))) == "cp1252"
    assert find_encoding(io.BytesIO(b"a" * ((1 << 20) - 1) + "ä".encode())) == "utf-8"


def test_a_table_is_told_by_its_name() -> None:
    assert is_table("Products.CSV")
    assert is_table("a.tsv")
    assert not is_table("urls.txt")
