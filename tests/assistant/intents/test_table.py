from __future__ import annotations

from pathlib import Path

import pytest

from alltid.assistant.intents.table import Example, TableRefused, check_for_training, read_table


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("column", ["label", "intent", "category"])
def test_the_column_of_intents_may_have_three_names(tmp_path: Path, column: str) -> None:
    table = read_table(written(tmp_path, f"id,Text,{column}\n1,where is it,refund\n"))
    assert table.examples == (Example("where is it", "refund"),)


def test_the_first_of_several_columns_of_intents_counts(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "category,text,intent\nMONEY,where is it,refund\n"))
    assert table.labels == ("refund",)


def test_an_empty_label_and_oos_mean_none(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "text,label\na,\nb,OOS\nc,refund\n"))
    assert [each.label for each in table.examples] == [None, None, "refund"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_of_common_programs_are_read(tmp_path: Path, separator: str) -> None:
    content = f'\ufefftext{separator}label\r\n"one\ntwo"{separator}refund\r\n'
    assert read_table(written(tmp_path, content)).examples == (Example("one\ntwo", "refund"),)


def test_rows_without_a_text_are_left_out_and_counted(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "text,label\n ,refund\nwhere,refund\n"))
    assert (len(table.examples), table.skipped) == (1, 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("words,label\na,b\n", "no column text; it has: words, label"),
        ("text,topic\na,b\n", "no column label, intent or category; it has: text, topic"),
        ("text,text,label\na,a,b\n", "has the column text 2 times"),
        ("text,label,label\na,b,b\n", "has the column label 2 times"),
        ("text,label\n,b\n", "the column text is empty"),
        ("text,label\n", "no row with a text"),
        ("text,label\nhi, there,b\n", "row 2 has 3 fields"),
        ('text,label\n"open,b\n', "line "),
        (b"text,label\nok,a\ncaf\xe9,b\n", "line 3: not UTF-8"),
        ("text,label\na\0,b\n", "null characters"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(
    tmp_path: Path, content: str | bytes, said: str
) -> None:
    with pytest.raises(TableRefused, match=said):
        read_table(written(tmp_path, content))


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match="can't be read"):
        read_table(tmp_path / "absent.csv")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("text,label\na,\nb,oos\n", "No row has an intent"),
        ("text,label\na,x\nb,x\n", "one intent only, x"),
        ("text,label\na,x\nb,x\nc,y\n", "Too few examples: y has only one"),
        (
            "text,label\n" + "".join(f"a{n},{n // 2}\n" for n in range(2_004)),
            "1002 intents, and 1000 are the most",
        ),
    ],
)
def test_what_teaches_nothing_is_refused(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(TableRefused, match=said):
        check_for_training(read_table(written(tmp_path, content)))
