//! A body arrives within a deadline or not at all.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::rt::time::{Instant, Sleep, sleep_until};
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpResponse};
use bytes::Bytes;
use futures_util::Stream;

/// How long a body may take, from the end of the head to its last byte.
#[derive(Debug, Clone, Copy)]
pub struct BodyDeadline(pub Duration);

/// Around everything that reads bodies: the framework itself would wait for ever for the rest of one. Whatever
/// the reader makes of the broken body, the answer is 408 and the connection ends.
pub async fn body_deadline(
    limit: Data<BodyDeadline>,
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let passed = Rc::new(Cell::new(false));
    match req.take_payload() {
        Payload::None => {}
        body => {
            let (until, timer, passed) = (Instant::now() + limit.0, None, Rc::clone(&passed));
            let payload = Box::pin(Limited { body, until, timer, passed });
            req.set_payload(Payload::Stream { payload });
        }
    }
    let res = next.call(req).await?.map_into_boxed_body();
    if !passed.get() {
        return Ok(res);
    }
    let mut answer = HttpResponse::new(StatusCode::REQUEST_TIMEOUT);
    answer.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    Ok(res.into_response(answer))
}

struct Limited {
    body: Payload,
    until: Instant,
    /// Armed only when a read has to wait: most bodies are here with their head.
    timer: Option<Pin<Box<Sleep>>>,
    passed: Rc<Cell<bool>>,
}

impl Stream for Limited {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Poll::Ready(item) = Pin::new(&mut self.body).poll_next(cx) {
            return Poll::Ready(item);
        }
        let until = self.until;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(until)));
        match timer.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => {
                self.passed.set(true);
                Poll::Ready(Some(Err(PayloadError::Incomplete(None))))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::dev::Service;
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, init_service};
    use actix_web::{App, web};
    use futures_util::{StreamExt, stream};

    use super::*;

    type BoxedPayloadStream = Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>>;

    /// Sends `first` and then nothing for ever, unless the body `ends`.
    async fn status(first: &'static str, ends: bool) -> StatusCode {
        let echo = async |body: web::Bytes| body;
        let app = App::new()
            .app_data(Data::new(BodyDeadline(Duration::from_millis(20))))
            .wrap(from_fn(body_deadline))
            .default_service(web::to(echo));
        let app = init_service(app).await;
        let rest = if ends { stream::empty().boxed_local() } else { stream::pending().boxed_local() };
        let payload: BoxedPayloadStream = Box::pin(stream::iter([Ok(Bytes::from(first))]).chain(rest));
        let payload = Payload::Stream { payload };
        let (req, _) = TestRequest::post().to_request().replace_payload(payload);
        app.call(req).await.unwrap().status()
    }

    #[actix_web::test]
    async fn half_a_body_is_408_and_a_whole_one_is_read() {
        assert_eq!(status("{}", true).await, StatusCode::OK);
        assert_eq!(status("{", false).await, StatusCode::REQUEST_TIMEOUT);
    }
}
