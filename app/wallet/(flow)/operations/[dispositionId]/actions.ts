'use server'

import { z } from 'zod'
import { operationOf } from '@/app/wallet/operations'
import type { Context } from '@/lib/context/context'
import { isDomainError } from '@/lib/core/errors'
import { acceptDisposition } from '@/lib/dispositions/accept-disposition'
import { getDispositionForImporter } from '@/lib/dispositions/get-disposition-for-importer'
import { prepareAcceptance } from '@/lib/dispositions/prepare-acceptance'
import { refuseDisposition } from '@/lib/dispositions/refuse-disposition'
import { reportPhishing } from '@/lib/dispositions/report-phishing'
import {
  AcceptDispositionInput,
  DispositionRef,
  PrepareAcceptanceInput,
  SubmitNumberInput,
} from '@/lib/dispositions/schema'
import { submitNumber } from '@/lib/dispositions/submit-number'
import { formAction } from '@/lib/http/form-action'
import { PREPARE_REFUSALS, type PrepareOutcome, type PrepareRefusal } from './prepare-outcome'

/** A form carries text: the assertion comes as JSON. */
const AcceptForm = z.object({ id: z.string(), assertion: z.string().max(65_536) }).transform((form, context) => {
  try {
    return { id: form.id, assertion: JSON.parse(form.assertion) as unknown }
  } catch {
    context.addIssue({ code: 'custom', message: 'passkey-refused', path: ['assertion'] })
    return z.NEVER
  }
})

export const prepareAction = formAction(PrepareAcceptanceInput, prepareOrTell, { area: 'wallet' })
export const numberAction = formAction(SubmitNumberInput, submitNumber, { area: 'wallet' })
export const acceptAction = formAction(AcceptForm.pipe(AcceptDispositionInput), accept, { area: 'wallet' })
export const refuseAction = formAction(DispositionRef, refuseDisposition, { area: 'wallet' })
export const reportAction = formAction(DispositionRef, reportPhishing, { area: 'wallet' })

async function prepareOrTell(ctx: Context, input: PrepareAcceptanceInput): Promise<PrepareOutcome> {
  const { operation } = await getDispositionForImporter(ctx, { id: input.id })
  try {
    return { prepared: await prepareAcceptance(ctx, input, operationOf(operation)) }
  } catch (error) {
    if (isDomainError(error) && isRefusal(error.reason)) return { refused: error.reason }
    throw error
  }
}

async function accept(ctx: Context, input: AcceptDispositionInput) {
  const { operation } = await getDispositionForImporter(ctx, { id: input.id })
  return acceptDisposition(ctx, input, operationOf(operation))
}

function isRefusal(reason: string): reason is PrepareRefusal {
  return (PREPARE_REFUSALS as readonly string[]).includes(reason)
}
