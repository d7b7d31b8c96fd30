ALTER TABLE users
    ADD COLUMN role text NOT NULL DEFAULT 'user' CONSTRAINT users_role CHECK (role IN ('user', 'admin'));

ALTER TABLE coupons
    ADD COLUMN per_user bigint NOT NULL DEFAULT 1 CONSTRAINT coupons_per_user_positive CHECK (per_user >= 1),
    ADD COLUMN opens_at timestamptz,
    ADD COLUMN closes_at timestamptz,
    ADD COLUMN paused boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT coupons_open_before_they_close CHECK (opens_at < closes_at);

-- A claim is its user's first, second … of the coupon: however many write at once, each number is given once.
ALTER TABLE claims
    ADD COLUMN ordinal bigint NOT NULL DEFAULT 1 CONSTRAINT claims_ordinal_positive CHECK (ordinal >= 1),
    ADD COLUMN fingerprint bigint,
    -- The writing statement itself finds both rows, and nothing deletes them: to be checked once more by a trigger
    -- each would cost two thirds of a batch's speed.
    DROP CONSTRAINT claims_user_exists,
    DROP CONSTRAINT claims_coupon_id_fkey,
    DROP CONSTRAINT claims_one_per_user,
    DROP CONSTRAINT claims_one_per_key,
    ADD CONSTRAINT claims_numbered_per_user UNIQUE (coupon_id, user_id, ordinal),
    ADD CONSTRAINT claims_one_per_key UNIQUE (user_id, coupon_id, idempotency_key);

-- Whether a coupon may be claimed at the start of the statement.
CREATE FUNCTION coupon_phase(paused boolean, opens_at timestamptz, closes_at timestamptz)
    RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN paused THEN 'paused'
                WHEN opens_at > statement_timestamp() THEN 'early'
                WHEN closes_at <= statement_timestamp() THEN 'over'
                ELSE 'open' END;

CREATE VIEW coupon_states AS
    SELECT id, code, stock, issued, per_user, coupon_phase(paused, opens_at, closes_at) AS phase,
           utc_text(opens_at) AS opens_at, utc_text(closes_at) AS closes_at
    FROM coupons;
