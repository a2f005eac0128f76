import { connectionOperation } from '@/lib/connections/connection-operation'
import type { Operation } from '@/lib/dispositions/operation'
import type { OperationKind } from '@/lib/dispositions/schema'

const OPERATIONS: Record<OperationKind, Operation> = { connection: connectionOperation }

/** Whose effect an acceptance has, and whose words the wallet shows. */
export function operationOf(kind: OperationKind): Operation {
  return OPERATIONS[kind]
}
