'use server'

import { redirect } from 'next/navigation'
import type { Context } from '@/lib/context/context'
import { formAction } from '@/lib/http/form-action'
import type { FormState } from '@/lib/http/form-state'
import { AnswerInput, VisitInput } from '@/lib/oauth/authorization/answer-input'
import { answerRequest } from '@/lib/oauth/authorization/answer-request'
import { startConsentDisposition } from '@/lib/oauth/authorization/start-consent-disposition'
import { releaseRequest } from '@/lib/oauth/authorization/visit-request'
import { currentSession } from '@/lib/session/current-session'
import { requestContext } from '@/lib/session/request-context'
import { withReturnTo } from '@/lib/session/return-to'
import { signOut } from '@/lib/session/sign-out'
import { forgetChoices, keepChoices } from './kept-choices'
import { visitOf } from './load-visit'

/** Null where the request had been answered before, or could be no longer: the page, read anew, says which. */
type Answered = { location: string } | null

const AREA = { area: 'consent' } as const

const answer = formAction<typeof AnswerInput, Answered>(
  AnswerInput,
  async (ctx: Context, input) => answerRequest(ctx, { ...input, ...(await visitOf(input.requestId)) }),
  { ...AREA, onDone: () => forgetChoices() },
)

export async function answerAction(previous: FormState<Answered>, form: FormData): Promise<FormState<Answered>> {
  await keepChoices(form)
  return answer(previous, form)
}

const startWallet = formAction(
  AnswerInput,
  async (ctx: Context, input) => startConsentDisposition(ctx, { ...input, ...(await visitOf(input.requestId)) }),
  { ...AREA, onDone: ({ requestId, dispositionId }) => `/consent/${requestId}/wallet/${dispositionId}` },
)

type Started = { requestId: string; dispositionId: string }

export async function startWalletAction(previous: FormState<Started>, form: FormData): Promise<FormState<Started>> {
  await keepChoices(form)
  form.set('decision', 'allow') // it is offered to be signed; nothing is allowed before
  return startWallet(previous, form)
}

/** "Not you?": whoever opened the request leaves it, and another person may sign in. */
export async function switchPersonAction(form: FormData): Promise<void> {
  const { requestId } = VisitInput.parse({ requestId: form.get('requestId') })
  const session = await currentSession()
  if (session) {
    await releaseRequest(await requestContext(session.actor), await visitOf(requestId))
    await forgetChoices()
    await signOut()
  }
  redirect(withReturnTo('/sign-in', `/consent/${requestId}`))
}
