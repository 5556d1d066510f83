//! Publishing a version of a service. What was published never changes.

use std::collections::BTreeMap;

use database::{AuditEntry, DatabaseError, Rule, Unit};
use domain::identifier::{DefinitionId, EventId, Key};
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;
use forms::{CompatClass, CompatReport};

use crate::Applications;
use crate::definition::Pinned;
use crate::failure::{Failure, Problem};
use crate::requests::retried;
use crate::store::definitions::{self, DefinitionRow};
use crate::store::{Reader, draft_rules, services};

/// Publishes a version.
#[derive(Debug, Clone)]
pub struct PublishDefinition {
    /// The files of the service's directory, by path.
    pub files: BTreeMap<String, String>,
    /// The office that has its cases from now on. A definition is the same everywhere; who works on it is the city's to say.
    pub team: Key,
    /// What happens to drafts that began with an older version.
    pub drafts: OlderDrafts,
}

/// What happens to drafts that began with an older version. Cases always keep theirs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OlderDrafts {
    /// They are finished with the version they began with.
    #[default]
    Keep,
    /// They can be finished with it until then.
    KeepUntil(Timestamp),
    /// They go on with the new version, with their answers as they are; only if nothing is lost or means something else.
    Migrate,
    /// They go on with the new version; answers that fit are carried along, the others are shown to whoever gave them.
    Restart,
}

/// A version as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The service.
    pub service: Key,
    /// The number of the version, from 1.
    pub sequence: i64,
    /// Its hash, 64 hexadecimal digits.
    pub sha256: String,
    /// What the linter noticed, in words.
    pub notices: Vec<String>,
    /// What changed since the version before; absent for the first one.
    pub report: Option<CompatReport>,
    /// How many drafts are being filled in with older versions, and fall under what was decided about them.
    pub older_drafts: i64,
}

/// What publishing did.
struct Done {
    row: DefinitionRow,
    report: Option<CompatReport>,
    older_drafts: i64,
}

impl Applications {
    /// Compiles the files of a service and publishes them as its newest version. New drafts begin with it; cases that exist keep theirs; drafts do what was decided about them. The same text twice is one version.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`Problem::DefinitionRefused`] with every problem; [`Problem::DraftsCannotMove`].
    pub async fn publish_definition(&self, actor: &Actor, command: &PublishDefinition) -> Result<Published, Failure> {
        actor.may(Permission::PublishServices)?;
        let refused = |problems: Vec<String>| Problem::DefinitionRefused { problems };
        let loaded = forms::load(&command.files)
            .map_err(|problems| refused(problems.iter().map(ToString::to_string).collect()))?;
        let notices = loaded.notices.iter().map(ToString::to_string).collect();
        let pinned = Pinned::unpublished(loaded.definition);
        let form = &pinned.form;
        let mut problems = self.misfits(form, &command.team)?;
        problems.extend(self.unwritable_letters(&pinned, &command.team).await?);
        if !problems.is_empty() {
            return Err(refused(problems).into());
        }
        let service = pinned.service.clone();
        let Done { row, report, older_drafts } =
            retried(|| self.insert_definition(actor, &service, command, form)).await?;
        Ok(Published { service, sequence: row.sequence, sha256: row.sha256, notices, report, older_drafts })
    }

    /// What is wrong with a definition in this city.
    fn misfits(&self, form: &forms::Definition, team: &Key) -> Result<Vec<String>, Failure> {
        let calendar = self.calendar()?;
        let mut problems = Vec::new();
        if !calendar.offices.contains(team) {
            // A case without a team would be nobody's task.
            problems.push(format!("the city has no office `{team}`"));
        }
        let crowds = form.service().parties.iter().filter(|party| party.max > 1);
        problems.extend(crowds.map(|party| {
            format!("service.toml: party `{}`: several people in one part are not supported yet", party.role)
        }));
        Ok(problems)
    }

    async fn insert_definition(
        &self,
        actor: &Actor,
        service: &Key,
        command: &PublishDefinition,
        form: &forms::Definition,
    ) -> Result<Done, Failure> {
        let now = self.now();
        let before = match self.newest(service).await {
            Ok(before) => Some(before),
            Err(Failure::Problem(Problem::UnknownService)) => None,
            Err(failure) => return Err(failure),
        };
        let report = before.map(|before| forms::compat(&before.form, form));
        let unit = self.database.begin().await?;
        let (known, highest) = definitions::standing(&unit, service.as_str(), form.sha256()).await?;
        services::give_to(&unit, service, &command.team, actor.account(), now).await?;
        if let Some(known) = known {
            unit.commit().await?;
            return Ok(Done { row: known, report, older_drafts: 0 });
        }
        let row = DefinitionRow {
            id: DefinitionId(self.entropy.id(now)),
            service: service.clone(),
            sequence: highest + 1,
            sha256: form.sha256().to_owned(),
            blob: form.canonical_json().to_owned(),
        };
        // Of two who publish at once, one comes second and looks again.
        definitions::insert(&unit, &row, actor.account(), now).await.map_err(|error| match error {
            DatabaseError::Broken(Rule::DefinitionSequence | Rule::DefinitionHash) => DatabaseError::Contended,
            other => other,
        })?;
        let id = EventId(self.entropy.id(now));
        let entry = AuditEntry { id, actor: actor.account(), action: "definition.publish", subject: row.id.0, at: now };
        unit.audit(&entry).await?;
        let older_drafts = self.settle_drafts(&unit, actor, command.drafts, (&row, form)).await?;
        unit.commit().await?;
        Ok(Done { row, report, older_drafts })
    }

    /// Does with drafts of older versions what the publisher decided. Gives how many there are.
    async fn settle_drafts(
        &self,
        unit: &Unit,
        actor: &Actor,
        decided: OlderDrafts,
        (new, form): (&DefinitionRow, &forms::Definition),
    ) -> Result<i64, Failure> {
        let now = self.now();
        let mut count = 0;
        for (old, drafts) in draft_rules::in_flight(Reader::Unit(unit), &new.service, new.id).await? {
            count += drafts;
            let rule = match decided {
                OlderDrafts::Keep => continue,
                OlderDrafts::KeepUntil(until) => {
                    draft_rules::end(unit, old.id, until).await?;
                    (Some(until), None)
                }
                OlderDrafts::Migrate => {
                    let report = forms::compat(&self.pinned(old.id).await?.form, form);
                    if !report.may_migrate() {
                        return Err(Problem::DraftsCannotMove { changes: too_deep(&report) }.into());
                    }
                    draft_rules::migrate(unit, old.id, new.id, now).await?;
                    continue;
                }
                OlderDrafts::Restart => (None, Some(new.id)),
            };
            draft_rules::set(unit, old.id, rule, actor.account(), now).await?;
        }
        Ok(count)
    }
}

/// The changes that keep drafts where they are.
fn too_deep(report: &CompatReport) -> Vec<String> {
    let deep = report.changes.iter().filter(|change| change.class > CompatClass::AdditiveRequired);
    deep.map(|change| format!("{}: {}", change.class.as_str(), change.what)).collect()
}
