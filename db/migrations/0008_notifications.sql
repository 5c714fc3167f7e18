-- What people are told. A row is written in the transaction of what it tells of, and sent later.

-- Nothing ever read the outbox, and nothing writes it from here on. But the release before does: its
-- functions run on while these are deployed, and again after a rollback. It goes with the release
-- after this one.
COMMENT ON TABLE outbox IS 'Of the release before the notifications, which writes it; nobody reads it. To be dropped by the next release.';

ALTER TABLE coupons ADD COLUMN notifications jsonb CHECK (jsonb_typeof(notifications) = 'object');
CREATE INDEX coupons_that_tell ON coupons (issue_ends_at) WHERE notifications IS NOT NULL;
COMMENT ON COLUMN coupons.notifications IS 'Who is told what, by which channels, in which words. Null: nobody, and no row of notifications is written.';

CREATE TABLE notifications (
  id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event         text        NOT NULL,
  channel       text        NOT NULL CHECK (channel IN ('email', 'sns', 'slack', 'webhook')),
  subject       text        NOT NULL,
  coupon_id     text        NOT NULL,
  issuance_id   text        REFERENCES issuances,
  redemption_id text,
  figures       jsonb       CHECK (jsonb_typeof(figures) = 'object'),
  request_id    text,
  occurred_at   timestamptz NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  state         text        NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'sent', 'nobody', 'parked', 'discarded')),
  due_at        timestamptz NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  taken_until   timestamptz,
  tries         integer     NOT NULL DEFAULT 0 CHECK (tries >= 0),
  reason        text,
  settled_at    timestamptz,
  discarded_by  text,

  -- Not by a foreign key: that would lock the one row of a coupon at each of its redemptions.
  CONSTRAINT notification_belongs_to_its_coupon CHECK (left(issuance_id, 12) = coupon_id),
  CONSTRAINT users_are_told_of_an_issuance CHECK (
    CASE WHEN event IN ('issued', 'redeemed', 'rolled_back', 'expiring') THEN issuance_id IS NOT NULL
         WHEN event IN ('sold_out', 'gate_closed', 'gate_opened', 'quarantined', 'summary')
           THEN issuance_id IS NULL
         ELSE false END),
  CONSTRAINT use_has_a_redemption CHECK (
    (event IN ('redeemed', 'rolled_back')) = (redemption_id IS NOT NULL)),
  CONSTRAINT waiting_is_not_settled CHECK ((state = 'waiting') = (settled_at IS NULL)),
  CONSTRAINT discarded_by_somebody CHECK ((state = 'discarded') = (discarded_by IS NOT NULL)),
  CONSTRAINT told_once_a_channel UNIQUE (subject, event, channel)
);
CREATE INDEX notifications_due ON notifications (channel, due_at, id) WHERE state = 'waiting';
CREATE INDEX notifications_parked ON notifications (id) WHERE state = 'parked';
CREATE INDEX notifications_by_coupon ON notifications (coupon_id, id);
COMMENT ON TABLE notifications IS
  'One row a message and channel. It names no person and quotes nothing: what the message says is read from the ledger when it is sent.';
COMMENT ON COLUMN notifications.subject IS 'What it tells of, once an event and channel: the issuance, the redemption, or the coupon with its quantity, epoch, end or place in the log.';
COMMENT ON COLUMN notifications.figures IS 'Of events for operators: counts, reasons, times.';
COMMENT ON COLUMN notifications.state IS 'Nobody: there was nobody to tell, and the reason says why. Parked: given up, for an operator to replay or discard.';
COMMENT ON COLUMN notifications.due_at IS 'When it is to be sent or tried again. Who takes it moves this ahead: it comes again if they die.';
COMMENT ON COLUMN notifications.taken_until IS 'By then whoever has taken it has settled it, or another may take it. Of two it tells whose it is.';
COMMENT ON COLUMN notifications.reason IS 'Of the last attempt that did not pass. No person, no address.';

CREATE TABLE notification_channels (
  channel      text        PRIMARY KEY CHECK (channel IN ('email', 'sns', 'slack', 'webhook')),
  holder       text        NOT NULL DEFAULT '',
  leased_until timestamptz NOT NULL DEFAULT '-infinity',
  not_before   timestamptz NOT NULL DEFAULT '-infinity',
  failures     integer     NOT NULL DEFAULT 0 CHECK (failures >= 0),
  paused_until timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO notification_channels (channel) VALUES ('email'), ('sns'), ('slack'), ('webhook');
COMMENT ON TABLE notification_channels IS 'Keeps each channel to one sender at a time, so that its rate has a bound; no promise rests on it.';
COMMENT ON COLUMN notification_channels.not_before IS 'The next may be sent from then on: the rate, from one sender to the next.';
COMMENT ON COLUMN notification_channels.failures IS 'In a row. Nothing is sent until paused_until once they are several.';

CREATE TABLE reminder_plans (
  coupon_id      text        PRIMARY KEY REFERENCES coupons,
  noticed_at     timestamptz NOT NULL DEFAULT now(),
  planned_until  timestamptz NOT NULL DEFAULT '-infinity',
  walking_until  timestamptz,
  after_sequence integer     NOT NULL DEFAULT 0,
  after_id       text        NOT NULL DEFAULT ''
);
COMMENT ON TABLE reminder_plans IS
  'How far each coupon''s reminders are planned: of all that are valid until planned_until. A walk goes through the coupon''s issuances in the order of the line, which needs no index that every issuance would pay for.';
COMMENT ON COLUMN reminder_plans.walking_until IS 'What the walk under way plans for; null between two.';

GRANT SELECT, INSERT, UPDATE ON notifications, reminder_plans TO coupon_app;
GRANT SELECT, UPDATE ON notification_channels TO coupon_app;
