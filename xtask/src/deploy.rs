//! How a city is brought onto a machine: the package, and everything that is checked about it before an operator meets it.

pub mod alerts;
pub mod containers;
pub mod figures;
pub mod machine;
pub mod package;
pub mod proxies;
pub mod sbom;
pub mod scripts;
pub mod units;
pub mod yaml;
