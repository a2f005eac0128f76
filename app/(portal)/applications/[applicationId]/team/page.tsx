import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { Card } from '@/components/ui/card'
import { DataTable } from '@/components/ui/data-table'
import { Link } from '@/components/ui/link'
import { Time } from '@/components/ui/time'
import { APPLICATION_ROLE_WORDS, APPLICATION_ROLES } from '@/lib/access/permissions'
import { getFourEyes } from '@/lib/approvals/list-approvals'
import { listSecretsSeenByGone } from '@/lib/credentials/list-secrets-seen-by-gone'
import { listFormerMembers, listInvitations, listMembers } from '@/lib/team/list-team'
import type { FormerMember } from '@/lib/team/schema'
import { ConfirmAction } from '../../../confirm-action'
import { ApplicationHeader } from '../application-header'
import { loadApplication } from '../load-application'
import { SeenByGone } from '../seen-by-gone'
import { ViewerNotice } from '../viewer-notice'
import { leaveApplicationAction } from './actions'
import { FourEyesPanel } from './four-eyes-panel'
import { InvitationTable } from './invitation-table'
import { InviteForm } from './invite-form'
import { MemberTable } from './member-table'
import { PermissionMatrix } from './permission-matrix'
import { roleOptions } from './role-options'

export const metadata: Metadata = { title: 'Team' }

export default async function TeamPage({ params }: { params: Promise<{ applicationId: string }> }) {
  const { ctx, application, may } = await loadApplication(params)
  const applicationId = application.id
  const mayManage = may('team.manage')
  const givable = APPLICATION_ROLES.filter((role) => may(role === 'owner' ? 'team.manage-owners' : 'team.manage'))
  const [members, invitations, former, fourEyes, seen] = await Promise.all([
    listMembers(ctx, { applicationId }),
    mayManage ? listInvitations(ctx, { applicationId }) : [],
    mayManage ? listFormerMembers(ctx, { applicationId }) : [],
    getFourEyes(ctx, { applicationId }),
    mayManage ? listSecretsSeenByGone(ctx, { applicationId }) : [],
  ])
  const own = members.find(({ isYou }) => isYou)

  return (
    <>
      <ApplicationHeader application={application} tab="team" environment={null} />
      {mayManage ? null : <ViewerNotice role={application.role} act="invite and remove people" />}
      <div className="flex flex-col gap-8">
        <Section
          id="members"
          title="Members"
          purpose="Owners of the business are owners of its applications, its viewers analysts. Everybody else has a role here alone."
        >
          <MemberTable
            applicationId={applicationId}
            customerName={application.customerName}
            members={members}
            givable={givable}
            now={ctx.now}
          />
          {own?.memberId ? <Leave applicationId={applicationId} name={application.name} /> : null}
        </Section>
        {mayManage ? (
          <>
            <Section id="invitations" title="Invitations" purpose="Without an answer yet.">
              <InvitationTable invitations={invitations} givable={givable} now={ctx.now} />
              <Card title="Invite somebody" level={3}>
                <InviteForm applicationId={applicationId} roles={roleOptions(givable)} />
              </Card>
            </Section>
            {former.length > 0 ? (
              <Section
                id="former"
                title="No longer in the team"
                purpose="They cannot open this application. Secrets that they have seen go on working until you replace them."
              >
                <FormerTable former={former} applicationId={applicationId} now={ctx.now} />
              </Section>
            ) : null}
            <SeenByGone
              applicationId={applicationId}
              seen={seen}
              now={ctx.now}
              mayRotate={(environment) => may('credentials.rotate', environment)}
            />
          </>
        ) : null}
        <Section
          id="four-eyes"
          title="Second member"
          purpose="Whether somebody else of the team has to approve what is done to secrets and certificates in production."
        >
          <FourEyesPanel
            applicationId={applicationId}
            fourEyes={fourEyes}
            mayChange={may('four-eyes.change')}
            mayApprove={may('four-eyes.approve', 'production')}
            now={ctx.now}
          />
        </Section>
        <Section id="roles" title="Roles" purpose="What each may do; “Sandbox” where production is left out.">
          <PermissionMatrix yours={application.role} />
        </Section>
      </div>
    </>
  )
}

type SectionProps = { id: string; title: string; purpose: string; children: ReactNode }

function Section({ id, title, purpose, children }: SectionProps) {
  return (
    <section aria-labelledby={id} className="flex flex-col gap-4">
      <div>
        <h2 id={id} className="text-h3">
          {title}
        </h2>
        <p className="max-w-prose text-muted">{purpose}</p>
      </div>
      {children}
    </section>
  )
}

function FormerTable({ former, applicationId, now }: { former: FormerMember[]; applicationId: string; now: Date }) {
  return (
    <DataTable
      caption="No longer in the team"
      rows={former}
      rowKey={({ memberId }) => memberId}
      columns={[
        { key: 'name', header: 'Name', cell: ({ name }) => <span dir="auto">{name}</span> },
        { key: 'role', header: 'Role', cell: ({ role }) => APPLICATION_ROLE_WORDS[role].label },
        {
          key: 'until',
          header: 'Until',
          cell: ({ until, left }) => (
            <>
              <Time value={until} now={now} />
              <span className="text-muted">, {left ? 'left' : 'removed'}</span>
            </>
          ),
        },
        {
          key: 'actions',
          header: 'Actions',
          actions: true,
          align: 'right',
          cell: ({ memberId, name }) => (
            <Link href={`/applications/${applicationId}/team/${memberId}`} className="link">
              What {name} saw
            </Link>
          ),
        },
      ]}
    />
  )
}

function Leave({ applicationId, name }: { applicationId: string; name: string }) {
  return (
    <div>
      <ConfirmAction
        action={leaveApplicationAction}
        fields={{ applicationId }}
        trigger="Leave this team"
        title={
          <>
            Leave the team of <span dir="auto">{name}</span>?
          </>
        }
        confirmLabel="Leave team"
        cancelLabel="Stay"
      >
        <p>You lose the application at once. Somebody of the team has to invite you to come back.</p>
      </ConfirmAction>
    </div>
  )
}
