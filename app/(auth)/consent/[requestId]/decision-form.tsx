'use client'

import { Smartphone } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { startTransition, useActionState, useRef, useState } from 'react'
import { StepUpDialog } from '@/components/step-up/step-up-dialog'
import { Button } from '@/components/ui/button'
import { FormErrorSummary } from '@/components/ui/form-error-summary'
import { SubmitButton } from '@/components/ui/submit-button'
import { useHydrated } from '@/components/use-hydrated'
import { type FormState, fieldErrorsOf, IDLE } from '@/lib/http/form-state'
import { startWalletAction } from './actions'
import { CustomerChoice } from './customer-choice'
import type { CustomerOption } from './customer-options'
import { type AskedItem, ItemChoices } from './item-choices'
import type { Choices } from './kept-choices'

export type DecisionFormProps = {
  requestId: string
  customers: CustomerOption[]
  items: AskedItem[]
  isSandbox: boolean
  callbackHost: string
  /** False where nothing can be allowed: the page has said why. */
  canAllow: boolean
  kept: Choices
  state: FormState<unknown>
  dispatch: (form: FormData) => void
}

/**
 * A native form with two buttons of one size. "Deny" comes first, so that Enter never allows. The way to the wallet needs
 * scripts on both screens, so it is not there before they run.
 */
export function DecisionForm(props: DecisionFormProps) {
  const { requestId, customers, items, callbackHost, canAllow, state, dispatch } = props
  const t = useTranslations('AuthWeb')
  const form = useRef<HTMLFormElement>(null)
  const [wallet, startWallet, isStarting] = useActionState(startWalletAction, IDLE as FormState<never>)
  const [isWalletLast, setWalletLast] = useState(false)
  const shown: FormState<unknown> = isWalletLast ? wallet : state
  const chosen = chosenBefore(props)

  function goToWallet() {
    if (isStarting || !form.current) return
    const choices = new FormData(form.current)
    setWalletLast(true)
    startTransition(() => startWallet(choices))
  }

  return (
    <form
      ref={form}
      action={dispatch}
      onSubmit={() => setWalletLast(false)}
      noValidate
      className="flex flex-col gap-6 sm:gap-8"
    >
      <StepUpDialog state={state} />
      <FormErrorSummary
        title={t('problem')}
        message={shown.status === 'invalid' ? shown.message : undefined}
        errors={fieldErrorsOf(shown)}
      />
      <input type="hidden" name="requestId" value={requestId} />
      {canAllow ? (
        <>
          <CustomerChoice
            options={customers}
            isOne={items.some(({ payments }) => payments.length > 0)}
            isSandbox={props.isSandbox}
            chosen={chosen.customerIds}
            error={fieldErrorsOf(shown).customer}
          />
          <ItemChoices items={items} allowed={chosen.items} />
        </>
      ) : null}
      <p className="max-w-prose break-words text-muted">
        {t(canAllow ? 'next' : 'unable.next', { host: callbackHost })}
      </p>
      <div className={canAllow ? 'grid grid-cols-2 gap-3' : 'grid gap-3'}>
        <SubmitButton name="decision" value="deny" variant="secondary" size="lg" block pendingLabel={t('working')}>
          {t('deny')}
        </SubmitButton>
        {canAllow ? (
          <SubmitButton name="decision" value="allow" size="lg" block pendingLabel={t('working')}>
            {t('allow')}
          </SubmitButton>
        ) : null}
      </div>
      {canAllow ? <WalletOffer onStart={goToWallet} pending={isStarting} /> : null}
    </form>
  )
}

function WalletOffer({ onStart, pending }: { onStart: () => void; pending: boolean }) {
  const t = useTranslations('AuthWeb')
  const wallet = useTranslations('WalletConsent')
  if (!useHydrated()) return null
  return (
    <div className="flex flex-col items-start gap-3 border-t border-line pt-6">
      <p className="max-w-prose text-muted">{t('offerHint')}</p>
      <Button variant="secondary" onClick={onStart} pending={pending}>
        <Smartphone aria-hidden />
        {wallet('offer')}
      </Button>
    </div>
  )
}

/** What was sent and refused, else what was kept of an earlier page. */
function chosenBefore({ state, items, kept }: DecisionFormProps): Choices {
  if (state.status !== 'invalid' && state.status !== 'step-up') return kept
  const { values } = state
  return {
    customerIds: (values.customer ?? '').split('\n'),
    items: items.filter(({ field }) => values[field] === 'allow').map(({ item }) => item),
  }
}
