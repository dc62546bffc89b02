//! The `belfry` binary. Everything is in the library.

use std::process::ExitCode;

/// Requests and results are many small pieces that one thread makes and another one frees; see `BENCHMARKS.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    belfry::cli::main()
}
