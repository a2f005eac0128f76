import { ShieldCheck } from 'lucide-react'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { EnvironmentBadge } from '@/components/ui/environment'
import { LinkButton } from '@/components/ui/link-button'
import { Mono } from '@/components/ui/mono'
import { Notice } from '@/components/ui/notice'
import { Time } from '@/components/ui/time'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import { orNotFound } from '@/lib/http/or-not-found'
import { listWhatTheySaw } from '@/lib/team/list-team'
import { ConfirmAction } from '../../../../confirm-action'
import { ApplicationHeader } from '../../application-header'
import { revokeSecretAction } from '../../credentials/actions'
import { loadApplication } from '../../load-application'

export const metadata: Metadata = { title: 'What they saw' }

type Params = { applicationId: string; memberId: string }

/** The list to work through after somebody has left: each live secret that they have seen, with the way to end it. */
export default async function WhatTheySawPage({ params }: { params: Promise<Params> }) {
  const { ctx, application, may } = await loadApplication(params)
  if (!may('team.manage')) notFound()
  const { memberId } = await params
  const { name, endedAt, secrets } = await orNotFound(listWhatTheySaw(ctx, { applicationId: application.id, memberId }))
  const count = secrets.length

  return (
    <>
      <ApplicationHeader application={application} tab="team" here={`What ${name} saw`} environment={null} />
      <div className="flex flex-col gap-6">
        <div>
          <h2 className="text-h3">
            What <span dir="auto">{name}</span> saw
          </h2>
          <p className="max-w-prose text-muted">
            {endedAt ? (
              <>
                No longer in the team since <Time value={endedAt} now={ctx.now} />.{' '}
              </>
            ) : null}
            Secrets that were shown to this person and still work.
          </p>
        </div>
        {count > 0 ? (
          <Notice meaning="warning" title={count === 1 ? 'One secret still works' : `${count} secrets still work`}>
            Rotate each: the new one works beside it until your program has it. Revoke at once what may be misused.
          </Notice>
        ) : null}
        <DataTable
          caption={`Secrets that ${name} has seen`}
          rows={secrets}
          rowKey={({ id }) => id}
          columns={[
            { key: 'hint', header: 'Secret', cell: ({ hint }) => <Mono>{hint}</Mono> },
            {
              key: 'environment',
              header: 'Environment',
              cell: ({ environment }) => <EnvironmentBadge environment={environment} />,
            },
            { key: 'seen', header: 'Seen', cell: ({ seenAt }) => <Time value={seenAt} now={ctx.now} /> },
            {
              key: 'used',
              header: 'Last used',
              cell: ({ lastUsedAt }) => (lastUsedAt ? <Time value={lastUsedAt} now={ctx.now} /> : 'Never'),
            },
            {
              key: 'ends',
              header: 'Ends',
              cell: ({ endsAt }) => (endsAt ? <Time value={endsAt} now={ctx.now} /> : 'Not yet'),
            },
            {
              key: 'actions',
              header: 'Actions',
              actions: true,
              align: 'right',
              cell: ({ id, environment, hint }) => (
                <>
                  {may('credentials.rotate', environment) ? (
                    <LinkButton
                      href={`/applications/${application.id}/credentials?environment=${environment}#rotate`}
                      variant="secondary"
                      size="sm"
                    >
                      Rotate<VisuallyHidden> {hint}</VisuallyHidden>
                    </LinkButton>
                  ) : null}
                  {may('credentials.revoke', environment) ? <Revoke secretId={id} hint={hint} /> : null}
                </>
              ),
            },
          ]}
          empty={
            <EmptyState icon={<ShieldCheck aria-hidden />} title="Nothing to replace">
              No secret that this person has seen works any more, or they have seen none.
            </EmptyState>
          }
        />
      </div>
    </>
  )
}

function Revoke({ secretId, hint }: { secretId: string; hint: string }) {
  return (
    <ConfirmAction
      action={revokeSecretAction}
      fields={{ secretId }}
      trigger={
        <>
          Revoke<VisuallyHidden> {hint}</VisuallyHidden>
        </>
      }
      triggerSize="sm"
      title={
        <>
          Revoke the secret <Mono>{hint}</Mono>?
        </>
      }
      confirmLabel="Revoke secret"
      cancelLabel="Keep it"
    >
      <p>Whatever still uses it is refused from its next call on, and so are the tokens that it has fetched.</p>
    </ConfirmAction>
  )
}
