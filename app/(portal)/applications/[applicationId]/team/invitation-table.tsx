import type { ReactNode } from 'react'
import { Badge, type BadgeMeaning } from '@/components/ui/badge'
import { DataTable } from '@/components/ui/data-table'
import { Time } from '@/components/ui/time'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import { APPLICATION_ROLE_WORDS, type ApplicationRole } from '@/lib/access/permissions'
import type { Invitation, InvitationState } from '@/lib/team/schema'
import { ConfirmAction } from '../../../confirm-action'
import { confirmClaimAction, resendInvitationAction, withdrawInvitationAction } from './actions'

const STATES: Record<InvitationState, { word: string; meaning: BadgeMeaning }> = {
  open: { word: 'Waiting', meaning: 'info' },
  claimed: { word: 'Other address', meaning: 'warning' },
  expired: { word: 'Expired', meaning: 'neutral' },
  void: { word: 'Sender left', meaning: 'neutral' },
}

type InvitationTableProps = { invitations: Invitation[]; givable: readonly ApplicationRole[]; now: Date }

/** Invitations without an answer. */
export function InvitationTable({ invitations, givable, now }: InvitationTableProps) {
  return (
    <DataTable
      caption="Invitations"
      rows={invitations}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'email',
          header: 'Sent to',
          cell: ({ email, claimedBy }) => (
            <>
              <span className="wrap-anywhere">{email}</span>
              {claimedBy ? (
                <span className="block text-meta font-normal text-warning-text">
                  opened by <span dir="auto">{claimedBy.name}</span>,{' '}
                  <span className="wrap-anywhere">{claimedBy.email}</span>
                </span>
              ) : null}
            </>
          ),
        },
        { key: 'role', header: 'Role', cell: ({ role }) => APPLICATION_ROLE_WORDS[role].label },
        {
          key: 'state',
          header: 'State',
          cell: ({ state }) => <Badge meaning={STATES[state].meaning}>{STATES[state].word}</Badge>,
        },
        {
          key: 'sent',
          header: 'Sent',
          cell: ({ sentAt, invitedBy }) => (
            <>
              <Time value={sentAt} now={now} />
              <span className="text-muted">
                {' '}
                by <span dir="auto">{invitedBy}</span>
              </span>
            </>
          ),
        },
        {
          key: 'actions',
          header: 'Actions',
          actions: true,
          align: 'right',
          cell: (invitation) => (givable.includes(invitation.role) ? actionsOf(invitation) : null),
        },
      ]}
      empty={
        <p className="rounded-md border border-line bg-surface p-6 text-muted">Nobody is invited at the moment.</p>
      }
    />
  )
}

function actionsOf({ id, email, claimedBy, canResend }: Invitation): ReactNode {
  return (
    <>
      {claimedBy ? (
        <ConfirmAction
          action={confirmClaimAction}
          fields={{ invitationId: id, personId: claimedBy.personId }}
          trigger={
            <>
              Let in<VisuallyHidden> {claimedBy.name}</VisuallyHidden>
            </>
          }
          triggerSize="sm"
          title={
            <>
              Let in <span dir="auto">{claimedBy.name}</span>?
            </>
          }
          confirmLabel="Let in"
          cancelLabel="Not now"
          confirmVariant="primary"
        >
          <p>
            You invited <strong className="wrap-anywhere">{email}</strong>. The link was opened by somebody who signs in
            as <strong className="wrap-anywhere">{claimedBy.email}</strong>.
          </p>
          <p>Ask the person whom you meant, by another way than this mail, whether that is them.</p>
        </ConfirmAction>
      ) : null}
      {canResend ? (
        <ConfirmAction
          action={resendInvitationAction}
          fields={{ invitationId: id }}
          trigger={
            <>
              Send again<VisuallyHidden> to {email}</VisuallyHidden>
            </>
          }
          triggerSize="sm"
          title="Send the invitation again?"
          confirmLabel="Send again"
          cancelLabel="Not now"
          confirmVariant="primary"
        >
          <p>
            <span className="wrap-anywhere">{email}</span> gets a new link, for seven more days. The link before stops
            working.
          </p>
        </ConfirmAction>
      ) : null}
      <ConfirmAction
        action={withdrawInvitationAction}
        fields={{ invitationId: id }}
        trigger={
          <>
            Withdraw<VisuallyHidden> the invitation of {email}</VisuallyHidden>
          </>
        }
        triggerSize="sm"
        title="Withdraw the invitation?"
        confirmLabel="Withdraw"
        cancelLabel="Keep it"
      >
        <p>
          The link that was sent to <span className="wrap-anywhere">{email}</span> stops working.
        </p>
      </ConfirmAction>
    </>
  )
}
