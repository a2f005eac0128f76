import { Badge } from '@/components/ui/badge'
import { Card } from '@/components/ui/card'
import { DataTable } from '@/components/ui/data-table'
import { Time } from '@/components/ui/time'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import type { FourEyes } from '@/lib/approvals/list-approvals'
import { ACT_WORDS, type ApprovalRequest } from '@/lib/approvals/schema'
import { ConfirmAction } from '../../../confirm-action'
import { approveRequestAction, refuseRequestAction, setFourEyesAction } from './actions'

type FourEyesPanelProps = {
  applicationId: string
  fourEyes: FourEyes
  mayChange: boolean
  mayApprove: boolean
  now: Date
}

/** The rule, and what waits for a second member. */
export function FourEyesPanel({ applicationId, fourEyes, mayChange, mayApprove, now }: FourEyesPanelProps) {
  const { isOn, requests } = fourEyes
  return (
    <>
      <Card>
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
          <p className="max-w-prose min-w-0">
            <Badge meaning={isOn ? 'success' : 'neutral'}>{isOn ? 'On' : 'Off'}</Badge>{' '}
            {isOn
              ? 'Making and rotating in production waits for another owner, admin or credential manager. Revoking never waits.'
              : 'Whoever may make and rotate in production does it alone.'}
          </p>
          {mayChange ? <Switch applicationId={applicationId} isOn={isOn} /> : null}
        </div>
      </Card>
      {requests.length > 0 ? <RequestTable requests={requests} mayApprove={mayApprove} now={now} /> : null}
    </>
  )
}

function Switch({ applicationId, isOn }: { applicationId: string; isOn: boolean }) {
  return isOn ? (
    <ConfirmAction
      action={setFourEyesAction}
      fields={{ applicationId, on: 'off' }}
      trigger="Turn off"
      triggerSize="sm"
      title="Do without a second member?"
      confirmLabel="Turn off"
      cancelLabel="Leave it on"
    >
      <p>
        This itself needs the second member: the first time we ask them, and once they have approved you do it again.
      </p>
    </ConfirmAction>
  ) : (
    <ConfirmAction
      action={setFourEyesAction}
      fields={{ applicationId, on: 'on' }}
      trigger="Turn on"
      triggerSize="sm"
      title="Ask for a second member?"
      confirmLabel="Turn on"
      confirmVariant="primary"
      cancelLabel="Not now"
    >
      <p>
        From now on secrets, keys and certificates in production are made and rotated once somebody else has approved
        it. Turning this off again needs that second member, too.
      </p>
    </ConfirmAction>
  )
}

function RequestTable({ requests, mayApprove, now }: { requests: ApprovalRequest[]; mayApprove: boolean; now: Date }) {
  return (
    <DataTable
      caption="Requests for a second member"
      rows={requests}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'act',
          header: 'What',
          cell: (request) => (
            <>
              {wordsOf(request)}
              <span className="block text-meta font-normal wrap-anywhere text-muted">{request.subject}</span>
            </>
          ),
        },
        {
          key: 'by',
          header: 'Asked by',
          cell: ({ requestedBy, createdAt, isYours }) => (
            <>
              {isYours ? 'You' : <span dir="auto">{requestedBy}</span>}
              <span className="text-muted">
                , <Time value={createdAt} now={now} />
              </span>
            </>
          ),
        },
        {
          key: 'state',
          header: 'State',
          cell: ({ state, approvedBy, isYours }) =>
            state === 'waiting' ? (
              <Badge meaning="info">Waiting</Badge>
            ) : (
              <>
                <Badge meaning="success">Approved</Badge>{' '}
                <span className="text-meta text-muted">
                  by <span dir="auto">{approvedBy}</span>
                  {isYours ? ': do it again now' : null}
                </span>
              </>
            ),
        },
        { key: 'until', header: 'Until', cell: ({ expiresAt }) => <Time value={expiresAt} now={now} /> },
        {
          key: 'actions',
          header: 'Actions',
          actions: true,
          align: 'right',
          cell: (request) =>
            mayApprove && request.state === 'waiting' && !request.isYours ? <Decide request={request} /> : null,
        },
      ]}
    />
  )
}

function Decide({ request }: { request: ApprovalRequest }) {
  const what = `${wordsOf(request)}, ${request.subject}`
  return (
    <>
      <ConfirmAction
        action={approveRequestAction}
        fields={{ requestId: request.id }}
        trigger={
          <>
            Approve<VisuallyHidden> the request: {what}</VisuallyHidden>
          </>
        }
        triggerSize="sm"
        title="Approve as second member?"
        confirmLabel="Approve"
        confirmVariant="primary"
        cancelLabel="Not now"
      >
        <p>
          <span dir="auto">{request.requestedBy}</span> may then do this once, within 24 hours, in production:
        </p>
        <p>
          <strong className="wrap-anywhere">{what}</strong>
        </p>
        <p>Approve only what you know about.</p>
      </ConfirmAction>
      <ConfirmAction
        action={refuseRequestAction}
        fields={{ requestId: request.id }}
        trigger={
          <>
            Refuse<VisuallyHidden> the request: {what}</VisuallyHidden>
          </>
        }
        triggerSize="sm"
        title="Refuse?"
        confirmLabel="Refuse request"
        cancelLabel="Not now"
      >
        <p>
          Nothing changes, and <span dir="auto">{request.requestedBy}</span> is told.
        </p>
      </ConfirmAction>
    </>
  )
}

function wordsOf({ permission }: ApprovalRequest): string {
  return ACT_WORDS[permission] ?? permission
}
