-- Which gate was open last: a loss is told once, however many epochs it takes to open another.

ALTER TABLE coupons ADD COLUMN opened_epoch integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN coupons.opened_epoch IS 'Of the gate that was opened last; 0 before the first. Behind the epoch while a gate is being built. For notifications only: no promise rests on it.';

-- Of a gate that is being built just now, its loss may be told once more.
UPDATE coupons SET opened_epoch = epoch WHERE epoch > 0;
