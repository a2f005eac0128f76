import { ENVIRONMENTS, type Environment } from '@/lib/core/secrets'

/** What a person can be to an application. Each may read what an analyst reads; the rest is in the table below. */
export const APPLICATION_ROLES = ['owner', 'admin', 'developer', 'credential-manager', 'analyst', 'auditor'] as const
export type ApplicationRole = (typeof APPLICATION_ROLES)[number]

/** Each role as people read it. */
export const APPLICATION_ROLE_WORDS: Record<ApplicationRole, { label: string; does: string }> = {
  owner: { label: 'Owner', does: 'Everything, with transfer and the other owners.' },
  admin: { label: 'Admin', does: 'Everything but transfer, and owners’ roles.' },
  developer: { label: 'Developer', does: 'Builds in the sandbox, reads production.' },
  'credential-manager': { label: 'Credential manager', does: 'Secrets and certificates, also in production.' },
  analyst: { label: 'Analyst', does: 'Reads, but not the audit.' },
  auditor: { label: 'Auditor', does: 'Reads, with the audit.' },
}

type Grants = Record<Environment, readonly ApplicationRole[]>

const EVERYBODY = APPLICATION_ROLES
const MANAGERS = ['owner', 'admin'] as const

/** Acts on the application as a whole: alike in both environments. */
function throughout(...roles: readonly ApplicationRole[]): Grants {
  return { sandbox: roles, production: roles }
}

const WITH_CREDENTIALS: Grants = {
  sandbox: [...MANAGERS, 'developer', 'credential-manager'],
  production: [...MANAGERS, 'credential-manager'],
}
const WITH_BUILDING: Grants = { sandbox: [...MANAGERS, 'developer'], production: MANAGERS }

/** The one table of who may do what to an application, and where. The portal draws this very table. */
export const PERMISSIONS = {
  'application.read': throughout(...EVERYBODY),
  'application.update': throughout(...MANAGERS),
  'application.transfer': throughout('owner'),
  'profile.change': throughout(...MANAGERS),
  'callbacks.change': WITH_BUILDING,
  /** In production only with an operator. */
  'scopes.change': WITH_BUILDING,
  'credentials.read': throughout(...EVERYBODY),
  'credentials.make': WITH_CREDENTIALS,
  'credentials.rotate': WITH_CREDENTIALS,
  'credentials.revoke': WITH_CREDENTIALS,
  'keys.rotate': WITH_CREDENTIALS,
  'public-keys.add': WITH_CREDENTIALS,
  'public-keys.revoke': WITH_CREDENTIALS,
  'certificates.read': throughout(...EVERYBODY),
  'certificates.submit': WITH_CREDENTIALS,
  'certificates.revoke': WITH_CREDENTIALS,
  'connections.read': throughout(...EVERYBODY),
  'connections.start': WITH_BUILDING,
  'team.read': throughout(...EVERYBODY),
  'team.manage': throughout(...MANAGERS),
  /** To make an owner, to remove one, to change one's role. */
  'team.manage-owners': throughout('owner'),
  /** Whether production secrets and certificates need a second member. */
  'four-eyes.change': throughout('owner'),
  /** To be that second member. */
  'four-eyes.approve': throughout(...MANAGERS, 'credential-manager'),
  'audit.read': throughout(...MANAGERS, 'auditor'),
} as const satisfies Record<string, Grants>
export type ApplicationAction = keyof typeof PERMISSIONS

export const APPLICATION_ACTIONS = Object.keys(PERMISSIONS) as ApplicationAction[]

/** What needs a second member in production, where an application's owners have said so. Revoking never waits. */
export const UNDER_FOUR_EYES = [
  'credentials.make',
  'credentials.rotate',
  'keys.rotate',
  'public-keys.add',
  'certificates.submit',
] as const satisfies readonly ApplicationAction[]

/** Without an environment: in every one of them. */
export function isAllowed(role: ApplicationRole, action: ApplicationAction, environment?: Environment): boolean {
  const grants: Grants = PERMISSIONS[action]
  const asked = environment ? [environment] : ENVIRONMENTS
  return asked.every((one) => grants[one].includes(role))
}

/** The roles that may do it, in the order of APPLICATION_ROLES. */
export function rolesAllowed(action: ApplicationAction, environment?: Environment): ApplicationRole[] {
  return APPLICATION_ROLES.filter((role) => isAllowed(role, action, environment))
}
