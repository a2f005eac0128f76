'use server'

import type { Context } from '@/lib/context/context'
import { isDomainError } from '@/lib/core/errors'
import { importDisposition } from '@/lib/dispositions/import-disposition'
import { ImportDispositionInput } from '@/lib/dispositions/schema'
import { formAction } from '@/lib/http/form-action'
import { IMPORT_REFUSALS, type ImportOutcome, type ImportRefusal } from './import-outcome'

export const importAction = formAction(ImportDispositionInput, importOrTell, { area: 'wallet' })

async function importOrTell(ctx: Context, input: ImportDispositionInput): Promise<ImportOutcome> {
  try {
    return await importDisposition(ctx, input)
  } catch (error) {
    if (isDomainError(error) && isRefusal(error.reason)) return { refused: error.reason }
    throw error
  }
}

function isRefusal(reason: string): reason is ImportRefusal {
  return (IMPORT_REFUSALS as readonly string[]).includes(reason)
}
