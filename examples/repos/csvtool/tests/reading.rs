use csvtool_example::parser::split_fields;
use csvtool_example::select::write_row;
use csvtool_example::{Error, Reader, Selection};

fn rows(text: &str) -> Vec<Result<Vec<String>, Error>> {
    Reader::new(text.as_bytes()).collect()
}

#[test]
fn a_quoted_field_may_hold_a_line_break() {
    let read = rows("name,note\nAda,\"first\nsecond\"\n");
    assert_eq!(read[1].as_ref().unwrap()[1], "first\nsecond");
}

#[test]
fn a_row_of_another_width_names_its_line() {
    let read = rows("a,b\n1,2\n1,2,3\n");
    assert!(matches!(read[2], Err(Error::WrongWidth { line: 3, expected: 2, found: 3 })));
}

#[test]
fn an_open_quote_names_the_line_where_it_began() {
    let read = rows("a\n\"b\n");
    assert!(matches!(read[1], Err(Error::UnclosedQuote { line: 2 })));
}

#[test]
fn writing_and_reading_give_the_same_fields() {
    let fields = ["plain", "with, comma", "with \"quotes\"", ""];
    assert_eq!(split_fields(&write_row(&fields, ','), ','), fields);
}

#[test]
fn all_missing_columns_are_named_at_once() {
    let header = vec!["a".to_string(), "b".to_string()];
    let error = Selection::by_name(&header, &["x", "a", "y"]).unwrap_err();
    assert_eq!(error, "no such columns: x, y; there are: a, b");
}
