//! Belfry: delivers a company's alerts to its customers' webhooks and shows every delivery.

pub mod console;
pub mod domain;
pub mod outbound;
pub mod web;
