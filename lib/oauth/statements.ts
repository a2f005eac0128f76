/**
 * The token statements. Each one decides for a whole batch: it authenticates the clients, joins every parent that must be
 * alive, and writes. Nothing is cached, so a revoked secret or connection stops working with the next statement.
 *
 * Members arrive as parallel arrays of hex text; `n` is a member's place in its batch.
 */

/** The index key of a refresh token, its hash's first eight bytes: a third of the hash's own index, so that it stays in memory. */
export function refreshKeyOf(hex: string): string {
  return `('x' || left(${hex}, 16))::bit(64)::bigint`
}

// Access tokens of one slot lie together in their index: inserts go to its newest pages, however many tokens are alive.
export const SLOT_SECONDS = 600

/** The number of a moment's slot, in the upper 16 of 64 bits; it comes round after 455 days, long after any access token. */
export function slotOf(seconds: string): string {
  return `((${seconds}::bigint / ${SLOT_SECONDS} & 65535) << 48)`
}

/** The index key of an access token: the slot of its issue and the first six bytes of its hash. */
export function accessKeyOf(hex: string, slot: string): string {
  return `(${slot} | ('x' || left(${hex}, 12))::bit(48)::bigint)`
}

export const SLOT_OF_NOW = slotOf('floor(extract(epoch from $1::timestamptz))')

/**
 * Application, environment and secret of a member whose key and secret fit. While keys are rotated the old one and the new
 * are as good as each other; either is found by one probe. Family A is closed to profile `fapi2`.
 */
const CLIENT_JOIN = `
  join application_keys k on k.client_id = g.client_id and (k.ends_at is null or k.ends_at > $1::timestamptz)
  join application_environments e on e.application_id = k.application_id and e.environment = k.environment
    and e.profile <> 'fapi2'
  join applications a on a.id = e.application_id and a.suspended_at is null
  join application_secrets s on s.secret_hash = decode(g.secret_hash, 'hex')
    and s.application_id = e.application_id and s.environment = e.environment
    and s.revoked_at is null and (s.ends_at is null or s.ends_at > $1::timestamptz)`

/** A granted connection `c` counts while it is not revoked and whoever granted it is still an owner of the Customer. */
export const CONNECTION_ALIVE = `
  c.granted_at is not null and c.revoked_at is null
  and (c.granted_by is null or (
    select true from memberships m
    where m.person_id = c.granted_by and m.customer_id = c.customer_id and m.role = 'owner' and m.ended_at is null))`

/** The secret that minted a family ends its tokens when revoked, unless its revocation spares them. */
export const SECRET_ALIVE = `(s.revoked_at is null or s.keeps_tokens)`

/**
 * `again`: the batch was sent before and its reply was lost. Families that are there already are left as they are; asking
 * for that every time would cost a quarter of the write-ahead log.
 */
function issueStatement(kind: 'application' | 'connection', again: boolean): string {
  const connection = kind === 'connection'
  return `
with given as (
  select * from unnest($2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[]) with ordinality
    as g (client_id, secret_hash, code_hash, family_id, access_hash, refresh_hash, n)
), client as (
  select g.n, g.code_hash, g.family_id, g.access_hash, g.refresh_hash, e.application_id, e.environment, s.id as secret_id
  from given g ${CLIENT_JOIN}
), allowed as (
  select client.*, ${connection ? 'c.id' : 'null::text'} as connection_id
  from client
  ${
    connection
      ? `join connections c on c.code_hash = decode(client.code_hash, 'hex')
    and c.application_id = client.application_id and c.environment = client.environment and ${CONNECTION_ALIVE}`
      : ''
  }
), families as (
  insert into token_families (id, application_id, environment, secret_id, connection_id, refresh_key, refresh_hash, access_hash, expires_at, created_at)
  select family_id, application_id, environment, secret_id, connection_id, ${refreshKeyOf('refresh_hash')}, decode(refresh_hash, 'hex'), decode(access_hash, 'hex'),
    $1::timestamptz + make_interval(days => $9::int), $1::timestamptz
  from allowed order by refresh_hash
  ${again ? 'on conflict (id) do nothing' : ''}
  returning id, access_hash
), tokens as (
  insert into access_tokens (access_key, access_hash, family_id, issued_at, expires_at)
  select ${accessKeyOf("encode(access_hash, 'hex')", SLOT_OF_NOW)}, access_hash, id, $1::timestamptz, $1::timestamptz + make_interval(secs => $8::int)
  from families order by 1
)${
    connection
      ? `, erased as (
  update connections set code_sealed = null, code_sealed_until = null
  where code_sealed is not null and id in (select connection_id from allowed)
)`
      : ''
  }
select given.n::int as n, client.secret_id, allowed.connection_id, allowed.n is not null as allowed
from given left join client on client.n = given.n left join allowed on allowed.n = given.n
order by given.n`
}

