'use client'

import { browserSupportsWebAuthn, startAuthentication } from '@simplewebauthn/browser'
import { KeyRound } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { startTransition, useActionState, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { IDLE } from '@/lib/http/form-state'
import { passkeyAction, startPasskeyAction } from './actions'

type Trouble = 'passkeyFailed' | 'passkeyUnsupported'

/** A passkey needs a script in any case; without one the password form above does all. */
export function PasskeyForm({ returnTo }: { returnTo: string | null }) {
  const t = useTranslations('SignIn')
  const [state, dispatch, pending] = useActionState(passkeyAction, IDLE)
  const [asking, setAsking] = useState(false)
  const [trouble, setTrouble] = useState<Trouble | null>(null)

  async function ask() {
    if (asking || pending) return
    if (!browserSupportsWebAuthn()) {
      setTrouble('passkeyUnsupported')
      return
    }
    setAsking(true)
    setTrouble(null)
    try {
      const { challengeId, options } = await startPasskeyAction()
      const response = await startAuthentication({ optionsJSON: options })
      const form = new FormData()
      form.set('challengeId', challengeId)
      form.set('response', JSON.stringify(response))
      if (returnTo) form.set('return_to', returnTo)
      startTransition(() => dispatch(form))
    } catch {
      setTrouble('passkeyFailed') // dismissed, timed out, or none there: the browser does not say which
    } finally {
      setAsking(false)
    }
  }

  const refusal = trouble ? t(trouble) : state.status === 'invalid' ? state.message : null
  return (
    <div className="flex flex-col gap-3">
      <Button variant="secondary" block onClick={ask} pending={asking || pending}>
        <KeyRound aria-hidden />
        {asking ? t('passkeyWorking') : t('passkey')}
      </Button>
      {refusal ? (
        <Notice meaning="warning" role="alert">
          {refusal}
        </Notice>
      ) : null}
    </div>
  )
}
