import {
  accessKeyOf,
  CONNECTION_ALIVE,
  MTLS_REQUIRED,
  OWNERS_OF_LEAF,
  refreshKeyOf,
  SECONDS_AHEAD,
  SECRET_ALIVE,
  SLOT_OF_NOW,
  SLOT_SECONDS,
  slotOf,
  USED_TOKEN,
} from './statements'

/** The statements of `/oauth2/*`, each for a whole batch as in lib/oauth/statements.ts. */

/**
 * Who a key and a secret are: an application with its profile, or a core, and whose the certificate of the handshake is. What
 * is not there is null; whether it suffices is decided by the checks of the client.
 */
export const FIND_CLIENTS = `
with given as (
  select * from unnest($2::text[], $3::text[], $4::text[]) with ordinality as g (client_id, secret_hash, leaf_sha256, n)
)
select given.n::int as n, e.application_id, e.environment, e.profile, ${MTLS_REQUIRED} as mtls_required, e.scopes, a.suspended_at is not null as is_suspended,
  s.id as secret_id, core.id as core_id, encode(core.certificate_sha256, 'hex') as core_certificate_sha256, leaf.chains
from given
left join application_keys k on k.client_id = given.client_id and (k.ends_at is null or k.ends_at > $1::timestamptz)
left join application_environments e on e.application_id = k.application_id and e.environment = k.environment
left join applications a on a.id = e.application_id
left join application_secrets s on s.secret_hash = decode(given.secret_hash, 'hex')
  and s.application_id = e.application_id and s.environment = e.environment
  and s.revoked_at is null and (s.ends_at is null or s.ends_at > $1::timestamptz)
left join cores core on core.client_id = given.client_id and core.secret_hash = decode(given.secret_hash, 'hex')
  and core.revoked_at is null
left join lateral (${OWNERS_OF_LEAF}) leaf on given.leaf_sha256 <> ''
order by given.n`

/** A consent `o` counts while it is neither revoked nor over and who gave it still belongs to the Customer. */
const CONSENT_ALIVE = `
  o.revoked_at is null and o.expires_at > $1::timestamptz and (
    select true from memberships m
    where m.person_id = o.person_id and m.customer_id = o.customer_id and m.ended_at is null limit 1)`

/** A family with a consent lives as long as that, however often it is renewed: CONSENT_ALIVE decides. */
export const NOT_EXPIRED = '(f.consent_id is not null or f.expires_at > $1::timestamptz)'

/**
 * Everything that a family `f` descends from is alive, and the chain of the certificate that was presented. A superseded chain is:
 * what is bound to its certificate lives until it expires. Scalar subqueries, not `exists`: the planner could answer that by
 * reading a whole table.
 */
const parentsAlive = (chainId: string) => `
  (f.secret_id is null or (select true from application_secrets s where s.id = f.secret_id and ${SECRET_ALIVE}))
  and (f.public_key_id is null or (
    select true from application_public_keys p where p.id = f.public_key_id and (p.revoked_at is null or p.keeps_tokens)))
  and (${chainId} is null or (select true from certificate_chains h where h.id = ${chainId} and h.revoked_at is null))
  and (f.consent_id is null or (select true from consents o where o.id = f.consent_id and ${CONSENT_ALIVE}))
  and (f.connection_id is null or (select true from connections c where c.id = f.connection_id and ${CONNECTION_ALIVE}))`

export const PARENTS_ALIVE = parentsAlive('f.chain_id')

/** What a token `t` is bound to: tokens of a family that never rotates say it themselves, any other is its family's only one. */
const BOUND_CERTIFICATE = "nullif(coalesce(t.certificate_sha256, f.certificate_sha256), ''::bytea)"
const BOUND_KEY = "nullif(coalesce(t.jwk_thumbprint, f.jwk_thumbprint), ''::bytea)"
const CHAIN_PRESENTED = "nullif(coalesce(t.chain_id, f.chain_id), '')"

/** Profile `fapi2` has no Family A, and none but sender-constrained tokens (FAPI 2.0 Security Profile §5.3.2.1). */
const PROFILE_ALLOWS = `(e.profile <> 'fapi2'
  or f.scopes is not null and (${BOUND_CERTIFICATE} is not null or ${BOUND_KEY} is not null))`

/**
 * The access token's row, by its index, and its family: the token is the family's current one, or the family keeps all that it
 * gave since it stopped rotating. The way of the join is written down as in VALIDATE_TOKENS, for the same reason.
 */
const BY_ACCESS_TOKEN = `
cross join lateral (
  select t.access_hash, t.family_id, t.issued_at, t.expires_at, t.certificate_sha256, t.chain_id, t.jwk_thumbprint
  from generate_series(floor(extract(epoch from $1::timestamptz) - $3::int)::bigint / ${SLOT_SECONDS} * ${SLOT_SECONDS},
    floor(extract(epoch from $1::timestamptz) + ${SECONDS_AHEAD})::bigint, ${SLOT_SECONDS}) as seconds
  cross join lateral (
    select * from access_tokens t
    where t.access_key = ${accessKeyOf('g.token_hash', slotOf('seconds'))} and t.access_hash = decode(g.token_hash, 'hex')
      and t.issued_at > $1::timestamptz - make_interval(secs => $3::int)
      and t.issued_at < $1::timestamptz + make_interval(secs => ${SECONDS_AHEAD}) and t.expires_at > $1::timestamptz
    offset 0
  ) t
  offset 0
) t
cross join lateral (
  select * from token_families f
  where f.id = t.family_id
    and (f.access_hash = t.access_hash or f.access_hash = ''::bytea and (f.opened_at is null or t.issued_at >= f.opened_at))
    and f.revoked_at is null and ${NOT_EXPIRED}
  offset 0
) f`