export type IssueStatements = { first: string; again: string }
export const ISSUE_APPLICATION_TOKENS: IssueStatements = {
  first: issueStatement('application', false),
  again: issueStatement('application', true),
}
export const ISSUE_CONNECTION_TOKENS: IssueStatements = {
  first: issueStatement('connection', false),
  again: issueStatement('connection', true),
}

/** `$12`: whether connection tokens are refreshed (else application tokens). */
export const REFRESH_TOKENS = `
with given as (
  select * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) with ordinality
    as g (client_id, secret_hash, old_refresh, old_access, new_refresh, new_access, successor, n)
), client as (
  select g.*, e.application_id, e.environment, s.id as secret_id from given g ${CLIENT_JOIN}
), moved as (
  update token_families f
  set refresh_key = ${refreshKeyOf('client.new_refresh')}, refresh_hash = decode(client.new_refresh, 'hex'), access_hash = decode(client.new_access, 'hex'), secret_id = client.secret_id
  from client
  where f.refresh_key = ${refreshKeyOf('client.old_refresh')} and f.refresh_hash = decode(client.old_refresh, 'hex') and f.access_hash = decode(client.old_access, 'hex')
    and f.application_id = client.application_id and f.environment = client.environment
    and (f.connection_id is not null) = $10::boolean and f.scopes is null
    and f.revoked_at is null and f.expires_at > $1::timestamptz
    and exists (select 1 from application_secrets s where s.id = f.secret_id and ${SECRET_ALIVE})
    and (f.connection_id is null or exists (select 1 from connections c where c.id = f.connection_id and ${CONNECTION_ALIVE}))
  returning client.n, f.id, f.connection_id, f.access_hash
), spent as (
  insert into token_rotations (refresh_hash, family_id, access_hash, rotated_at, successor_sealed)
  select decode(client.old_refresh, 'hex'), moved.id, decode(client.old_access, 'hex'), $1::timestamptz, decode(client.successor, 'hex')
  from moved join client on client.n = moved.n order by client.old_refresh
), tokens as (
  insert into access_tokens (access_key, access_hash, family_id, issued_at, expires_at)
  select ${accessKeyOf("encode(access_hash, 'hex')", SLOT_OF_NOW)}, access_hash, id, $1::timestamptz, $1::timestamptz + make_interval(secs => $9::int)
  from moved order by 1
)
select given.n::int as n, client.secret_id, client.application_id, client.environment, moved.connection_id, moved.n is not null as allowed
from given left join client on client.n = given.n left join moved on moved.n = given.n
order by given.n`

// Replicas tell the time by the database's clock, but each a little differently (ADR-0006): a token may come from just ahead.
export const SECONDS_AHEAD = 5

/**
 * The way of this join is written down by `offset 0`: from each member to its token by the token's index, from there to the
 * family by its primary key. A plan is made once and kept, perhaps while the tables are new and hold nothing, and the
 * planner would then read them whole.
 */
