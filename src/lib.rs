//! Belfry: delivers a company's alerts to its customers' webhooks and shows every delivery.

pub mod actions;
pub mod api;
pub mod cli;
pub mod config;
pub mod console;
pub mod delivery;
pub mod domain;
pub mod failpoint;
pub mod outbound;
pub mod security;
pub mod server;
pub mod store;
pub mod telemetry;
pub mod web;
