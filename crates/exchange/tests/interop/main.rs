//! With an independent implementation, in both directions: `jose` seals, opens and signs; `xdatenfelder-xml` and `sax` read.

mod envelopes;
mod events;
mod fields;
mod peer;
