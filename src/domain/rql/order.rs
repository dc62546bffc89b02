//! `order=+a,-b`.

use super::fault::Fault;
use super::properties::{self, Field, Kind};

/// Properties that a list may be ordered by at most.
const KEYS_MAX: usize = 16;

/// One key of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub field: Field,
    /// From the greatest to the least; null is the least.
    pub descending: bool,
}

/// Reads the key's value; no sign means ascending. `sees_audit`: whether the answer shows the audit.
pub(super) fn read(text: &str, sees_audit: bool) -> Result<Vec<Order>, Vec<Fault>> {
    let whole = 0..text.len();
    let items: Vec<&str> = text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
    if items.is_empty() {
        return Err(vec![Fault::new("order", "No valid ordering properties were detected", whole)]);
    }
    if items.len() > KEYS_MAX {
        let message = format!("There may be {KEYS_MAX} ordering properties at most.");
        return Err(vec![Fault::new("order", message, whole)]);
    }
    let (mut orders, mut faults) = (Vec::new(), Vec::new());
    for item in items {
        let (descending, path) = match (item.strip_prefix('-'), item.strip_prefix('+')) {
            (Some(path), _) => (true, path),
            (None, path) => (false, path.unwrap_or(item)),
        };
        match properties::find(path) {
            None => faults.push(Fault::path(if path.is_empty() { "order" } else { path }, whole.clone())),
            Some(found) => match found.kind {
                Kind::Field(field) if found.sortable && (sees_audit || !path.starts_with("audit.")) => {
                    orders.push(Order { field, descending });
                }
                _ => faults.push(Fault::new(path, "Ordering is not permitted.", whole.clone())),
            },
        }
    }
    if faults.is_empty() { Ok(orders) } else { Err(faults) }
}
