'use server'

import { registerApplication } from '@/lib/applications/register-application'
import { RegisterApplicationInput } from '@/lib/applications/schema'
import { formAction } from '@/lib/http/form-action'

export const registerApplicationAction = formAction(RegisterApplicationInput, registerApplication, {
  area: 'portal',
  onDone: ({ applicationId }) => `/applications/${applicationId}`,
})
