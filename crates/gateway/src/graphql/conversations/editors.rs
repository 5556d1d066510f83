//! What editors of the chatbot do: see what it did not understand, propose words and questions, publish them after a trial,
//! take them back.

use async_graphql::{Context, ID, InputObject, Object, Result};
use conversations::{DismissCluster, ProposeText, PublishTexts, WithdrawText};

use crate::graphql::context::ContextExtensions;
use crate::graphql::conversations::editors_types::{
    ChatTextPayload, ClusterObject, DismissChatClusterPayload, PublishChatTextPayload, TextObject,
};
use crate::graphql::conversations::problem::refused;
use crate::graphql::conversations::words::{ChatLanguage, ChatTextKind, ChatTextState};
use crate::graphql::ids::Global;
use crate::graphql::paging::page_size;
use crate::graphql::sensitive::SensitiveReads;

/// Queries of editors.
#[derive(Default)]
pub(crate) struct ChatEditorQuery;

/// Mutations of editors.
#[derive(Default)]
pub(crate) struct ChatEditorMutation;

/// Proposes a word or a question by which a service is to be found.
#[derive(InputObject)]
struct ProposeChatTextInput {
    /// The key of the service that is meant.
    service_key: String,
    /// In which language.
    language: ChatLanguage,
    /// Whether it is a word or a question.
    kind: ChatTextKind,
    /// The words: at most 100 signs of a synonym, 300 of a question. No fee, no deadline, nobody's data.
    text: String,
    /// The cluster because of which it is proposed. Publishing the text settles it.
    cluster: Option<ID>,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Publishes proposals.
#[derive(InputObject)]
struct PublishChatTextInput {
    /// The global ids of the proposals, 1 to 20, each once. All are published, or none.
    texts: Vec<ID>,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Takes a text back.
#[derive(InputObject)]
struct WithdrawChatTextInput {
    /// The global id of the text.
    text: ID,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Puts a cluster aside.
#[derive(InputObject)]
struct DismissChatClusterInput {
    /// The global id of the cluster.
    cluster: ID,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

#[Object]
impl ChatEditorQuery {
    /// What the chatbot did not understand: open clusters of questions that mean the same, the largest first. Gathered once a
    /// day from conversations that are over and whose people allowed it. A question that was asked once is shown to nobody.
    /// Reading leaves an entry in the audit log.
    async fn chat_clusters(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only questions in this language.")] language: Option<ChatLanguage>,
        #[graphql(desc = "How many at most, 1 to 100; 20 when absent.")] first: Option<i32>,
    ) -> Result<Vec<ClusterObject>> {
        let (language, most) = (language.map(Into::into), page_size(first)?);
        let clusters = ctx.application().conversations.chat_clusters(ctx.actor(), language, most).await;
        let clusters = clusters.map_err(|failure| refused(&failure))?;
        if let Some(reads) = ctx.data_opt::<SensitiveReads>() {
            for cluster in &clusters {
                reads.note_cluster(cluster.id);
            }
        }
        Ok(clusters.into_iter().map(ClusterObject::from).collect())
    }

    /// What editors proposed, published and took back, the newest first, at most 500.
    async fn chat_texts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that stand so.")] state: Option<ChatTextState>,
    ) -> Result<Vec<TextObject>> {
        let texts = ctx.application().conversations.chat_texts(ctx.actor(), state.map(Into::into)).await;
        Ok(texts.map_err(|failure| refused(&failure))?.into_iter().map(TextObject::from).collect())
    }
}

#[Object]
impl ChatEditorMutation {
    /// Proposes a word or a question by which a service is to be found. The chatbot does not know it before it is published.
    async fn propose_chat_text(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, and of which service.")] input: ProposeChatTextInput,
    ) -> Result<ChatTextPayload> {
        let ProposeChatTextInput { service_key, language, kind, text, cluster, idempotency_key } = input;
        let cluster = cluster.map(|cluster| Global::chat_cluster(&cluster)).transpose()?;
        let (language, kind) = (language.into(), kind.into());
        let command = ProposeText { service: service_key, language, kind, text, cluster, idempotency_key };
        ChatTextPayload::of(ctx.application().conversations.propose_text(ctx.actor(), &command).await)
    }

    /// Publishes proposals, after a trial: the chatbot is made with them and asked everything it must not forget, which takes
    /// seconds. If questions would turn wrong nothing is published and `evaluation` names them. After a time limit the same
    /// request again finds the trial done. Every gateway knows what was published within seconds.
    async fn publish_chat_text(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: PublishChatTextInput,
    ) -> Result<PublishChatTextPayload> {
        let texts = input.texts.iter().map(Global::chat_text).collect::<Result<Vec<_>>>()?;
        let command = PublishTexts { texts, idempotency_key: input.idempotency_key };
        PublishChatTextPayload::of(ctx.application().conversations.publish_texts(ctx.actor(), &command).await)
    }

    /// Takes a proposal or a published text back, without a trial. The cluster because of which it was published is open
    /// again.
    async fn withdraw_chat_text(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: WithdrawChatTextInput,
    ) -> Result<ChatTextPayload> {
        let command = WithdrawText { text: Global::chat_text(&input.text)?, idempotency_key: input.idempotency_key };
        ChatTextPayload::of(ctx.application().conversations.withdraw_text(ctx.actor(), &command).await)
    }

    /// Puts a cluster aside about which nothing is to be done. Questions that mean the same join it unseen.
    async fn dismiss_chat_cluster(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DismissChatClusterInput,
    ) -> Result<DismissChatClusterPayload> {
        let command =
            DismissCluster { cluster: Global::chat_cluster(&input.cluster)?, idempotency_key: input.idempotency_key };
        DismissChatClusterPayload::of(ctx.application().conversations.dismiss_cluster(ctx.actor(), &command).await)
    }
}
