-- Databases that were set up before their version was kept have these.
CREATE TABLE IF NOT EXISTS users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    password_hash text,
    idempotency_key text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS coupons (
    id text PRIMARY KEY,
    code text NOT NULL,
    stock bigint NOT NULL,
    issued bigint NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0,
    fence_owner text NOT NULL DEFAULT '',
    CONSTRAINT coupons_issued_within_stock CHECK (issued BETWEEN 0 AND stock)
);

CREATE TABLE IF NOT EXISTS claims (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    coupon_id text NOT NULL REFERENCES coupons,
    user_id bigint NOT NULL CONSTRAINT claims_user_exists REFERENCES users,
    idempotency_key text NOT NULL,
    issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT claims_one_per_user UNIQUE (coupon_id, user_id),
    CONSTRAINT claims_one_per_key UNIQUE (user_id, idempotency_key)
);

-- ISO 8601, whatever the session's time zone: a repeated claim gets its first answer word for word.
CREATE OR REPLACE FUNCTION utc_text(at timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

CREATE TABLE IF NOT EXISTS claim_conflicts (
    coupon_id text NOT NULL REFERENCES coupons,
    strategy text NOT NULL,
    conflicts bigint NOT NULL,
    PRIMARY KEY (coupon_id, strategy)
);
