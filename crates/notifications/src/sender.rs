//! Who writes the letters.

use lettre::Address;

/// The address that letters come from. Its domain is also the right half of every `Message-ID`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Address);

/// The text is no address that letters can come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a mail address of letters without umlauts, such as termine@stadt.example")]
pub struct NotASender;

impl Sender {
    /// Reads an address such as `termine@stadt.example`.
    ///
    /// # Errors
    /// [`NotASender`] for anything else.
    pub fn new(address: &str) -> Result<Self, NotASender> {
        let address: Address = address.parse().map_err(|_| NotASender)?;
        if AsRef::<str>::as_ref(&address).is_ascii() { Ok(Self(address)) } else { Err(NotASender) }
    }

    pub(crate) fn address(&self) -> Address {
        self.0.clone()
    }

    /// The address as text.
    pub fn text(&self) -> String {
        self.0.to_string()
    }

    /// The domain of the address.
    pub fn host(&self) -> &str {
        self.0.domain()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_a_plain_address() {
        assert_eq!(Sender::new("termine@stadt.example").unwrap().host(), "stadt.example");
        assert!(Sender::new("termine@localhost").is_ok());
        for bad in ["", "termine", "termine@", "a b@c.de", "bürger@stadt.example", "a@büro.example", "A <a@b.de>"] {
            assert_eq!(Sender::new(bad), Err(NotASender), "{bad}");
        }
    }
}
