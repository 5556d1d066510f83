//! The real program, as an operator meets it: what it says, how it ends, what it leaves on the disk.

mod backup;
mod backup_damaged;
mod backup_disk;
mod backup_keys;
mod canary;
mod chat;
mod city;
mod configuration;
mod doctor;
mod drain;
mod figures;
mod installation;
mod keeping;
mod locker;
mod packaging;
mod permit;
mod postgres;
mod restore;
mod rolling;
mod services;
mod serving;
mod town;
