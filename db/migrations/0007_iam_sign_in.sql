-- On RDS the application signs in with tokens of IAM: members of rds_iam do, and have no password.
-- Other servers have no such role.

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
    GRANT rds_iam TO coupon_app;
  END IF;
END $$;
