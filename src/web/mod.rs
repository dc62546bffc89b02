//! What every page and door shares on the way to HTTP: assets, icons, answers with HTML, foreign text.

pub mod answer;
pub mod assets;
pub mod bearer;
pub mod body;
pub mod csv;
pub mod form;
pub mod icon;
pub mod json;
pub mod next;
pub mod page;
pub mod request_id;
pub mod state;
pub mod text;
pub mod time_text;
pub mod urls;
