-- Somebody signed in on one device. Its refresh token is spent at each use: of the last two the row has the SHA-256,
-- and with `successor_salt` a client whose answer was lost gets the same successor again (refresh_token.hpp).
CREATE TABLE sessions (
    id text PRIMARY KEY,
    user_id bigint NOT NULL,
    token_hash text NOT NULL,
    spent_hash text,
    successor_salt text,
    spent_at timestamptz,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Counts an administrator's edits, for If-Match.
ALTER TABLE coupons ADD COLUMN edition bigint NOT NULL DEFAULT 1;

-- Who did what to a coupon; kept when the coupon goes.
CREATE TABLE coupon_edits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    coupon_id text NOT NULL,
    edited_by bigint NOT NULL,
    edited_at timestamptz NOT NULL DEFAULT now(),
    change jsonb NOT NULL
);
