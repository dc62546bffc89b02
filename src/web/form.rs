//! A form as a browser sends it, read strictly: UTF-8 or nothing, and a name that comes twice is refused unless
//! the form is made for it. Two values for one name are how one part of a system is shown what another does not
//! see.

use std::collections::HashMap;

/// The fields of a form.
#[derive(Debug, Default)]
pub struct Form {
    fields: HashMap<String, Vec<String>>,
}

/// Why a body is not a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadForm {
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// A name that may come once came twice.
    Twice,
}

impl Form {
    /// Reads `application/x-www-form-urlencoded`. Only names in `lists` may come more than once. A percent sign
    /// that begins no escape stands for itself.
    ///
    /// # Errors
    /// [`BadForm`].
    pub fn parse(body: &[u8], lists: &[&str]) -> Result<Self, BadForm> {
        let mut fields: HashMap<String, Vec<String>> = HashMap::new();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            let is_list = lists.contains(&name.as_str());
            let values = fields.entry(name).or_default();
            if !values.is_empty() && !is_list {
                return Err(BadForm::Twice);
            }
            values.push(value);
        }
        Ok(Self { fields })
    }

    /// The value of `name`, if it was sent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.first().map(String::as_str)
    }

    /// The value of `name`, empty if it was not sent.
    pub fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }

    /// Whether the check box `name` was checked.
    pub fn is_on(&self, name: &str) -> bool {
        self.get(name) == Some("on")
    }

    /// Every value of `name`, in order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.get(name).into_iter().flatten().map(String::as_str)
    }
}

fn decode(text: &[u8]) -> Result<String, BadForm> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, tail)) = rest.split_first() {
        let escape = tail.split_at_checked(2).filter(|_| first == b'%');
        if let Some((digits, after)) = escape
            && let Ok(byte) = data_encoding::HEXLOWER_PERMISSIVE.decode(digits)
        {
            bytes.extend(byte);
            rest = after;
        } else {
            bytes.push(if first == b'+' { b' ' } else { first });
            rest = tail;
        }
    }
    String::from_utf8(bytes).map_err(|_| BadForm::NotUtf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_as_browsers_send_them() {
        let form =
            Form::parse(b"a=1+2%2B3&b=%F0%9F%9A%80&list=x&list=y&c=on&d&=e&f=%zz%4", &["list"]).unwrap();
        assert_eq!(form.get("a"), Some("1 2+3"));
        assert_eq!(form.get("b"), Some("🚀"));
        assert_eq!(form.all("list").collect::<Vec<_>>(), ["x", "y"]);
        assert!(form.is_on("c") && !form.is_on("d") && !form.is_on("a"));
        assert_eq!((form.get("d"), form.get("missing")), (Some(""), None));
        assert_eq!(form.get("f"), Some("%zz%4"), "no escape");
    }

    #[test]
    fn what_two_readers_could_read_differently_is_refused() {
        for (body, why) in [
            (&b"url=a&url=b"[..], BadForm::Twice),
            (b"url=a&%75rl=b", BadForm::Twice),
            (b"name=%ff%fe", BadForm::NotUtf8),
            (b"n%c3=1", BadForm::NotUtf8),
            (b"name=\xff", BadForm::NotUtf8),
        ] {
            assert_eq!(Form::parse(body, &["list"]).map(|_| ()), Err(why));
        }
    }
}
