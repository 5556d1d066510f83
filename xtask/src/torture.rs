//! The torture chamber: real parts are hurt while people book, and what was promised is compared with what is left. Each
//! torment has a short form for every change, a long one on demand, and a negative control that must be found.

pub mod crash;
pub(crate) mod dice;
pub mod faults;
pub mod fuzz;
pub(crate) mod ground;
pub mod overload;
pub(crate) mod pressure;
pub mod sim;
pub mod slow;