const BY_REFRESH_TOKEN = `
cross join lateral (
  select f.*, f.created_at as issued_at from token_families f
  where f.refresh_key = ${refreshKeyOf('g.token_hash')} and f.refresh_hash = decode(g.token_hash, 'hex')
    and f.revoked_at is null and ${NOT_EXPIRED} and $3::int is not null
  offset 0
) f
cross join lateral (
  select f.issued_at, case when f.consent_id is null then f.expires_at end as expires_at, null::bytea as certificate_sha256,
    null::text as chain_id, null::bytea as jwk_thumbprint
  offset 0
) t`

function findTokens(by: string): string {
  return `
select g.n::int as n, f.id as family_id, f.application_id, f.environment, e.client_id, f.scopes, f.consent_id, f.connection_id,
  f.authorization_details, encode(${BOUND_CERTIFICATE}, 'hex') as certificate_sha256, encode(${BOUND_KEY}, 'hex') as jwk_thumbprint,
  consent.scopes as consent_scopes, coalesce(consent.person_id, connection.granted_by) as person_id,
  coalesce(consent.customer_id, connection.customer_id) as customer_id, consent.auth_time, consent.amr,
  extract(epoch from t.issued_at)::float8 as issued_at, extract(epoch from least(t.expires_at, consent.expires_at))::float8 as expires_at
from unnest($2::text[]) with ordinality as g (token_hash, n)
${by}
join application_environments e on e.application_id = f.application_id and e.environment = f.environment
join applications a on a.id = f.application_id and a.suspended_at is null
left join consents consent on consent.id = f.consent_id
left join connections connection on connection.id = f.connection_id
where ${PROFILE_ALLOWS} and ${parentsAlive(CHAIN_PRESENTED)}`
}

/** What is known of a live access token, of Family A or of `/oauth2/token`; no row for any other. */
export const FIND_ACCESS_TOKENS = findTokens(BY_ACCESS_TOKEN)
/** The same of a refresh token that has not been used. */
export const FIND_REFRESH_TOKENS = findTokens(BY_REFRESH_TOKEN)

/**
 * Families with their first access tokens, as JSON. Those that are there already were sent before and their reply was lost. A
 * family that never rotates may be bound to something else when more of its tokens are given: each keeps its own.
 */
export const MINT_FAMILIES = `
with given as (
  select * from jsonb_to_recordset($2::text::jsonb) as g (
    id uuid, application_id text, environment text, secret_id text, public_key_id text, chain_id text, consent_id text,
    scopes text[], authorization_details jsonb, certificate_sha256 text, jwk_thumbprint text, refresh_hash text,
    access_hash text, rotates boolean, expires_at timestamptz)
), families as (
  insert into token_families (id, application_id, environment, secret_id, public_key_id, chain_id, consent_id, scopes,
    authorization_details, certificate_sha256, jwk_thumbprint, refresh_key, refresh_hash, access_hash, expires_at, created_at)
  select id, application_id, environment, secret_id, public_key_id, chain_id, consent_id, scopes, authorization_details,
    decode(certificate_sha256, 'hex'), decode(jwk_thumbprint, 'hex'), ${refreshKeyOf('refresh_hash')}, decode(refresh_hash, 'hex'),
    case when rotates then decode(access_hash, 'hex') else ''::bytea end, expires_at, $1::timestamptz
  from given order by id
  on conflict (id) do nothing
  returning id
)
insert into access_tokens (access_key, access_hash, family_id, issued_at, expires_at, certificate_sha256, chain_id, jwk_thumbprint)
select ${accessKeyOf('access_hash', SLOT_OF_NOW)}, decode(access_hash, 'hex'), id, $1::timestamptz, $1::timestamptz + make_interval(secs => $3::int),
  case when not rotates then decode(coalesce(certificate_sha256, ''), 'hex') end, case when not rotates then coalesce(chain_id, '') end,
  case when not rotates then decode(coalesce(jwk_thumbprint, ''), 'hex') end
from given join families using (id) order by 1`

const GIVEN_TO_REFRESH = `
with given as (
  select * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $14::text[])
    with ordinality as g (application_id, environment, secret_id, public_key_id, chain_id, certificate_sha256, jwk_thumbprint,
      old_refresh, new_refresh, new_access, successor, asked_scopes, n)
)`

/**
 * The family of a refresh token that the given client may use: its own, alive, and bound no less than it was. A certificate
 * may be another of the same application, whose old one ends; a DPoP key stays the same. Who asks for more than was granted, and
 * is still, moves nothing (RFC 6749 §6).
 */
