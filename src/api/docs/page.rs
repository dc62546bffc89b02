//! The document as pages.

use askama::Template;
use serde_json::Value;

use super::fields::{Field, Reader, Shape};
use crate::api::openapi::Document;
use crate::api::openapi::part::{ErrorCode, Part};

/// `/docs`: the doors and their operations.
#[derive(Template)]
#[template(path = "docs/index.html")]
pub struct IndexPage {
    about: String,
    credential: String,
    doors: Vec<Door>,
}

/// `/docs/{door}`: everything about one door.
#[derive(Template)]
#[template(path = "docs/door.html")]
pub struct DoorPage {
    door: Door,
    codes: &'static [ErrorCode],
}

/// A door.
pub struct Door {
    name: &'static str,
    slug: &'static str,
    about: &'static str,
    operations: Vec<Operation>,
}

/// An operation.
pub struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    about: String,
    is_public: bool,
    parameters: Vec<Parameter>,
    body: Option<Body>,
    answers: Vec<Answer>,
}

/// A parameter in the path, the query or a header.
pub struct Parameter {
    place: String,
    field: Field,
}

/// A body, of a request or an answer.
pub struct Body {
    types: String,
    is_required: bool,
    shapes: Vec<Shape>,
    example: String,
}

/// An answer.
pub struct Answer {
    status: String,
    about: String,
    body: Option<Body>,
}

impl Answer {
    fn is_good(&self) -> bool {
        self.status.starts_with('2')
    }
}

impl IndexPage {
    /// The page of `document`.
    pub fn of(document: &'static Document) -> Self {
        let root = value(document);
        let text =
            |pointer: &str| root.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self {
            about: text("/info/description"),
            credential: text("/components/securitySchemes/bearer/description"),
            doors: document.parts.iter().map(|part| door(&root, part)).collect(),
        }
    }
}

impl DoorPage {
    /// The page of one part of `document`.
    pub fn of(document: &'static Document, part: &'static Part) -> Self {
        Self { door: door(&value(document), part), codes: &part.errors.codes }
    }
}

fn value(document: &Document) -> Value {
    serde_json::from_str(&document.json).expect("the document is JSON")
}

fn door(root: &Value, part: &'static Part) -> Door {
    let reader = Reader { root };
    let mut operations: Vec<Operation> = Vec::new();
    for operation in &part.operations {
        let methods =
            root.get("paths").and_then(|paths| paths.get(operation.path)).and_then(Value::as_object);
        let is_there = operations.iter().any(|found| found.path == operation.path);
        for (method, entry) in methods.into_iter().flatten().filter(|_| !is_there) {
            operations.push(read(reader, method, operation.path, entry));
        }
    }
    Door { name: part.name, slug: part.slug, about: part.about, operations }
}

fn read(reader: Reader<'_>, method: &str, path: &str, entry: &Value) -> Operation {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |key: &str| entry.get(key).and_then(Value::as_array).into_iter().flatten();
    let answers = entry.get("responses").and_then(Value::as_object).into_iter().flatten();
    Operation {
        id: text("operationId"),
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        summary: text("summary"),
        about: text("description"),
        is_public: list("security").next().is_none(),
        parameters: list("parameters").map(|entry| parameter(reader, entry)).collect(),
        body: entry.get("requestBody").and_then(|entry| body(reader, entry)),
        answers: answers.map(|(status, entry)| answer(reader, status, entry)).collect(),
    }
}

fn parameter(reader: Reader<'_>, entry: &Value) -> Parameter {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let schema = entry.get("schema").unwrap_or(&Value::Null);
    let bounds = reader.about(schema);
    let field = Field {
        name: text("name"),
        kind: reader.kind(schema),
        is_required: entry.get("required") == Some(&Value::Bool(true)),
        about: format!("{} {bounds}", text("description")).trim_end().to_owned(),
    };
    Parameter { place: text("in"), field }
}

fn body(reader: Reader<'_>, entry: &Value) -> Option<Body> {
    let content = entry.get("content")?.as_object()?;
    let first = content.values().next()?;
    let example = first.get("example")?;
    Some(Body {
        types: content.keys().cloned().collect::<Vec<_>>().join(", "),
        is_required: entry.get("required") != Some(&Value::Bool(false)),
        shapes: first.get("schema").map(|schema| reader.shapes(schema)).unwrap_or_default(),
        example: serde_json::to_string_pretty(example).unwrap_or_default(),
    })
}

fn answer(reader: Reader<'_>, status: &str, entry: &Value) -> Answer {
    let entry = reader.follow(entry);
    Answer {
        status: status.to_owned(),
        about: entry.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
        body: body(reader, entry),
    }
}
