import type { ReactNode } from 'react'
import { Card } from '@/components/ui/card'
import { Mono } from '@/components/ui/mono'
import { RadioCards } from '@/components/ui/radio-cards'
import { StatusBadge } from '@/components/ui/status-badge'
import { Time } from '@/components/ui/time'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import type { Secret } from '@/lib/credentials/schema'
import { ConfirmAction } from '../../../confirm-action'
import { chooseRetirementAction, endSecretAction, moveSecretEndAction, revokeSecretAction } from './actions'
import { overlapOptions } from './overlap-words'
import { UnusedHoursField } from './secret-workbench'
import { Timeline } from './timeline'
import { UsageWords } from './usage-words'

export type LiveSecretProps = { secret: Secret; now: Date; name: string; mayRotate: boolean; mayRevoke: boolean }

/** A secret that works: where it stands between its beginning and its end, and what can be done about it. */
export function LiveSecret(props: LiveSecretProps) {
  const { secret, now, mayRotate, mayRevoke } = props
  const { endsAt, endsBecause } = secret
  return (
    <Card
      level={3}
      title={
        <span className="flex flex-wrap items-center gap-2">
          <Mono>{secret.hint}</Mono>
          <StatusBadge status={secret.state} />
        </span>
      }
      footer={
        mayRotate || mayRevoke ? (
          <div className="flex flex-wrap gap-2">
            {mayRotate && endsAt ? (
              <>
                <MoveEnd {...props} />
                {endsBecause === 'rotation' ? <ChooseRetirement {...props} /> : null}
                <EndNow {...props} />
              </>
            ) : null}
            {mayRevoke ? <Revoke {...props} /> : null}
          </div>
        ) : undefined
      }
    >
      <Timeline steps={stepsOf(secret, now)} />
    </Card>
  )
}

function stepsOf(secret: Secret, now: Date) {
  const others = secret.seenBy.slice(1)
  return [
    {
      key: 'made',
      words: (
        <>
          Made <Time value={secret.createdAt} now={now} /> by {secret.createdBy ?? 'an operator'},{' '}
          {others.length === 0 ? 'who alone has seen it' : `and seen by ${others.map(nameOf).join(', ')} too`}
        </>
      ),
    },
    { key: 'used', words: <UsageWords usage={secret} now={now} />, isQuiet: secret.lastUsedAt === null },
    { key: 'end', words: endOf(secret, now), isAhead: true },
  ]
}

function nameOf({ name }: { name: string | null }): string {
  return name ?? 'an operator'
}

function endOf({ endsAt, endsBecause, retiresUnusedHours }: Secret, now: Date): ReactNode {
  if (!endsAt) return 'No end: until it is rotated or revoked'
  return (
    <>
      Ends <Time value={endsAt} now={now} /> (<Time value={endsAt} format="exact" />
      ), {endsBecause === 'lifetime' ? 'after its lifetime' : 'with the overlap of its rotation'}
      {retiresUnusedHours === null ? null : `, or once unused for ${hours(retiresUnusedHours)}`}
    </>
  )
}

function hours(count: number): string {
  return count === 1 ? 'an hour' : `${count} hours`
}

function Named({ children, secret }: { children: ReactNode; secret: Secret }) {
  return (
    <>
      {children}
      <VisuallyHidden>: {secret.hint}</VisuallyHidden>
    </>
  )
}

function MoveEnd({ secret }: LiveSecretProps) {
  return (
    <ConfirmAction
      action={moveSecretEndAction}
      fields={{ secretId: secret.id }}
      trigger={<Named secret={secret}>Put off the end</Named>}
      triggerSize="sm"
      title={
        <>
          Put off the end of <Mono>{secret.hint}</Mono>?
        </>
      }
      confirmLabel="Put off the end"
      confirmVariant="primary"
      cancelLabel="Leave it"
      controls={
        <RadioCards
          name="end"
          id={`end-${secret.id}`}
          legend="From now on it works for another"
          defaultValue="7d"
          options={overlapOptions(['1h', '24h', '7d', '30d'])}
        />
      }
    >
      {secret.endsAt ? (
        <p>
          It ends <Time value={secret.endsAt} format="exact" />. It can be put off, not brought back once it has come.
        </p>
      ) : null}
    </ConfirmAction>
  )
}

function ChooseRetirement({ secret }: LiveSecretProps) {
  return (
    <ConfirmAction
      action={chooseRetirementAction}
      fields={{ secretId: secret.id }}
      trigger={<Named secret={secret}>End once unused</Named>}
      triggerSize="sm"
      title={
        <>
          End <Mono>{secret.hint}</Mono> once nobody uses it?
        </>
      }
      confirmLabel="Save"
      confirmVariant="primary"
      cancelLabel="Leave it"
      controls={<UnusedHoursField id={`unused-${secret.id}`} defaultValue={secret.retiresUnusedHours ?? undefined} />}
    >
      <p>
        The hours count from its last use, and from now on. It ends only when every server has told what it saw, and at
        the latest with the overlap.
      </p>
    </ConfirmAction>
  )
}

function EndNow({ secret, now, name }: LiveSecretProps) {
  return (
    <ConfirmAction
      action={endSecretAction}
      fields={{ secretId: secret.id }}
      trigger={<Named secret={secret}>End now</Named>}
      triggerSize="sm"
      title={
        <>
          End <Mono>{secret.hint}</Mono> now?
        </>
      }
      confirmLabel="End secret"
      cancelLabel="Keep it"
    >
      <p>
        Whatever of <span dir="auto">{name}</span> still uses it is refused from its next call on. Tokens that it has
        fetched work until they expire. It cannot be brought back.
      </p>
      <LastUse secret={secret} now={now} />
    </ConfirmAction>
  )
}

function Revoke({ secret, now, name }: LiveSecretProps) {
  return (
    <ConfirmAction
      action={revokeSecretAction}
      fields={{ secretId: secret.id }}
      trigger={<Named secret={secret}>Revoke</Named>}
      triggerSize="sm"
      title={
        <>
          Revoke the secret <Mono>{secret.hint}</Mono>?
        </>
      }
      confirmLabel="Revoke secret"
      cancelLabel="Keep it"
      controls={
        <RadioCards
          name="keepsTokens"
          id={`keeps-${secret.id}`}
          legend="What is dead at once"
          defaultValue=""
          options={[
            {
              value: '',
              label: 'The secret, and every token that it has fetched',
              description: 'For a leak: who has the secret may have fetched tokens with it.',
            },
            {
              value: 'on',
              label: 'The secret alone',
              description: 'Tokens that it has fetched work on, until they expire or are revoked.',
            },
          ]}
        />
      }
    >
      <p>
        Whatever of <span dir="auto">{name}</span> still uses it is refused from its next call on. This cannot be
        undone; you can make another secret.
      </p>
      <LastUse secret={secret} now={now} />
    </ConfirmAction>
  )
}

function LastUse({ secret, now }: { secret: Secret; now: Date }) {
  return (
    <p className="font-medium">
      <UsageWords usage={secret} now={now} />.
    </p>
  )
}
