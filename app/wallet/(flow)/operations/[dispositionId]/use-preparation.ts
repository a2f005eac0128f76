import { useLocale } from 'next-intl'
import { useEffect, useState } from 'react'
import { type ImporterDisposition, LOCALES, type PreparedAcceptance } from '@/lib/dispositions/schema'
import { IDLE } from '@/lib/http/form-state'
import { prepareAction } from './actions'
import type { PrepareRefusal } from './prepare-outcome'

export type Preparation =
  | { status: 'preparing' }
  | { status: 'prepared'; prepared: PreparedAcceptance }
  | { status: 'refused'; reason: PrepareRefusal }
  | { status: 'failed' }

/**
 * Has the server fix what would be signed, for the account chosen, and again for another one. Done before Accept is
 * pressed: Safari asks for the passkey only straight after the press.
 */
export function usePreparation(disposition: ImporterDisposition, accountId: string | null) {
  const reading = useLocale()
  const locale = LOCALES.find((known) => known === reading) ?? 'en'
  const [preparation, setPreparation] = useState<Preparation>({ status: 'preparing' })
  const [attempt, setAttempt] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks for it anew
  useEffect(() => {
    if (disposition.wantsAccount && accountId === null)
      return setPreparation({ status: 'refused', reason: 'account-required' })
    let isCurrent = true
    const form = new FormData()
    form.set('id', disposition.id)
    if (accountId !== null) form.set('accountId', accountId)
    form.set('locale', locale)
    setPreparation({ status: 'preparing' })
    void prepare(form).then((next) => {
      if (isCurrent) setPreparation(next)
    })
    return () => {
      isCurrent = false
    }
  }, [accountId, attempt, disposition.id, disposition.wantsAccount, locale])

  // Who went to add or confirm a passkey in another tab comes back able to accept.
  const isUnable = preparation.status === 'prepared' ? !canSign(preparation) : preparation.status !== 'preparing'
  useEffect(() => {
    if (!isUnable) return
    const retry = () => setAttempt((count) => count + 1)
    addEventListener('focus', retry)
    return () => removeEventListener('focus', retry)
  }, [isUnable])

  return { preparation, prepareAgain: () => setAttempt((count) => count + 1) }
}

/** Whether one of the person's passkeys may sign this already. */
export function canSign(preparation: Preparation): boolean {
  return preparation.status === 'prepared' && preparation.prepared.options.allowCredentials.length > 0
}

async function prepare(form: FormData): Promise<Preparation> {
  try {
    const answer = await prepareAction(IDLE, form)
    if (answer.status !== 'done') return { status: 'failed' }
    const { result } = answer
    if ('refused' in result) return { status: 'refused', reason: result.refused }
    return { status: 'prepared', prepared: result.prepared }
  } catch {
    return { status: 'failed' }
  }
}
