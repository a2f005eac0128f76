'use server'

import { publicFormAction } from '@/lib/http/form-action'
import { requestPasswordReset } from '@/lib/people/recover'
import { EmailInput } from '@/lib/people/schema'

export const recoverAction = publicFormAction(EmailInput, requestPasswordReset)
