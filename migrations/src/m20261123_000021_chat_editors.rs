//! What editors of the chatbot work with: questions that were not understood, gathered in clusters, and what was added to
//! its texts because of them; and guides that somebody looked at after their form changed.
//!
//! A question leads to nobody: its id is drawn without the time, its text lies sealed with a key of its own, and of its time
//! the day alone is kept. `chat_edition` has one row, whose number rises with each change of what is published: whoever
//! publishes says which number they tried it on.

crate::step!(
    "
    ALTER TABLE conversation ADD COLUMN learning TEXT NOT NULL DEFAULT 'refused';
    ALTER TABLE conversation ADD COLUMN gathered_at BIGINT;
    CREATE TABLE chat_cluster (
        id {uuid} NOT NULL PRIMARY KEY,
        language TEXT NOT NULL,
        state TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        changed_at BIGINT NOT NULL
    );
    CREATE TABLE chat_question (
        id {uuid} NOT NULL PRIMARY KEY,
        language TEXT NOT NULL,
        trouble TEXT NOT NULL,
        services TEXT NOT NULL,
        text_sealed {bytes} NOT NULL,
        day BIGINT NOT NULL,
        cluster {uuid}
    );
    CREATE INDEX chat_question_cluster ON chat_question (cluster);
    CREATE INDEX chat_question_day ON chat_question (day);
    CREATE TABLE chat_addition (
        id {uuid} NOT NULL PRIMARY KEY,
        service TEXT NOT NULL,
        language TEXT NOT NULL,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        cluster {uuid},
        state TEXT NOT NULL,
        proposed_by {uuid},
        proposed_at BIGINT NOT NULL,
        published_by {uuid},
        published_at BIGINT,
        withdrawn_by {uuid},
        withdrawn_at BIGINT
    );
    CREATE UNIQUE INDEX chat_addition_words ON chat_addition (service, language, text) WHERE state <> 'withdrawn';
    CREATE TABLE chat_edition (
        id BIGINT NOT NULL PRIMARY KEY,
        number BIGINT NOT NULL
    );
    CREATE TABLE tutorial_review (
        language TEXT NOT NULL,
        service TEXT NOT NULL,
        tutorial_sha256 TEXT NOT NULL,
        form_sha256 TEXT NOT NULL,
        reviewed_by {uuid},
        reviewed_at BIGINT NOT NULL,
        CONSTRAINT tutorial_review_pkey PRIMARY KEY (language, service)
    )
    "
);
