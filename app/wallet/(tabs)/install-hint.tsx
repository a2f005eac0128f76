'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { Button } from '@/components/ui/button'

const DISMISSED_KEY = 'countersign.install-hint'

type InstallPrompt = Event & { prompt(): Promise<unknown> }

/** Add to home screen: said once, only where it can be done, never again after either answer. */
export function InstallHint() {
  const t = useTranslations('Wallet.install')
  const [offer, setOffer] = useState<InstallPrompt | 'ios' | null>(null)

  useEffect(() => {
    if (matchMedia('(display-mode: standalone)').matches || localStorage.getItem(DISMISSED_KEY)) return
    if (/iPhone|iPad/.test(navigator.userAgent)) setOffer('ios')
    const keep = (event: Event) => {
      event.preventDefault()
      setOffer(event as InstallPrompt)
    }
    addEventListener('beforeinstallprompt', keep)
    return () => removeEventListener('beforeinstallprompt', keep)
  }, [])

  function dismiss() {
    localStorage.setItem(DISMISSED_KEY, '1')
    setOffer(null)
  }

  async function install(prompt: InstallPrompt) {
    await prompt.prompt()
    dismiss()
  }

  if (offer === null) return null
  return (
    <section aria-labelledby="install" className="flex flex-col gap-3 rounded-md border border-line bg-surface p-4">
      <div>
        <h2 id="install" className="font-medium">
          {t('title')}
        </h2>
        <p className="text-meta text-muted">{t('hint')}</p>
        {offer === 'ios' ? <p className="mt-1">{t('ios')}</p> : null}
      </div>
      <div className="flex flex-wrap gap-2">
        {offer === 'ios' ? null : (
          <Button variant="secondary" onClick={() => install(offer)} className="min-h-11">
            {t('add')}
          </Button>
        )}
        <Button variant="ghost" onClick={dismiss} className="min-h-11">
          {t('dismiss')}
        </Button>
      </div>
    </section>
  )
}
