'use client'

import { MailCheck } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useEffect, useRef } from 'react'

/** Takes the place of a form after it has caused a mail, and the focus with it. */
export function MailSent({ children }: { children: string }) {
  const t = useTranslations('SignIn')
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [])
  return (
    <div ref={box} tabIndex={-1} role="status" className="flex gap-3 rounded-md border border-line bg-surface p-4">
      <MailCheck aria-hidden className="mt-0.5 size-5 shrink-0 text-accent-text" />
      <div className="min-w-0">
        <p className="font-semibold">{t('mailSentTitle')}</p>
        <p className="break-words">{children}</p>
      </div>
    </div>
  )
}
