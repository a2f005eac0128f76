import { Download, History } from 'lucide-react'
import type { Metadata } from 'next'
import { Button } from '@/components/ui/button'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { EnvironmentBadge } from '@/components/ui/environment'
import { Field } from '@/components/ui/field'
import { LinkButton } from '@/components/ui/link-button'
import { Mono } from '@/components/ui/mono'
import { Select } from '@/components/ui/select'
import { Time } from '@/components/ui/time'
import { listEventsOfApplication } from '@/lib/applications/list-events-of-application'
import { EVENTS_A_PAGE, type ListedEvent } from '@/lib/audit/list-events'
import { ENVIRONMENTS, type Environment } from '@/lib/core/secrets'
import { ApplicationHeader } from '../application-header'
import { describeEvent, KINDS } from '../describe-event'
import { loadApplication } from '../load-application'
import { ViewerNotice } from '../viewer-notice'

export const metadata: Metadata = { title: 'Activity' }

type Search = { environment?: string; kind?: string; before?: string }
type Props = { params: Promise<{ applicationId: string }>; searchParams: Promise<Search> }

export default async function ActivityPage({ params, searchParams }: Props) {
  const { ctx, application, may } = await loadApplication(params)
  const { environment: wanted, kind: wantedKind, before } = await searchParams
  const environment = ENVIRONMENTS.find((one) => one === wanted)
  const kind = wantedKind && wantedKind in KINDS ? wantedKind : undefined
  const here = `/applications/${application.id}/activity`
  if (!may('audit.read')) {
    return (
      <>
        <ApplicationHeader application={application} tab="activity" environment={null} />
        <ViewerNotice role={application.role} act="read its activity" />
      </>
    )
  }
  const filter = { environment, action: kind, before: typeof before === 'string' ? before : undefined }
  const events = await listEventsOfApplication(ctx, { applicationId: application.id, ...filter })
  const last = events.length === EVENTS_A_PAGE ? events.at(-1) : undefined
  const address = (more: Search) => {
    const query = new URLSearchParams()
    for (const [name, value] of Object.entries({ environment, kind, ...more })) if (value) query.set(name, value)
    return query.size > 0 ? `${here}?${query}` : here
  }
  const isNarrowed = environment !== undefined || kind !== undefined

  return (
    <>
      <ApplicationHeader application={application} tab="activity" environment={null} />
      <div className="flex flex-col gap-6">
        <div>
          <h2 className="text-h3">Activity</h2>
          <p className="max-w-prose text-muted">
            What was done to this application, by whom and from where, newest first. Nothing here can be changed.
          </p>
        </div>
        <div className="flex flex-wrap items-end justify-between gap-4">
          <form method="get" action={here} className="flex flex-wrap items-end gap-4" aria-label="Narrow down">
            <Field name="environment" label="Environment" className="min-w-40">
              <Select defaultValue={environment ?? ''}>
                <option value="">Both</option>
                <option value="sandbox">Sandbox</option>
                <option value="production">Production</option>
              </Select>
            </Field>
            <Field name="kind" label="About" className="min-w-48">
              <Select defaultValue={kind ?? ''}>
                <option value="">Everything</option>
                {Object.entries(KINDS).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            </Field>
            <Button type="submit" variant="secondary">
              Show
            </Button>
          </form>
          <form method="post" action={`${here}/export`} aria-label="Export">
            <input type="hidden" name="environment" value={environment ?? ''} />
            <input type="hidden" name="action" value={kind ?? ''} />
            <Button type="submit" variant="secondary">
              <Download aria-hidden />
              Export as CSV
            </Button>
          </form>
        </div>
        <DataTable
          caption="Activity of this application"
          rows={events}
          rowKey={({ id }) => id}
          columns={[
            { key: 'what', header: 'What', cell: (event) => <What event={event} /> },
            { key: 'when', header: 'When', cell: ({ at }) => <Time value={at} now={ctx.now} format="exact" /> },
            { key: 'who', header: 'Who', cell: (event) => <span dir="auto">{whoOf(event)}</span> },
            {
              key: 'address',
              header: 'Address',
              cell: ({ address: from }) => (from ? <Mono>{from}</Mono> : 'Not told'),
            },
            {
              key: 'environment',
              header: 'Environment',
              cell: ({ environment: where }) =>
                where ? <EnvironmentBadge environment={where as Environment} /> : 'Both',
            },
          ]}
          empty={
            <EmptyState
              icon={<History aria-hidden />}
              title={isNarrowed || before ? 'Nothing of that kind' : 'Nothing has happened yet'}
              action={isNarrowed || before ? <LinkButton href={here}>Show everything</LinkButton> : undefined}
            >
              Whatever is done to secrets, certificates, callbacks, connections and the team is written down here.
            </EmptyState>
          }
        />
        {last || before ? (
          <nav aria-label="Pages of activity" className="flex flex-wrap gap-4">
            {before ? (
              <LinkButton href={address({})} variant="secondary">
                Newest
              </LinkButton>
            ) : null}
            {last ? (
              <LinkButton href={address({ before: last.id })} variant="secondary">
                Older
              </LinkButton>
            ) : null}
          </nav>
        ) : null}
      </div>
    </>
  )
}

function What({ event }: { event: ListedEvent }) {
  return (
    <>
      {describeEvent(event.action)}
      {event.subjectId ? (
        <span className="block">
          <Mono>{event.subjectId}</Mono>
        </span>
      ) : null}
    </>
  )
}

const KIND_WORDS: Record<string, string> = {
  person: 'Somebody outside the team',
  application: 'The application',
  client: 'The application',
  operator: 'An operator',
  core: 'The banking system',
  system: 'Countersign',
  anonymous: 'Not signed in',
}

function whoOf({ byYou, actorName, actorKind }: ListedEvent): string {
  if (byYou) return 'You'
  return actorName ?? KIND_WORDS[actorKind] ?? actorKind
}
