'use server'

import { renewConsent } from '@/lib/consents/renew-consent'
import { revokeConsent } from '@/lib/consents/revoke-consent'
import { ConsentRef } from '@/lib/consents/schema'
import { formAction } from '@/lib/http/form-action'

export const revokeConsentAction = formAction(ConsentRef, revokeConsent, { area: 'secure' })
export const renewConsentAction = formAction(ConsentRef, renewConsent, { area: 'secure' })
