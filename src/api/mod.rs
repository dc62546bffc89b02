//! The doors to the same store. A door speaks one vendor's dialect: its paths, field names, shapes and error
//! words. It turns requests into actions and domain values into its own wire types, and knows nothing of the
//! others. What all doors need to do so stands beside them: [`door`] what a door is, [`call`] who asks,
//! [`throttle`] how often, [`given`], [`number`] and [`query`] reading what was sent, [`words`] sentences for errors,
//! [`openapi`] the document that describes all of them, [`docs`] the pages made of it.

pub mod aggregate;
pub mod call;
pub mod docs;
pub mod door;
pub mod given;
pub mod number;
pub mod openapi;
pub mod query;
pub mod softwareone;
pub mod telemax;
pub mod throttle;
pub mod words;
pub mod zstack;

use actix_web::web::ServiceConfig;

use door::Door;

/// Every door. One more is one more line.
static DOORS: [Door; 4] = [
    Door::of::<telemax::Telemax>(),
    Door::of::<aggregate::Aggregate>(),
    Door::of::<zstack::Zstack>(),
    Door::of::<softwareone::Softwareone>(),
];

/// The door whose path this is.
pub fn door_of(path: &str) -> Option<&'static Door> {
    DOORS.iter().find(|door| (door.owns)(path))
}

/// Registers the paths of every door.
pub fn configure(config: &mut ServiceConfig) {
    for door in &DOORS {
        config.configure(door.configure);
    }
    config.configure(docs::configure);
}
