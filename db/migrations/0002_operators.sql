-- What operators do: coupons that shoppers redeem themselves, and who changed what.

ALTER TABLE coupons
  ADD COLUMN self_redeem boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN coupons.self_redeem IS 'Whether a shopper''s own token may redeem it; never with conditions, for the shopper would attest the order.';

CREATE TABLE audit (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL DEFAULT now(),
  actor      text        NOT NULL,
  action     text        NOT NULL,
  coupon_id  text        REFERENCES coupons,
  subject    text,
  details    jsonb       NOT NULL DEFAULT '{}',
  request_id text
);
CREATE INDEX audit_by_coupon ON audit (coupon_id, id DESC);
COMMENT ON TABLE audit IS 'Who changed what, written in the transaction of the change. Appended to, never changed.';
COMMENT ON COLUMN audit.actor IS 'The token''s subject: an operator or a service, never a shopper.';
COMMENT ON COLUMN audit.subject IS 'The id of what it was done to, where that is not the coupon itself; of a user the key, never the name.';
COMMENT ON COLUMN audit.details IS 'What changed: names of fields with the values before and after. No code and no personal datum.';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is appended to, never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
COMMENT ON FUNCTION refuse_change() IS 'Holds for every user, the owner of the table too.';

CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON audit TO coupon_app;
