-- Coupons given to lists of users, users who are forgotten, and what operators look into.

CREATE TABLE grants (
  id          text        PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{22}$'),
  coupon_id   text        NOT NULL REFERENCES coupons,
  total       integer     NOT NULL CHECK (total >= 1),
  duplicates  integer     NOT NULL CHECK (duplicates >= 0),
  created_at  timestamptz NOT NULL,
  created_by  text        NOT NULL,
  finished_at timestamptz
);
CREATE INDEX grants_unfinished ON grants (created_at, id) WHERE finished_at IS NULL;
COMMENT ON TABLE grants IS 'A coupon for each of a list of users. The grant function claims them one by one, at the same gate as everybody.';
COMMENT ON COLUMN grants.id IS 'Also the Idempotency-Key of its claims: however often one is made, it is the same claim.';
COMMENT ON COLUMN grants.total IS 'Distinct users: rows of this grant in grant_users.';
COMMENT ON COLUMN grants.duplicates IS 'Users that the list named again.';

CREATE TABLE grant_users (
  grant_id    text     NOT NULL REFERENCES grants,
  position    integer  NOT NULL CHECK (position >= 1),
  user_key    text     NOT NULL,
  user_id     text,
  outcome     text     CHECK (outcome IN ('accepted', 'already_had', 'sold_out', 'issue_ended',
                         'coupon_closed', 'user_limit_reached', 'erased')),
  issuance_id text,
  PRIMARY KEY (grant_id, position),
  -- The user first: an erasure looks for all of one.
  CONSTRAINT one_place_a_user UNIQUE (user_key, grant_id),
  CONSTRAINT pending_users_have_a_name CHECK (outcome IS NOT NULL OR user_id IS NOT NULL),
  CONSTRAINT given_is_an_issuance CHECK (
    (issuance_id IS NOT NULL) = (outcome IS NOT NULL AND outcome IN ('accepted', 'already_had')))
);
CREATE INDEX grant_users_pending ON grant_users (grant_id, position) WHERE outcome IS NULL;
COMMENT ON TABLE grant_users IS 'The users of a grant, in the order of the list, with what came of the claim of each.';
COMMENT ON COLUMN grant_users.user_id IS 'Null after an erasure.';
COMMENT ON COLUMN grant_users.outcome IS 'Null while pending. The first definite answer, for ever; but a refusal gives way to an issuance.';
COMMENT ON COLUMN grant_users.issuance_id IS 'Accepted: its row in issuances comes with its record.';

CREATE TABLE grant_worker (
  only_one boolean     PRIMARY KEY DEFAULT true CHECK (only_one),
  holder   text        NOT NULL,
  until    timestamptz NOT NULL
);
INSERT INTO grant_worker (holder, until) VALUES ('', '-infinity');
COMMENT ON TABLE grant_worker IS 'Keeps the work on grants to one process, so that their rate has a bound; no promise rests on it.';

CREATE TABLE erasures (
  user_key  text        PRIMARY KEY,
  erased_at timestamptz NOT NULL
);
COMMENT ON TABLE erasures IS
  'Users who were forgotten, by key. A record accepted before is stored without the user''s id, however late it comes. Every transaction that stores records reads this table, and an erasure locks it: of the two one sees the other.';

-- In the order of the line rows lie next to each other, as they were stored: an export reads a page
-- of 5,000 in some milliseconds. By the user's key, drawn by lot, each row is on a page of its own.
CREATE INDEX issuances_in_line ON issuances (coupon_id, sequence);
CREATE INDEX audit_by_actor ON audit (actor, id DESC);
CREATE INDEX quarantine_undiscarded ON quarantine (id DESC) WHERE discarded_at IS NULL;

GRANT SELECT, INSERT, UPDATE ON grants, grant_users, erasures TO coupon_app;
GRANT SELECT, UPDATE ON grant_worker TO coupon_app;
