'use server'

import { publicFormAction } from '@/lib/http/form-action'
import { resetPassword } from '@/lib/people/recover'
import { ResetPasswordInput } from '@/lib/people/schema'

export const resetPasswordAction = publicFormAction(ResetPasswordInput, resetPassword, {
  onDone: () => '/reset-password?done=1',
})
