import { z } from 'zod'
import { isPlainLine } from '@/lib/core/plain-line'

/** How a second factor, or a step-up, may be given. */
export const FACTOR_METHODS = ['passkey', 'totp', 'mail-code', 'sms-code', 'recovery-code'] as const
export type FactorMethod = (typeof FACTOR_METHODS)[number]
export const CODE_METHODS = ['totp', 'mail-code', 'sms-code', 'recovery-code'] as const
export type CodeMethod = (typeof CODE_METHODS)[number]

export const PASSWORD_MIN = 12
export const PASSWORD_MAX = 200

const Email = z
  .string({ error: 'email-needed' })
  .trim()
  .min(1, 'email-needed')
  .max(254, 'email-malformed')
  .pipe(z.email('email-malformed'))

/** Of a password only its length is a matter of form; whether it is too common is for the verb to say. */
const NewPassword = z
  .string({ error: 'password-needed' })
  .transform((value) => value.normalize('NFC'))
  .refine((value) => [...value].length >= PASSWORD_MIN, 'password-too-short')
  .refine((value) => [...value].length <= PASSWORD_MAX, 'password-too-long')

const GivenPassword = z
  .string({ error: 'password-needed' })
  .min(1, 'password-needed')
  .max(4 * PASSWORD_MAX, 'password-too-long')
  .transform((value) => value.normalize('NFC'))

const Name = z
  .string({ error: 'name-needed' })
  .trim()
  .min(1, 'name-needed')
  .max(80, 'name-too-long')
  .refine(isPlainLine, 'name-malformed')

/** Spaces and dashes are how people group a code when they copy it. */
const Code = z
  .string({ error: 'code-needed' })
  .transform((value) => value.replace(/[\s-]/g, '').toUpperCase())
  .pipe(z.string().min(1, 'code-needed').max(40, 'code-wrong'))

const OpaqueToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'link-dead')
const PublicId = z.string().regex(/^[a-z]{3}_[0-9a-z]{20}$/)
const ChallengeId = z.string().regex(/^[0-9a-f]{32}$/, 'passkey-refused')
const CredentialId = z
  .string()
  .max(1400)
  .regex(/^[A-Za-z0-9_-]+$/, 'passkey-refused')

/** What a browser's WebAuthn call answers, as JSON or, from a hidden field, as text. The library checks what is inside. */
const CredentialResponse = z
  .union([
    z.string().transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue({ code: 'custom', message: 'passkey-refused' })
        return z.NEVER
      }
    }),
    z.unknown(),
  ])
  .pipe(
    z.looseObject({
      id: CredentialId,
      rawId: CredentialId,
      type: z.literal('public-key'),
      response: z.looseObject({ clientDataJSON: z.string().max(8000) }),
      clientExtensionResults: z.looseObject({}).default({}),
    }),
  )

export const SignUpInput = z.object({ name: Name, email: Email, password: NewPassword })
export type SignUpInput = z.infer<typeof SignUpInput>

export const SignInInput = z.object({ email: Email, password: GivenPassword, return_to: z.string().optional() })
export type SignInInput = z.infer<typeof SignInInput>

export const SecondFactorInput = z.object({ method: z.enum(CODE_METHODS), code: Code })
export type SecondFactorInput = z.infer<typeof SecondFactorInput>

export const PasskeyProofInput = z.object({ challengeId: ChallengeId, response: CredentialResponse })
export type PasskeyProofInput = z.infer<typeof PasskeyProofInput>

export const StepUpInput = z.discriminatedUnion('method', [
  z.object({ method: z.literal('passkey'), challengeId: ChallengeId, response: CredentialResponse }),
  z.object({ method: z.literal('totp'), code: Code }),
  z.object({ method: z.literal('mail-code'), code: Code }),
  z.object({ method: z.literal('sms-code'), code: Code }),
  // A recovery code lies on paper: within a session it counts together with the password only.
  z.object({ method: z.literal('recovery-code'), code: Code, password: GivenPassword }),
])
export type StepUpInput = z.infer<typeof StepUpInput>

export const MailLinkInput = z.object({ token: OpaqueToken })
export type MailLinkInput = z.infer<typeof MailLinkInput>

export const EmailInput = z.object({ email: Email })
export type EmailInput = z.infer<typeof EmailInput>

export const ResetPasswordInput = z.object({ token: OpaqueToken, password: NewPassword })
export type ResetPasswordInput = z.infer<typeof ResetPasswordInput>

export const ChangePasswordInput = z.object({ currentPassword: GivenPassword, password: NewPassword })
export type ChangePasswordInput = z.infer<typeof ChangePasswordInput>

export const EnrolPasskeyInput = z.object({
  challengeId: ChallengeId,
  response: CredentialResponse,
  name: Name,
})
export type EnrolPasskeyInput = z.infer<typeof EnrolPasskeyInput>

export const RenamePasskeyInput = z.object({ passkeyId: PublicId, name: Name })
export type RenamePasskeyInput = z.infer<typeof RenamePasskeyInput>

export const PasskeyInput = z.object({ passkeyId: PublicId })
export type PasskeyInput = z.infer<typeof PasskeyInput>

export const ConfirmTotpInput = z.object({ totpId: PublicId, code: Code })
export type ConfirmTotpInput = z.infer<typeof ConfirmTotpInput>

/** E.164, however people group it. */
const PhoneNumber = z
  .string({ error: 'phone-needed' })
  .transform((value) => value.replace(/[\s()./-]/g, '').replace(/^00/, '+'))
  .pipe(
    z
      .string()
      .min(1, 'phone-needed')
      .regex(/^\+[1-9]\d{6,14}$/, 'phone-malformed'),
  )

export const AddPhoneInput = z.object({ phone: PhoneNumber })
export type AddPhoneInput = z.infer<typeof AddPhoneInput>

export const ConfirmPhoneInput = z.object({ phoneId: PublicId, code: Code })
export type ConfirmPhoneInput = z.infer<typeof ConfirmPhoneInput>

/** Which of the codes that are sent is wanted. */
export const SendCodeInput = z.object({ method: z.enum(['mail-code', 'sms-code']).default('mail-code') })
export type SendCodeInput = z.infer<typeof SendCodeInput>

export const SessionInput = z.object({ sessionId: PublicId })
export type SessionInput = z.infer<typeof SessionInput>

export const LocaleInput = z.object({ locale: z.enum(['en', 'it']) })
export type LocaleInput = z.infer<typeof LocaleInput>

export const NoInput = z.object({})
export type NoInput = z.infer<typeof NoInput>
