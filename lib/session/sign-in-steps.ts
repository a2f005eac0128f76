import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import { cookies } from 'next/headers'
import type { Context } from '@/lib/context/context'
import { MINUTE, SECOND } from '@/lib/core/time'
import { findSignIn, resendSignInCode, type SignInUnderWay } from '@/lib/people/find-sign-in'
import { passSecondFactor } from '@/lib/people/pass-second-factor'
import type {
  FactorMethod,
  PasskeyProofInput,
  SecondFactorInput,
  SendCodeInput,
  SignInInput,
} from '@/lib/people/schema'
import { signInWithPasskey } from '@/lib/people/sign-in-with-passkey'
import { startPasskeySignIn } from '@/lib/people/start-passkey-ceremony'
import { startSignIn } from '@/lib/people/start-sign-in'
import { cookieName, cookieOptions } from './cookies'
import { finishSignIn } from './finish-sign-in'
import { requestContext } from './request-context'
import { parseReturnTo } from './return-to'

const ATTEMPT_COOKIE_SECONDS = (10 * MINUTE) / SECOND

/*
 * The steps of signing in as a browser takes them: the verbs of lib/people, with what the cookies hold. The form actions
 * and their JSON twins under /api/sign-in call these alike.
 */

export async function givePassword(ctx: Context, input: SignInInput): Promise<{ methods: FactorMethod[] }> {
  const jar = await cookies()
  const started = await startSignIn(ctx, {
    email: input.email,
    password: input.password,
    returnTo: parseReturnTo(input.return_to),
    deviceToken: jar.get(cookieName('device'))?.value ?? null,
  })
  jar.set(cookieName('attempt'), started.attemptToken, cookieOptions(ATTEMPT_COOKIE_SECONDS))
  return { methods: started.methods }
}

export async function giveCode(ctx: Context, input: SecondFactorInput): Promise<{ next: string }> {
  const jar = await cookies()
  const { ticket, returnTo } = await passSecondFactor(ctx, {
    ...input,
    attemptToken: jar.get(cookieName('attempt'))?.value ?? null,
    deviceToken: jar.get(cookieName('device'))?.value ?? null,
  })
  return { next: await finishSignIn(ticket, returnTo) }
}

export async function givePasskey(
  ctx: Context,
  input: PasskeyProofInput & { return_to?: string },
): Promise<{ next: string }> {
  const { ticket } = await signInWithPasskey(ctx, input)
  return { next: await finishSignIn(ticket, parseReturnTo(input.return_to)) }
}

export async function resendCode(ctx: Context, { method }: SendCodeInput): Promise<void> {
  await resendSignInCode(ctx, (await cookies()).get(cookieName('attempt'))?.value ?? null, method)
}

/** The sign-in of this browser that waits for its second factor. */
export async function signInUnderWay(): Promise<SignInUnderWay | null> {
  const token = (await cookies()).get(cookieName('attempt'))?.value ?? null
  return token ? findSignIn(await requestContext({ kind: 'anonymous' } as const), token) : null
}

export async function challengePasskey(): Promise<{
  challengeId: string
  options: PublicKeyCredentialRequestOptionsJSON
}> {
  return startPasskeySignIn(await requestContext({ kind: 'anonymous' } as const))
}
