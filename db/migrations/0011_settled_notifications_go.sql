-- What is sent, or was for nobody, is not kept for ever.

-- What operators list by state; of `sent` almost every row is, and what is parked has its own.
CREATE INDEX notifications_unsent ON notifications (state, id) WHERE state IN ('nobody', 'discarded');
CREATE INDEX notifications_settled ON notifications (settled_at)
  WHERE state IN ('sent', 'nobody', 'discarded');

CREATE FUNCTION refuse_to_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a notification that is % is not settled', OLD.state
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER only_settled_notifications_go BEFORE DELETE ON notifications
  FOR EACH ROW WHEN (current_user = 'coupon_app' AND OLD.state IN ('waiting', 'parked'))
  EXECUTE FUNCTION refuse_to_forget();
COMMENT ON FUNCTION refuse_to_forget() IS 'Whatever was to be told is sent, or seen by an operator, before it may go.';

GRANT DELETE ON notifications TO coupon_app;
