//! A JSON value as a table of its fields: what a receiver can rely on finding, told from an example.

use serde_json::Value;

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Where it is: `position.lat`, `alerts[].labels.alertId`.
    pub path: String,
    /// What it is: "text", "number", "true or false", "object", "list", "null".
    pub kind: &'static str,
    /// An example; empty for objects and lists, whose fields follow.
    pub example: String,
}

/// The fields of `value`, in their order, each object before what is in it. Of a list, its first item speaks for all.
pub fn fields(value: &Value) -> Vec<Field> {
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found
}

fn walk(value: &Value, path: &str, found: &mut Vec<Field>) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                found.push(field(&path, inner));
                walk(inner, &path, found);
            }
        }
        Value::Array(items) => {
            if let Some(first) = items.first() {
                walk(first, &format!("{path}[]"), found);
            }
        }
        _ => {}
    }
}

fn field(path: &str, value: &Value) -> Field {
    let (kind, example) = match value {
        Value::Null => ("null", String::new()),
        Value::Bool(yes) => ("true or false", yes.to_string()),
        Value::Number(number) => ("number", number.to_string()),
        Value::String(text) => ("text", text.clone()),
        Value::Array(_) => ("list", String::new()),
        Value::Object(_) => ("object", String::new()),
    };
    Field { path: path.to_owned(), kind, example }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_keep_their_order_and_say_where_they_are() {
        let value = json!({
            "b": {"lat": 1.5, "on": true},
            "a": [{"x": "y"}, {"other": 1}],
            "none": null,
            "empty": [],
        });
        let found: Vec<(String, &str, String)> =
            fields(&value).into_iter().map(|field| (field.path, field.kind, field.example)).collect();
        let line = |path: &str, kind, example: &str| (path.to_owned(), kind, example.to_owned());
        assert_eq!(
            found,
            [
                line("b", "object", ""),
                line("b.lat", "number", "1.5"),
                line("b.on", "true or false", "true"),
                line("a", "list", ""),
                line("a[].x", "text", "y"),
                line("none", "null", ""),
                line("empty", "list", ""),
            ]
        );
        assert!(fields(&json!(7)).is_empty());
    }
}
