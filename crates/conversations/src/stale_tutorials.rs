//! Guides that somebody must look at, because another version of their form was published. The list is made from what is
//! published whenever it is read: nothing can be forgotten, and what was written anew is gone from it.

use std::collections::BTreeMap;

use domain::permission::{Actor, Permission};

use crate::Conversations;
use crate::failure::Failure;
use crate::read_tutorial::{TutorialStanding, TutorialView, view};
use crate::store::reviews;

impl Conversations {
    /// Stale guides, by service and language.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`crate::Problem::NoCity`].
    pub async fn stale_tutorials(&self, actor: &Actor) -> Result<Vec<TutorialView>, Failure> {
        actor.may(Permission::EditChat)?;
        let mind = self.mind().await?;
        let forms: BTreeMap<_, _> =
            self.forms.all().await?.into_iter().map(|form| (form.service.clone(), form)).collect();
        let reviews = reviews::all(&self.database).await?;
        let tutorials = mind.content().tutorials.values();
        let views = tutorials.map(|tutorial| view(tutorial, forms.get(&tutorial.service).cloned(), &reviews));
        let mut stale: Vec<TutorialView> = views.filter(|view| view.standing == TutorialStanding::Stale).collect();
        stale.sort_by(|a, b| {
            (&a.tutorial.service, a.tutorial.language).cmp(&(&b.tutorial.service, b.tutorial.language))
        });
        Ok(stale)
    }
}
