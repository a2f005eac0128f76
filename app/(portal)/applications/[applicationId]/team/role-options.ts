import { APPLICATION_ROLE_WORDS, type ApplicationRole } from '@/lib/access/permissions'
import type { RoleOption } from './role-select'

/** Roles to choose from, each with what it does. */
export function roleOptions(roles: readonly ApplicationRole[]): RoleOption[] {
  return roles.map((role) => {
    const { label, does } = APPLICATION_ROLE_WORDS[role]
    return { value: role, label: `${label}: ${does}` }
  })
}
