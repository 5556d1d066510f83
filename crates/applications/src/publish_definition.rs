//! Publishing a version of a service. What was published never changes.

use std::collections::BTreeMap;

use database::{AuditEntry, DatabaseError, Rule};
use domain::identifier::{DefinitionId, EventId, Key};
use domain::permission::{Actor, Permission};

use crate::Applications;
use crate::definition::Pinned;
use crate::failure::{Failure, Problem};
use crate::requests::retried;
use crate::store::definitions::{self, DefinitionRow};
use crate::store::services;

/// Publishes a version.
#[derive(Debug, Clone)]
pub struct PublishDefinition {
    /// The files of the service's directory, by path.
    pub files: BTreeMap<String, String>,
    /// The office that has its cases from now on. A definition is the same everywhere; who works on it is the city's to say.
    pub team: Key,
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
}

impl Applications {
    /// Compiles the files of a service and publishes them as its newest version. New drafts begin with it; drafts and cases that exist keep theirs. The same text twice is one version.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`Problem::DefinitionRefused`] with every problem.
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
        let row = retried(|| self.insert_definition(actor, &service, &command.team, form)).await?;
        Ok(Published { service, sequence: row.sequence, sha256: row.sha256, notices })
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
        team: &Key,
        form: &forms::Definition,
    ) -> Result<DefinitionRow, Failure> {
        let now = self.now();
        let unit = self.database.begin().await?;
        let (known, highest) = definitions::standing(&unit, service.as_str(), form.sha256()).await?;
        services::give_to(&unit, service, team, actor.account(), now).await?;
        if let Some(known) = known {
            unit.commit().await?;
            return Ok(known);
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
        unit.commit().await?;
        Ok(row)
    }
}
