import { getLocale, getTranslations } from 'next-intl/server'
import { Time } from '@/components/ui/time'
import type { ListedEvent } from '@/lib/audit/list-events'

const EVENTS = {
  'consent.given': 'given',
  'consent.changed': 'changed',
  'consent.renewed': 'renewed',
  'consent.revoked': 'revoked',
} as const

/** Newest first: what happened, by whom, when. */
export async function ConsentHistory({ events }: { events: ListedEvent[] }) {
  const t = await getTranslations('Consents')
  const locale = await getLocale()
  return (
    <ol className="flex flex-col divide-y divide-line">
      {events.map((event) => (
        <li key={event.id} className="flex flex-wrap justify-between gap-x-6 gap-y-0.5 py-2.5 first:pt-0 last:pb-0">
          <span>
            {t(`events.${EVENTS[event.action as keyof typeof EVENTS] ?? 'other'}`)}{' '}
            <span className="text-muted">{who(event, t)}</span>
          </span>
          <Time value={event.at} format="exact" locale={locale} className="text-muted" />
        </li>
      ))}
    </ol>
  )
}

type Words = Awaited<ReturnType<typeof getTranslations<'Consents'>>>

function who(event: ListedEvent, t: Words): string {
  if (event.byYou) return t('by.you')
  if (event.actorName) return t('by.name', { name: event.actorName })
  return event.actorKind === 'person' ? t('by.somebody') : t('by.institution')
}
