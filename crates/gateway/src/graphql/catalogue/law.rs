//! The law gate, through GraphQL: must I come, and if not, what else is there?

use async_graphql::{Context, ID, InputObject, Object, Result};
use domain::law::{Answer, OpenWay, RefusedWay, Situation, gate};

use crate::graphql::catalogue::people;
use crate::graphql::catalogue::service::ServiceNode;
use crate::graphql::catalogue::service_facts::cited;
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::words::{Language, Mobility, MustCome, Reason, Refusal, TrustLevel, Way};

/// The query of the law gate.
#[derive(Default)]
pub(crate) struct LawQuery;

#[Object]
impl LawQuery {
    /// Whether somebody has to come for a service, and every lawful way there is, with duration, price and statute. Ask this
    /// before showing any appointment. Null when there is no such service.
    async fn law_gate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the service.")] service: ID,
        #[graphql(desc = "Who asks; one person who can come and has told nothing else when absent.")] situation: Option<
            SituationInput,
        >,
    ) -> Result<Option<LawAnswer>> {
        let picture = ctx.picture()?;
        let key = Global::service(&service)?;
        let situation = situation.map_or_else(|| Ok(Situation::default()), SituationInput::situation)?;
        let today = ctx.application().clock.now().local_date(picture.supply.zone());
        let node = ServiceNode::new(picture, &key);
        let answered = |node: ServiceNode| LawAnswer { answer: gate(node.service(), &situation, today), service: node };
        Ok(node.map(answered))
    }
}

/// Who asks the law gate.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SituationInput {
    /// How many people want the service, 1 to 12.
    #[graphql(default = 1)]
    people: i32,
    /// The trust level the person can prove online. When absent, no way is called out of reach for it.
    trust: Option<TrustLevel>,
    /// Whether the person can come to an office.
    #[graphql(default_with = "Mobility::CanCome")]
    mobility: Mobility,
    /// The way the person asks for. If it is not open, `LawAnswer.refused` says why.
    wished: Option<Way>,
}

impl SituationInput {
    fn situation(self) -> Result<Situation> {
        Ok(Situation {
            people: people(self.people)?,
            trust: self.trust.map(Into::into),
            mobility: self.mobility.into(),
            wished: self.wished.map(Into::into),
        })
    }
}

/// The answer of the law gate.
pub(crate) struct LawAnswer {
    service: ServiceNode,
    answer: Answer,
}

/// The answer of the law gate for one service and one situation.
#[Object]
impl LawAnswer {
    /// The service.
    async fn service(&self) -> &ServiceNode {
        &self.service
    }

    /// Whether somebody has to come before an official.
    async fn must_come(&self) -> MustCome {
        self.answer.must_come.into()
    }

    /// Why.
    async fn reason(&self) -> Reason {
        self.answer.reason.into()
    }

    /// The statute behind it, where there is one.
    async fn statute(&self) -> Option<&str> {
        cited(self.answer.statute.as_ref())
    }

    /// The lawful ways this city offers, best first: within reach, then the wished one, then the least travel, then the
    /// lowest known fee.
    async fn ways(&self) -> Vec<OpenWayObject<'_>> {
        self.answer.ways.iter().map(OpenWayObject).collect()
    }

    /// Ways that people ask for and do not get: those that a statute closes, and the wished one if it is not offered.
    async fn refused(&self) -> Vec<RefusedWayObject<'_>> {
        self.answer.refused.iter().map(RefusedWayObject).collect()
    }
}

/// A way that is open.
pub(crate) struct OpenWayObject<'a>(&'a OpenWay);

/// A lawful way to a service that this city offers.
#[Object(name = "OpenWay")]
impl OpenWayObject<'_> {
    /// The way.
    async fn way(&self) -> Way {
        self.0.way.into()
    }

    /// Minutes planned with a clerk for all the people; null where no time is planned, as online or by post, or known.
    async fn minutes(&self) -> Option<u32> {
        self.0.minutes
    }

    /// The fee for all the people with the surcharge, in euro cents; 0 is free, null is unknown: never show unknown as free.
    async fn fee_cents(&self) -> Option<u32> {
        self.0.fee.map(|fee| fee.0)
    }

    /// The part of the fee that this way costs on top, for all the people, in euro cents; null: no surcharge.
    async fn surcharge_cents(&self) -> Option<u32> {
        self.0.surcharge.map(|surcharge| surcharge.0)
    }

    /// The statute the way rests on, where one is named.
    async fn statute(&self) -> Option<&str> {
        cited(self.0.statute.as_ref())
    }

    /// On which condition it is open.
    async fn condition(
        &self,
        #[graphql(desc = "The language of the text.", default_with = "Language::German")] language: Language,
    ) -> Option<&str> {
        self.0.condition.as_ref().map(|condition| condition.get(language.into()))
    }

    /// Whether an appointment can be booked for it.
    async fn bookable(&self) -> bool {
        self.0.bookable
    }

    /// The trust level the person has to prove; only online ways ask for one.
    async fn trust_needed(&self) -> TrustLevel {
        self.0.needs.into()
    }

    /// Whether this person can take it: their trust level is enough and they can get there.
    async fn within_reach(&self) -> bool {
        self.0.within_reach
    }
}

/// A way that is not open.
pub(crate) struct RefusedWayObject<'a>(&'a RefusedWay);

/// A way to a service that is not open.
#[Object(name = "RefusedWay")]
impl RefusedWayObject<'_> {
    /// The way.
    async fn way(&self) -> Way {
        self.0.way.into()
    }

    /// Why.
    async fn reason(&self) -> Refusal {
        self.0.reason.into()
    }

    /// The statute that closes it; null when the city just does not offer it.
    async fn statute(&self) -> Option<&str> {
        cited(self.0.paragraph.as_ref())
    }
}
