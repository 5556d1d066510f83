//! `audit`: whether the audit log is what it was, and what to keep elsewhere so that this can be told.

use clap::Subcommand;
use serde_json::json;

use database::{Anchor, AuditPublicKey, Finding, Report};
use domain::environment::Clock;

use crate::cli::migrate::closed;
use crate::cli::{CommandError, say};
use crate::configuration::Configuration;
use crate::environment::SystemClock;
use crate::{retention, start};

/// What to do about the audit log.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Recomputes every seal and names whatever was changed, taken out, put in, swapped or cut off.
    Verify {
        /// Begins with the seal of this number.
        #[arg(long, value_name = "NUMBER", default_value_t = 1)]
        from: i64,
        /// Also holds the log against a seal that was kept elsewhere (`audit anchor`, or the worker's log). May be repeated.
        #[arg(long, value_name = "NUMBER:HASH")]
        anchor: Vec<Anchor>,
        /// Also trusts seals of this public key. May be repeated.
        #[arg(long, value_name = "HEX")]
        public_key: Vec<String>,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Prints the last seal, to be kept on another machine, and the public key that checks it.
    Anchor,
}

/// Runs it.
///
/// # Errors
/// Something is wrong with the log, or the database failed.
pub(crate) async fn run(configuration: &Configuration, command: AuditCommand) -> Result<(), CommandError> {
    let database = start::connect(configuration).await?;
    start::migrated(&database).await?;
    let secrets = start::secrets(configuration, &database).await?;
    let (application, _desk) = start::application(configuration, database.clone(), secrets)?;
    let unreadable = |error: database::DatabaseError| CommandError::Failed(error.to_string());
    let done = match command {
        AuditCommand::Anchor => {
            let last = database.last_seal().await.map_err(unreadable)?;
            say(format_args!("anchor      {}", retention::told(last.as_ref().map(database::Seal::anchor).as_ref())));
            say(format_args!("public key  {}", application.audit_key.public().text()));
            Ok(())
        }
        AuditCommand::Verify { from, anchor, public_key, json } => {
            let wrong = || CommandError::Usage("--public-key takes 64 hexadecimal digits".to_owned());
            let keys = public_key.iter().map(|text| AuditPublicKey::parse(text).ok_or_else(wrong));
            let keys = keys.collect::<Result<Vec<_>, _>>()?;
            let bound = retention::audit_bound(&configuration.retention, SystemClock.now());
            let verifier = application.audit_key.verifier(keys).from(from).pruned_before(bound.millis());
            let verifier = anchor.into_iter().fold(verifier, database::Verifier::anchored);
            let report = database.verify_audit(verifier).await.map_err(unreadable)?;
            tell(&report, json)
        }
    };
    done.and(closed(database).await)
}

fn tell(report: &Report, as_json: bool) -> Result<(), CommandError> {
    let last = report.last.as_ref().map(ToString::to_string);
    if as_json {
        let findings: Vec<_> = report.findings.iter().map(finding_json).collect();
        say(json!({
            "intact": report.findings.is_empty(), "seals": report.seals, "sealed": report.sealed, "waiting": report.waiting,
            "pruned": report.pruned, "late": report.late, "last": last, "findings": findings,
        }));
    } else {
        say(format_args!(
            "{} seals, {} entries sealed, {} not sealed yet, {} gone after their time, {} sealed late",
            report.seals, report.sealed, report.waiting, report.pruned, report.late
        ));
        say(format_args!("last seal   {}", last.as_deref().unwrap_or("none")));
        for finding in &report.findings {
            say(finding_line(finding));
        }
    }
    match report.findings.len() {
        0 => Ok(()),
        1 => Err(CommandError::Damaged("the audit log is not what it was: 1 finding".to_owned())),
        count => Err(CommandError::Damaged(format!("the audit log is not what it was: {count} findings"))),
    }
}

fn finding_json(finding: &Finding) -> serde_json::Value {
    json!({ "flaw": finding.flaw.word(), "seal": finding.seal, "position": finding.position, "entry": finding.entry })
}

fn finding_line(finding: &Finding) -> String {
    let seal = finding.seal.map(|seal| format!("seal {seal}"));
    let position = finding.position.map(|position| format!("position {position}"));
    let entry = finding.entry.map(|entry| format!("entry {entry}"));
    let words = [Some(finding.flaw.word().to_owned()), seal, position, entry];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
