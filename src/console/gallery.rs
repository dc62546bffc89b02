//! Every page in every state, without a database: for the tests, and in debug builds for people at
//! `/console/style-guide`. A release has none of it.
#![allow(clippy::unwrap_used, reason = "an example that cannot be drawn is found by the tests")]

#[cfg(test)]
mod checks;

use askama::Template;

#[cfg(test)]
pub use self::checks::Html;
use super::deliveries::list::ListPage;
use super::deliveries::row::Row;
use super::errors::{Change, ErrorPage, FramedError};
use super::login::LoginPage;
use super::parts::Link;
use super::parts::list::{Empty, Pager};
use super::shell::{Nav, Shell};
use super::{
    alert_links, alert_types, api_keys, audit, auth_types, companies, deliveries, find, replays, users,
    webhooks,
};
use crate::domain::access::{Permission, Refused};

/// Every page's example, by the name of its file in `target/pages` and below `/console/style-guide`.
pub fn examples() -> Vec<(&'static str, String)> {
    let frame = |page| FramedError { shell: Shell::example(Nav::None, "Error"), page };
    let missing = ErrorPage::not_found("Delivery 4410", "90 days").request_id("0HNLTALNU4DCO:00000004");
    let forbidden =
        ErrorPage::forbidden(Refused(Permission::ManageWebhooks)).request_id("0HNLTALNU4DCO:00000004");
    vec![
        ("login", LoginPage::example().render().unwrap()),
        ("invite", super::invite::InvitePage::example().render().unwrap()),
        ("error-404", frame(missing).render().unwrap()),
        ("error-403", frame(forbidden).render().unwrap()),
        ("error-409", frame(clash()).render().unwrap()),
        ("error-stale-form", frame(ErrorPage::stale_form()).render().unwrap()),
        ("error-busy", ErrorPage::busy().request_id("0HNLTALNU4DCO:00000004").render().unwrap()),
        ("error-500", ErrorPage::broken().request_id("0HNLTALNU4DCO:00000004").render().unwrap()),
        ("alert-links", alert_links::matrix::MatrixPage::example().render().unwrap()),
        ("alert-links-list", alert_links::matrix::MatrixPage::list_example().render().unwrap()),
        ("alert-links-error", alert_links::matrix::MatrixPage::error_example().render().unwrap()),
        ("alert-links-review", alert_links::review::ReviewPage::example().render().unwrap()),
        ("alert-links-review-error", alert_links::review::ReviewPage::error_example().render().unwrap()),
        ("auth-types", auth_types::list::ListPage::example().render().unwrap()),
        ("auth-type", auth_types::show::ShowPage::example().render().unwrap()),
        ("alert-types", alert_types::list::ListPage::example().render().unwrap()),
        ("alert-type", alert_types::show::ShowPage::example().render().unwrap()),
        ("statistics", super::statistics::StatisticsPage::example().render().unwrap()),
        ("statistics-weekday", super::statistics::StatisticsPage::weekday_example().render().unwrap()),
        ("statistics-error", super::statistics::StatisticsPage::error_example().render().unwrap()),
        ("api-keys", api_keys::list::ListPage::example().render().unwrap()),
        ("api-keys-empty", api_keys::list::ListPage::empty_example().render().unwrap()),
        ("api-key-new", api_keys::new::NewPage::example().render().unwrap()),
        ("api-key-new-error", api_keys::new::NewPage::error_example().render().unwrap()),
        ("api-key-revoke", api_keys::revoke::RevokePage::example().render().unwrap()),
        ("keyboard", super::keyboard::KeyboardPage::example().render().unwrap()),
        ("keyboard-off", super::keyboard::KeyboardPage::off_example().render().unwrap()),
        ("users", users::list::ListPage::example().render().unwrap()),
        ("user-new-error", users::new::NewPage::error_example().render().unwrap()),
        ("user", users::edit::EditPage::example().render().unwrap()),
        ("user-own", users::edit::EditPage::own_example().render().unwrap()),
        ("overview", super::overview::OverviewPage::example().render().unwrap()),
        ("overview-quiet", super::overview::OverviewPage::quiet_example().render().unwrap()),
        ("overview-first", super::overview::OverviewPage::first_example().render().unwrap()),
        ("audit", audit::list::ListPage::example().render().unwrap()),
        ("audit-no-match", audit::list::ListPage::no_match_example().render().unwrap()),
        ("deliveries", ListPage::example().render().unwrap()),
        ("deliveries-empty", empty_deliveries(ListPage::nothing_yet).render().unwrap()),
        (
            "deliveries-not-kept",
            empty_deliveries(|shell| ListPage::not_kept(shell, "90 days")).render().unwrap(),
        ),
        ("deliveries-one", deliveries_of(1).render().unwrap()),
        ("deliveries-many", deliveries_of(30).render().unwrap()),
        ("deliveries-long", long_deliveries().render().unwrap()),
        ("deliveries-no-match", ListPage::no_match_example().render().unwrap()),
        ("deliveries-error", ListPage::error_example().render().unwrap()),
        ("deliveries-live", ListPage::live_example().render().unwrap()),
        ("delivery-view", deliveries::view::ViewPage::example().render().unwrap()),
        ("delivery-view-new", deliveries::save_view::SaveViewPage::example().render().unwrap()),
        ("deliveries-further", ListPage::further_example().render().unwrap()),
        ("delivery", deliveries::show::ShowPage::example().render().unwrap()),
        ("delivery-compare", deliveries::compare::ComparePage::example().render().unwrap()),
        ("delivery-failed", deliveries::show::ShowPage::failed_example().render().unwrap()),
        ("delivery-masked", deliveries::show::ShowPage::masked_example().render().unwrap()),
        ("delivery-revealed", deliveries::show::ShowPage::revealed_example().render().unwrap()),
        ("delivery-not-sent", deliveries::show::ShowPage::not_sent_example().render().unwrap()),
        ("find", find::FindPage::example().render().unwrap()),
        ("find-fresh", find::FindPage::fresh_example().render().unwrap()),
        ("find-hits", find::FindPage::hits_example().render().unwrap()),
        ("find-absent", find::FindPage::absent_example().render().unwrap()),
        ("find-error", find::FindPage::error_example().render().unwrap()),
        ("delivery-views", deliveries::views::ViewsPage::example().render().unwrap()),
        ("companies", companies::CompaniesPage::example().render().unwrap()),
        ("replays", replays::list::ListPage::example().render().unwrap()),
        ("replays-empty", replays::list::ListPage::empty_example().render().unwrap()),
        ("replay-new", replays::new::NewPage::example().render().unwrap()),
        ("replay-new-error", replays::new::NewPage::error_example().render().unwrap()),
        ("replay", replays::show::ShowPage::example().render().unwrap()),
        ("replay-finished", replays::show::ShowPage::finished_example().render().unwrap()),
        ("signature-lab", super::signature_lab::LabPage::example().render().unwrap()),
        ("signature-lab-fresh", super::signature_lab::LabPage::fresh_example().render().unwrap()),
        ("signature-lab-error", super::signature_lab::LabPage::error_example().render().unwrap()),
        ("simulate", super::simulate::SimulatePage::example().render().unwrap()),
        ("simulate-fresh", super::simulate::SimulatePage::fresh_example().render().unwrap()),
        ("simulate-error", super::simulate::SimulatePage::error_example().render().unwrap()),
        ("webhooks", webhooks::list::ListPage::example().render().unwrap()),
        ("webhook", webhooks::show::ShowPage::example().render().unwrap()),
        ("webhook-paused", webhooks::show::ShowPage::paused_example().render().unwrap()),
        ("webhook-fresh", webhooks::show::ShowPage::fresh_example().render().unwrap()),
        ("webhook-auth", webhooks::auth::AuthPage::example().render().unwrap()),
        ("webhook-auth-overlap", webhooks::auth::AuthPage::overlap_example().render().unwrap()),
        ("webhook-auth-viewer", webhooks::auth::AuthPage::viewer_example().render().unwrap()),
        ("webhook-history", webhooks::history::HistoryPage::example().render().unwrap()),
        ("webhook-version", webhooks::version::VersionPage::example().render().unwrap()),
        ("webhook-version-present", webhooks::version::VersionPage::present_example().render().unwrap()),
        ("webhook-settings", webhooks::settings::SettingsPage::example().render().unwrap()),
        ("webhook-settings-viewer", webhooks::settings::SettingsPage::viewer_example().render().unwrap()),
        ("webhook-new", webhooks::form::FormPage::example().render().unwrap()),
        ("webhook-new-error", webhooks::form::FormPage::error_example().render().unwrap()),
        ("webhook-edit", webhooks::form::FormPage::edit_example().render().unwrap()),
        ("webhook-clash", webhooks::form::FormPage::clash_example().render().unwrap()),
        ("webhook-links", webhooks::links::LinksPage::example().render().unwrap()),
        ("webhook-secret", super::once::OncePage::example().render().unwrap()),
        ("webhook-pause", webhooks::pause::PausePage::example().render().unwrap()),
        ("webhook-resume", webhooks::resume::ResumePage::example().render().unwrap()),
        ("webhook-resume-nothing", webhooks::resume::ResumePage::empty_example().render().unwrap()),
        ("webhook-delete", webhooks::delete::DeletePage::example().render().unwrap()),
        ("webhook-test", webhooks::test_send::TestPage::example().render().unwrap()),
        ("webhooks-one", webhooks_of(1).render().unwrap()),
        ("webhooks-many", webhooks_of(15).render().unwrap()),
        ("webhooks-empty", webhooks::list::ListPage::empty_example().render().unwrap()),
    ]
}

