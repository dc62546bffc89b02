//! The console as people meet it: over HTTP, read by a real HTML parser.

mod sign_in;
