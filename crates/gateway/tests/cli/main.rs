//! The real program, as an operator meets it: what it says, how it ends, what it leaves on the disk.

mod city;
mod configuration;
mod figures;
mod installation;
mod packaging;
mod postgres;
mod serving;