const REFRESHABLE = `
  f.refresh_key = ${refreshKeyOf('given.old_refresh')} and f.refresh_hash = decode(given.old_refresh, 'hex')
  and f.application_id = given.application_id and f.environment = given.environment
  and f.scopes is not null and f.revoked_at is null and ${NOT_EXPIRED}
  and (f.certificate_sha256 is null or given.certificate_sha256 <> '')
  and (f.jwk_thumbprint is null or f.jwk_thumbprint = decode(given.jwk_thumbprint, 'hex'))
  and string_to_array(given.asked_scopes, ' ') <@ f.scopes
  and (f.consent_id is null or given.asked_scopes = '' or (
    select string_to_array(given.asked_scopes, ' ') <@ o.scopes from consents o where o.id = f.consent_id))
  and ${PARENTS_ALIVE}`

const CREDENTIALS_GIVEN = `
  nullif(given.secret_id, ''), nullif(given.public_key_id, ''), nullif(given.chain_id, ''),
  decode(nullif(given.certificate_sha256, ''), 'hex'), decode(nullif(given.jwk_thumbprint, ''), 'hex')`

const REFRESHED = `
select given.n::int as n, f.id as family_id, f.scopes, f.authorization_details, f.consent_id, consent.scopes as consent_scopes
from given left join moved f on f.n = given.n left join consents consent on consent.id = f.consent_id
order by given.n`

/** Moves families to a new pair, and binds them to what was presented now. */
export const ROTATE_TOKENS = `${GIVEN_TO_REFRESH}, moved as (
  update token_families f
  set refresh_key = ${refreshKeyOf('given.new_refresh')}, refresh_hash = decode(given.new_refresh, 'hex'), access_hash = decode(given.new_access, 'hex'),
    (secret_id, public_key_id, chain_id, certificate_sha256, jwk_thumbprint) = (${CREDENTIALS_GIVEN})
  from given
  where ${REFRESHABLE}
  returning given.n, given.old_refresh, given.successor, f.id, f.access_hash, f.scopes, f.authorization_details, f.consent_id
), spent as (
  insert into token_rotations (refresh_hash, family_id, access_hash, rotated_at, successor_sealed)
  select decode(old_refresh, 'hex'), id, access_hash, $1::timestamptz, decode(successor, 'hex') from moved order by old_refresh
), tokens as (
  insert into access_tokens (access_key, access_hash, family_id, issued_at, expires_at)
  select ${accessKeyOf("encode(access_hash, 'hex')", SLOT_OF_NOW)}, access_hash, id, $1::timestamptz, $1::timestamptz + make_interval(secs => $13::int)
  from moved order by 1
)${REFRESHED}`

/**
 * Of profile `fapi2`: one more access token, the refresh token stays (FAPI 2.0 Security Profile §5.3.2.1). The family is
 * rewritten only when it was minted otherwise: by another credential, or as one that rotates, whose tokens end with this. What
 * it gave before stays bound to what it was bound to.
 */
export const EXTEND_TOKENS = `${GIVEN_TO_REFRESH}, moved as (
  select given.*, f.id, f.scopes, f.authorization_details, f.consent_id,
    (f.access_hash, f.secret_id, f.public_key_id, f.chain_id, f.certificate_sha256, f.jwk_thumbprint) is distinct from
    (''::bytea, ${CREDENTIALS_GIVEN}) as is_other
  from given join token_families f on ${REFRESHABLE}
  where given.certificate_sha256 <> '' or given.jwk_thumbprint <> ''
), opened as (
  update token_families f
  set (access_hash, secret_id, public_key_id, chain_id, certificate_sha256, jwk_thumbprint) = (''::bytea, ${CREDENTIALS_GIVEN}),
    opened_at = case when f.access_hash = ''::bytea then f.opened_at else $1::timestamptz end
  from moved given where f.id = given.id and given.is_other
), tokens as (
  insert into access_tokens (access_key, access_hash, family_id, issued_at, expires_at, certificate_sha256, chain_id, jwk_thumbprint)
  select ${accessKeyOf('new_access', SLOT_OF_NOW)}, decode(new_access, 'hex'), id, $1::timestamptz, $1::timestamptz + make_interval(secs => $13::int),
    decode(certificate_sha256, 'hex'), chain_id, decode(jwk_thumbprint, 'hex')
  from moved order by 1
)${REFRESHED}`

/** What became of a used refresh token of `/oauth2/token`: for its successor within 30 s, and for reuse after. */
export const FIND_USED_TOKEN = `
select r.*, f.application_id, f.environment, f.revoked_at, f.scopes, f.consent_id,
  f.authorization_details, consent.scopes as consent_scopes, encode(f.certificate_sha256, 'hex') as certificate_sha256, encode(f.jwk_thumbprint, 'hex') as jwk_thumbprint,
  ${NOT_EXPIRED} and ${PARENTS_ALIVE} as alive
from (${USED_TOKEN}) r
cross join lateral (select * from token_families f where f.id = r.family_id and f.scopes is not null offset 0) f
left join consents consent on consent.id = f.consent_id`
