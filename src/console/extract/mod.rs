//! What handlers ask for: a signed-in person, a company they see, a form that a page of ours sent.

pub mod company;
mod elsewhere;
pub mod form;
pub mod user;

pub use company::CompanyPage;
pub use form::CsrfForm;
pub use user::ConsoleUser;
