//! What applicants do: begin, fill in, agree, hand in, answer, take back, object.

use applications::{
    AnswerRequest, Consent, InviteParty, JoinParty, ObjectToDecision, SaveAnswers, StartDraft, Submit, Withdraw,
};
use async_graphql::{Context, ID, InputObject, Object, Result};

use crate::graphql::applications::inputs::{AnswerChangeInput, ApplicationAccessInput};
use crate::graphql::applications::payloads::{
    ApplicationDonePayload, CaseStatusPayload, DraftPayload, FinishRehearsalPayload, InvitePartyPayload,
    StartDraftPayload, SubmitApplicationPayload,
};
use crate::graphql::applications::words::{Handling, Intake, Practice};
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::words::Language;

/// Mutations of applicants.
#[derive(Default)]
pub(crate) struct ApplicationMutation;

/// Begins an application.
#[derive(InputObject)]
struct StartDraftInput {
    /// The id of the service.
    service: ID,
    /// Whether it counts.
    #[graphql(default_with = "Practice::Real")]
    kind: Practice,
    /// By which way it comes; all but ONLINE are for staff of the service's office.
    #[graphql(default_with = "Intake::Online")]
    intake: Intake,
    /// In which language messages about it are written.
    #[graphql(default_with = "Language::German")]
    language: Language,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Changes answers.
#[derive(InputObject)]
struct SaveAnswersInput {
    /// Which application, and by what right.
    access: ApplicationAccessInput,
    /// The `rev` of the draft that was read.
    rev: i64,
    /// The changes, in order, at most 200. All are saved, or none.
    changes: Vec<AnswerChangeInput>,
}

/// Invites somebody.
#[derive(InputObject)]
struct InvitePartyInput {
    /// Which application, by the right of whoever began.
    access: ApplicationAccessInput,
    /// Into which part.
    role: String,
}

/// Agrees to a summary, or says no.
#[derive(InputObject)]
struct ConsentInput {
    /// Which application, by one's own right.
    access: ApplicationAccessInput,
    /// The `sha256` of the summary that was read; absent to say no.
    summary_sha256: Option<String>,
}

/// Hands an application in.
#[derive(InputObject)]
struct SubmitApplicationInput {
    /// Which application, by the right of whoever began.
    access: ApplicationAccessInput,
    /// The `sha256` of the summary that was read.
    summary_sha256: String,
    /// Who shall decide, if it is for the applicant to say.
    #[graphql(default_with = "Handling::MachineMayDecide")]
    decision_maker: Handling,
    /// A random text of 16 to 128 printable ASCII signs. The same one always gives the same receipt.
    submission_key: String,
}

/// Answers what the city asked for.
#[derive(InputObject)]
struct AnswerRequestInput {
    /// Which application, and by what right.
    access: ApplicationAccessInput,
    /// The answer, at most 5,000 signs.
    answer: String,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Takes a case back.
#[derive(InputObject)]
struct WithdrawApplicationInput {
    /// Which application, and by what right.
    access: ApplicationAccessInput,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Objects to a decision.
#[derive(InputObject)]
struct ObjectToDecisionInput {
    /// Which application, and by what right.
    access: ApplicationAccessInput,
    /// Why, at most 20,000 signs.
    text: String,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

#[Object]
impl ApplicationMutation {
    /// Begins an application or a rehearsal. No account is needed; the code brings one back.
    async fn start_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The service.")] input: StartDraftInput,
    ) -> Result<StartDraftPayload> {
        let command = StartDraft {
            service: Global::service(&input.service)?,
            practice: input.kind.into(),
            intake: input.intake.into(),
            language: input.language.into(),
            idempotency_key: input.idempotency_key,
        };
        StartDraftPayload::of(ctx.application().applications.start_draft(ctx.actor(), &command).await)
    }

    /// Saves answers and says what follows from them. Whatever others had agreed to is void.
    async fn save_answers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: SaveAnswersInput,
    ) -> Result<DraftPayload> {
        let changes = input.changes.into_iter().map(Into::into).collect();
        let command = SaveAnswers { access: input.access.access()?, rev: input.rev, changes };
        DraftPayload::of(ctx.application().applications.save_answers(ctx.actor(), &command).await)
    }

    /// Invites somebody into their part. Inviting again voids the code of before.
    async fn invite_party(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Into which part.")] input: InvitePartyInput,
    ) -> Result<InvitePartyPayload> {
        let command = InviteParty { access: input.access.access()?, role: input.role };
        InvitePartyPayload::of(ctx.application().applications.invite_party(ctx.actor(), &command).await)
    }

    /// Takes up an invitation. The code works once; one gets a code of one's own for it.
    async fn join_party(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the invitation.")] code: String,
    ) -> Result<StartDraftPayload> {
        let command = JoinParty { code };
        StartDraftPayload::of(ctx.application().applications.join_party(ctx.actor(), &command).await)
    }

    /// Agrees to exactly what the summary says, or says no. Any later change of anything voids it.
    async fn consent_to_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To what.")] input: ConsentInput,
    ) -> Result<DraftPayload> {
        let command = Consent { access: input.access.access()?, summary_sha256: input.summary_sha256 };
        DraftPayload::of(ctx.application().applications.consent(ctx.actor(), &command).await)
    }

    /// Hands an application in. The same key always gives the same receipt.
    async fn submit_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what was read.")] input: SubmitApplicationInput,
    ) -> Result<SubmitApplicationPayload> {
        let command = Submit {
            access: input.access.access()?,
            summary_sha256: input.summary_sha256,
            handling: input.decision_maker.into(),
            submission_key: input.submission_key,
        };
        SubmitApplicationPayload::of(ctx.application().applications.submit(ctx.actor(), &command).await)
    }

    /// Ends a rehearsal and says what would come out. Nothing is handed in, counted or decided.
    async fn finish_rehearsal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code of the rehearsal.")] code: String,
    ) -> Result<FinishRehearsalPayload> {
        let access = applications::Access::Code(code);
        FinishRehearsalPayload::of(ctx.application().applications.finish_rehearsal(ctx.actor(), &access).await)
    }

    /// Deletes a draft that was not handed in, with everything in it.
    async fn abandon_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, by the right of whoever began.")] access: ApplicationAccessInput,
    ) -> Result<ApplicationDonePayload> {
        let access = access.access()?;
        ApplicationDonePayload::of(ctx.application().applications.abandon_draft(ctx.actor(), &access).await)
    }

    /// Answers what the city asked for.
    async fn answer_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: AnswerRequestInput,
    ) -> Result<CaseStatusPayload> {
        let command = AnswerRequest {
            access: input.access.access()?,
            answer: input.answer,
            idempotency_key: input.idempotency_key,
        };
        CaseStatusPayload::of(ctx.application().applications.answer_request(ctx.actor(), &command).await)
    }

    /// Takes a case back, before it is decided.
    async fn withdraw_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: WithdrawApplicationInput,
    ) -> Result<CaseStatusPayload> {
        let command = Withdraw { access: input.access.access()?, idempotency_key: input.idempotency_key };
        CaseStatusPayload::of(ctx.application().applications.withdraw(ctx.actor(), &command).await)
    }

    /// Objects to a decision, in time.
    async fn object_to_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: ObjectToDecisionInput,
    ) -> Result<CaseStatusPayload> {
        let command = ObjectToDecision {
            access: input.access.access()?,
            text: input.text,
            idempotency_key: input.idempotency_key,
        };
        CaseStatusPayload::of(ctx.application().applications.object(ctx.actor(), &command).await)
    }
}
