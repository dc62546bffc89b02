//! The outbound side against real sockets: scripted receivers on 127.0.0.1, real TLS, no network.

mod plain;
mod receiver;
mod sender;
