//! The real program, as an operator meets it: what it says, how it ends, what it leaves on the disk.

mod city;
mod configuration;
mod installation;
mod postgres;
mod serving;
