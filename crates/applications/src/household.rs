//! Households: how much of a service the people at one address get together in a calendar year.
//!
//! What a household has had is an answer like any other: it stands in the summary that is read, and handing in takes exactly
//! the one that was shown, by one conditional statement. Of two at the same moment one reads the summary again.

use chrono::Datelike as _;
use database::Unit;
use domain::identifier::Key;
use forms::{Address, Answers, Evaluation, Value};

use crate::Applications;
use crate::case::Case;
use crate::definition::Pinned;
use crate::failure::{Failure, Problem};
use crate::store::{Reader, households};
use crate::zones::plain_street;

/// A household, and what was seen of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Household {
    /// A keyed number of its address.
    pub(crate) key: Vec<u8>,
    /// The calendar year that counts: the one in which it is handed in.
    pub(crate) year: i64,
    /// How many it has had.
    pub(crate) seen: u32,
    /// How many there are.
    pub(crate) most: u32,
}

impl Applications {
    /// What answers amount to today for the household that they name.
    pub(crate) async fn evaluated_for_household(
        &self,
        pinned: &Pinned,
        answers: &Answers,
    ) -> Result<(Evaluation, Option<Household>), Failure> {
        let calendar = self.calendar()?;
        let today = self.now().local_date(calendar.time_zone);
        let evaluation = pinned.evaluate(answers, &calendar, today);
        let Some(rule) = &pinned.form.service().household else { return Ok((evaluation, None)) };
        let Some(Value::Address(address)) = evaluation.effective.get(&rule.address) else {
            return Ok((evaluation, None));
        };
        let key = self.secret.household(&pinned.service, &household_text(address));
        let year = i64::from(today.year());
        let seen = households::used(Reader::Database(&self.database), &pinned.service, &key, year).await?;
        let evaluation = pinned.evaluate_for(answers, &calendar, today, Some(seen));
        Ok((evaluation, Some(Household { key, year, seen, most: rule.most.into() })))
    }

    /// Takes the one that was shown, in the unit that hands it in.
    ///
    /// # Errors
    /// [`Problem::HouseholdExhausted`] when there was none left; [`Problem::SummaryChanged`] when somebody of the household
    /// took it meanwhile, or gave one back.
    pub(crate) async fn take_for_household(
        &self,
        unit: &Unit,
        case: &Case,
        household: Option<&Household>,
    ) -> Result<(), Failure> {
        let Some(household) = household else { return Ok(()) };
        if households::take(unit, &case.service, case.id, household).await? {
            return Ok(());
        }
        let Household { key, year, most, .. } = household;
        let used = households::used(Reader::Unit(unit), &case.service, key, *year).await?;
        Err(if used >= *most { Problem::HouseholdExhausted } else { Problem::SummaryChanged }.into())
    }
}

/// An address in the one way in which households are compared: people write `Str.` and `Straße`, `12 a` and `12A`. The line
/// with the flat is part of it, since houses hold many households.
pub(crate) fn household_text(address: &Address) -> String {
    let plain = |text: &str| text.to_lowercase().chars().filter(|sign| sign.is_alphanumeric()).collect::<String>();
    let country = address.country.as_deref().unwrap_or("DE").to_uppercase();
    let extra = address.extra.as_deref().map(plain).unwrap_or_default();
    let (street, number, postcode) = (plain_street(&address.street), plain(&address.number), plain(&address.postcode));
    [country, postcode, street, number, extra].join("\n")
}

impl crate::ApplicationSecret {
    /// What stands for a household of a service. It tells nothing across services, and nothing without the secret.
    fn household(&self, service: &Key, text: &str) -> Vec<u8> {
        self.keyed(&[b"household", service.as_str().as_bytes(), text.as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(street: &str, number: &str, extra: Option<&str>) -> Address {
        let (street, number, postcode) = (street.to_owned(), number.to_owned(), " 30167 ".to_owned());
        let extra = extra.map(str::to_owned);
        Address { street, number, postcode, town: "Hannover".to_owned(), extra, country: None }
    }

    #[test]
    fn a_household_is_known_however_its_address_is_written() {
        let text = household_text(&address("Beispielstraße", "12 a", None));
        for (street, number) in [("Beispielstr.", "12A"), ("beispiel-strasse", "12a")] {
            assert_eq!(household_text(&address(street, number, None)), text);
        }
        for other in [address("Beispielweg", "12a", None), address("Beispielstraße", "12", None)] {
            assert_ne!(household_text(&other), text);
        }
        assert_ne!(household_text(&address("Beispielstraße", "12 a", Some("Wohnung 3"))), text, "another flat");
    }
}
