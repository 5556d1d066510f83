//! Easter Sunday.
