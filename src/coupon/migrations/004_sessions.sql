-- A new session of a user looks for those that are to make room for it.
CREATE INDEX sessions_by_user ON sessions (user_id, expires_at);
