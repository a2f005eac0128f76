'use client'

import { KeyRound } from 'lucide-react'
import { SecretPanel } from '@/components/ui/secret-panel'
import { SubmitButton } from '@/components/ui/submit-button'
import type { Profile } from '@/lib/applications/schema'
import { ActionForm } from '../../../action-form'
import { makeSecretAction } from './actions'

export type MakeSecretFormProps = {
  applicationId: string
  profile: Profile
  /** Where the machine APIs answer, for the lines to copy. */
  origin: string
}

/** One button; then, once, the secret. */
export function MakeSecretForm({ applicationId, profile, origin }: MakeSecretFormProps) {
  return (
    <ActionForm
      action={makeSecretAction}
      fields={{ applicationId, environment: 'sandbox' }}
      whenDone={({ clientId, clientSecret }) => (
        <SecretPanel
          label="Application secret"
          value={clientSecret}
          env={{
            COUNTERSIGN_URL: origin,
            COUNTERSIGN_CLIENT_ID: clientId,
            COUNTERSIGN_CLIENT_SECRET: clientSecret,
          }}
          curl={profile === 'fapi2' ? undefined : tokenLine(origin, clientId, clientSecret)}
          doneHref={`/applications/${applicationId}`}
        />
      )}
    >
      {() => (
        <div>
          <SubmitButton pendingLabel="Making a secret…">
            <KeyRound aria-hidden />
            Make application secret
          </SubmitButton>
        </div>
      )}
    </ActionForm>
  )
}

/** Neither value holds a character that a shell or JSON would take for its own. */
function tokenLine(origin: string, clientId: string, clientSecret: string): string {
  const body = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: 'app' }
  return `curl -X POST ${origin}/oa2/v1/cc/token -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`
}
