//! Choose and reorder columns by name.

/// Which columns to keep, in which order.
#[derive(Debug, PartialEq, Eq)]
pub struct Selection {
    positions: Vec<usize>,
}

impl Selection {
    /// Look the wanted names up in a header. The error lists every name that is not there.
    pub fn by_name(header: &[String], wanted: &[&str]) -> Result<Selection, String> {
        let mut positions = Vec::with_capacity(wanted.len());
        let mut missing = Vec::new();
        for name in wanted {
            match header.iter().position(|column| column == name) {
                Some(position) => positions.push(position),
                None => missing.push(*name),
            }
        }
        if missing.is_empty() {
            Ok(Selection { positions })
        } else {
            Err(format!("no such columns: {}; there are: {}", missing.join(", "), header.join(", ")))
        }
    }

    pub fn apply<'row>(&self, row: &'row [String]) -> Vec<&'row str> {
        self.positions.iter().map(|&position| row[position].as_str()).collect()
    }
}

/// Write one row, with quotes where they are needed and nowhere else.
pub fn write_row(fields: &[&str], separator: char) -> String {
    let mut out = String::new();
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            out.push(separator);
        }
        if field.contains([separator, '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&field.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(field);
        }
    }
    out
}
