import { FileKey } from 'lucide-react'
import { Card } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { Mono } from '@/components/ui/mono'
import { Notice } from '@/components/ui/notice'
import { RadioCards } from '@/components/ui/radio-cards'
import { StatusBadge } from '@/components/ui/status-badge'
import { Time } from '@/components/ui/time'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import type { Profile } from '@/lib/applications/schema'
import type { Environment } from '@/lib/core/secrets'
import { PUBLIC_KEY_LIMIT, type PublicKey } from '@/lib/credentials/public-key-schema'
import { env } from '@/lib/env/env'
import { issuer } from '@/lib/oauth/issuer'
import { ConfirmAction } from '../../../confirm-action'
import { revokePublicKeyAction } from './actions'
import { AddPublicKeyForm } from './add-public-key-form'
import { assertionLine } from './assertion-line'
import { UsageWords } from './usage-words'

export type PublicKeysProps = {
  applicationId: string
  environment: Environment
  profile: Profile
  mtlsRequired: boolean
  clientId: string
  publicKeys: PublicKey[]
  now: Date
  mayAdd: boolean
  mayRevoke: boolean
}

const MAKE_A_PAIR = [
  'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out private.pem',
  'openssl pkey -in private.pem -pubout -out public.pem',
].join('\n')

/** What the application signs its client assertions with: the private half never comes here. */
export function PublicKeys(props: PublicKeysProps) {
  const { applicationId, environment, profile, publicKeys, now, mayAdd, mayRevoke } = props
  const live = publicKeys.filter(isLive)
  return (
    <section aria-labelledby="public-keys" className="flex flex-col gap-4">
      <div>
        <h2 id="public-keys" className="text-h3">
          Public keys
        </h2>
        <p className="max-w-prose text-muted">
          Your program signs a short statement with its private key, which never leaves it (<Word>private_key_jwt</Word>
          ). Several may be live at once. {live.length} of {PUBLIC_KEY_LIMIT} live.
        </p>
      </div>
      {profile === 'legacy' ? (
        <Notice>With the Legacy profile a key fetches no tokens. Change the profile in the settings first.</Notice>
      ) : null}
      {publicKeys.length === 0 ? (
        <EmptyState icon={<FileKey aria-hidden />} title="No public keys yet">
          <p>
            A key cannot leak from here as a secret can: only its public half is kept. Make a pair where it is used:
          </p>
          <CodeBlock label="Make a pair of keys" code={MAKE_A_PAIR} className="my-3" />
          <p>
            {mayAdd
              ? 'Then add public.pem below. RSA from 2048 bits and Ed25519 will do as well as P-256.'
              : 'An owner, an admin or a credential manager adds the public one.'}
          </p>
        </EmptyState>
      ) : (
        <KeyTable publicKeys={publicKeys} now={now} mayRevoke={mayRevoke} />
      )}
      {live[0] ? <HowToUse {...props} publicKey={live[0]} /> : null}
      {mayAdd ? (
        <Card title="Add a public key" description="A JWK, a JWK Set or PEM. It counts from the next request.">
          {live.length < PUBLIC_KEY_LIMIT ? (
            <AddPublicKeyForm
              key={environment}
              applicationId={applicationId}
              environment={environment}
              hasOthers={live.length > 0}
            />
          ) : (
            <Notice title="There is no room for another key">Revoke one that is no longer used.</Notice>
          )}
        </Card>
      ) : null}
    </section>
  )
}

function isLive({ state }: PublicKey): boolean {
  return state === 'active' || state === 'ending'
}

