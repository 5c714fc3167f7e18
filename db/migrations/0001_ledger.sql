-- The ledger: what PostgreSQL says is issued. The constraints hold the invariants by themselves,
-- whatever the code above them does.

DO $$
BEGIN
  -- The application's user. The owner of the tables (the migrator) is another one. Its password
  -- or its IAM grant is given by whoever deploys; a role exists once a cluster.
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coupon_app') THEN
    CREATE ROLE coupon_app LOGIN;
  END IF;
END $$;

CREATE TABLE coupons (
  id              text        PRIMARY KEY CHECK (id ~ '^[a-z0-9]{12}$'),
  name            text        NOT NULL,
  description     text        NOT NULL DEFAULT '',
  quantity        integer     NOT NULL CHECK (quantity >= 1),
  issued          integer     NOT NULL DEFAULT 0 CHECK (issued >= 0),
  per_user_limit  smallint    NOT NULL CHECK (per_user_limit BETWEEN 1 AND 100),
  issue_starts_at timestamptz NOT NULL,
  issue_ends_at   timestamptz NOT NULL,
  valid_days      integer     CHECK (valid_days >= 1),
  valid_from      timestamptz,
  valid_until     timestamptz,
  discount        jsonb       NOT NULL,
  conditions      jsonb       NOT NULL,
  control         text        NOT NULL DEFAULT 'active' CHECK (control IN ('active', 'paused', 'closed')),
  version         integer     NOT NULL DEFAULT 1,
  epoch           integer     NOT NULL DEFAULT 0 CHECK (epoch >= 0),
  fence_version   integer     NOT NULL DEFAULT 0,
  created_at      timestamptz NOT NULL DEFAULT now(),
  created_by      text        NOT NULL,

  CONSTRAINT never_more_than_the_quantity CHECK (issued <= quantity),
  CONSTRAINT window_has_a_length CHECK (issue_starts_at < issue_ends_at),
  CONSTRAINT validity_is_days_or_a_period CHECK (
    (valid_days IS NOT NULL AND valid_from IS NULL AND valid_until IS NULL)
    OR (valid_days IS NULL AND valid_from < valid_until))
);
CREATE INDEX coupons_newest_first ON coupons (created_at DESC, id DESC);
CREATE INDEX coupons_by_end ON coupons (issue_ends_at);
COMMENT ON TABLE coupons IS 'What operators define. One row a coupon.';
COMMENT ON COLUMN coupons.issued IS 'Rows of this coupon in issuances; moves only by rows really inserted, in their transaction.';
COMMENT ON COLUMN coupons.version IS 'Counts the changes of the definition; the gate keeps the one it was told last.';
COMMENT ON COLUMN coupons.epoch IS 'Counts the gates built for this coupon; 0 before the first. Every record carries its own.';
COMMENT ON COLUMN coupons.fence_version IS 'Counts the rows of coupon_fences; a record transaction commits only if it has not moved.';

CREATE TABLE coupon_fences (
  coupon_id   text        NOT NULL REFERENCES coupons,
  epoch       integer     NOT NULL,
  topic       text        NOT NULL,
  end_offsets jsonb       NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (coupon_id, epoch)
);
COMMENT ON TABLE coupon_fences IS
  'The topic''s end offsets ({"partition": offset}) when the gate of this epoch was begun. A record of an earlier epoch at or past them is late: nobody was told it was accepted, and it is never inserted. Kept for ever, never overwritten.';

CREATE TABLE restore_leases (
  coupon_id text        PRIMARY KEY REFERENCES coupons,
  holder    text        NOT NULL,
  until     timestamptz NOT NULL
);
COMMENT ON TABLE restore_leases IS 'Keeps the rebuilds of a gate to one at a time, for economy; safety never rests on it.';

CREATE TABLE issuances (
  id          text        PRIMARY KEY CHECK (id ~ '^[a-z0-9]{12}_[A-Za-z0-9_-]{22}$'),
  coupon_id   text        NOT NULL REFERENCES coupons,
  user_key    text        NOT NULL,
  user_id     text,
  ordinal     smallint    NOT NULL CHECK (ordinal >= 1),
  sequence    integer     NOT NULL CHECK (sequence >= 1),
  epoch       integer     NOT NULL,
  state       text        NOT NULL DEFAULT 'issued' CHECK (state IN ('issued', 'held', 'redeemed', 'expired', 'revoked')),
  code        text        NOT NULL,
  accepted_at timestamptz NOT NULL,
  issued_at   timestamptz NOT NULL DEFAULT now(),
  valid_from  timestamptz NOT NULL,
  valid_until timestamptz NOT NULL,

  CONSTRAINT issuance_belongs_to_its_coupon CHECK (left(id, 12) = coupon_id),
  CONSTRAINT one_issuance_an_ordinal UNIQUE (coupon_id, user_key, ordinal),
  CONSTRAINT one_issuance_a_code UNIQUE (code)
);
COMMENT ON TABLE issuances IS 'One coupon given to one user. A row exists once it is issued; before that it is accepted, in Kafka.';
COMMENT ON COLUMN issuances.user_key IS 'HMAC of the user id: holds the limit per user after an erasure, without naming anyone.';
COMMENT ON COLUMN issuances.user_id IS 'Null after an erasure.';
COMMENT ON COLUMN issuances.ordinal IS 'Which of the user''s perUserLimit issuances this is, from 1.';

CREATE TABLE quarantine (
  id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic        text        NOT NULL,
  "partition"  integer     NOT NULL,
  "offset"     bigint      NOT NULL,
  key          bytea,
  value        bytea,
  headers      jsonb       NOT NULL,
  reason       text        NOT NULL CHECK (reason IN ('malformed', 'unknown_coupon', 'overflow', 'conflict')),
  detail       text        NOT NULL,
  coupon_id    text,
  issuance_id  text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  discarded_at timestamptz,
  discarded_by text,
  CONSTRAINT one_entry_a_record UNIQUE (topic, "partition", "offset")
);
CREATE INDEX quarantine_by_issuance ON quarantine (issuance_id);
COMMENT ON TABLE quarantine IS 'Records that can never be stored, kept whole. Never inserted later: their units come back by a new claim.';

CREATE TABLE outbox (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event       text        NOT NULL,
  coupon_id   text        NOT NULL REFERENCES coupons,
  issuance_id text        NOT NULL REFERENCES issuances,
  created_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT one_notice_an_event UNIQUE (issuance_id, event)
);
COMMENT ON TABLE outbox IS 'What users and operators are to be told, written in the transaction it tells of.';

GRANT USAGE ON SCHEMA public TO coupon_app;
GRANT SELECT, INSERT, UPDATE ON coupons, issuances, quarantine, outbox TO coupon_app;
GRANT SELECT, INSERT ON coupon_fences TO coupon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON restore_leases TO coupon_app;