/// Two people changed the same webhook.
fn clash() -> ErrorPage {
    let urls = Shell::example(Nav::Webhooks, "").urls;
    let change = Change {
        field: "URL".into(),
        yours: "https://hooks.acme-dispatch.example/v2/fleet/alerts".into(),
        theirs: "https://hooks.acme-dispatch.example/v1/fleet/alerts?source=belfry".into(),
    };
    let show = Link::new("Show Dispatch hub", urls.webhook(41).show());
    ErrorPage::conflict("Dispatch hub", vec![change], show)
}

/// No delivery, for one of the reasons.
fn empty_deliveries(why: impl Fn(&Shell) -> Empty) -> ListPage {
    let mut page = ListPage::no_match_example();
    page.active.clear();
    page.empty = Some(why(&page.shell));
    page
}

/// So many deliveries, and more behind them when the page is full.
fn deliveries_of(count: usize) -> ListPage {
    let mut page = ListPage::example();
    page.rows = (0..).flat_map(|_| Row::examples()).take(count).collect();
    for (id, row) in (9_000..).zip(&mut page.rows) {
        row.id = id;
    }
    page.pager = if count < 30 {
        Pager { range: format!("{count} of {count}"), ..Pager::default() }
    } else {
        Pager {
            range: format!("{count} of 10,000+"),
            older: Some("?cursor=older".into()),
            ..Pager::default()
        }
    };
    page
}

/// Names as long as they may be, with and without places to break.
fn long_deliveries() -> ListPage {
    let mut page = deliveries_of(8);
    for row in page.rows.iter_mut().step_by(2) {
        row.alert = "Geofence of the northern terminals and their truck parks ".repeat(2);
        row.webhook = "W".repeat(128);
        row.subject = "TRK-118-".repeat(12);
        row.destination = format!("{}.example/{}", "host".repeat(14), "path/".repeat(20));
    }
    page
}

/// So many webhooks.
fn webhooks_of(count: usize) -> webhooks::list::ListPage {
    let mut page = webhooks::list::ListPage::example();
    page.rows = (0..).flat_map(|_| webhooks::list::ListPage::example().rows).take(count).collect();
    for (id, row) in (41..).zip(&mut page.rows) {
        row.id = id;
    }
    if count == 15 {
        let (range, older) = ("1 to 15 of 412".into(), Some("?page=2".into()));
        page.pager = Pager { range, words: ["First", "Previous", "Next"], older, ..Pager::default() };
    }
    page
}