function KeyTable({ publicKeys, now, mayRevoke }: { publicKeys: PublicKey[]; now: Date; mayRevoke: boolean }) {
  return (
    <DataTable
      caption="Public keys"
      rows={publicKeys}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'key',
          header: 'Key',
          cell: ({ kid, algorithm, thumbprint }) => (
            <>
              <Mono className="wrap-anywhere">{kid}</Mono>
              <span className="block text-meta font-normal text-muted">
                {algorithm}
                {kid === thumbprint ? null : (
                  <>
                    {' '}
                    · thumbprint <Mono title={thumbprint}>{thumbprint.slice(0, 10)}…</Mono>
                  </>
                )}
              </span>
            </>
          ),
        },
        { key: 'state', header: 'State', cell: (publicKey) => <KeyState publicKey={publicKey} now={now} /> },
        {
          key: 'added',
          header: 'Added',
          cell: ({ createdAt, createdBy }) => (
            <>
              <Time value={createdAt} now={now} />
              <span className="text-muted"> by {createdBy ?? 'an operator'}</span>
            </>
          ),
        },
        { key: 'used', header: 'Use', cell: (publicKey) => <UsageWords usage={publicKey} now={now} /> },
        {
          key: 'actions',
          header: 'Actions',
          actions: true,
          align: 'right',
          cell: (publicKey) =>
            mayRevoke && publicKey.state !== 'revoked' ? <Revoke publicKey={publicKey} now={now} /> : null,
        },
      ]}
    />
  )
}

function KeyState({ publicKey, now }: { publicKey: PublicKey; now: Date }) {
  const { state, endsAt, revokedAt, keepsTokens } = publicKey
  const since = state === 'revoked' ? revokedAt : endsAt
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 max-md:justify-end">
      <StatusBadge status={state} />
      {since ? (
        <span className="text-meta text-muted">
          {state === 'active' ? 'until ' : null}
          <Time value={since} now={now} />
          {state === 'revoked' && keepsTokens ? ', tokens kept' : null}
        </span>
      ) : null}
    </span>
  )
}

function Revoke({ publicKey, now }: { publicKey: PublicKey; now: Date }) {
  return (
    <ConfirmAction
      action={revokePublicKeyAction}
      fields={{ publicKeyId: publicKey.id }}
      trigger={
        <>
          Revoke<VisuallyHidden> key {publicKey.kid}</VisuallyHidden>
        </>
      }
      triggerSize="sm"
      title={
        <>
          Revoke the key <Mono className="wrap-anywhere">{publicKey.kid}</Mono>?
        </>
      }
      confirmLabel="Revoke key"
      cancelLabel="Keep it"
      controls={
        <RadioCards
          name="keepsTokens"
          id={`keeps-${publicKey.id}`}
          legend="What is dead at once"
          defaultValue=""
          options={[
            {
              value: '',
              label: 'The key, and every token that it has fetched',
              description: 'For a leak: who has the private key may have fetched tokens with it.',
            },
            {
              value: 'on',
              label: 'The key alone',
              description: 'Tokens that it has fetched work on, until they expire or are revoked.',
            },
          ]}
        />
      }
    >
      <p>
        Whatever is signed with it is refused from the next call on. This cannot be undone: the same key is never taken
        again.
      </p>
      <p className="font-medium">
        <UsageWords usage={publicKey} now={now} />.
      </p>
    </ConfirmAction>
  )
}

function HowToUse({ clientId, mtlsRequired, profile, publicKey }: PublicKeysProps & { publicKey: PublicKey }) {
  const { apiUrl, publicUrl } = env()
  const line = assertionLine({
    issuer: issuer(),
    origin: mtlsRequired ? apiUrl.origin : publicUrl.origin,
    isMutual: mtlsRequired,
    clientId,
    kid: publicKey.kid,
    algorithm: publicKey.algorithm,
  })
  return (
    <details>
      <summary className="w-fit cursor-pointer rounded-sm py-1">Get a token with a key</summary>
      <div className="mt-2 flex flex-col gap-3">
        <p className="max-w-prose text-muted">
          <Word>iss</Word> and <Word>sub</Word> are the application key, <Word>aud</Word> is this server,{' '}
          <Word>jti</Word> is new each time, and <Word>exp</Word> lies within the hour. An assertion is good for one
          call.
          {profile === 'fapi2'
            ? ' With the FAPI 2.0 profile tokens are bound as well: send a DPoP proof, or come with a client certificate.'
            : null}
        </p>
        <CodeBlock label="With Node.js and curl, beside private.pem" code={line} />
      </div>
    </details>
  )
}

/** A word of the specification within a sentence: never broken. */
function Word({ children }: { children: string }) {
  return <Mono className="break-normal">{children}</Mono>
}
