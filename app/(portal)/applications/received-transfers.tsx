import { Card } from '@/components/ui/card'
import { Time } from '@/components/ui/time'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import type { ReceivedTransfer } from '@/lib/transfers/schema'
import { ConfirmAction } from '../confirm-action'
import { acceptTransferAction, refuseTransferAction } from './transfer-actions'

type ReceivedTransfersProps = { transfers: ReceivedTransfer[]; customerName: string; now: Date }

/** Applications that other businesses offer to the one that the person acts for. */
export function ReceivedTransfers({ transfers, customerName, now }: ReceivedTransfersProps) {
  if (transfers.length === 0) return null
  return (
    <Card
      title={
        <>
          Offered to <span dir="auto">{customerName}</span>
        </>
      }
      className="mb-6"
    >
      <ul className="flex flex-col divide-y divide-line">
        {transfers.map((transfer) => (
          <li
            key={transfer.id}
            className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 py-4 first:pt-0 last:pb-0"
          >
            <p className="min-w-0">
              <strong dir="auto" className="break-words">
                {transfer.applicationName}
              </strong>{' '}
              of <span dir="auto">{transfer.fromName}</span>
              <span className="block text-meta text-muted">
                by <span dir="auto">{transfer.requestedBy}</span>, ends <Time value={transfer.expiresAt} now={now} />
              </span>
            </p>
            <div className="flex flex-wrap items-start gap-2">
              <Accept transfer={transfer} customerName={customerName} />
              <ConfirmAction
                action={refuseTransferAction}
                fields={{ transferId: transfer.id }}
                trigger={
                  <>
                    Refuse<VisuallyHidden> the transfer of {transfer.applicationName}</VisuallyHidden>
                  </>
                }
                title="Refuse the application?"
                confirmLabel="Refuse transfer"
                cancelLabel="Not now"
              >
                <p>
                  It stays with <span dir="auto">{transfer.fromName}</span>, whose owners are told.
                </p>
              </ConfirmAction>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Accept({ transfer, customerName }: { transfer: ReceivedTransfer; customerName: string }) {
  return (
    <ConfirmAction
      action={acceptTransferAction}
      fields={{ transferId: transfer.id }}
      trigger={
        <>
          Accept<VisuallyHidden> the transfer of {transfer.applicationName}</VisuallyHidden>
        </>
      }
      triggerVariant="primary"
      title={
        <>
          Take over <span dir="auto">{transfer.applicationName}</span>?
        </>
      }
      confirmLabel="Take it over"
      confirmVariant="primary"
      cancelLabel="Not now"
    >
      <p>
        <span dir="auto">{customerName}</span> becomes responsible for what it does. With it come:
      </p>
      <dl className="flex flex-col gap-2">
        <Coming term="Connected accounts" count={transfer.connections}>
          They stay connected; their owners are told of the new name.
        </Coming>
        <Coming term="Live secrets" count={transfer.liveSecrets}>
          Known to whoever made them: rotate them soon.
        </Coming>
        <Coming term="Members of its team" count={transfer.members}>
          They keep their roles until you change them. Its owners until now lose theirs.
        </Coming>
      </dl>
    </ConfirmAction>
  )
}

function Coming({ term, count, children }: { term: string; count: number; children: string }) {
  return (
    <div>
      <dt className="font-medium">
        {term}: {count}
      </dt>
      <dd className="text-muted">{children}</dd>
    </div>
  )
}
