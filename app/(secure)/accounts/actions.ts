'use server'

import { z } from 'zod'
import { openAccount } from '@/lib/customers/open-account'
import { formAction } from '@/lib/http/form-action'

export const openAccountAction = formAction(z.object({}), openAccount, { area: 'secure' })
