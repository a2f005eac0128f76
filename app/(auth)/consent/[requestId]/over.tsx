import { CircleCheck, CircleSlash, Hourglass, UserX } from 'lucide-react'
import { getTranslations } from 'next-intl/server'
import { MessagePage } from '@/components/shell/message-page'
import { LinkButton } from '@/components/ui/link-button'
import { SubmitButton } from '@/components/ui/submit-button'
import type { VisitedRequest } from '@/lib/oauth/authorization/visit-request'
import { switchPersonAction } from './actions'

/** A request that has been answered, or can be no longer: what came of it, and that nothing is left to do. */
export async function Over({ request }: { request: VisitedRequest }) {
  const t = await getTranslations('AuthWeb')
  if (request.status === 'expired') {
    return (
      <MessagePage inShell icon={<Hourglass aria-hidden />} title={t('expired.title')}>
        <p className="break-words">{t('expired.text', { host: request.callbackHost })}</p>
      </MessagePage>
    )
  }
  if (request.status === 'stopped') {
    return (
      <MessagePage inShell icon={<CircleSlash aria-hidden />} title={t('stopped.title')}>
        <p className="break-words">{t('stopped.text', { host: request.callbackHost })}</p>
      </MessagePage>
    )
  }
  return (
    <MessagePage
      inShell
      icon={<CircleCheck aria-hidden />}
      title={t('answered.title')}
      action={
        request.granted ? (
          <LinkButton href="/consents" variant="secondary">
            {t('answered.consents')}
          </LinkButton>
        ) : undefined
      }
    >
      <p>{request.granted ? t('answered.granted') : t('answered.denied')}</p>
    </MessagePage>
  )
}

type AnotherPersonProps = { request: VisitedRequest; person: { name: string } }

/** The person who opened it is not the one who is signed in. */
export async function AnotherPerson({ request, person }: AnotherPersonProps) {
  const t = await getTranslations('AuthWeb')
  return (
    <MessagePage
      inShell
      icon={<UserX aria-hidden />}
      title={t('another.title')}
      action={
        <form action={switchPersonAction}>
          <input type="hidden" name="requestId" value={request.id} />
          <SubmitButton pendingLabel={t('working')}>{t('another.switch')}</SubmitButton>
        </form>
      }
    >
      <p className="break-words">{t.rich('another.text', { name: person.name, b: (chunks) => <bdi>{chunks}</bdi> })}</p>
      <p className="break-words">{t('another.what', { host: request.callbackHost })}</p>
    </MessagePage>
  )
}
