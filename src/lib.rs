//! Belfry: delivers a company's alerts to its customers' webhooks and shows every delivery.

pub mod domain;
