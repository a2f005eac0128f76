import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import type { Environment } from '@/lib/core/secrets'

export type EndingCertificate = {
  chainId: string
  position: number
  applicationId: string
  applicationName: string
  environment: Environment
  subject: string
  endsAt: Date
}

/** Certificates of chains that count or will count, which end before `until` and before their chain does by itself. */
export async function listEndingCertificates(db: Database, now: Date, until: Date): Promise<EndingCertificate[]> {
  const rows = await db.execute<{
    id: string
    position: number
    application_id: string
    name: string
    environment: Environment
    subject: string
    not_after: string
  }>(sql`
    select c.id, k.position, c.application_id, a.name, c.environment, k.subject, k.not_after
    from chain_certificates k
    join certificate_chains c on c.id = k.chain_id
    join applications a on a.id = c.application_id
    where k.not_after > ${now.toISOString()}::timestamptz and k.not_after <= ${until.toISOString()}::timestamptz
      and c.approved_at is not null and c.revoked_at is null
      and (c.ends_at is null or c.ends_at > k.not_after)
    order by k.not_after, c.id, k.position`)
  return rows.map((row) => ({
    chainId: row.id,
    position: row.position,
    applicationId: row.application_id,
    applicationName: row.name,
    environment: row.environment,
    subject: row.subject,
    endsAt: new Date(row.not_after),
  }))
}

export type Operator = { email: string; name: string; locale: string }

export async function listOperators(db: Database): Promise<Operator[]> {
  return db.execute<Operator>(sql`
    select email, name, locale from people
    where operator_since is not null and disabled_at is null and email_confirmed_at is not null
    order by email`)
}
