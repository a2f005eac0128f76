'use server'

import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import { z } from 'zod'
import { formAction } from '@/lib/http/form-action'
import { listOwnFactors } from '@/lib/people/list-factors'
import type { FactorMethod } from '@/lib/people/schema'
import { SendCodeInput, StepUpInput } from '@/lib/people/schema'
import { startPasskeyStepUp } from '@/lib/people/start-passkey-ceremony'
import { sendStepUpCode, stepUp } from '@/lib/people/step-up'
import { currentSession } from '@/lib/session/current-session'
import { requestContext } from '@/lib/session/request-context'
import { parseReturnTo } from '@/lib/session/return-to'

// Every area has forms that need a step-up; the longest pause of any of them counts, as the form itself applies its own.
const ANY_AREA = { area: 'portal' } as const

export const stepUpAction = formAction<typeof StepUpInput, unknown>(StepUpInput, stepUp, ANY_AREA)

export const sendCodeAction = formAction(SendCodeInput, sendStepUpCode, ANY_AREA)

/** For the page without scripts: goes on to where the person was. */
const StepUpAndGoInput = z.intersection(StepUpInput, z.object({ return_to: z.string().optional() }))

export const stepUpAndGoAction = formAction<typeof StepUpAndGoInput, unknown>(
  StepUpAndGoInput,
  async (ctx, input) => {
    await stepUp(ctx, input)
    return parseReturnTo(input.return_to)
  },
  { ...ANY_AREA, onDone: (returnTo) => (typeof returnTo === 'string' ? returnTo : '/step-up') },
)

export type StepUpChoices = {
  methods: FactorMethod[]
  passkey: { challengeId: string; options: PublicKeyCredentialRequestOptionsJSON } | null
}

/** What the dialog offers; null when nobody is signed in any more. */
export async function loadStepUpAction(): Promise<StepUpChoices | null> {
  const session = await currentSession()
  if (!session) return null
  const ctx = await requestContext(session.actor)
  const { methods } = await listOwnFactors(ctx)
  return { methods, passkey: methods.includes('passkey') ? await startPasskeyStepUp(ctx) : null }
}
