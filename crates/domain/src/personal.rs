//! What is about a person: it shows itself to nobody who does not ask for it by name.

use std::fmt;

/// Personal data. It prints as `redacted`, cannot be written out by accident (it is not `Serialize`), and is read with
/// [`Pii::expose`] alone, so that one search finds every place where it leaves.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    /// Marks a value as personal.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, at the very edge: a letter, an answer, the vault.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Gives the value itself away.
    pub fn into_exposed(self) -> T {
        self.0
    }

    /// Checks or changes the value without letting it out.
    ///
    /// # Errors
    /// Those of `change`. They must not repeat the value.
    pub fn try_map<U, E>(&self, change: impl FnOnce(&T) -> Result<U, E>) -> Result<Pii<U>, E> {
        change(&self.0).map(Pii)
    }
}

impl<T> From<T> for Pii<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl From<&str> for Pii<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl<T> fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("redacted")
    }
}

impl<T> fmt::Display for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("redacted")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    #[expect(dead_code, reason = "only its text matters")]
    struct Holder {
        name: Pii<String>,
        mail: Option<Pii<String>>,
    }

    #[test]
    fn it_shows_itself_only_when_asked_by_name() {
        let name = Pii::new("Eva Beispiel".to_owned());
        assert_eq!(name.expose(), "Eva Beispiel");
        assert_eq!((format!("{name}"), format!("{name:?}")), ("redacted".into(), "redacted".into()));
        let holder = format!("{:#?}", Holder { name: name.clone(), mail: Some(name.clone()) });
        assert!(!holder.contains("Eva"), "{holder}");
        let length: Result<Pii<usize>, ()> = name.try_map(|name| Ok(name.len()));
        assert_eq!(length.map(Pii::into_exposed), Ok(12));
        // The control: without the wrapper the same text would show.
        assert!(format!("{:?}", Some("Eva Beispiel")).contains("Eva"));
    }
}
