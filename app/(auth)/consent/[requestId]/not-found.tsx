import { AppWindow } from 'lucide-react'
import { headers } from 'next/headers'
import { getTranslations } from 'next-intl/server'
import { MessagePage } from '@/components/shell/message-page'

/** The same words for a request of another browser, for one that was never there, and once the cookie is gone. */
export default async function RequestNotHere() {
  const t = await getTranslations('AuthWeb.missing')
  const errors = await getTranslations('ErrorPages')
  return (
    <MessagePage
      inShell
      icon={<AppWindow aria-hidden />}
      title={t('title')}
      requestId={(await headers()).get('x-request-id') ?? undefined}
      requestIdLabel={errors('requestId')}
    >
      <p>{t('text')}</p>
    </MessagePage>
  )
}