export const VALIDATE_TOKENS = `
select g.n::int as n, f.id as family_id, f.application_id, f.environment, f.secret_id, f.connection_id, e.client_id,
  c.account_id, t.issued_at, t.expires_at
from unnest($2::text[]) with ordinality as g (access_hash, n)
cross join lateral (
  select t.access_hash, t.family_id, t.issued_at, t.expires_at
  from generate_series(floor(extract(epoch from $1::timestamptz) - $3::int)::bigint / ${SLOT_SECONDS} * ${SLOT_SECONDS},
    floor(extract(epoch from $1::timestamptz) + ${SECONDS_AHEAD})::bigint, ${SLOT_SECONDS}) as seconds
  cross join lateral (
    select * from access_tokens t
    where t.access_key = ${accessKeyOf('g.access_hash', slotOf('seconds'))} and t.access_hash = decode(g.access_hash, 'hex')
      and t.issued_at > $1::timestamptz - make_interval(secs => $3::int)
      and t.issued_at < $1::timestamptz + make_interval(secs => ${SECONDS_AHEAD}) and t.expires_at > $1::timestamptz
    offset 0
  ) t
  offset 0
) t
cross join lateral (
  select * from token_families f
  where f.id = t.family_id and f.access_hash = t.access_hash and f.scopes is null and f.revoked_at is null and f.expires_at > $1::timestamptz
  offset 0
) f
join application_environments e on e.application_id = f.application_id and e.environment = f.environment and e.profile <> 'fapi2'
join applications a on a.id = f.application_id and a.suspended_at is null
join application_secrets s on s.id = f.secret_id and ${SECRET_ALIVE}
left join connections c on c.id = f.connection_id
where f.connection_id is null or (${CONNECTION_ALIVE})`

/** What became of a used refresh token: for the 30 s in which its successor is given out again, and for reuse after. */
export const FIND_ROTATION = `
select r.family_id, r.access_hash, r.rotated_at, r.successor_sealed, f.application_id, f.environment, f.revoked_at, f.connection_id,
  f.expires_at > $1::timestamptz
    and exists (select 1 from application_secrets s where s.id = f.secret_id and ${SECRET_ALIVE})
    and (f.connection_id is null or exists (select 1 from connections c where c.id = f.connection_id and ${CONNECTION_ALIVE})) as alive
from token_rotations r
cross join lateral (select * from token_families where id = r.family_id and scopes is null offset 0) f
where r.refresh_hash = decode($2, 'hex')`

/** Every chain with the leaf of a member of `given`, whoever submitted it, the latest first. */
export const OWNERS_OF_LEAF = `
  select json_agg(json_build_object(
    'id', c.id, 'applicationId', c.application_id, 'environment', c.environment,
    'approvedAt', c.approved_at, 'refusedAt', c.refused_at, 'startsAt', c.starts_at, 'endsAt', c.ends_at,
    'revokedAt', c.revoked_at, 'notAfter', c.not_after,
    'trusted', exists (
      select 1 from trust_anchors t
      where t.environment = c.environment and t.sha256 = c.root_sha256 and t.removed_at is null)
    ) order by c.submitted_at desc) as chains
  from certificate_chains c where c.leaf_sha256 = decode(given.leaf_sha256, 'hex')
`

/**
 * A client by key and secret, and whose the certificate of its handshake is: both from this moment, so that a revocation or a
 * suspension counts with the next request of a connection that is open already.
 */
export const AUTHENTICATE_CLIENTS = `
with given as (
  select * from unnest($2::text[], $3::text[], $4::text[]) with ordinality as g (client_id, secret_hash, leaf_sha256, n)
), client as (
  select g.n, e.application_id, e.environment, e.mtls_required, s.id as secret_id from given g ${CLIENT_JOIN}
)
select given.n::int as n, client.application_id, client.environment, client.mtls_required, client.secret_id, leaf.chains
from given left join client on client.n = given.n left join lateral (${OWNERS_OF_LEAF}) leaf on given.leaf_sha256 <> ''
order by given.n`
