'use server'

import type { Context } from '@/lib/context/context'
import { cancelDisposition } from '@/lib/dispositions/cancel-disposition'
import { DispositionRef } from '@/lib/dispositions/schema'
import { sendDispositionToDevice } from '@/lib/dispositions/send-to-device'
import { formAction } from '@/lib/http/form-action'
import { VisitInput } from '@/lib/oauth/authorization/answer-input'
import { finishConsentDisposition } from '@/lib/oauth/authorization/finish-consent-disposition'
import { forgetChoices } from '../../kept-choices'
import { visitOf } from '../../load-visit'

const AREA = { area: 'consent' } as const
const WaitingInput = DispositionRef.extend(VisitInput.shape)

export const sendToDeviceAction = formAction(DispositionRef, sendDispositionToDevice, AREA)

/** Back to the page's own buttons. Where the device was faster it is refused, and the page shows how it ended. */
export const decideHereAction = formAction(
  WaitingInput,
  async (ctx: Context, { id, requestId }) => {
    await cancelDisposition(ctx, { id })
    return { requestId }
  },
  { ...AREA, onDone: ({ requestId }) => `/consent/${requestId}` },
)

/** The way back to the application, given once; null where it was given before or it is too late. */
export const finishAction = formAction<typeof WaitingInput, { location: string } | null>(
  WaitingInput,
  async (ctx: Context, { id, requestId }) => finishConsentDisposition(ctx, { id, ...(await visitOf(requestId)) }),
  { ...AREA, onDone: () => forgetChoices() },
)
