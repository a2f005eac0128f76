'use server'

import { StartSelfConnectionInput } from '@/lib/connections/schema'
import { startSelfConnection } from '@/lib/connections/start-self-connection'
import { formAction } from '@/lib/http/form-action'

export const startSelfConnectionAction = formAction(StartSelfConnectionInput, startSelfConnection, {
  area: 'portal',
  onDone: ({ applicationId, dispositionId }) => `/applications/${applicationId}/connect/${dispositionId}`,
})
