import { RefreshCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { Card } from '@/components/ui/card'
import { CopyButton } from '@/components/ui/copy-button'
import { DataTable } from '@/components/ui/data-table'
import { Mono } from '@/components/ui/mono'
import { RadioCards } from '@/components/ui/radio-cards'
import { StatusBadge } from '@/components/ui/status-badge'
import { Time } from '@/components/ui/time'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import type { Environment } from '@/lib/core/secrets'
import { type ApplicationKey, OVERLAPS } from '@/lib/credentials/schema'
import { ConfirmAction } from '../../../confirm-action'
import { endKeyAction, moveKeyEndAction, rotateKeyAction } from './actions'
import { overlapOptions } from './overlap-words'
import { UsageWords } from './usage-words'

export type KeysCardProps = {
  applicationId: string
  environment: Environment
  keys: ApplicationKey[]
  now: Date
  mayRotate: boolean
}

/** The present key; below it those before, as long as they answer or have answered. */
export function KeysCard({ applicationId, environment, keys, now, mayRotate }: KeysCardProps) {
  const current = keys.find(({ state }) => state === 'active')
  const previous = keys.filter(({ state }) => state !== 'active')
  const isUnderWay = previous.some(({ state }) => state === 'ending')
  if (!current) return null
  return (
    <Card
      title="Application key"
      description="Names the application. Public: it may be in your code."
      action={
        mayRotate && !isUnderWay ? (
          <RotateKeys fields={{ applicationId, environment }} current={current} now={now} />
        ) : undefined
      }
    >
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-3">
          <input
            readOnly
            aria-label="Application key"
            value={current.clientId}
            translate="no"
            className="min-w-0 flex-1 basis-72 rounded-md border border-line bg-sunken px-3 py-2 font-mono text-body"
          />
          <CopyButton value={current.clientId} subject="application key" size="md" />
        </div>
        <p className="text-muted">
          <UsageWords usage={current} now={now} />.
        </p>
        {previous.length > 0 ? <PreviousKeys keys={previous} now={now} mayRotate={mayRotate} /> : null}
      </div>
    </Card>
  )
}

type RotateKeysProps = { fields: Record<string, string>; current: ApplicationKey; now: Date }

function RotateKeys({ fields, current, now }: RotateKeysProps) {
  return (
    <ConfirmAction
      action={rotateKeyAction}
      fields={fields}
      trigger={
        <>
          <RefreshCw aria-hidden />
          Rotate keys
        </>
      }
      triggerSize="sm"
      title="Give the application a new key?"
      confirmLabel="Rotate keys"
      cancelLabel="Not now"
      controls={
        <RadioCards
          name="overlap"
          id="key-overlap"
          legend="The present key answers for another"
          defaultValue="7d"
          options={overlapOptions(OVERLAPS)}
        />
      }
    >
      <p>
        Both keys answer at every endpoint until the overlap is over, with any live secret. Connections, tokens and
        secrets stay as they are. The old key never comes back.
      </p>
      <p className="font-medium">
        The present key: <UsageWords usage={current} now={now} />.
      </p>
    </ConfirmAction>
  )
}

function PreviousKeys({ keys, now, mayRotate }: { keys: ApplicationKey[]; now: Date; mayRotate: boolean }) {
  return (
    <DataTable
      caption="Keys before the present one"
      rows={keys}
      rowKey={({ clientId }) => clientId}
      columns={[
        { key: 'key', header: 'Key before', cell: ({ clientId }) => <Mono>{clientId}</Mono> },
        {
          key: 'state',
          header: 'State',
          cell: ({ state, endsAt, endsBecause }) => (
            <span className="inline-flex flex-wrap items-center gap-x-2 max-md:justify-end">
              <StatusBadge status={state} />
              {endsAt ? <Time value={endsAt} now={now} className="text-meta text-muted" /> : null}
              {endsBecause === 'ended' ? <span className="text-meta text-muted">ended early</span> : null}
            </span>
          ),
        },
        { key: 'used', header: 'Use', cell: (key) => <UsageWords usage={key} now={now} /> },
        {
          key: 'actions',
          header: 'Actions',
          actions: true,
          align: 'right',
          cell: (key) =>
            mayRotate && key.state === 'ending' ? (
              <>
                <MoveKeyEnd applicationKey={key} />
                <EndKey applicationKey={key} now={now} />
              </>
            ) : null,
        },
      ]}
    />
  )
}

type OneKey = { applicationKey: ApplicationKey; now: Date }

function Named({ children, applicationKey }: { children: ReactNode; applicationKey: ApplicationKey }) {
  return (
    <>
      {children}
      <VisuallyHidden>: {applicationKey.clientId}</VisuallyHidden>
    </>
  )
}

function MoveKeyEnd({ applicationKey }: Omit<OneKey, 'now'>) {
  return (
    <ConfirmAction
      action={moveKeyEndAction}
      fields={{ clientId: applicationKey.clientId }}
      trigger={<Named applicationKey={applicationKey}>Put off the end</Named>}
      triggerSize="sm"
      title="Let the old key answer for longer?"
      confirmLabel="Put off the end"
      confirmVariant="primary"
      cancelLabel="Leave it"
      controls={
        <RadioCards
          name="end"
          id={`end-${applicationKey.clientId}`}
          legend="From now on it answers for another"
          defaultValue="7d"
          options={overlapOptions(['1h', '24h', '7d', '30d'])}
        />
      }
    >
      {applicationKey.endsAt ? (
        <p>
          It ends <Time value={applicationKey.endsAt} format="exact" />. It can be put off, not brought back once it has
          come.
        </p>
      ) : null}
    </ConfirmAction>
  )
}

function EndKey({ applicationKey, now }: OneKey) {
  return (
    <ConfirmAction
      action={endKeyAction}
      fields={{ clientId: applicationKey.clientId }}
      trigger={<Named applicationKey={applicationKey}>End now</Named>}
      triggerSize="sm"
      title="End the old key now?"
      confirmLabel="End key"
      cancelLabel="Keep it"
    >
      <p>
        Whatever still sends it is refused from its next call on. Tokens stay as they are. It cannot be brought back.
      </p>
      <p className="font-medium">
        <UsageWords usage={applicationKey} now={now} />.
      </p>
    </ConfirmAction>
  )
}
