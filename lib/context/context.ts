import type { Database } from '@/db/client'
import type { Environment } from '@/lib/core/secrets'

export type PersonActor = {
  kind: 'person'
  personId: string
  sessionId: string
  /** Whom the person acts for at present; null before they belong to anybody. */
  customerId: string | null
  role: 'owner' | 'viewer' | null
  isOperator: boolean
  authTime: Date
  /** How the person signed in, RFC 8176 values. */
  amr: string[]
  /** Last proof of a strong factor in this session; null when only the sign-in itself counts. */
  steppedUpAt: Date | null
  /** How that proof was given, RFC 8176 values. */
  steppedUpAmr: string[] | null
}

export type ApplicationActor = {
  kind: 'application'
  applicationId: string
  environment: Environment
  clientId: string
  secretId: string
  familyId: string
  /** Set for a connection token, null for an application token. */
  connectionId: string | null
}

/** An application that authenticated as itself in this very request, not by a token. */
export type ClientActor = {
  kind: 'client'
  applicationId: string
  environment: Environment
  clientId: string
  /** The secret or the public key that it authenticated with; neither: its certificate. */
  secretId: string | null
  publicKeyId: string | null
  /** The chain that its certificate belongs to; null where it came without one. */
  chainId: string | null
}

/** One of the institution's own resource servers. */
export type CoreActor = { kind: 'core'; coreId: string }

export type Actor =
  | PersonActor
  | ApplicationActor
  | ClientActor
  | CoreActor
  | { kind: 'operator'; name: string } // on the command line
  | { kind: 'system'; name: string }
  | { kind: 'anonymous' }

/** Who, where and when of a verb. What the caller may choose is the verb's input, never here. */
export type Context<A extends Actor = Actor> = {
  db: Database
  actor: A
  now: Date
  requestId: string
  /** Address of the peer, as the listener or the trusted proxy saw it. */
  address: string | null
}
