'use client'

import { useLocale, useTranslations } from 'next-intl'
import { formatExact } from '@/components/ui/format-time'
import { LinkButton } from '@/components/ui/link-button'
import { Notice } from '@/components/ui/notice'
import { Spinner } from '@/components/ui/spinner'
import { canSign, type Preparation } from './use-preparation'

/**
 * What keeps the person from accepting, and the way to change that, in a tab of its own so that this one waits. Refusing is
 * always possible.
 */
export function Unable({ preparation }: { preparation: Preparation }) {
  const t = useTranslations('Wallet.approval')
  const locale = useLocale()

  if (preparation.status === 'preparing') {
    return (
      <p role="status" className="flex min-h-40 items-center gap-2 text-muted">
        <Spinner />
        {t('preparing')}
      </p>
    )
  }
  if (preparation.status === 'failed') {
    return (
      <Notice meaning="danger" role="alert" title={t('problem')}>
        {t('failed')}
      </Notice>
    )
  }
  if (preparation.status === 'prepared') {
    if (canSign(preparation)) return null
    return (
      <Notice
        meaning="warning"
        role="alert"
        title={t('tooNewTitle')}
        action={
          <LinkButton href="/security" target="_blank" variant="secondary">
            {t('security')}
          </LinkButton>
        }
      >
        <p>{t('tooNew')}</p>
        <ul className="mt-2 list-disc pl-5">
          {preparation.prepared.notYet.map(({ name, acceptsFrom }) => (
            <li key={`${name}${acceptsFrom}`}>
              {t('tooNewRow', { name, when: formatExact(new Date(acceptsFrom), browserTimeZone(), locale) })}
            </li>
          ))}
        </ul>
      </Notice>
    )
  }
  switch (preparation.reason) {
    case 'no-passkey':
      return (
        <Notice
          meaning="warning"
          role="alert"
          title={t('noPasskeyTitle')}
          action={
            <LinkButton href="/security" target="_blank">
              {t('addPasskey')}
            </LinkButton>
          }
        >
          {t('noPasskey')}
        </Notice>
      )
    case 'account-required':
      return (
        <Notice meaning="warning" role="alert" title={t('noAccountTitle')}>
          {t('noAccount')}
        </Notice>
      )
    case 'application-suspended':
      return (
        <Notice meaning="danger" role="alert" title={t('suspendedTitle')}>
          {t('suspended')}
        </Notice>
      )
    case 'disposition-ended':
      return null // the page is being read anew and says how it ended
  }
}

function browserTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
}
