//! What somebody sees of the values in a delivery's bodies, and the form by which they see more.

use crate::console::parts::field::Field;

/// What the person sees of the values in bodies.
#[derive(Debug, Clone, Default)]
pub enum Sight {
    /// All of them, or there are none.
    #[default]
    Whole,
    /// Names and types, and a form that reveals the values.
    Masked(RevealForm),
    /// All of them for a while: "Revealed by you at 14:02 because “ticket 4711”; masked again at 15:02."
    Revealed(String),
}

/// The form that reveals the values.
#[derive(Debug, Clone)]
pub struct RevealForm {
    /// Where it goes.
    pub action: String,
    /// The open attempt, to come back to.
    pub attempt: Option<u32>,
    /// Why.
    pub reason: Field,
}

#[cfg(any(test, debug_assertions))]
mod examples {
    use super::{Field, RevealForm, Sight};
    use crate::console::deliveries::show::ShowPage;
    use crate::console::deliveries::show::examples::BODY;
    use crate::console::parts::code::Code;
    use crate::console::parts::field::FormError;
    use crate::domain::payload_mask;

    impl ShowPage {
        /// As support sees it, after a reason that was none.
        pub fn masked_example() -> Self {
            let mut page = Self::example();
            let problem = "Say why, in at least 3 characters.";
            page.errors = vec![FormError::new("reason", format!("Reason: {problem}"))];
            page.sight = Sight::Masked(RevealForm {
                action: page.urls.reveal(),
                attempt: Some(4),
                reason: Field::new("reason", "Reason")
                    .value("ok")
                    .hint("A ticket, or who asked. The company reads it in its audit trail.")
                    .error(problem),
            });
            if let Some(attempt) = &mut page.attempt {
                let request = &mut attempt.request;
                request.body =
                    Code::body("Request body", &payload_mask::body(BODY.as_bytes())).id("request-body");
                request.curl = String::new();
                (request.check, request.download) = (None, None);
                if let Some(response) = &mut attempt.response {
                    let words = payload_mask::body(b"no healthy upstream for pool \"fleet-alerts\"");
                    response.body = Some(Code::body("Response body", &words).id("response-body"));
                    response.download = None;
                }
            }
            page
        }

        /// The same, revealed.
        pub fn revealed_example() -> Self {
            let mut page = Self::example();
            let words = "Revealed by you at 14:02:10 because “ticket 4711: the receiver asks for the position”; masked again at 15:02:10.";
            page.sight = Sight::Revealed(words.into());
            page
        }
    }
}

#[cfg(test)]
mod tests {
    use askama::Template as _;

    use crate::console::deliveries::show::ShowPage;
    use crate::console::gallery::Html;

    #[test]
    fn values_are_masked_until_they_are_revealed() {
        let html = Html::check(&ShowPage::masked_example().render().unwrap());
        assert!(html.text("#request-body").contains("\"vehicleName\": \"•••\""));
        assert_eq!(
            html.attribute("[data-testid=masked] form", "action"),
            "/console/c/12/deliveries/9061/reveal"
        );
        assert_eq!(html.attribute("[data-testid=masked] input[name=attempt]", "value"), "4");
        assert_eq!(html.attribute("[data-testid=masked] #reason", "value"), "ok");
        assert_eq!(html.attribute("[data-testid=errors] a", "href"), "#reason");
        assert_eq!(html.count("[data-testid=check-signature], a[download], [data-copy^=curl]"), 0);
        let html = Html::check(&ShowPage::revealed_example().render().unwrap());
        assert!(html.text("[data-testid=revealed]").contains("because “ticket 4711"));
        assert_eq!(html.count("[data-testid=masked]"), 0);
        assert_eq!(
            Html::check(&ShowPage::example().render().unwrap())
                .count("[data-testid=masked], [data-testid=revealed]"),
            0
        );
    }
}
