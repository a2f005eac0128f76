import { Tabs } from '@/components/ui/tabs'
import type { Application } from '@/lib/applications/schema'
import type { Environment } from '@/lib/core/secrets'

export type EnvironmentSwitchProps = {
  application: Application
  /** Address of the page, without the environment. */
  address: string
  current: Environment
}

/** Between the environments of one page; nothing while the application has one alone. */
export function EnvironmentSwitch({ application, address, current }: EnvironmentSwitchProps) {
  if (application.environments.length < 2) return null
  const addresses = { sandbox: address, production: `${address}?environment=production` }
  return (
    <Tabs
      label="Environment"
      current={addresses[current]}
      tabs={[
        { href: addresses.sandbox, label: 'Sandbox' },
        { href: addresses.production, label: 'Production' },
      ]}
    />
  )
}
