import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { Card } from '@/components/ui/card'
import { Checkbox } from '@/components/ui/checkbox'
import { CopyButton } from '@/components/ui/copy-button'
import { DataTable } from '@/components/ui/data-table'
import { Mono } from '@/components/ui/mono'
import { Notice } from '@/components/ui/notice'
import { StatusBadge } from '@/components/ui/status-badge'
import { Time } from '@/components/ui/time'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import { listSecrets } from '@/lib/credentials/list-secrets'
import { SECRET_LIMIT, type Secret } from '@/lib/credentials/schema'
import { env } from '@/lib/env/env'
import { ConfirmAction } from '../../../confirm-action'
import { ApplicationHeader } from '../application-header'
import { loadApplication } from '../load-application'
import { ViewerNotice } from '../viewer-notice'
import { revokeSecretAction } from './actions'
import { MakeSecretForm } from './make-secret-form'

export const metadata: Metadata = { title: 'Credentials' }

export default async function CredentialsPage({ params }: { params: Promise<{ applicationId: string }> }) {
  const { ctx, application, sandbox, isOwner } = await loadApplication(params)
  const secrets = await listSecrets(ctx, { applicationId: application.id, environment: 'sandbox' })
  const live = secrets.filter(isLive).length

  return (
    <>
      <ApplicationHeader application={application} tab="credentials" />
      {isOwner ? null : <ViewerNotice act="make and revoke secrets" />}
      <div className="flex flex-col gap-6">
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
        <section aria-labelledby="secrets" className="flex flex-col gap-4">
          <div>
            <h2 id="secrets" className="text-h3">
              Application secrets
            </h2>
            <p className="max-w-prose text-muted">
              Prove that a request comes from your program. Several may live at once, so that you can replace one
              without a pause: make the new one, deploy it, then revoke the old. {live} of {SECRET_LIMIT} live.
            </p>
          </div>
          {sandbox.profile === 'fapi2' ? (
            <Notice>
              With the FAPI 2.0 profile a secret fetches no tokens: a key or a certificate does. It still serves the
              application’s own data at /v1/application.
            </Notice>
          ) : null}
          {isOwner ? (
            live < SECRET_LIMIT ? (
              <MakeSecretForm
                applicationId={application.id}
                profile={sandbox.profile}
                origin={env().publicUrl.origin}
              />
            ) : (
              <Notice title="There is no room for another secret">
                {SECRET_LIMIT} live ones are the most. Revoke one that is no longer used, then make another.
              </Notice>
            )
          ) : null}
          <SecretTable secrets={secrets} now={ctx.now} isOwner={isOwner} applicationName={application.name} />
        </section>
      </div>
    </>
  )
}

type SecretTableProps = { secrets: Secret[]; now: Date; isOwner: boolean; applicationName: string }

function SecretTable({ secrets, now, isOwner, applicationName }: SecretTableProps) {
  return (
    <DataTable
      caption="Application secrets"
      rows={secrets}
      rowKey={({ id }) => id}
      columns={[
        { key: 'hint', header: 'Secret', cell: ({ hint }) => <Mono>{hint}</Mono> },
        {
          key: 'state',
          header: 'State',
          cell: ({ state, endsAt, revokedAt, keepsTokens }) => (
            <span className="inline-flex flex-wrap items-center gap-x-2">
              <StatusBadge status={state} />
              {since(state === 'revoked' ? revokedAt : endsAt, now)}
              {state === 'revoked' && keepsTokens ? <span className="text-meta text-muted">tokens kept</span> : null}
            </span>
          ),
        },
        {
          key: 'made',
          header: 'Made',
          cell: ({ createdAt, createdBy }) => (
            <>
              <Time value={createdAt} now={now} />
              <span className="text-muted"> by {createdBy ?? 'an operator'}</span>
            </>
          ),
        },
        {
          key: 'used',
          header: 'Last used',
          cell: ({ lastUsedAt, lastAddress }) =>
            lastUsedAt ? (
              <>
                <Time value={lastUsedAt} now={now} />
                {lastAddress ? <span className="text-muted"> from {lastAddress}</span> : null}
              </>
            ) : (
              <span className="text-muted">Never</span>
            ),
        },
        {
          key: 'actions',
          header: 'Actions',
          actions: true,
          align: 'right',
          cell: (secret) =>
            isOwner && isLive(secret) ? <RevokeSecret secret={secret} now={now} name={applicationName} /> : null,
        },
      ]}
      empty={
        <p className="rounded-md border border-line bg-surface p-6 text-muted">
          No secrets yet. {isOwner ? 'The first one takes one press.' : 'An owner makes the first.'}
        </p>
      }
    />
  )
}

function RevokeSecret({ secret, now, name }: { secret: Secret; now: Date; name: string }) {
  return (
    <ConfirmAction
      action={revokeSecretAction}
      fields={{ secretId: secret.id }}
      trigger={
        <>
          Revoke<VisuallyHidden> {secret.hint}</VisuallyHidden>
        </>
      }
      triggerSize="sm"
      title={
        <>
          Revoke the secret <Mono>{secret.hint}</Mono>?
        </>
      }
      confirmLabel="Revoke secret"
      cancelLabel="Keep it"
      controls={
        <Checkbox
          name="keepsTokens"
          id={`keeps-${secret.id}`}
          label="Let tokens it has fetched live until they expire"
          hint="Leave this off when the secret may have leaked."
        />
      }
    >
      <p>
        Whatever of <span dir="auto">{name}</span> still uses it is refused from its next call on. This cannot be
        undone; you can make another secret.
      </p>
      <p>
        {secret.lastUsedAt ? (
          <>
            <strong>
              Last used <Time value={secret.lastUsedAt} now={now} />
            </strong>
            , {secret.usesToday} {secret.usesToday === 1 ? 'time' : 'times'} today.
          </>
        ) : (
          <strong>It was never used.</strong>
        )}
      </p>
    </ConfirmAction>
  )
}

function isLive({ state }: Secret): boolean {
  return state === 'active' || state === 'ending'
}

function since(moment: Date | null, now: Date): ReactNode {
  return moment ? <Time value={moment} now={now} className="text-meta text-muted" /> : null
}
