//! Places where a test may end the process, as if the power had gone.
//!
//! `fail_point!("accept.before_commit")` is nothing at all in every build but one with the Cargo feature
//! `failpoints`, which no release has (`tests/chaos` looks into the binary). With the feature,
//! `BELFRY_FAILPOINT=accept.before_commit:3` aborts the process when it comes to that place for the third time: no
//! destructor runs, no buffer is flushed, nobody is told.

#[cfg(feature = "failpoints")]
mod armed;
#[cfg(feature = "failpoints")]
mod clock;

#[cfg(feature = "failpoints")]
pub use armed::hit;
#[cfg(feature = "failpoints")]
pub use clock::OffsetClock;

#[cfg(feature = "failpoints")]
macro_rules! fail_point {
    ($name:literal) => {
        $crate::failpoint::hit($name)
    };
}

#[cfg(not(feature = "failpoints"))]
macro_rules! fail_point {
    ($name:literal) => {};
}

pub(crate) use fail_point;
