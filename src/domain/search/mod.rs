//! "Why did they not get it?": what somebody looks for, and what is said of what was found or was not.
//!
//! [`recognise`] reads the search box: one text can be the spelling of many things, and it says which, without asking
//! whether they exist. [`window`] is the time around which something is looked for. [`vehicle_key`] makes names of
//! vehicles comparable. [`story`] puts what became of an event into words, and [`absence`] what is known when there is
//! no event at all, which nobody can look up in a list.

pub mod absence;
pub mod recognise;
pub mod story;
pub mod unlinked;
pub mod vehicle_key;
pub mod window;
