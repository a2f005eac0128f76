import { type SQL, sql } from 'drizzle-orm'

/*
 * What a request was measured by when it came (read-authorization-request.ts) may end while a person reads it. These are
 * conditions of statements on `authorization_requests`, so that nothing is answered to where nobody would be sent now.
 */

const HOST = sql`substring(lower(authorization_requests.redirect_uri) from '^https?://([[][^]]+[]]|[^/:]+)')`

/** RFC 8252 §7.3: the port of loopback addresses is free; everything else is compared whole. */
function withoutLoopbackPort(url: SQL): SQL {
  return sql`regexp_replace(${url}, '^(http://(localhost|127[.]0[.]0[.]1|[[]::1[]])):[0-9]{1,5}(?=/|$)', '\\1')`
}

/** A live callback of an application at work covers the address: the host alone for a `flow` (seed 002), else the whole. */
export const REACHES_CALLBACK = sql`exists (
  select from applications a
  join application_environments e on e.application_id = a.id and e.environment = authorization_requests.environment
  join callbacks b on b.application_id = a.id and b.environment = e.environment and b.removed_at is null
  where a.id = authorization_requests.application_id and a.suspended_at is null
    and case when authorization_requests.kind = 'flow' and e.profile = 'legacy' then b.host = ${HOST}
      else ${withoutLoopbackPort(sql`b.url`)} = ${withoutLoopbackPort(sql`authorization_requests.redirect_uri`)} end)`

/** Everything that was asked may still be: its scopes, and payments by any scope of theirs. */
export const IS_SUBSCRIBED = sql`exists (
  select from application_environments e
  where e.application_id = authorization_requests.application_id and e.environment = authorization_requests.environment
    and to_jsonb(authorization_requests.scopes) <@ e.scopes
    and (authorization_requests.authorization_details is null
      or exists (select from jsonb_array_elements_text(e.scopes) s where s like '%-pis')))`
