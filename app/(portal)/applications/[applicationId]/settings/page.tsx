import type { Metadata } from 'next'
import { Card } from '@/components/ui/card'
import { DescriptionList } from '@/components/ui/description-list'
import { PROFILE_WORDS } from '@/lib/applications/schema'
import { ApplicationHeader } from '../application-header'
import { loadApplication } from '../load-application'
import { ViewerNotice } from '../viewer-notice'
import { DetailsForm } from './details-form'
import { ProfileForm } from './profile-form'

export const metadata: Metadata = { title: 'Settings' }

export default async function SettingsPage({ params }: { params: Promise<{ applicationId: string }> }) {
  const { application, sandbox, isOwner } = await loadApplication(params)
  const { id: applicationId, name, description, hasLogo } = application

  return (
    <>
      <ApplicationHeader application={application} tab="settings" />
      {isOwner ? (
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
        </div>
      ) : (
        <>
          <ViewerNotice act="change these settings" />
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
