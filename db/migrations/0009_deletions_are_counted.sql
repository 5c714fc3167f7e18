-- Nothing of ours deletes an issuance, and the application's user may not. Whoever does it all the
-- same is found: the counts then differ from the coupon's counter, and the ledger check says so.

CREATE FUNCTION count_deletions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO issuance_counts AS there
  SELECT coupon_id, span.seconds, span.until, pg_backend_pid() % 16,
    -sum(usable), -sum(redeemed), -sum(revoked)
  FROM (
    SELECT coupon_id,
      date_bin('1 second', valid_until - interval '1 microsecond', 'epoch') + interval '1 second' AS until,
      count(*) FILTER (WHERE state IN ('issued', 'held')) AS usable,
      count(*) FILTER (WHERE state = 'redeemed') AS redeemed,
      count(*) FILTER (WHERE state = 'revoked') AS revoked
    FROM before_change
    GROUP BY 1, 2
  ) AS by_second, LATERAL (VALUES
    (1, until), (3600, date_bin('1 hour', until - interval '1 microsecond', 'epoch') + interval '1 hour')
  ) AS span (seconds, until)
  GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (coupon_id, seconds, until, shard) DO UPDATE SET
    usable = there.usable + excluded.usable,
    redeemed = there.redeemed + excluded.redeemed,
    revoked = there.revoked + excluded.revoked;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION count_deletions() IS 'Runs as the owner: nobody else writes to issuance_counts.';

CREATE TRIGGER deletions_are_counted AFTER DELETE ON issuances
  REFERENCING OLD TABLE AS before_change
  FOR EACH STATEMENT EXECUTE FUNCTION count_deletions();
