//! What `select` takes away.

use serde::Serialize;
use serde_json::Value;

use crate::domain::rql::Selection;

/// `value` with the parts that are selected. Arrays are looked through: `criteria.key` is a part of each pair.
pub fn shown(value: &impl Serialize, selection: &Selection) -> Value {
    let mut value = serde_json::to_value(value).expect("a wire type is always JSON");
    prune(&mut value, "", selection);
    value
}

fn prune(value: &mut Value, path: &str, selection: &Selection) {
    match value {
        Value::Object(fields) => {
            let inner = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            fields.retain(|name, _| selection.shows(&inner(name)));
            for (name, value) in fields.iter_mut() {
                prune(value, &inner(name), selection);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| prune(item, path, selection)),
        _ => {}
    }
}
