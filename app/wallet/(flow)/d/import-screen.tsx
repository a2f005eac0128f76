'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import { WalletActions } from '@/components/shell/wallet-shell'
import { Button } from '@/components/ui/button'
import { LinkButton } from '@/components/ui/link-button'
import { Spinner } from '@/components/ui/spinner'
import { IDLE } from '@/lib/http/form-state'
import { parseToken } from '../../deeplink'
import { dropToken, exchangeToken, keepToken, keptToken } from '../../pending-import'
import { WalletMessage } from '../../wallet-message'
import { importAction } from './actions'
import type { ImportRefusal } from './import-outcome'

type State = 'working' | 'incomplete' | 'failed' | ImportRefusal

/**
 * Takes the token out of the address at once, so that neither history nor a shared screen keeps it, holds it for this tab
 * across a sign-in, and exchanges it for the disposition.
 */
export function ImportScreen({ isSignedIn }: { isSignedIn: boolean }) {
  const t = useTranslations('Wallet.import')
  const router = useRouter()
  const [state, setState] = useState<State>('working')
  const [attempt, setAttempt] = useState(0)
  const running = useRef(false)

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is the person's wish to try again
  useEffect(() => {
    // A second link that is opened in this tab changes the fragment only.
    const restart = () => {
      if (location.hash) setAttempt((count) => count + 1)
    }
    addEventListener('hashchange', restart)
    takeTokenFromAddress()
    const token = keptToken()
    if (token === null) setState('incomplete')
    else if (!isSignedIn) router.replace('/sign-in?return_to=%2Fwallet%2Fd')
    else if (!running.current) importToken(token)
    return () => removeEventListener('hashchange', restart)
  }, [attempt, isSignedIn, router])

  async function importToken(token: string) {
    running.current = true
    setState('working')
    try {
      const form = new FormData()
      form.set('token', token)
      const answer = await importAction(IDLE, form)
      if (answer.status !== 'done') return setState('failed')
      if ('refused' in answer.result) {
        dropToken()
        return setState(answer.result.refused)
      }
      exchangeToken(answer.result.id)
      router.replace(`/wallet/operations/${answer.result.id}`)
    } catch {
      setState('failed')
    } finally {
      running.current = false
    }
  }

  if (state === 'working') {
    return (
      <div className="flex flex-col gap-3 pt-[8vh]">
        <h1 className="text-h2">{t('title')}</h1>
        <p role="status" className="flex items-center gap-2 text-lead text-muted">
          <Spinner />
          {isSignedIn ? t('working') : t('signIn')}
        </p>
      </div>
    )
  }
  return (
    <>
      <WalletMessage meaning="warning" role="alert" title={t(`${state}Title`)}>
        <p>{t(state)}</p>
      </WalletMessage>
      <WalletActions>
        <LinkButton href="/wallet" variant="secondary" size="lg">
          {t('home')}
        </LinkButton>
        {state === 'failed' ? (
          <Button size="lg" onClick={() => setAttempt((count) => count + 1)}>
            {t('retry')}
          </Button>
        ) : (
          <LinkButton href="/wallet/scan" size="lg">
            {t('scanAgain')}
          </LinkButton>
        )}
      </WalletActions>
    </>
  )
}

function takeTokenFromAddress() {
  if (!location.hash) return
  const token = parseToken(location.hash)
  history.replaceState(history.state, '', location.pathname + location.search)
  if (token === null) dropToken()
  else keepToken(token, 'link')
}
