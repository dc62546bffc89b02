//! A schema in words: its fields, one a row.

use serde_json::{Map, Value};

/// Fields below fields that are shown at most.
const DEPTH_MAX: usize = 4;

/// One shape that a value may have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shape {
    /// What tells it from the others; empty when it is the only one.
    pub title: String,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// With those above it: `position.lat`, `items[].id`.
    pub name: String,
    /// "text", "whole number", …
    pub kind: String,
    /// Whether it has to be there.
    pub is_required: bool,
    /// What it is, and its bounds.
    pub about: String,
}

/// A document's schemas.
#[derive(Clone, Copy)]
pub struct Reader<'d> {
    /// The whole document.
    pub root: &'d Value,
}

impl<'d> Reader<'d> {
    /// What a reference points at; anything else is itself.
    pub fn follow(self, value: &'d Value) -> &'d Value {
        let target = value.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix('#'));
        target.and_then(|path| self.root.pointer(path)).unwrap_or(value)
    }

    /// The shapes of a body. One without fields, such as `{}`, has none.
    pub fn shapes(self, schema: &'d Value) -> Vec<Shape> {
        let schema = self.follow(schema);
        if schema.get("type").is_some_and(|kind| kind == "array") {
            return self.below("[].", schema.get("items").unwrap_or(&Value::Null));
        }
        let variants = ["oneOf", "anyOf"].into_iter().find_map(|key| schema.get(key)?.as_array());
        match variants {
            Some(variants) => variants.iter().flat_map(|variant| self.titled(variant)).collect(),
            None => self.below("", schema),
        }
    }

    fn titled(self, variant: &'d Value) -> Vec<Shape> {
        let followed = self.follow(variant);
        let is_list = followed.get("type").is_some_and(|kind| kind == "array");
        let title = match followed.get("title").and_then(Value::as_str) {
            Some(title) => title,
            None if is_list => return Vec::new(),
            None => "",
        };
        let mut shapes = self.below("", followed);
        for shape in &mut shapes {
            title.clone_into(&mut shape.title);
        }
        shapes
    }

    fn below(self, prefix: &str, schema: &'d Value) -> Vec<Shape> {
        let mut fields = Vec::new();
        self.collect(prefix, schema, 0, &mut fields);
        if fields.is_empty() { Vec::new() } else { vec![Shape { title: String::new(), fields }] }
    }

    fn collect(self, prefix: &str, schema: &'d Value, depth: usize, found: &mut Vec<Field>) {
        let schema = self.follow(schema);
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.collect(prefix, part, depth, found);
        }
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
        for (name, property) in properties {
            let required = schema.get("required").and_then(Value::as_array);
            let is_required =
                required.is_some_and(|names| names.iter().any(|required| required == name.as_str()));
            let full = format!("{prefix}{name}");
            found.push(Field {
                kind: self.kind(property),
                is_required,
                about: self.about(property),
                name: full.clone(),
            });
            if depth < DEPTH_MAX {
                let (inner, mark) = self.inner(property);
                self.collect(&format!("{full}{mark}."), inner, depth + 1, found);
            }
        }
    }

    /// Where the fields of a property stand: in it, in its items, or in the one choice that is not null.
    fn inner(self, property: &'d Value) -> (&'d Value, &'static str) {
        let property = self.follow(property);
        if let Some(items) = property.get("items") {
            return (self.follow(items), "[]");
        }
        let choice = choices(property)
            .map(|choice| self.follow(choice))
            .find(|choice| choice.get("properties").is_some());
        (choice.unwrap_or(property), "")
    }

    /// "text or null".
    pub fn kind(self, schema: &'d Value) -> String {
        let schema = self.follow(schema);
        let mut words: Vec<String> = Vec::new();
        for choice in choices(schema) {
            let word = self.kind(choice);
            if !words.contains(&word) {
                words.push(word);
            }
        }
        if !words.is_empty() {
            return words.join(" or ");
        }
        let items =
            || schema.get("items").map_or_else(String::new, |items| format!(" of {}", self.kind(items)));
        let word = |kind: &str| match kind {
            "string" => "text".to_owned(),
            "integer" => "whole number".to_owned(),
            "boolean" => "true or false".to_owned(),
            "array" => format!("list{}", items()),
            other => other.to_owned(),
        };
        match schema.get("type") {
            Some(Value::String(kind)) => word(kind),
            Some(Value::Array(kinds)) => {
                kinds.iter().filter_map(Value::as_str).map(word).collect::<Vec<_>>().join(" or ")
            }
            _ if schema.get("properties").is_some() || schema.get("allOf").is_some() => "object".to_owned(),
            _ => "anything".to_owned(),
        }
    }

    /// What it is, and its bounds.
    pub fn about(self, schema: &'d Value) -> String {
        let own = schema.get("description");
        let schema = self.follow(schema);
        let mut sentences: Vec<String> = Vec::new();
        let about = own.or_else(|| schema.get("description")).and_then(Value::as_str).unwrap_or_default();
        if !about.is_empty() {
            let about = about.replace('\n', " ");
            sentences.push(if about.ends_with('.') { about } else { format!("{about}.") });
        }
        for part in std::iter::once(schema).chain(choices(schema).map(|choice| self.follow(choice))) {
            for rule in part.as_object().map(rules).unwrap_or_default() {
                if !sentences.contains(&rule) {
                    sentences.push(rule);
                }
            }
        }
        sentences.join(" ")
    }
}

