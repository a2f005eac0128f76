import type { ApplicationConnection } from '@/lib/connections/schema'

/** The Connection as it goes over the wire: contract.md, Family A. A member without a value is left out. */
export function connectionEntity(connection: ApplicationConnection & { deeplink?: string }): Record<string, unknown> {
  return {
    id: connection.id,
    status: connection.status,
    ...withoutEmpty({
      deeplink: connection.deeplink,
      qr_code: connection.deeplink,
      expires_at: connection.expiresAt?.toISOString(),
      reference: connection.reference,
      account_type: connection.accountType,
      return_url: connection.returnUrl,
      created_at: connection.createdAt.toISOString(),
      imported_by: connection.importedBy,
      number: connection.number,
      refused_imports: connection.refusedImports || null,
      reason: connection.endReason === 'accepted' ? null : connection.endReason,
      granted_at: connection.grantedAt?.toISOString(),
      revoked_at: connection.revokedAt?.toISOString(),
      connection_code: connection.connectionCode,
    }),
  }
}

function withoutEmpty(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null && value !== undefined))
}
