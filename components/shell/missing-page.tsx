import { SearchX } from 'lucide-react'
import { headers } from 'next/headers'
import { getTranslations } from 'next-intl/server'
import { LinkButton } from '@/components/ui/link-button'
import { MessagePage } from './message-page'

/** The same words whether the thing is missing or belongs to somebody else. */
export async function MissingPage({ inShell }: { inShell?: boolean }) {
  const t = await getTranslations('ErrorPages')
  return (
    <MessagePage
      inShell={inShell}
      icon={<SearchX aria-hidden />}
      title={t('missingTitle')}
      requestId={(await headers()).get('x-request-id') ?? undefined}
      requestIdLabel={t('requestId')}
      action={
        <LinkButton href="/" variant="secondary">
          {t('start')}
        </LinkButton>
      }
    >
      <p>{t('missingBody')}</p>
    </MessagePage>
  )
}
