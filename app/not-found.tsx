import { SearchX } from 'lucide-react'
import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { getTranslations } from 'next-intl/server'
import { MessagePage } from '@/components/shell/message-page'
import { LinkButton } from '@/components/ui/link-button'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('ErrorPages')
  return { title: t('missingTitle') }
}

// The same words whether the thing is missing or belongs to somebody else.
export default async function NotFound() {
  const t = await getTranslations('ErrorPages')
  return (
    <MessagePage
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
