'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { takeCameByLink } from '../../../pending-import'

/** Long enough to read the outcome's title. */
const SHOWN_MS = 1500

export type GoBackProps = { dispositionId: string; returnTo: string; application: string }

/** Who came by a link, from the application on this very device, is taken back to it; who scanned a code is not. */
export function GoBack({ dispositionId, returnTo, application }: GoBackProps) {
  const t = useTranslations('Wallet.outcome')
  const [isGoing, setGoing] = useState(false)
  useEffect(() => {
    if (!takeCameByLink(dispositionId)) return
    setGoing(true)
    // Not cleared when the effect is run again: the mark is taken once.
    setTimeout(() => location.assign(returnTo), SHOWN_MS)
  }, [dispositionId, returnTo])
  return isGoing ? <p role="status">{t('goingBack', { application })}</p> : null
}
