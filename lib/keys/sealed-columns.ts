import type { SealPurpose } from '@/lib/core/seal'

/** A column with values that are sealed under SECRET_KEY, each with its row's id as context. */
export type SealedColumn = {
  /** What an operator calls it. */
  what: string
  table: string
  id: string
  column: string
  /** By the row's id, for what is kept under a name of its own; null for a name that nobody knows. */
  purposeOf(id: string): SealPurpose | null
}

const SETTINGS: Record<string, SealPurpose> = {
  'vapid-keys': 'vapid-key',
  'sandbox-ca': 'sandbox-ca',
  'oauth-signing-key': 'oauth-signing-key',
  'demo-password': 'demo-password',
}

/** Every one there is; a test compares the list with the schema. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { what: 'settings', table: 'settings', id: 'name', column: 'sealed', purposeOf: (name) => SETTINGS[name] ?? null },
  {
    what: 'authenticator_apps',
    table: 'totp_factors',
    id: 'id',
    column: 'secret_sealed',
    purposeOf: () => 'totp-secret',
  },
  {
    what: 'connection_codes',
    table: 'connections',
    id: 'id',
    column: 'code_sealed',
    purposeOf: () => 'connection-code',
  },
  {
    what: 'deeplinks',
    table: 'dispositions',
    id: 'id',
    column: 'import_token_sealed',
    purposeOf: () => 'deeplink',
  },
  {
    what: 'results',
    table: 'dispositions',
    id: 'id',
    column: 'result_token_sealed',
    purposeOf: () => 'result-token',
  },
]
