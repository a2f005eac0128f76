'use client'

import { CornerUpLeft } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import { buttonStyle } from '@/components/ui/button'
import { useHydrated } from '@/components/use-hydrated'
import { Column } from './column'

/**
 * On to the callback, from a document of ours: a redirect that answers the form would be blocked by `form-action`
 * (ADR-0127). Exactly one of the two goes, as a code that arrives twice counts as stolen: the refresh where the server
 * has rendered this, the script where it took the place of the form. Both put the callback in this page's place.
 */
export function GoingBack({ location: target }: { location: string }) {
  const t = useTranslations('AuthWeb.going')
  const hydrated = useHydrated()
  const [isDocument] = useState(!hydrated)
  const isGone = useRef(false)

  useEffect(() => {
    if (isDocument || isGone.current) return
    isGone.current = true
    location.replace(target)
  }, [isDocument, target])

  return (
    <Column>
      {isDocument ? <meta httpEquiv="refresh" content={`0;url=${target}`} /> : null}
      <div role="status" className="flex flex-col items-start gap-5 pt-[8vh]">
        <span className="flex size-12 items-center justify-center rounded-md border border-line bg-surface text-muted">
          <CornerUpLeft aria-hidden className="size-6" />
        </span>
        <div className="flex flex-col gap-2">
          <h1 className="text-h2">{t('title')}</h1>
          <p className="max-w-prose break-words text-muted">{t('text', { host: new URL(target).host })}</p>
        </div>
        <a href={target} rel="noreferrer" className={buttonStyle()}>
          {t('goOn')}
        </a>
      </div>
    </Column>
  )
}
