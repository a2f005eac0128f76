import { Badge } from '@/components/ui/badge'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { Time } from '@/components/ui/time'
import type { OfferedTransfer } from '@/lib/transfers/schema'
import { ConfirmAction } from '../../../confirm-action'
import { cancelTransferAction } from '../../transfer-actions'
import { TransferForm } from './transfer-form'

type TransferCardProps = { applicationId: string; offered: OfferedTransfer | null; now: Date }

/** For owners: to offer the application to another business, or to take the offer back. */
export function TransferCard({ applicationId, offered, now }: TransferCardProps) {
  return (
    <Card
      title="Transfer to another business"
      description="An owner there has to accept. Key, secrets, callbacks and connections stay as they are; the owners change."
    >
      {offered ? (
        <Notice
          title={
            <>
              Offered to <span dir="auto">{offered.toName}</span>{' '}
              {offered.toVerified ? <Badge meaning="success">Name verified</Badge> : <Badge>Name not verified</Badge>}
            </>
          }
          action={
            <ConfirmAction
              action={cancelTransferAction}
              fields={{ transferId: offered.id }}
              trigger="Take the offer back"
              title="Take the offer back?"
              confirmLabel="Take it back"
              cancelLabel="Leave it open"
              confirmVariant="primary"
            >
              <p>The application stays with you. You can offer it again.</p>
            </ConfirmAction>
          }
        >
          By <span dir="auto">{offered.requestedBy}</span>. Nothing changes until an owner there accepts; the offer ends{' '}
          <Time value={offered.expiresAt} now={now} />.
        </Notice>
      ) : (
        <TransferForm applicationId={applicationId} />
      )}
    </Card>
  )
}
