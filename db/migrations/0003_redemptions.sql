-- What becomes of an issuance: held for an order, redeemed by it, rolled back, revoked.

ALTER TABLE issuances
  ADD COLUMN hold_order text,
  ADD COLUMN held_until timestamptz,
  -- Nothing is written when time passes: expired follows from valid_until, wherever it is read.
  DROP CONSTRAINT issuances_state_check,
  ADD CONSTRAINT issuance_has_a_stored_state CHECK (state IN ('issued', 'held', 'redeemed', 'revoked')),
  ADD CONSTRAINT hold_has_an_order_and_an_end CHECK (
    (state = 'held') = (hold_order IS NOT NULL) AND (state = 'held') = (held_until IS NOT NULL)),
  ADD CONSTRAINT hold_ends_with_the_validity CHECK (held_until <= valid_until);
CREATE INDEX issuances_of_a_user ON issuances (user_id, accepted_at DESC, id DESC)
  WHERE user_id IS NOT NULL;
COMMENT ON COLUMN issuances.state IS 'As written last. A hold whose end is past is as none; what is issued past its valid_until is expired.';
COMMENT ON COLUMN issuances.hold_order IS 'The one order that may redeem it until held_until.';

CREATE TABLE redemptions (
  id          text        PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{22}$'),
  issuance_id text        NOT NULL REFERENCES issuances,
  coupon_id   text        NOT NULL,
  order_id    text        NOT NULL,
  discount    bigint      NOT NULL CHECK (discount >= 0),
  payable     bigint      NOT NULL CHECK (payable >= 0),
  currency    text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  allocations jsonb       NOT NULL CHECK (jsonb_typeof(allocations) = 'array'),
  redeemed_at timestamptz NOT NULL,
  redeemed_by text,
  live        boolean     NOT NULL DEFAULT true,

  -- Not a foreign key: that would lock the one row of a coupon at each of its redemptions.
  CONSTRAINT redemption_belongs_to_its_coupon CHECK (left(issuance_id, 12) = coupon_id),
  CONSTRAINT one_redemption_an_order UNIQUE (issuance_id, order_id)
);
CREATE UNIQUE INDEX one_live_redemption ON redemptions (issuance_id) WHERE live;
COMMENT ON TABLE redemptions IS 'The uses of issuances by orders: of each issuance at most one live, and never a second one by the same order.';
COMMENT ON COLUMN redemptions.discount IS 'As told to the order, with payable and allocations; integers in the currency''s minor unit.';
COMMENT ON COLUMN redemptions.redeemed_by IS 'The subject of the shop''s token; null where shoppers redeemed it themselves, so that an erasure leaves nothing here.';
COMMENT ON COLUMN redemptions.live IS 'False once it is rolled back, for ever.';

CREATE TABLE redemption_rollbacks (
  redemption_id  text        PRIMARY KEY REFERENCES redemptions,
  rolled_back_at timestamptz NOT NULL,
  rolled_back_by text        NOT NULL
);
COMMENT ON TABLE redemption_rollbacks IS 'Redemptions that were undone. Appended to, never changed.';
COMMENT ON COLUMN redemption_rollbacks.rolled_back_by IS 'The token''s subject: an operator or a service, never a shopper.';

CREATE TRIGGER rollbacks_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON redemption_rollbacks
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER redemptions_are_never_deleted BEFORE DELETE OR TRUNCATE ON redemptions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- The one change there is: a live redemption ends.
CREATE TRIGGER redemptions_only_end BEFORE UPDATE ON redemptions
  FOR EACH ROW WHEN (NOT OLD.live OR to_jsonb(OLD) - 'live' <> to_jsonb(NEW) - 'live')
  EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT, UPDATE (live) ON redemptions TO coupon_app;
GRANT SELECT, INSERT ON redemption_rollbacks TO coupon_app;
