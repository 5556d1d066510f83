//! Builds again when a shipped service changes: what is embedded must be what stands in the repository.

fn main() {
    println!("cargo:rerun-if-changed=services");
}
