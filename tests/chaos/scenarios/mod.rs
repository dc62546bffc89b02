//! One file for each fault.

mod c01_kill;
#[cfg(feature = "failpoints")]
mod c01b_fail_points;
mod c02_sync;
mod c03_down;
mod c04_slow;
mod c05_flapping;
mod c06_disk_full;
mod c07_locked;
#[cfg(feature = "failpoints")]
mod c08_clock;
mod c10_hostile;
mod c11_stop;
mod c19_descriptors;
