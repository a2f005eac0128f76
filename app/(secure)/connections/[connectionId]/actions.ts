'use server'

import { revokeConnection } from '@/lib/connections/revoke-connection'
import { ConnectionRef } from '@/lib/connections/schema'
import { formAction } from '@/lib/http/form-action'

export const revokeConnectionAction = formAction(ConnectionRef, revokeConnection, { area: 'secure' })
