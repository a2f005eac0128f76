'use client'

import { useTranslations } from 'next-intl'
import { useActionState } from 'react'
import { Badge } from '@/components/ui/badge'
import { Card } from '@/components/ui/card'
import { SubmitButton } from '@/components/ui/submit-button'
import { Time } from '@/components/ui/time'
import { IDLE } from '@/lib/http/form-state'
import { revokeOtherSessionsAction, revokeSessionAction } from './actions'
import { describeBrowser } from './describe-browser'
import { FormMessage } from './form-message'

export type ShownSession = {
  id: string
  current: boolean
  userAgent: string
  address: string | null
  createdAt: string
  lastActiveAt: string
}

type Clock = { now: string; locale: string }

export function SessionsCard({ sessions, ...clock }: { sessions: ShownSession[] } & Clock) {
  const t = useTranslations('Security.sessions')
  const [state, action] = useActionState(revokeOtherSessionsAction, IDLE)
  return (
    <Card title={t('title')} description={t('description')}>
      <div className="flex flex-col gap-5">
        <ul className="flex flex-col divide-y divide-line">
          {sessions.map((session) => (
            <li key={session.id} className="py-4 first:pt-0 last:pb-0">
              <SessionRow session={session} {...clock} />
            </li>
          ))}
        </ul>
        {sessions.length > 1 || state.status !== 'idle' ? (
          <form action={action} className="flex flex-col items-start gap-3 border-t border-line pt-5">
            <FormMessage
              state={state}
              done={state.status === 'done' ? t('ended', { count: state.result.count }) : undefined}
            />
            <SubmitButton variant="secondary">{t('endOthers')}</SubmitButton>
          </form>
        ) : null}
      </div>
    </Card>
  )
}

function SessionRow({ session, now, locale }: { session: ShownSession } & Clock) {
  const t = useTranslations('Security.sessions')
  const [state, action] = useActionState(revokeSessionAction, IDLE)
  const at = new Date(now)
  const known = describeBrowser(session.userAgent)
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{known ? t('browserOn', known) : t('unknownDevice')}</span>
          {session.current ? <Badge meaning="accent">{t('this')}</Badge> : null}
        </p>
        <p className="text-meta text-muted">
          {t('active')} <Time value={session.lastActiveAt} now={at} locale={locale} />
          {' · '}
          {t('since')} <Time value={session.createdAt} now={at} locale={locale} />
          {session.address ? ` · ${t('address')} ${session.address}` : ''}
        </p>
      </div>
      {session.current ? null : (
        <form action={action} className="flex flex-col items-start gap-2">
          <FormMessage state={state} />
          <input type="hidden" name="sessionId" value={session.id} />
          <SubmitButton variant="secondary" size="sm">
            {t('end')}
          </SubmitButton>
        </form>
      )}
    </div>
  )
}
