//! The `servicepoint` program: the front door, its worker and everything an operator types.

use std::process::ExitCode;

/// Serving allocates and frees many small pieces on many threads; this allocator does that faster and keeps less.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    gateway::cli::main()
}
