import { Card } from '@/components/ui/card'
import { Time } from '@/components/ui/time'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import { APPLICATION_ROLE_WORDS } from '@/lib/access/permissions'
import type { ReceivedInvitation } from '@/lib/team/schema'
import { ConfirmAction } from '../confirm-action'
import { AcceptInvitation } from './accept-invitation'
import { declineInvitationAction } from './invitation-actions'

/** Invitations to the person's own address, which need no link: they wait here, also for who signed up on the way. */
export function ReceivedInvitations({ invitations, now }: { invitations: ReceivedInvitation[]; now: Date }) {
  if (invitations.length === 0) return null
  return (
    <Card title="You are invited" className="mb-6">
      <ul className="flex flex-col divide-y divide-line">
        {invitations.map(({ id, applicationName, customerName, invitedBy, role, expiresAt }) => (
          <li
            key={id}
            className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 py-4 first:pt-0 last:pb-0"
          >
            <p className="min-w-0">
              <strong dir="auto" className="break-words">
                {applicationName}
              </strong>{' '}
              of <span dir="auto">{customerName}</span>, as {APPLICATION_ROLE_WORDS[role].label}
              <span className="block text-meta text-muted">
                by <span dir="auto">{invitedBy}</span>, ends <Time value={expiresAt} now={now} />
              </span>
            </p>
            <div className="flex flex-wrap items-start gap-2">
              <AcceptInvitation fields={{ invitationId: id }}>
                Accept<VisuallyHidden> the invitation to {applicationName}</VisuallyHidden>
              </AcceptInvitation>
              <ConfirmAction
                action={declineInvitationAction}
                fields={{ invitationId: id }}
                trigger={
                  <>
                    Decline<VisuallyHidden> the invitation to {applicationName}</VisuallyHidden>
                  </>
                }
                title="Decline the invitation?"
                confirmLabel="Decline"
                cancelLabel="Not now"
              >
                <p>It disappears. Whoever sent it can invite you again.</p>
              </ConfirmAction>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  )
}
