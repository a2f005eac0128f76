import type { Metadata } from 'next'
import { EmptyState } from '@/components/ui/empty-state'
import { Mono } from '@/components/ui/mono'
import { Notice } from '@/components/ui/notice'
import { Time } from '@/components/ui/time'
import { listKeys } from '@/lib/credentials/list-keys'
import { listPublicKeys } from '@/lib/credentials/list-public-keys'
import { listSecrets } from '@/lib/credentials/list-secrets'
import { listSecretsSeenByGone } from '@/lib/credentials/list-secrets-seen-by-gone'
import { SECRET_LIMIT, type Secret } from '@/lib/credentials/schema'
import { env } from '@/lib/env/env'
import { ApplicationHeader } from '../application-header'
import { EnvironmentSwitch } from '../environment-switch'
import { environmentOf, loadApplication } from '../load-application'
import { SeenByGone } from '../seen-by-gone'
import { ViewerNotice } from '../viewer-notice'
import { KeysCard } from './keys-card'
import { LiveSecret } from './live-secret'
import { LostAnswer } from './lost-answer'
import { PastSecrets } from './past-secrets'
import { PublicKeys } from './public-keys'
import { SecretWorkbench } from './secret-workbench'
import { UsageWords } from './usage-words'

export const metadata: Metadata = { title: 'Credentials' }

export type CredentialsPageProps = {
  params: Promise<{ applicationId: string }>
  searchParams: Promise<{ environment?: string | string[] }>
}

export default async function CredentialsPage({ params, searchParams }: CredentialsPageProps) {
  const { ctx, application, may } = await loadApplication(params)
  const { environment, profile, mtlsRequired } = await environmentOf(application, searchParams)
  const place = { applicationId: application.id, environment }
  const [secrets, keys, publicKeys, seen] = await Promise.all([
    listSecrets(ctx, place),
    listKeys(ctx, place),
    listPublicKeys(ctx, place),
    listSecretsSeenByGone(ctx, place),
  ])
  const mayMake = may('credentials.make', environment)
  const mayRotate = may('credentials.rotate', environment)
  const live = secrets.filter(isLive)
  const past = secrets.filter((secret) => !isLive(secret))
  const leaving = live.filter(({ endsBecause }) => endsBecause === 'rotation')

  return (
    <>
      <ApplicationHeader application={application} tab="credentials" environment={environment} />
      <EnvironmentSwitch
        application={application}
        address={`/applications/${application.id}/credentials`}
        current={environment}
      />
      {mayMake ? null : <ViewerNotice role={application.role} act="make, rotate and revoke secrets" />}
      <div className="flex flex-col gap-8">
        <LostAnswer>
          <KeysCard {...place} keys={keys} now={ctx.now} mayRotate={may('keys.rotate', environment)} />
        </LostAnswer>
        <section aria-labelledby="secrets" className="flex flex-col gap-4">
          <div>
            <h2 id="secrets" className="text-h3">
              Application secrets
            </h2>
            <p className="max-w-prose text-muted">
              Prove that a request comes from your program. Rotate one and both work while you change over.{' '}
              {live.length} of {SECRET_LIMIT} live.
            </p>
          </div>
          {profile === 'fapi2' ? (
            <Notice>
              With the FAPI 2.0 profile a secret fetches no tokens: a{' '}
              <a href="#public-keys" className="link">
                public key
              </a>{' '}
              or a certificate does. It still serves the application’s own data at /v1/application.
            </Notice>
          ) : null}
          {leaving.length > 0 ? <RotationUnderWay leaving={leaving} live={live} now={ctx.now} /> : null}
          <LostAnswer>
            <SecretWorkbench
              key={environment}
              {...place}
              profile={profile}
              origin={env().publicUrl.origin}
              now={ctx.now}
              mayMake={mayMake}
              mayRotate={mayRotate}
              hasRoom={live.length < SECRET_LIMIT}
              replaced={live.length > 0 && leaving.length === 0 ? <UsesOf secrets={live} now={ctx.now} /> : null}
              unused={newestUnused(live)}
            />
          </LostAnswer>
          {live.length === 0 ? (
            <EmptyState title={past.length === 0 ? 'No secrets yet' : 'No live secret'}>
              {mayMake
                ? 'Your program needs one to fetch tokens. It takes one press.'
                : 'An owner or an admin makes one.'}
            </EmptyState>
          ) : (
            <LostAnswer>
              {live.map((secret) => (
                <LiveSecret
                  key={secret.id}
                  secret={secret}
                  now={ctx.now}
                  name={application.name}
                  mayRotate={mayRotate}
                  mayRevoke={may('credentials.revoke', environment)}
                />
              ))}
            </LostAnswer>
          )}
        </section>
        <LostAnswer>
          <PublicKeys
            {...place}
            profile={profile}
            mtlsRequired={mtlsRequired}
            clientId={keys.find(({ state }) => state === 'active')?.clientId ?? ''}
            publicKeys={publicKeys}
            now={ctx.now}
            mayAdd={may('public-keys.add', environment)}
            mayRevoke={may('public-keys.revoke', environment)}
          />
        </LostAnswer>
        {mayRotate ? (
          <SeenByGone
            applicationId={application.id}
            seen={seen.filter((secret) => secret.environment === environment)}
            now={ctx.now}
            mayRotate={() => true}
          />
        ) : null}
        {past.length > 0 ? (
          <section aria-labelledby="history" className="flex flex-col gap-4">
            <h2 id="history" className="text-h3">
              Secrets that ended
            </h2>
            <PastSecrets secrets={past} now={ctx.now} />
          </section>
        ) : null}
      </div>
    </>
  )
}

function RotationUnderWay({ leaving, live, now }: { leaving: Secret[]; live: Secret[]; now: Date }) {
  const isUsed = leaving.some(({ usesInDay }) => usesInDay > 0)
  const hasSuccessor = live.some(({ endsBecause }) => endsBecause !== 'rotation')
  return (
    <Notice meaning={hasSuccessor ? 'info' : 'warning'} title="A rotation is under way">
      {hasSuccessor
        ? 'Deploy the new secret everywhere. '
        : 'There is no secret to take over: make one before these end. '}
      {isUsed
        ? 'What is being replaced was used within 24 hours:'
        : 'What is being replaced was not used within 24 hours, so you can end it:'}
      <UsesOf secrets={leaving} now={now} />
    </Notice>
  )
}

/** Secrets by their hints, with their ends and how they are used. */
function UsesOf({ secrets, now }: { secrets: Secret[]; now: Date }) {
  return (
    <ul className="mt-1 flex flex-col gap-1">
      {secrets.map((secret) => (
        <li key={secret.id}>
          <Mono>{secret.hint}</Mono>
          <span className="block text-muted">
            {secret.endsAt ? (
              <>
                Ends <Time value={secret.endsAt} now={now} />.{' '}
              </>
            ) : null}
            <UsageWords usage={secret} now={now} />.
          </span>
        </li>
      ))}
    </ul>
  )
}

/** The newest live secret, if nobody has used it and it is not on its way out. */
function newestUnused(live: Secret[]): { id: string; hint: string; createdAt: Date } | null {
  const [newest] = live
  if (!newest || newest.lastUsedAt || newest.endsBecause === 'rotation') return null
  return { id: newest.id, hint: newest.hint, createdAt: newest.createdAt }
}

function isLive({ state }: Secret): boolean {
  return state === 'active' || state === 'ending'
}
