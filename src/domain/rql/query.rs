//! A query string: the filter, and the keys that are taken out of it first.

use super::fault::Fault;
use super::filter::Filter;
use super::order::{self, Order};
use super::select::Selection;
use super::{QUERY_BYTES_MAX, ast, check, parser};

/// Rows of a page when the client does not say (contract 4.7).
const LIMIT_DEFAULT: i64 = 10;
/// Rows of a page at most; who asks for more gets this many.
const LIMIT_MAX: i64 = 100;
const RESERVED: [&str; 4] = ["select", "order", "limit", "offset"];

/// What somebody wants to see of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// Which; `None`: all.
    pub filter: Option<Filter>,
    /// In which order; empty: the usual one.
    pub order: Vec<Order>,
    /// What of each.
    pub select: Selection,
    /// How many to pass over; 0 or more.
    pub offset: i64,
    /// How many to show; 0 to 100.
    pub limit: i64,
}

impl ListQuery {
    /// Reads a query string as it came, percent-encoded.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(query: &str) -> Result<Self, Vec<Fault>> {
        let parts = split(query)?;
        let mut faults = Vec::new();
        let mut take = |name: &str| match parts.of(name) {
            Ok(found) => found,
            Err(fault) => {
                faults.push(fault);
                None
            }
        };
        let (select, order) = (take("select"), take("order"));
        let (limit, offset) = (take("limit"), take("offset"));
        let mut number = |name: &str, text: Option<&str>, default| match text.map(whole_number) {
            None => default,
            Some(Some(number)) => number,
            Some(None) => {
                faults.push(Fault::new(name, "It must be a whole number of 0 or more.", 0..0));
                default
            }
        };
        let (limit, offset) = (number("limit", limit, LIMIT_DEFAULT), number("offset", offset, 0));
        let usual = Selection::of_list();
        let select = match select.map(|text| usual.clone().changed(text)) {
            None => usual,
            Some(Ok(select)) => select,
            Some(Err(found)) => {
                faults.extend(found);
                usual
            }
        };
        let sees_audit = select.has("audit");
        let order = order.map_or(Ok(Vec::new()), |text| order::read(text, sees_audit));
        let filter = read_filter(&parts.filter, sees_audit);
        match (filter, order) {
            (Ok(filter), Ok(order)) if faults.is_empty() => {
                Ok(Self { filter, order, select, offset, limit: limit.min(LIMIT_MAX) })
            }
            (filter, order) => {
                faults.extend(filter.err().unwrap_or_default());
                faults.extend(order.err().unwrap_or_default());
                Err(faults)
            }
        }
    }
}

/// The `select` of a query string that has nothing else to say; other keys are passed over.
///
/// # Errors
/// When it cannot be read.
pub fn select_only(query: &str) -> Result<Selection, Vec<Fault>> {
    let parts = split(query)?;
    let text = parts.of("select").map_err(|fault| vec![fault])?;
    match text {
        None => Ok(Selection::of_one()),
        Some(text) => Selection::of_one().changed(text),
    }
}

fn read_filter(text: &str, sees_audit: bool) -> Result<Option<Filter>, Vec<Fault>> {
    let Some(expr) = parser::parse(text).map_err(|fault| vec![fault])? else {
        return Ok(None);
    };
    let checked = check::check(&expr);
    let mut faults = Vec::new();
    if !sees_audit {
        find_audit(&expr, &mut faults);
    }
    match checked {
        Ok(filter) if faults.is_empty() => Ok(Some(filter)),
        checked => {
            faults.extend(checked.err().unwrap_or_default());
            Err(faults)
        }
    }
}

/// The audit can be asked about only when it is shown: a silent "no" would look like an answer.
fn find_audit(expr: &ast::Expr, faults: &mut Vec<Fault>) {
    match expr {
        ast::Expr::And(items) | ast::Expr::Or(items) => {
            for item in items {
                find_audit(item, faults);
            }
        }
        ast::Expr::Not(inner) => find_audit(inner, faults),
        ast::Expr::Binary { path, .. } | ast::Expr::Member { path, .. } => {
            let dotted = path.dotted();
            if ["audit.created.at", "audit.updated.at"].contains(&dotted.as_str()) {
                faults.push(Fault::new(&dotted, "Filtering is not permitted.", path.span.clone()));
            }
        }
        ast::Expr::Collection { .. } => {}
    }
}

/// A query string's parts, decoded.
pub(super) struct Parts {
    pub(super) filter: String,
    reserved: Vec<(String, String)>,
}

impl Parts {
    /// The value of a reserved key.
    fn of(&self, name: &str) -> Result<Option<&str>, Fault> {
        let mut found = self.reserved.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        match (found.next(), found.next()) {
            (first, None) => Ok(first),
            _ => Err(Fault::new(name, "It may be given once.", 0..0)),
        }
    }
}

/// What stands between two `&` is either a reserved key with its value or a piece of the filter: an `&` within a
/// text has to be percent-encoded, as in any query string.
pub(super) fn split(query: &str) -> Result<Parts, Vec<Fault>> {
    let wrong = |message: String| vec![Fault::syntax(&message, 0..query.len())];
    if query.len() > QUERY_BYTES_MAX {
        return Err(wrong(format!("The query has more than {QUERY_BYTES_MAX} bytes.")));
    }
    let (mut pieces, mut reserved) = (Vec::new(), Vec::new());
    for piece in query.split('&').filter(|piece| !piece.is_empty()) {
        let text = decoded(piece).ok_or_else(|| {
            wrong("The query is not percent-encoded UTF-8 without control characters.".to_owned())
        })?;
        match text.split_once('=') {
            Some((key, value)) if RESERVED.contains(&key) => {
                reserved.push((key.to_owned(), value.to_owned()));
            }
            _ => pieces.push(text),
        }
    }
    Ok(Parts { filter: pieces.join("&"), reserved })
}

/// Percent-decoded, a `+` being a space; `None` for anything that is not text on one line.
fn decoded(piece: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(piece.len());
    let mut rest = piece.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let (digits, after) = rest.split_at_checked(2)?;
                rest = after;
                u8::try_from(hex(digits[0])? * 16 + hex(digits[1])?).ok()?
            }
            other => *other,
        });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.chars().any(char::is_control))
}

fn hex(digit: u8) -> Option<u32> {
    char::from(digit).to_digit(16)
}

/// 0 or more, in ASCII digits; beyond what can be counted it is the greatest number.
fn whole_number(text: &str) -> Option<i64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().unwrap_or(i64::MAX))
}
