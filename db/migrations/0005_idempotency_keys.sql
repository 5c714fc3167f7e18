-- Replies of requests with an Idempotency-Key. Not the ledger: rows live for a day.

CREATE TABLE idempotency_keys (
  id          bytea       PRIMARY KEY CHECK (octet_length(id) = 32),
  caller      text        NOT NULL,
  fingerprint bytea       NOT NULL CHECK (octet_length(fingerprint) = 32),
  seed        uuid        NOT NULL DEFAULT gen_random_uuid(),
  attempts    integer     NOT NULL DEFAULT 1 CHECK (attempts >= 1),
  reply       jsonb       CHECK (octet_length(reply::text) <= 256 * 1024),
  subject     text,
  created_at  timestamptz NOT NULL DEFAULT now(),

  CONSTRAINT only_success_is_kept CHECK ((reply ->> 'status')::integer BETWEEN 200 AND 299),
  CONSTRAINT subject_is_of_the_reply CHECK (subject IS NULL OR reply IS NOT NULL)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_by_caller ON idempotency_keys (caller);
CREATE INDEX idempotency_keys_by_subject ON idempotency_keys (subject) WHERE subject IS NOT NULL;
COMMENT ON TABLE idempotency_keys IS 'Which request a key was used for, and its reply once there is a success. Forgotten after a day, and by an erasure of the caller or the subject.';
COMMENT ON COLUMN idempotency_keys.id IS 'SHA-256 of caller and key.';
COMMENT ON COLUMN idempotency_keys.caller IS 'The token''s subject.';
COMMENT ON COLUMN idempotency_keys.fingerprint IS 'SHA-256 of method, path and body: another request with the same key is refused.';
COMMENT ON COLUMN idempotency_keys.seed IS 'What is created takes its id from it: an attempt after one that died finds the same thing.';
COMMENT ON COLUMN idempotency_keys.attempts IS 'How often the same request was begun. One that was begun once and refused is forgotten at once.';
COMMENT ON COLUMN idempotency_keys.reply IS 'Status, headers and body; null while there is no success.';
COMMENT ON COLUMN idempotency_keys.subject IS 'The user that the reply names, where that is not the caller.';

-- May delete, other than in the ledger: nothing here is evidence.
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO coupon_app;
