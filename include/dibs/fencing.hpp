#pragma once

/// The resource's side of a fencing token: a write is accepted only with a token larger than every one that
/// the resource has seen, or an equal one from the same owner (who may repeat its write). M. Kleppmann, "How
/// to do distributed locking", 2016.
namespace dibs::fencing {

/// For PostgreSQL: makes the table `dibs_fences` and the function
/// `dibs_accept(resource text, token bigint, owner text) RETURNS boolean`; may be run again. Call the
/// function in the transaction of the write, before it, and roll back where it answers false: it keeps its
/// row locked until the transaction ends, so that no older write can slip in between.
extern const char* const sql;

/// For a resource that is a Redis hash: a Lua script that writes the field `value` and answers 1, or answers
/// 0 and writes nothing. KEYS: the hash, whose fields `token` and `owner` it also keeps. ARGV: token, owner,
/// value. The promise holds for as long as Redis keeps the hash: over a failover or FLUSHALL it may forget.
extern const char* const redis_script;

}  // namespace dibs::fencing
