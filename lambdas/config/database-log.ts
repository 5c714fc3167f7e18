/**
 * What PostgreSQL writes of itself, as its server settings, here and at RDS. By default a slow
 * statement is written with the values of its parameters, and a broken constraint with the row: both
 * have users' ids and coupon codes. What is slow is seen in what the functions measure.
 */
export const DATABASE_LOG: Readonly<Record<string, string>> = {
  log_statement: 'none',
  log_min_duration_statement: '-1',
  // Without DETAIL, in which the row would be.
  log_error_verbosity: 'terse',
};
