import type { Metadata } from 'next'
import { Card } from '@/components/ui/card'
import { DescriptionList } from '@/components/ui/description-list'
import { PROFILE_WORDS } from '@/lib/applications/schema'
import { findOfferedTransfer } from '@/lib/transfers/list-transfers'
import { ApplicationHeader } from '../application-header'
import { loadApplication } from '../load-application'
import { ViewerNotice } from '../viewer-notice'
import { DetailsForm } from './details-form'
import { ProfileForm } from './profile-form'
import { TransferCard } from './transfer-card'

export const metadata: Metadata = { title: 'Settings' }

export default async function SettingsPage({ params }: { params: Promise<{ applicationId: string }> }) {
  const { application, sandbox, may, ctx } = await loadApplication(params)
  const offered = may('application.transfer') ? await findOfferedTransfer(ctx, { applicationId: application.id }) : null
  const { id: applicationId, name, description, hasLogo } = application

  return (
    <>
      <ApplicationHeader application={application} tab="settings" />
      {may('application.update') ? (
        <div className="flex flex-col gap-6">
          <Card
            title="Name and logo"
            description="What account owners see when the application asks them for something."
          >
            <DetailsForm applicationId={applicationId} name={name} description={description} hasLogo={hasLogo} />
          </Card>
          <Card
            title="Profile"
            description="How strictly the application is treated. A change counts from its next request."
          >
            <ProfileForm applicationId={applicationId} profile={sandbox.profile} />
          </Card>
          {may('application.transfer') ? (
            <TransferCard applicationId={applicationId} offered={offered} now={ctx.now} />
          ) : null}
        </div>
      ) : (
        <>
          <ViewerNotice role={application.role} act="change these settings" />
          <Card>
            <DescriptionList
              items={[
                { term: 'Name', detail: <span dir="auto">{name}</span> },
                { term: 'Description', detail: <span dir="auto">{description || 'None'}</span> },
                { term: 'Profile', detail: PROFILE_WORDS[sandbox.profile].label },
              ]}
            />
          </Card>
        </>
      )}
    </>
  )
}
