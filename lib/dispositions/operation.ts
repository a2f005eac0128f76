import type { Transaction } from '@/db/client'
import type { Context, PersonActor } from '@/lib/context/context'
import type { Environment } from '@/lib/core/secrets'
import type { AccountChoice, AskedForCustomers, AskingApplication, Locale, OperationKind, Statement } from './schema'

/** What the importer is asked, whole: application, account or Customers, and limits are known. */
export type OperationFacts = {
  environment: Environment
  application: AskingApplication
  /** Null where it is asked for whole Customers. */
  account: AccountChoice | null
  asked: AskedForCustomers | null
  now: Date
  reference: string | null
}

/** An acceptance that has been proved and won, handed to the operation inside the transaction that settles it. */
export type AcceptedOperation = {
  dispositionId: string
  subjectId: string
  applicationId: string
  environment: Environment
  accountId: string | null
  asked: AskedForCustomers | null
  personId: string
  authTime: Date
  amr: string[]
}

/**
 * What a domain above this one brings to the Disposition Flow. `allows` and `until` are machine words for the signed
 * payload; `describe` says the same to the person. `accept` carries out the effect; what it throws undoes the acceptance.
 */
export type Operation = {
  kind: OperationKind
  allows(facts: OperationFacts): readonly string[]
  /** End of what is granted, ISO 8601: a moment, or a duration from the acceptance; null: until revoked. */
  until: string | null
  describe(facts: OperationFacts, locale: Locale): Statement
  accept(tx: Transaction, ctx: Context<PersonActor>, accepted: AcceptedOperation): Promise<void>
}
