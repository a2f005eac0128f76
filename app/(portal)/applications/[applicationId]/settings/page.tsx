import type { Metadata } from 'next'
import { Card } from '@/components/ui/card'
import { DescriptionList } from '@/components/ui/description-list'
import { PROFILE_WORDS } from '@/lib/applications/schema'
import { findOfferedTransfer } from '@/lib/transfers/list-transfers'
import { ApplicationHeader } from '../application-header'
import { EnvironmentSwitch } from '../environment-switch'
import { environmentOf, loadApplication } from '../load-application'
import { ViewerNotice } from '../viewer-notice'
import { DetailsForm } from './details-form'
import { ProfileForm } from './profile-form'
import { ScopesCard } from './scopes-card'
import { TransferCard } from './transfer-card'

export const metadata: Metadata = { title: 'Settings' }

export type SettingsPageProps = {
  params: Promise<{ applicationId: string }>
  searchParams: Promise<{ environment?: string | string[] }>
}

export default async function SettingsPage({ params, searchParams }: SettingsPageProps) {
  const { application, may, ctx } = await loadApplication(params)
  const { environment, profile, scopes } = await environmentOf(application, searchParams)
  const offered = may('application.transfer') ? await findOfferedTransfer(ctx, { applicationId: application.id }) : null
  const { id: applicationId, name, description, hasLogo } = application
  const mayUpdate = may('application.update')

  return (
    <>
      <ApplicationHeader application={application} tab="settings" environment={environment} />
      <EnvironmentSwitch
        application={application}
        address={`/applications/${applicationId}/settings`}
        current={environment}
      />
      {mayUpdate ? null : <ViewerNotice role={application.role} act="change name, logo or profile" />}
      <div className="flex flex-col gap-6">
        {mayUpdate ? (
          <Card
            title="Name and logo"
            description="What account owners see when the application asks them for something, in every environment."
          >
            <DetailsForm applicationId={applicationId} name={name} description={description} hasLogo={hasLogo} />
          </Card>
        ) : (
          <Card>
            <DescriptionList
              items={[
                { term: 'Name', detail: <span dir="auto">{name}</span> },
                { term: 'Description', detail: <span dir="auto">{description || 'None'}</span> },
                { term: 'Profile', detail: PROFILE_WORDS[profile].label },
              ]}
            />
          </Card>
        )}
        {may('profile.change', environment) ? (
          <Card
            title="Profile"
            description={`How strictly the application is treated in ${environment === 'sandbox' ? 'the sandbox' : 'production'}. A change counts from its next request.`}
          >
            <ProfileForm key={environment} applicationId={applicationId} environment={environment} profile={profile} />
          </Card>
        ) : null}
        <ScopesCard
          applicationId={applicationId}
          environment={environment}
          scopes={scopes}
          mayChange={may('scopes.change', environment)}
        />
        {may('application.transfer') ? (
          <TransferCard applicationId={applicationId} offered={offered} now={ctx.now} />
        ) : null}
      </div>
    </>
  )
}
