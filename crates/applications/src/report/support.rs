//! "Me too": somebody supports a report instead of writing one more.

use domain::application::ReceiptNumber;
use domain::permission::Actor;

use crate::Applications;
use crate::access::taker;
use crate::failure::{Failure, Problem};
use crate::report::Report;
use crate::requests::retried;
use crate::secret::Supporter;
use crate::store::{Reader, report_steps, reports};

/// Supports a report.
#[derive(Debug, Clone)]
pub struct SupportReport {
    /// Its number.
    pub number: String,
    /// For whoever has no account: a random text that their device keeps, so that they are counted once.
    pub token: Option<String>,
}

impl Applications {
    /// Supports a published report; of one that went on elsewhere, the other one. Doing it twice counts once.
    ///
    /// A token is as good as whoever keeps it: without accounts a number of supporters is a hint, not a vote.
    ///
    /// # Errors
    /// [`Problem::NotFound`], [`Problem::SupporterUnknown`].
    pub async fn support_report(&self, actor: &Actor, command: &SupportReport) -> Result<Report, Failure> {
        let supporter = match (taker(actor), command.token.as_deref()) {
            (Some(account), _) => Supporter::Account(account),
            (None, Some(token)) if is_token(token) => Supporter::Token(token),
            (None, _) => return Err(Problem::SupporterUnknown.into()),
        };
        let voter = self.secret.supporter(supporter);
        let number = ReceiptNumber::parse(&command.number).ok_or(Problem::NotFound)?;
        let reader = Reader::Database(&self.database);
        let work = async || {
            let row = reports::public(reader, &number).await?.ok_or(Problem::NotFound)?;
            let number = row.merged_into.unwrap_or(row.number);
            let row = reports::public(reader, &number).await?.ok_or(Problem::NotFound)?;
            let unit = self.database.begin().await?;
            // Whoever supports it already finds it as it is: the unit is dropped.
            if report_steps::vote(&unit, row.case, voter.clone(), self.now()).await? {
                unit.commit().await?;
            }
            Ok(number)
        };
        let number = retried(work).await?;
        self.public_report(number.as_str()).await
    }
}

fn is_token(token: &str) -> bool {
    (16..=128).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic())
}
