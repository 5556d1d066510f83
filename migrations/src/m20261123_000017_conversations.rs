//! Conversations with the chatbot and with staff: what was said lies sealed with a key of its conversation.
//!
//! `chat_text` has one row: the texts of the city that serves, as its directory has them.

crate::step!(
    "
    CREATE TABLE conversation (
        id {uuid} NOT NULL PRIMARY KEY,
        number TEXT NOT NULL,
        account {uuid},
        language TEXT NOT NULL,
        state TEXT NOT NULL,
        bot TEXT NOT NULL,
        clerk {uuid},
        reason TEXT,
        wish TEXT,
        services TEXT NOT NULL,
        turns BIGINT NOT NULL,
        rev BIGINT NOT NULL,
        last_sequence BIGINT NOT NULL,
        dialogue_sealed {bytes} NOT NULL,
        call_back_sealed {bytes},
        call_at BIGINT,
        waiting_since BIGINT,
        created_at BIGINT NOT NULL,
        changed_at BIGINT NOT NULL,
        ended_at BIGINT,
        CONSTRAINT conversation_number_key UNIQUE (number)
    );
    CREATE INDEX conversation_account ON conversation (account) WHERE account IS NOT NULL;
    CREATE INDEX conversation_queue ON conversation (waiting_since) WHERE state IN ('waiting', 'taken');
    CREATE INDEX conversation_old ON conversation (changed_at);
    CREATE TABLE conversation_event (
        conversation {uuid} NOT NULL REFERENCES conversation (id),
        sequence BIGINT NOT NULL,
        id {uuid} NOT NULL,
        at BIGINT NOT NULL,
        speaker TEXT NOT NULL,
        content_sealed {bytes} NOT NULL,
        verdict TEXT,
        CONSTRAINT conversation_event_pkey PRIMARY KEY (conversation, sequence)
    );
    CREATE TABLE chat_text (
        id BIGINT NOT NULL PRIMARY KEY,
        sha256 TEXT NOT NULL,
        texts TEXT NOT NULL,
        changed_at BIGINT NOT NULL
    )
    "
);
