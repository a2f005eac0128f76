import { and, eq } from 'drizzle-orm'
import { applicationEnvironments, applications } from '@/db/schema/applications'
import type { ClientActor, Context } from '@/lib/context/context'
import { assert } from '@/lib/core/errors'

export type OwnApplication = { name: string; profile: string; scopes: string[]; mtlsRequired: boolean }

/** The calling application, as it is in the environment that its key belongs to. */
export async function getOwnApplication(ctx: Context<ClientActor>): Promise<OwnApplication> {
  const { applicationId, environment } = ctx.actor
  const [row] = await ctx.db
    .select({
      name: applications.name,
      profile: applicationEnvironments.profile,
      scopes: applicationEnvironments.scopes,
      mtlsRequired: applicationEnvironments.mtlsRequired,
    })
    .from(applicationEnvironments)
    .innerJoin(applications, eq(applications.id, applicationEnvironments.applicationId))
    .where(
      and(
        eq(applicationEnvironments.applicationId, applicationId),
        eq(applicationEnvironments.environment, environment),
      ),
    )
  assert(row, 'an authenticated application is there')
  return row
}
