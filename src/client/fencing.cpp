#include <dibs/fencing.hpp>

namespace dibs::fencing {

const char* const sql = R"sql(
    BEGIN;
    SELECT pg_advisory_xact_lock(hashtext('dibs_fences'));
    CREATE TABLE IF NOT EXISTS dibs_fences (resource text PRIMARY KEY, token bigint NOT NULL, owner text NOT NULL)
        WITH (fillfactor = 20);
    CREATE OR REPLACE FUNCTION dibs_accept(resource text, token bigint, owner text) RETURNS boolean
    LANGUAGE plpgsql AS $accept$
    BEGIN
        INSERT INTO dibs_fences AS seen VALUES ($1, $2, $3)
        ON CONFLICT ON CONSTRAINT dibs_fences_pkey DO UPDATE SET token = excluded.token, owner = excluded.owner
        WHERE seen.token < excluded.token OR (seen.token = excluded.token AND seen.owner = excluded.owner);
        RETURN FOUND;
    END
    $accept$;
    COMMIT)sql";

const char* const redis_script = R"lua(
    local seen = redis.call('HMGET', KEYS[1], 'token', 'owner')
    local newest, token = tonumber(seen[1]), tonumber(ARGV[1])
    if newest and (newest > token or (newest == token and seen[2] ~= ARGV[2])) then return 0 end
    redis.call('HSET', KEYS[1], 'token', ARGV[1], 'owner', ARGV[2], 'value', ARGV[3])
    return 1)lua";

}  // namespace dibs::fencing