fn choices(schema: &Value) -> impl Iterator<Item = &Value> {
    ["oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten()
}

/// Bounds as sentences. Patterns are left to the document: they are for programs.
fn rules(schema: &Map<String, Value>) -> Vec<String> {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut rules = Vec::new();
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let values: Vec<String> = values.iter().map(plain).collect();
        rules.push(if values.len() == 1 {
            format!("{}.", values[0])
        } else {
            format!("One of {}.", values.join(", "))
        });
    }
    for (key, words) in [
        ("minimum", "least"),
        ("maximum", "most"),
        ("minLength", "least characters"),
        ("maxLength", "most characters"),
        ("maxProperties", "most pairs"),
    ] {
        let bound = schema.get(key).filter(|bound| ![Some(0), Some(i64::MAX)].contains(&bound.as_i64()));
        if let Some(bound) = bound {
            let (side, what) = words.split_once(' ').unwrap_or((words, ""));
            rules.push(format!("At {side} {bound} {what}").trim_end().to_owned() + ".");
        }
    }
    if let Some(default) = schema.get("default") {
        rules.push(format!("By default {}.", plain(default)));
    }
    rules
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    type Row = (String, String, bool, String);

    fn told(schema: &Value) -> Vec<(String, Vec<Row>)> {
        let root = json!({ "components": { "schemas": {
            "Place": { "type": "object", "required": ["lat"], "properties": { "lat": { "type": "number", "maximum": 90 } } },
        } } });
        let shapes = Reader { root: &root }.shapes(schema);
        let fields = |shape: Shape| {
            shape.fields.into_iter().map(|f| (f.name, f.kind, f.is_required, f.about)).collect()
        };
        shapes.into_iter().map(|shape| (shape.title.clone(), fields(shape))).collect()
    }

    fn row(name: &str, kind: &str, is_required: bool, about: &str) -> Row {
        (name.to_owned(), kind.to_owned(), is_required, about.to_owned())
    }

    #[test]
    fn fields_with_their_bounds_and_those_below_them() {
        let schema = json!({ "type": "object", "required": ["at"], "properties": {
            "at": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Place", "description": "Where" }] },
            "names": { "type": "array", "items": { "type": "string" }, "description": "What it is called." },
            "mode": { "type": "string", "enum": ["a", "b"], "default": "a", "maxLength": 9 },
        } });
        let fields = vec![
            row("at", "null or object", true, ""),
            row("at.lat", "number", true, "At most 90."),
            row("names", "list of text", false, "What it is called."),
            row("mode", "text", false, "One of a, b. At most 9 characters. By default a."),
        ];
        assert_eq!(told(&schema), [(String::new(), fields)]);
    }

    #[test]
    fn every_variant_is_a_shape_of_its_own() {
        let variant = |title: &str, name: &str| json!({ "title": title, "properties": { name: { "type": ["string", "null"] } } });
        let schema =
            json!({ "oneOf": [variant("One", "a"), variant("Two", "b"), { "type": "array", "items": {} }] });
        let shape = |title: &str, name: &str| (title.to_owned(), vec![row(name, "text or null", false, "")]);
        assert_eq!(told(&schema), [shape("One", "a"), shape("Two", "b")]);
    }

    #[test]
    fn parts_and_lists_are_opened() {
        let place = json!({ "$ref": "#/components/schemas/Place" });
        let lat = |name: &str| vec![(String::new(), vec![row(name, "number", true, "At most 90.")])];
        assert_eq!(told(&json!({ "allOf": [place] })), lat("lat"));
        assert_eq!(told(&json!({ "type": "array", "items": place })), lat("[].lat"));
        assert_eq!(told(&json!({ "type": "object" })), []);
    }
}
