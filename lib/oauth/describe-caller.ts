import { getOwnApplication } from '@/lib/applications/get-own-application'
import { listLiveCertificates } from '@/lib/certificates/list-live-certificates'
import type { ClientActor, Context } from '@/lib/context/context'
import { SECRET_LIMIT } from '@/lib/credentials/schema'
import { OPEN_OF_APPLICATION } from '@/lib/dispositions/require-room'

/** `GET /v1/application`: what the calling application is here. `presented` marks the certificate of this very handshake. */
export async function describeCaller(ctx: Context<ClientActor>): Promise<Record<string, unknown>> {
  const [application, certificates] = await Promise.all([getOwnApplication(ctx), listLiveCertificates(ctx)])
  return {
    application_id: ctx.actor.applicationId,
    client_id: ctx.actor.clientId,
    environment: ctx.actor.environment,
    name: application.name,
    profile: application.profile,
    scopes: application.scopes,
    mtls_required: application.mtlsRequired,
    certificates: certificates.map((one) => ({
      certificate_id: one.id,
      subject: one.subject,
      sha256: one.sha256,
      state: one.state,
      presented: one.id === ctx.actor.chainId,
      not_before: one.notBefore.toISOString(),
      not_after: one.notAfter.toISOString(),
      starts_at: one.startsAt.toISOString(),
      ends_at: one.endsAt?.toISOString() ?? null,
    })),
    // Products are not there yet: whatever scope the environment has is subscribed to.
    subscriptions: application.scopes.map((scope) => ({ scope, state: 'active' })),
    limits: { live_secrets: SECRET_LIMIT, open_requests: OPEN_OF_APPLICATION },
  }
}
