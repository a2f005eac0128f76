'use server'

import { makeSecret } from '@/lib/credentials/make-secret'
import { revokeSecret } from '@/lib/credentials/revoke-secret'
import { MakeSecretInput, RevokeSecretInput } from '@/lib/credentials/schema'
import { formAction } from '@/lib/http/form-action'

export const makeSecretAction = formAction(MakeSecretInput, makeSecret, { area: 'portal' })

export const revokeSecretAction = formAction(RevokeSecretInput, revokeSecret, { area: 'portal' })
