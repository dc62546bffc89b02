//! The pages. One page is one file here and one template of the same name below `templates/console`.
//!
//! Page structs hold what is shown, already formatted; they neither ask the database nor decide. The layout
//! needs a [`shell::Shell`], everything that appears on more than one page is in [`parts`].

pub mod deliveries;
pub mod errors;
pub mod login;
pub mod parts;
pub mod shell;
pub mod webhooks;

#[cfg(test)]
mod gallery;
