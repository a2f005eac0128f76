'use server'

import { publicFormAction } from '@/lib/http/form-action'
import { confirmEmail } from '@/lib/people/confirm-email'
import { MailLinkInput } from '@/lib/people/schema'

export const confirmEmailAction = publicFormAction(MailLinkInput, confirmEmail, {
  onDone: () => '/confirm-email?done=1',
})
