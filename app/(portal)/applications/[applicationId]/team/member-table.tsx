import type { ReactNode } from 'react'
import { Badge } from '@/components/ui/badge'
import { DataTable } from '@/components/ui/data-table'
import { Time } from '@/components/ui/time'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import { APPLICATION_ROLE_WORDS, type ApplicationRole } from '@/lib/access/permissions'
import type { Member } from '@/lib/team/schema'
import { ConfirmAction } from '../../../confirm-action'
import { changeRoleAction, removeMemberAction } from './actions'
import { roleOptions } from './role-options'
import { RoleSelect } from './role-select'

type MemberTableProps = {
  applicationId: string
  customerName: string
  members: Member[]
  /** Roles that the person may give and take. */
  givable: readonly ApplicationRole[]
  now: Date
}

/** Everybody with a role; buttons where the person may change it. */
export function MemberTable({ applicationId, customerName, members, givable, now }: MemberTableProps) {
  const mayManage = givable.length > 0
  return (
    <DataTable
      caption="Members"
      rows={members}
      rowKey={({ personId }) => personId}
      columns={[
        {
          key: 'name',
          header: 'Name',
          cell: ({ name, isYou, email }) => (
            <>
              <span dir="auto">{name}</span>
              {isYou ? <Badge className="ml-2">You</Badge> : null}
              {email ? <span className="block text-meta font-normal wrap-anywhere text-muted">{email}</span> : null}
            </>
          ),
        },
        {
          key: 'role',
          header: 'Role',
          cell: ({ role, memberId }) => (
            <>
              {APPLICATION_ROLE_WORDS[role].label}
              {memberId === null ? (
                <span className="block text-meta text-muted">
                  by <span dir="auto">{customerName}</span>
                </span>
              ) : null}
            </>
          ),
        },
        { key: 'since', header: 'Since', cell: ({ since }) => <Time value={since} now={now} /> },
        ...(mayManage
          ? [
              {
                key: 'actions',
                header: 'Actions',
                actions: true,
                align: 'right' as const,
                cell: (member: Member) => actionsOf(member, applicationId, givable),
              },
            ]
          : []),
      ]}
    />
  )
}

/** A role by the business is not changed here, and one's own place is left, not removed. */
function actionsOf(member: Member, applicationId: string, givable: readonly ApplicationRole[]): ReactNode {
  const { memberId } = member
  if (memberId === null || !givable.includes(member.role)) return null
  const fields = { applicationId, memberId }
  return (
    <>
      <ConfirmAction
        action={changeRoleAction}
        fields={fields}
        trigger={
          <>
            Change role<VisuallyHidden> of {member.name}</VisuallyHidden>
          </>
        }
        triggerSize="sm"
        title={
          <>
            Change the role of <span dir="auto">{member.name}</span>
          </>
        }
        confirmLabel="Change role"
        confirmVariant="primary"
        cancelLabel="Keep it"
        controls={<RoleSelect options={roleOptions(givable)} chosen={member.role} id={`role-${memberId}`} />}
      >
        <p>Counts from their next request. They are told by mail.</p>
      </ConfirmAction>
      {member.isYou ? null : (
        <ConfirmAction
          action={removeMemberAction}
          fields={fields}
          trigger={
            <>
              Remove<VisuallyHidden> {member.name}</VisuallyHidden>
            </>
          }
          triggerSize="sm"
          title={
            <>
              Remove <span dir="auto">{member.name}</span> from the team?
            </>
          }
          confirmLabel="Remove from team"
          cancelLabel="Keep them"
        >
          <p>
            They lose this application with their next request. Secrets that they have seen go on working: you get a
            list of them, to replace.
          </p>
        </ConfirmAction>
      )}
    </>
  )
}
