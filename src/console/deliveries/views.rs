//! All named filters that somebody has of a company's deliveries.

use askama::Template;

use crate::console::parts::Link;
use crate::console::parts::list::Pager;
use crate::console::shell::Shell;

/// The list.
#[derive(Debug, Template)]
#[template(path = "console/deliveries/views.html")]
pub struct ViewsPage {
    /// The frame.
    pub shell: Shell,
    /// The views.
    pub rows: Vec<Row>,
    /// The way to the others.
    pub pager: Pager,
}

/// One view.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its name; the link leads to the deliveries.
    pub view: Link,
    /// Who has it, as a sentence.
    pub whose: &'static str,
    /// Where it is deleted, by those who may.
    pub delete: Option<String>,
}

#[cfg(any(test, debug_assertions))]
impl ViewsPage {
    /// One's own, and one of everybody's.
    pub fn example() -> Self {
        use crate::console::shell::Nav;

        let row = |name: &str, whose, delete: Option<&str>| Row {
            view: Link::new(name, "/console/c/12/deliveries?status=failed"),
            whose,
            delete: delete.map(str::to_owned),
        };
        Self {
            shell: Shell::example(Nav::Deliveries, "Saved views"),
            rows: vec![
                row("Hub trouble", "You alone have it.", Some("/console/c/12/deliveries/views/3")),
                row("Ports", "Everybody who sees the company has it.", None),
            ],
            pager: Pager::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::gallery::Html;

    #[test]
    fn who_may_delete_a_view_is_led_there() {
        let html = Html::check(&ViewsPage::example().render().unwrap());
        assert_eq!(html.count("[data-testid=views] tbody tr"), 2);
        assert_eq!(html.count("[data-testid=delete]"), 1);
    }
}
