import { Check, Minus } from 'lucide-react'
import type { ReactNode } from 'react'
import { VisuallyHidden } from '@/components/ui/visually-hidden'
import {
  APPLICATION_ACTIONS,
  APPLICATION_ROLE_WORDS,
  APPLICATION_ROLES,
  type ApplicationAction,
  type ApplicationRole,
  isAllowed,
} from '@/lib/access/permissions'

const ACTION_WORDS: Record<ApplicationAction, string> = {
  'application.read': 'See the application',
  'application.update': 'Change name, description and logo',
  'application.transfer': 'Transfer it to another business',
  'profile.change': 'Change the profile',
  'callbacks.change': 'Add and remove callbacks',
  'scopes.change': 'Choose scopes (production: with an operator)',
  'credentials.read': 'See which secrets there are',
  'credentials.make': 'Make secrets',
  'credentials.rotate': 'Rotate secrets',
  'credentials.revoke': 'Revoke secrets',
  'keys.rotate': 'Rotate the application key',
  'public-keys.add': 'Add public keys',
  'public-keys.revoke': 'Revoke public keys',
  'certificates.read': 'See certificates',
  'certificates.submit': 'Submit and activate certificates',
  'certificates.revoke': 'Revoke certificates',
  'connections.read': 'See connections',
  'connections.start': 'Connect own accounts',
  'team.read': 'See the team',
  'team.manage': 'Invite, change and remove members',
  'team.manage-owners': 'Make and remove owners',
  'four-eyes.change': 'Turn the second member on and off',
  'four-eyes.approve': 'Approve as second member',
  'audit.read': 'Read what happened',
}

/** The table that the verbs ask, as it is: lib/access/permissions.ts. */
export function PermissionMatrix({ yours }: { yours: ApplicationRole }) {
  return (
    <section
      aria-label="What each role may do"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls sideways on a phone, also by keyboard
      tabIndex={0}
      className="relative overflow-x-auto rounded-md border border-line bg-surface"
    >
      <table className="w-full min-w-160 border-collapse">
        <caption className="sr-only">What each role may do, in the sandbox and in production</caption>
        <thead>
          <tr className="border-b border-line bg-sunken text-left text-meta text-muted">
            <th scope="col" className="sticky left-0 z-10 bg-sunken px-4 py-2 font-medium">
              May
            </th>
            {APPLICATION_ROLES.map((role) => (
              <th key={role} scope="col" className="px-3 py-2 text-center font-medium">
                {APPLICATION_ROLE_WORDS[role].label}
                {role === yours ? <span className="block font-normal">(you)</span> : null}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {APPLICATION_ACTIONS.map((action) => (
            <tr key={action} className="border-b border-line last:border-b-0">
              <th scope="row" className="sticky left-0 z-10 bg-surface px-4 py-2 text-left font-normal">
                {ACTION_WORDS[action]}
              </th>
              {APPLICATION_ROLES.map((role) => (
                <td key={role} className="px-3 py-2 text-center">
                  {cell(role, action)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function cell(role: ApplicationRole, action: ApplicationAction): ReactNode {
  const sandbox = isAllowed(role, action, 'sandbox')
  const production = isAllowed(role, action, 'production')
  if (sandbox && production) {
    return (
      <>
        <Check aria-hidden className="mx-auto size-4 text-success-text" />
        <VisuallyHidden>Yes</VisuallyHidden>
      </>
    )
  }
  if (sandbox) return <span className="text-meta text-sandbox-text">Sandbox</span>
  return (
    <>
      <Minus aria-hidden className="mx-auto size-4 text-muted" />
      <VisuallyHidden>No</VisuallyHidden>
    </>
  )
}
