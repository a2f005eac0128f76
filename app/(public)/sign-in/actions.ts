'use server'

import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { publicFormAction } from '@/lib/http/form-action'
import { PasskeyProofInput, SecondFactorInput, SendCodeInput, SignInInput } from '@/lib/people/schema'
import { dropCookie } from '@/lib/session/cookies'
import { challengePasskey, giveCode, givePasskey, givePassword, resendCode } from '@/lib/session/sign-in-steps'

export const passwordAction = publicFormAction(SignInInput, givePassword, {
  onDone: () => '/sign-in?step=second-factor',
})

export const codeAction = publicFormAction(SecondFactorInput, giveCode, { onDone: ({ next }) => next })

export const passkeyAction = publicFormAction(
  PasskeyProofInput.extend({ return_to: z.string().optional() }),
  givePasskey,
  { onDone: ({ next }) => next },
)

export const resendAction = publicFormAction(SendCodeInput, resendCode)

export async function startPasskeyAction() {
  return challengePasskey()
}

export async function startOverAction(): Promise<void> {
  dropCookie(await cookies(), 'attempt')
  redirect('/sign-in')
}
