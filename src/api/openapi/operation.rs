//! One operation: what it takes, what it answers.

use actix_web::http::Method;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::link::Link;
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{
    Content, ContentBuilder, Header, HttpMethod, ObjectBuilder, PathItem, Ref, RefOr, Required, Response,
    Schema,
};

use super::BEARER;
use super::part::{Part, USUAL, WITH_BODY};

/// An operation, written down beside the door that has it.
pub struct Operation {
    /// As in the route table.
    pub path: &'static str,
    method: HttpMethod,
    id: &'static str,
    summary: &'static str,
    about: &'static str,
    is_public: bool,
    parameters: Vec<Parameter>,
    body: Option<RequestBody>,
    good: (u16, Response),
    errors: Vec<(u16, &'static str)>,
}

/// The body of an answer or of a request, in JSON.
pub fn json<T: ToSchema>(example: Value) -> Content {
    json_named(&T::name(), example)
}

/// The same for a schema by its name.
pub fn json_named(schema: &str, example: Value) -> Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).example(Some(example)).build()
}

impl Operation {
    /// `id` is unique among all doors.
    pub fn new(method: HttpMethod, path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self {
            path,
            method,
            id,
            summary,
            about: "",
            is_public: false,
            parameters: Vec::new(),
            body: None,
            good: (200, Response::new("Done.")),
            errors: Vec::new(),
        }
    }

    /// What the summary leaves open.
    #[must_use]
    pub fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    /// It asks for no credential.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.is_public = true;
        self
    }

    /// With a part of the path.
    #[must_use]
    pub fn in_path(self, name: &str, about: &str, schema: impl Into<RefOr<Schema>>, example: Value) -> Self {
        self.parameter(ParameterIn::Path, name, about, schema, example)
    }

    /// With a parameter in the query, which may be left out.
    #[must_use]
    pub fn in_query(self, name: &str, about: &str, schema: impl Into<RefOr<Schema>>, example: Value) -> Self {
        self.parameter(ParameterIn::Query, name, about, schema, example)
    }

    /// With a parameter in the query that has to be there.
    #[must_use]
    pub fn needs_in_query(self, name: &str, about: &str, schema: ObjectBuilder, example: Value) -> Self {
        let mut operation = self.parameter(ParameterIn::Query, name, about, schema, example);
        if let Some(parameter) = operation.parameters.last_mut() {
            parameter.required = Required::True;
        }
        operation
    }

    /// With a header, which may be left out.
    #[must_use]
    pub fn in_header(
        self,
        name: &str,
        about: &str,
        schema: impl Into<RefOr<Schema>>,
        example: Value,
    ) -> Self {
        self.parameter(ParameterIn::Header, name, about, schema, example)
    }

    fn parameter(
        mut self,
        place: ParameterIn,
        name: &str,
        about: &str,
        schema: impl Into<RefOr<Schema>>,
        example: Value,
    ) -> Self {
        let required = if place == ParameterIn::Path { Required::True } else { Required::False };
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(place)
            .required(required)
            .description(Some(about))
            .schema(Some(schema))
            .example(Some(example));
        self.parameters.push(parameter.build());
        self
    }

    /// With a body that has to be there.
    #[must_use]
    pub fn takes(self, media_types: &[&str], content: &Content) -> Self {
        self.body(media_types, content, Required::True)
    }

    /// With a body that may be left out.
    #[must_use]
    pub fn may_take(self, media_types: &[&str], content: &Content) -> Self {
        self.body(media_types, content, Required::False)
    }

    fn body(mut self, media_types: &[&str], content: &Content, required: Required) -> Self {
        let body = RequestBodyBuilder::new().required(Some(required));
        self.body =
            Some(media_types.iter().fold(body, |body, kind| body.content(*kind, content.clone())).build());
        self
    }

    /// With this answer when all goes well.
    #[must_use]
    pub fn answers(mut self, status: u16, about: &str, content: Option<Content>) -> Self {
        let mut answer = Response::new(about);
        if let Some(content) = content {
            answer.content.insert("application/json".to_owned(), content.into());
        }
        self.good = (status, answer);
        self
    }

    /// With a header of the good answer.
    #[must_use]
    pub fn with_header(mut self, name: &str, header: Header) -> Self {
        self.good.1.headers.insert(name.to_owned(), header.into());
        self
    }

    /// What to do with the good answer: `parameter` of the operations `ids` is `expression` of it.
    #[must_use]
    pub fn leads_to(mut self, ids: &[&str], parameter: &str, expression: &str) -> Self {
        for id in ids {
            let link = Link::builder().operation_id(*id).parameter(parameter, expression).build();
            self.good.1.links.insert((*id).to_owned(), link.into());
        }
        self
    }

    /// With an error that is its own, or one that many have in words of its own.
    #[must_use]
    pub fn refuses(mut self, status: u16, words: &'static str) -> Self {
        self.errors.push((status, words));
        self
    }

    /// As an entry of the document.
    pub fn item(&self, part: &Part) -> PathItem {
        let mut operation = OperationBuilder::new()
            .tag(part.name)
            .operation_id(Some(self.id))
            .summary(Some(self.summary))
            .parameters(Some(self.parameters.clone()))
            .request_body(self.body.clone());
        let limit = self.limit(part).map(|limit| format!("At most {limit} requests in 60 seconds."));
        let about =
            [Some(self.about.to_owned()), limit].into_iter().flatten().filter(|text| !text.is_empty());
        let about = about.collect::<Vec<_>>().join(" ");
        if !about.is_empty() {
            operation = operation.description(Some(about));
        }
        if self.is_public {
            operation = operation.securities(Some([]));
        } else {
            operation = operation.security(SecurityRequirement::new(BEARER, [""; 0]));
        }
        for (status, answer) in self.responses(part) {
            operation = operation.response(status.to_string(), answer);
        }
        PathItem::new(self.method.clone(), operation)
    }

    /// Requests of one credential in 60 seconds at most. Who asks without one is counted otherwise.
    fn limit(&self, part: &Part) -> Option<usize> {
        let method = match self.method {
            HttpMethod::Post => Method::POST,
            HttpMethod::Put => Method::PUT,
            HttpMethod::Delete => Method::DELETE,
            _ => Method::GET,
        };
        (part.limit)(&method, self.path).filter(|_| !self.is_public).map(|limit| limit.requests)
    }

    fn responses(&self, part: &Part) -> Vec<(u16, RefOr<Response>)> {
        let is_limited = self.is_public || self.limit(part).is_some();
        let (status, mut good) = self.good.clone();
        for (name, header) in part.headers_of(status, is_limited) {
            good.headers.entry(name.to_owned()).or_insert_with(|| header.into());
        }
        let mut all: Vec<(u16, RefOr<Response>)> = vec![(status, good.into())];
        let own = self.errors.iter().map(|&(status, words)| (status, part.error(status, words).into()));
        all.extend(own);
        let with_body: &[u16] = if self.body.is_some() { &WITH_BODY } else { &[] };
        for &status in USUAL.iter().chain(with_body) {
            let is_void = match status {
                401 | 403 => self.is_public,
                429 => !is_limited,
                _ => false,
            };
            if !is_void && !all.iter().any(|(found, _)| *found == status) {
                all.push((status, Ref::from_response_name(part.response_name(status)).into()));
            }
        }
        all.sort_by_key(|(status, _)| *status);
        all
    }
}
