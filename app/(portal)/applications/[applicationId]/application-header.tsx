import type { ReactNode } from 'react'
import { ApplicationLogo } from '@/components/application-logo'
import { EnvironmentBadge, EnvironmentBar } from '@/components/ui/environment'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { StatusBadge } from '@/components/ui/status-badge'
import { Tabs } from '@/components/ui/tabs'
import type { Application } from '@/lib/applications/schema'
import type { Environment } from '@/lib/core/secrets'

export const APPLICATION_TABS = {
  overview: { path: '', label: 'Overview' },
  credentials: { path: '/credentials', label: 'Credentials' },
  certificates: { path: '/certificates', label: 'Certificates' },
  callbacks: { path: '/callbacks', label: 'Callbacks' },
  connections: { path: '/connections', label: 'Connections' },
  team: { path: '/team', label: 'Team' },
  activity: { path: '/activity', label: 'Activity' },
  settings: { path: '/settings', label: 'Settings' },
} as const
export type ApplicationTab = keyof typeof APPLICATION_TABS

export type ApplicationHeaderProps = {
  application: Application
  /** The page is this tab's, or below it. */
  tab: ApplicationTab
  /** Last crumb of a page below a tab. */
  here?: string
  /** Null: the page is about the application as a whole. */
  environment?: Environment | null
  action?: ReactNode
}

/** On top of every page of one application: environment, name, status, tabs. */
export function ApplicationHeader({ application, tab, here, environment = 'sandbox', action }: ApplicationHeaderProps) {
  const base = `/applications/${application.id}`
  const shown = environment ? [environment] : application.environments.map((one) => one.environment)
  const below = here ?? (tab === 'overview' ? undefined : APPLICATION_TABS[tab].label)
  return (
    <>
      {shown.includes('production') ? null : <EnvironmentBar environment="sandbox" />}
      <PageHeader
        title={
          <span className="flex min-w-0 items-center gap-3">
            <ApplicationLogo applicationId={application.id} hasLogo={application.hasLogo} size="md" />
            <span dir="auto" className="min-w-0 break-words">
              {application.name}
            </span>
          </span>
        }
        breadcrumb={[
          { label: 'Applications', href: '/applications' },
          { label: application.name, href: below ? base : undefined },
          ...(below ? [{ label: below }] : []),
        ]}
        badges={
          <>
            {shown.map((one) => (
              <EnvironmentBadge key={one} environment={one} />
            ))}
            <StatusBadge status={application.suspendedAt ? 'suspended' : 'active'} />
          </>
        }
        action={action}
      />
      {application.suspendedAt ? (
        <Notice meaning="warning" title="This application is suspended" className="mb-6">
          An operator has stopped it: its secrets, codes and tokens are refused until they resume it. Ask the
          institution’s support, and name the application key.
        </Notice>
      ) : null}
      <Tabs
        label={`Pages of ${application.name}`}
        current={`${base}${APPLICATION_TABS[tab].path}`}
        isBelow={here !== undefined}
        tabs={Object.values(APPLICATION_TABS).map(({ path, label }) => ({ href: `${base}${path}`, label }))}
      />
    </>
  )
}
