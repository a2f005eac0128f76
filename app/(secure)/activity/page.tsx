import { History } from 'lucide-react'
import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { type Column, DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'
import { PageHeader } from '@/components/ui/page-header'
import { Time } from '@/components/ui/time'
import { type ActivityEvent, listActivity } from '@/lib/people/list-activity'
import { pageContext } from '@/lib/session/page-context'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('Activity'))('title') }
}

export default async function ActivityPage({ searchParams }: { searchParams: Promise<{ before?: string }> }) {
  const { ctx, session } = await pageContext('secure')
  const { before } = await searchParams
  const { events, next } = await listActivity(ctx, { before: typeof before === 'string' ? before : null })
  const t = await getTranslations('Activity')
  const words = await getTranslations('Activity.events')
  const columns: Column<ActivityEvent>[] = [
    {
      key: 'what',
      header: t('what'),
      // A dot would be a step into the catalogue.
      cell: ({ action }) => {
        const key = action.replace('.', '_') as Parameters<typeof words.has>[0]
        return words.has(key) ? words(key) : words('other', { action })
      },
    },
    {
      key: 'when',
      header: t('when'),
      cell: ({ at }) => <Time value={at} now={ctx.now} locale={session.person.locale} />,
    },
    { key: 'from', header: t('from'), cell: ({ address }) => address ?? '–' },
  ]
  return (
    <>
      <PageHeader title={t('title')} purpose={t('purpose')} />
      <DataTable
        caption={t('title')}
        columns={columns}
        rows={events}
        rowKey={({ id }) => id}
        empty={
          <EmptyState icon={<History />} title={t('empty')}>
            {t('emptyBody')}
          </EmptyState>
        }
      />
      {next ? (
        <div className="mt-4">
          <LinkButton href={`/activity?before=${next}`} variant="secondary">
            {t('older')}
          </LinkButton>
        </div>
      ) : null}
    </>
  )
}
