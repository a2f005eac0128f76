import { KeyRound, Link2 } from 'lucide-react'
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { Card } from '@/components/ui/card'
import { CopyButton } from '@/components/ui/copy-button'
import { DescriptionList } from '@/components/ui/description-list'
import { Link } from '@/components/ui/link'
import { LinkButton } from '@/components/ui/link-button'
import { Mono } from '@/components/ui/mono'
import { Stepper } from '@/components/ui/stepper'
import { Time } from '@/components/ui/time'
import { listEventsOfApplication } from '@/lib/applications/list-events-of-application'
import { LEGACY_SUNSET, PROFILE_WORDS } from '@/lib/applications/schema'
import { listConnectionsOfApplication } from '@/lib/connections/list-connections-of-application'
import { listSecrets } from '@/lib/credentials/list-secrets'
import { ApplicationHeader } from './application-header'
import { describeEvent } from './describe-event'
import { loadApplication } from './load-application'

export const metadata: Metadata = { title: 'Application' }

const SHOWN_EVENTS = 8

export default async function ApplicationPage({ params }: { params: Promise<{ applicationId: string }> }) {
  const { ctx, application, sandbox, may } = await loadApplication(params)
  const applicationId = application.id
  const production = application.environments.find(({ environment }) => environment === 'production')
  const [secrets, connections, events] = await Promise.all([
    listSecrets(ctx, { applicationId, environment: 'sandbox' }),
    listConnectionsOfApplication(ctx, { applicationId, environment: 'sandbox', page: 1 }),
    may('audit.read') ? listEventsOfApplication(ctx, { applicationId }) : null,
  ])
  const live = secrets.filter(({ state }) => state === 'active' || state === 'ending')
  const granted = connections.rows.filter(({ status }) => status === 'GRANTED')
  const used = granted.some(({ lastUsedAt }) => lastUsedAt !== null)
  const lastUse = lastOf(secrets.map(({ lastUsedAt }) => lastUsedAt))
  const step = live.length === 0 ? 1 : granted.length === 0 ? 2 : used ? 4 : 3

  return (
    <>
      <ApplicationHeader application={application} tab="overview" />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] lg:grid-rows-[auto_1fr] lg:items-start">
        <Card title="Application key" description="Names the application. Public: it may be in your code.">
          <div className="flex flex-wrap items-center gap-3">
            <input
              readOnly
              aria-label="Application key"
              value={sandbox.clientId}
              translate="no"
              className="min-w-0 flex-1 basis-72 rounded-md border border-line bg-sunken px-3 py-2 font-mono text-body"
            />
            <CopyButton value={sandbox.clientId} subject="application key" size="md" />
          </div>
        </Card>
        <div className="flex flex-col gap-6 lg:row-span-2">
          <Card title={step > 3 ? 'It works' : 'Next steps'}>
            <Stepper
              current={step}
              steps={[
                { label: 'Register the application' },
                {
                  label: (
                    <StepLink href={`/applications/${applicationId}/credentials`}>Make an application secret</StepLink>
                  ),
                  description: 'With it and the key, your program fetches tokens.',
                },
                {
                  label: <StepLink href={`/applications/${applicationId}/connect`}>Connect your own account</StepLink>,
                  description: 'You approve it in your wallet, as account owners will.',
                },
                {
                  label: 'Exchange the connection code for a token',
                  description: 'POST /oa2/v1/ac/token, with the code that the connection gave you.',
                },
              ]}
            />
          </Card>
          <Card title="Secrets" action={<KeyRound aria-hidden className="size-4 text-muted" />}>
            <p>
              {live.length === 0 ? 'No live secret.' : count(live.length, 'live secret')}{' '}
              <span className="text-muted">
                {live.length === 0 ? null : lastUse ? (
                  <>
                    Last used <Time value={lastUse} now={ctx.now} />.
                  </>
                ) : (
                  'Never used.'
                )}
              </span>
            </p>
            <CardLink href={`/applications/${applicationId}/credentials`}>Credentials</CardLink>
          </Card>
          <Card title="Connections" action={<Link2 aria-hidden className="size-4 text-muted" />}>
            <p>
              {granted.length === 0 ? 'No account is connected.' : count(granted.length, 'connected account')}
              {connections.total > granted.length ? (
                <span className="text-muted"> In all, {count(connections.total, 'request')}</span>
              ) : null}
            </p>
            <CardLink href={`/applications/${applicationId}/connections`}>Connections</CardLink>
          </Card>
        </div>
        <div className="flex flex-col gap-6">
          <Card
            title="About"
            action={
              may('application.update') ? (
                <LinkButton href={`/applications/${applicationId}/settings`} variant="secondary" size="sm">
                  Change
                </LinkButton>
              ) : undefined
            }
          >
            <DescriptionList
              items={[
                {
                  term: 'Description',
                  detail: application.description ? (
                    <span dir="auto" className="whitespace-pre-line">
                      {application.description}
                    </span>
                  ) : (
                    <span className="text-muted">None. Account owners see one where there is one.</span>
                  ),
                },
                {
                  term: 'Profile',
                  detail: (
                    <>
                      {PROFILE_WORDS[sandbox.profile].label}
                      {sandbox.profile === 'legacy' ? ` (ends ${LEGACY_SUNSET})` : ''}
                      <span className="block text-muted">{PROFILE_WORDS[sandbox.profile].gives}</span>
                    </>
                  ),
                },
                {
                  term: 'Callbacks',
                  detail: sandbox.callbacks.length === 0 ? 'None' : `${sandbox.callbacks.length} registered`,
                },
                {
                  term: 'Production',
                  detail: production ? (
                    <>
                      Approved, with an application key of its own: <Mono>{production.clientId}</Mono>
                    </>
                  ) : (
                    <span className="text-muted">Not open. An operator of the institution approves it.</span>
                  ),
                },
                { term: 'Application id', detail: <Mono>{applicationId}</Mono> },
                { term: 'Registered', detail: <Time value={application.createdAt} now={ctx.now} /> },
              ]}
            />
          </Card>
          {events ? (
            <Card title="What happened last">
              <ol className="flex flex-col divide-y divide-line">
                {events.slice(0, SHOWN_EVENTS).map((event) => (
                  <li
                    key={event.id}
                    className="flex flex-wrap items-baseline justify-between gap-x-4 py-2 first:pt-0 last:pb-0"
                  >
                    <span className="min-w-0">
                      {describeEvent(event.action)}
                      <span className="text-muted"> · {whoDid(event)}</span>
                    </span>
                    <Time value={event.at} now={ctx.now} className="text-meta text-muted" />
                  </li>
                ))}
              </ol>
            </Card>
          ) : null}
        </div>
      </div>
    </>
  )
}

function StepLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className="link">
      {children}
    </Link>
  )
}

function CardLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <p className="mt-2">
      <Link href={href} className="link">
        {children}
      </Link>
    </p>
  )
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}.`
}

function lastOf(moments: (Date | null)[]): Date | null {
  return moments.reduce((latest, moment) => (moment && (!latest || moment > latest) ? moment : latest), null)
}

function whoDid({
  byYou,
  actorName,
  actorKind,
}: {
  byYou: boolean
  actorName: string | null
  actorKind: string
}): string {
  if (byYou) return 'you'
  if (actorName) return actorName
  const words: Record<string, string> = {
    person: 'an account owner',
    application: 'the application',
    operator: 'an operator',
    core: 'the institution',
    system: 'Countersign',
  }
  return words[actorKind] ?? 'somebody'
}
