import { connectionOperation } from '@/lib/connections/connection-operation'
import type { Operation } from '@/lib/dispositions/operation'
import type { OperationKind } from '@/lib/dispositions/schema'
import { consentOperation } from '@/lib/oauth/authorization/consent-operation'

const OPERATIONS: Record<OperationKind, Operation> = {
  connection: connectionOperation,
  consent: consentOperation,
}

/** Whose effect an acceptance has, and whose words the wallet shows. */
export function operationOf(kind: OperationKind): Operation {
  return OPERATIONS[kind]
}
