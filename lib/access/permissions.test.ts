import { describe, expect, test } from 'vitest'
import { ENVIRONMENTS } from '@/lib/core/secrets'
import { APPLICATION_ACTIONS, APPLICATION_ROLES, isAllowed, rolesAllowed, UNDER_FOUR_EYES } from './permissions'

/** S: in the sandbox, P: in production, SP: in both. */
function cell(role: (typeof APPLICATION_ROLES)[number], action: (typeof APPLICATION_ACTIONS)[number]): string {
  const letters = { sandbox: 'S', production: 'P' }
  const allowed = ENVIRONMENTS.filter((environment) => isAllowed(role, action, environment))
  return allowed.map((environment) => letters[environment]).join('') || '-'
}

function matrix(): string {
  const rows = [
    ['', ...APPLICATION_ROLES],
    ...APPLICATION_ACTIONS.map((action) => [action, ...APPLICATION_ROLES.map((role) => cell(role, action))]),
  ]
  return rows
    .map((row) =>
      row
        .map((text, n) => text.padEnd(n === 0 ? 22 : 20))
        .join('')
        .trimEnd(),
    )
    .join('\n')
}

describe('permissions', () => {
  test('are this table, cell by cell', () => {
    expect(`\n${matrix()}\n`).toBe(`
                      owner               admin               developer           credential-manager  analyst             auditor
application.read      SP                  SP                  SP                  SP                  SP                  SP
application.update    SP                  SP                  -                   -                   -                   -
application.transfer  SP                  -                   -                   -                   -                   -
profile.change        SP                  SP                  -                   -                   -                   -
callbacks.change      SP                  SP                  S                   -                   -                   -
scopes.change         SP                  SP                  S                   -                   -                   -
credentials.read      SP                  SP                  SP                  SP                  SP                  SP
credentials.make      SP                  SP                  S                   SP                  -                   -
credentials.rotate    SP                  SP                  S                   SP                  -                   -
credentials.revoke    SP                  SP                  S                   SP                  -                   -
keys.rotate           SP                  SP                  S                   SP                  -                   -
public-keys.add       SP                  SP                  S                   SP                  -                   -
public-keys.revoke    SP                  SP                  S                   SP                  -                   -
certificates.read     SP                  SP                  SP                  SP                  SP                  SP
certificates.submit   SP                  SP                  S                   SP                  -                   -
certificates.revoke   SP                  SP                  S                   SP                  -                   -
connections.read      SP                  SP                  SP                  SP                  SP                  SP
connections.start     SP                  SP                  S                   -                   -                   -
team.read             SP                  SP                  SP                  SP                  SP                  SP
team.manage           SP                  SP                  -                   -                   -                   -
team.manage-owners    SP                  -                   -                   -                   -                   -
four-eyes.change      SP                  -                   -                   -                   -                   -
four-eyes.approve     SP                  SP                  -                   SP                  -                   -
audit.read            SP                  SP                  -                   -                   -                   SP
`)
  })

  test('an owner may do everything, and nobody has less than an analyst', () => {
    for (const action of APPLICATION_ACTIONS) {
      for (const environment of ENVIRONMENTS) {
        expect(isAllowed('owner', action, environment)).toBe(true)
        if (!isAllowed('analyst', action, environment)) continue
        expect(rolesAllowed(action, environment)).toEqual([...APPLICATION_ROLES])
      }
    }
  })

  test('whoever may do something in production may do it in the sandbox', () => {
    for (const role of APPLICATION_ROLES) {
      for (const action of APPLICATION_ACTIONS) {
        if (isAllowed(role, action, 'production')) expect(isAllowed(role, action, 'sandbox')).toBe(true)
      }
    }
  })

  test('a second member could do in production what they approve there', () => {
    for (const action of UNDER_FOUR_EYES) {
      expect(rolesAllowed(action, 'production')).toEqual(rolesAllowed('four-eyes.approve', 'production'))
    }
  })

  test('without an environment every one of them counts', () => {
    expect(isAllowed('developer', 'credentials.make')).toBe(false)
    expect(isAllowed('developer', 'credentials.read')).toBe(true)
    expect(rolesAllowed('credentials.make')).toEqual(['owner', 'admin', 'credential-manager'])
  })
})
