import { listConsentsOfApplication } from '@/lib/consents/list-consents-of-application'
import { revokeConsent } from '@/lib/consents/revoke-consent'
import { ENVIRONMENTS, type Environment } from '@/lib/core/secrets'
import type { Command } from './cli-commands'

export const CONSENT_COMMANDS: readonly Command[] = [
  {
    name: 'consent list',
    purpose: 'What people allowed an application, newest first, the first thousand',
    options: {
      application: { value: 'ID', required: true },
      environment: { value: 'ENVIRONMENT', among: ENVIRONMENTS },
    },
    async run(ctx, { options }) {
      const environment = (options.environment ?? 'sandbox') as Environment
      const listed = await listConsentsOfApplication(ctx, { applicationId: options.application ?? '', environment })
      return listed.map((consent) => ({
        consent_id: consent.id,
        status: consent.status,
        person_id: consent.personId,
        customer_id: consent.customerId,
        scope: consent.scopes.join(' '),
        granted_at: consent.grantedAt,
        expires_at: consent.expiresAt,
        revoked_at: consent.revokedAt,
      }))
    },
  },
  {
    name: 'consent revoke',
    purpose: 'End a consent: its tokens are dead at once',
    operand: 'ID',
    options: {},
    async run(ctx, { operand }) {
      await revokeConsent(ctx, { consentId: operand })
      return { consent_id: operand, status: 'REVOKED' }
    },
  },
]
