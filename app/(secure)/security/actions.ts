'use server'

import { formAction } from '@/lib/http/form-action'
import { confirmPasskey, removePasskey, renamePasskey } from '@/lib/people/change-passkey'
import { changePassword } from '@/lib/people/change-password'
import { addPhone, confirmPhone, removePhone } from '@/lib/people/change-phone'
import { enrolPasskey } from '@/lib/people/enrol-passkey'
import { confirmTotp, removeTotp, startTotp } from '@/lib/people/enrol-totp'
import { makeRecoveryCodes } from '@/lib/people/make-recovery-codes'
import { requestEmailChange } from '@/lib/people/request-email-change'
import { revokeOtherSessions, revokeSession } from '@/lib/people/revoke-session'
import {
  AddPhoneInput,
  ChangePasswordInput,
  ConfirmPhoneInput,
  ConfirmTotpInput,
  EmailInput,
  EnrolPasskeyInput,
  NoInput,
  PasskeyInput,
  RenamePasskeyInput,
  SessionInput,
} from '@/lib/people/schema'
import { startPasskeyEnrolment } from '@/lib/people/start-passkey-ceremony'

const AREA = { area: 'secure' } as const

export const startPasskeyAction = formAction(NoInput, startPasskeyEnrolment, AREA)
export const enrolPasskeyAction = formAction(
  EnrolPasskeyInput,
  async (ctx, input) => {
    const { acceptsFrom } = await enrolPasskey(ctx, input)
    return { acceptsNow: acceptsFrom.getTime() <= ctx.now.getTime() }
  },
  AREA,
)
export const renamePasskeyAction = formAction(RenamePasskeyInput, renamePasskey, AREA)
export const confirmPasskeyAction = formAction(PasskeyInput, confirmPasskey, AREA)
export const removePasskeyAction = formAction(PasskeyInput, removePasskey, AREA)

export const startTotpAction = formAction(NoInput, startTotp, AREA)
export const confirmTotpAction = formAction(ConfirmTotpInput, confirmTotp, AREA)
export const removeTotpAction = formAction(NoInput, removeTotp, AREA)

export const addPhoneAction = formAction(AddPhoneInput, addPhone, AREA)
export const confirmPhoneAction = formAction(ConfirmPhoneInput, confirmPhone, AREA)
export const removePhoneAction = formAction(NoInput, removePhone, AREA)

export const makeRecoveryCodesAction = formAction(NoInput, makeRecoveryCodes, AREA)

export const changePasswordAction = formAction(ChangePasswordInput, changePassword, AREA)
export const changeEmailAction = formAction(EmailInput, requestEmailChange, AREA)

export const revokeSessionAction = formAction(SessionInput, revokeSession, AREA)
export const revokeOtherSessionsAction = formAction(NoInput, revokeOtherSessions, AREA)
