-- Issuances counted by what has become of them: whoever watches an event asks every second, and a
-- count over a million rows takes too long.

-- Not by the state: an index on it would make each redemption write to all indexes of the row.
CREATE INDEX issuances_with_a_hold ON issuances (coupon_id, held_until) WHERE held_until IS NOT NULL;

CREATE TABLE issuance_counts (
  coupon_id text        NOT NULL,
  seconds   smallint    NOT NULL CHECK (seconds IN (1, 3600)),
  until     timestamptz NOT NULL,
  shard     smallint    NOT NULL,
  usable    integer     NOT NULL,
  redeemed  integer     NOT NULL,
  revoked   integer     NOT NULL,
  PRIMARY KEY (coupon_id, seconds, until, shard)
) WITH (fillfactor = 50);
COMMENT ON TABLE issuance_counts IS
  'How many issuances have their valid_until in the span (until - seconds, until], by state; only the sums over the shards mean anything. Each issuance is counted twice: by the hour and by the second, so that whatever has expired by a whole second is the sum over few rows. Written by a trigger alone.';
COMMENT ON COLUMN issuance_counts.usable IS 'Issued or held, expired or not: time changes no row.';
COMMENT ON COLUMN issuance_counts.shard IS 'Lets transactions count side by side, where one row would have them wait for each other.';

-- In the order of the key, so that two statements wait for each other in turn, not crosswise.
CREATE FUNCTION count_issuances() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  -- The connection's, unless the transaction names one.
  own_shard CONSTANT smallint := coalesce(
    nullif(current_setting('issuance_counts.shard', true), '')::smallint, pg_backend_pid() % 16);
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO issuance_counts AS there
    SELECT coupon_id, span.seconds, span.until, own_shard,
      sum(usable), sum(redeemed), sum(revoked)
    FROM (
      SELECT coupon_id,
        date_bin('1 second', valid_until - interval '1 microsecond', 'epoch') + interval '1 second' AS until,
        count(*) FILTER (WHERE state IN ('issued', 'held')) AS usable,
        count(*) FILTER (WHERE state = 'redeemed') AS redeemed,
        count(*) FILTER (WHERE state = 'revoked') AS revoked
      FROM after_change
      GROUP BY 1, 2
    ) AS by_second, LATERAL (VALUES
      (1, until), (3600, date_bin('1 hour', until - interval '1 microsecond', 'epoch') + interval '1 hour')
    ) AS span (seconds, until)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (coupon_id, seconds, until, shard) DO UPDATE SET
      usable = there.usable + excluded.usable,
      redeemed = there.redeemed + excluded.redeemed,
      revoked = there.revoked + excluded.revoked;
  ELSE
    INSERT INTO issuance_counts AS there
    SELECT coupon_id, span.seconds, span.until, own_shard,
      sum(usable), sum(redeemed), sum(revoked)
    FROM (
      -- Not joined: what is known of the size of these tables is a guess, and two long ones met
      -- row by row would take minutes.
      SELECT coupon_id,
        date_bin('1 second', valid_until - interval '1 microsecond', 'epoch') + interval '1 second' AS until,
        sum(sign * (state IN ('issued', 'held'))::int) AS usable,
        sum(sign * (state = 'redeemed')::int) AS redeemed,
        sum(sign * (state = 'revoked')::int) AS revoked
      FROM (
        SELECT coupon_id, valid_until, state, 1 AS sign FROM after_change
        UNION ALL SELECT coupon_id, valid_until, state, -1 FROM before_change
      ) AS change
      GROUP BY 1, 2
      -- A hold, or its end, changes none of the sums.
      HAVING sum(sign * (state IN ('issued', 'held'))::int) <> 0
        OR sum(sign * (state = 'redeemed')::int) <> 0
        OR sum(sign * (state = 'revoked')::int) <> 0
    ) AS by_second, LATERAL (VALUES
      (1, until), (3600, date_bin('1 hour', until - interval '1 microsecond', 'epoch') + interval '1 hour')
    ) AS span (seconds, until)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (coupon_id, seconds, until, shard) DO UPDATE SET
      usable = there.usable + excluded.usable,
      redeemed = there.redeemed + excluded.redeemed,
      revoked = there.revoked + excluded.revoked;
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION count_issuances() IS 'Runs as the owner: nobody else writes to issuance_counts.';

CREATE TRIGGER insertions_are_counted AFTER INSERT ON issuances
  REFERENCING NEW TABLE AS after_change
  FOR EACH STATEMENT EXECUTE FUNCTION count_issuances();
CREATE TRIGGER states_are_counted AFTER UPDATE ON issuances
  REFERENCING OLD TABLE AS before_change NEW TABLE AS after_change
  FOR EACH STATEMENT EXECUTE FUNCTION count_issuances();

-- What is there already; the triggers keep writers away until this is committed.
INSERT INTO issuance_counts
SELECT coupon_id, span.seconds, span.until, 0, sum(usable), sum(redeemed), sum(revoked)
FROM (
  SELECT coupon_id,
    date_bin('1 second', valid_until - interval '1 microsecond', 'epoch') + interval '1 second' AS until,
    count(*) FILTER (WHERE state IN ('issued', 'held')) AS usable,
    count(*) FILTER (WHERE state = 'redeemed') AS redeemed,
    count(*) FILTER (WHERE state = 'revoked') AS revoked
  FROM issuances
  GROUP BY 1, 2
) AS by_second, LATERAL (VALUES
  (1, until), (3600, date_bin('1 hour', until - interval '1 microsecond', 'epoch') + interval '1 hour')
) AS span (seconds, until)
GROUP BY 1, 2, 3;

GRANT SELECT ON issuance_counts TO coupon_app;
